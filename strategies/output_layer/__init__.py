"""Trained output layers to try claims on."""

from __future__ import annotations

from flint import fmpq
from hypothesis import strategies as st

from refutable.strategies.supply import DrawnSupply, Size, refuse_unknown
from refutable.theorems.domains.output_layer import OUTPUT_LAYER
from refutable.theorems.domains.output_layer.domain import same_values
from refutable.theorems.instances import Instance

ZERO_START, SAME_VALUES, ONE_GAP, EVEN_KNOTS = "zero-start", "same-values", "one-gap", "even-knots"
KNOWN = frozenset({ZERO_START, SAME_VALUES, ONE_GAP, EVEN_KNOTS})
SLOPES = tuple(fmpq(p, q) for p, q in ((1, 1), (-1, 1), (2, 1), (1, 2), (-2, 1), (-1, 2), (3, 1)))


@st.composite
def layers(draw: st.DrawFn, assumes: frozenset[str], size: Size) -> Instance:
    """Layers that satisfy the assumptions by construction; two neurons that rise from 0 and one datum come first."""
    even = EVEN_KNOTS in assumes
    n = draw(st.integers(1, max(1, min(4, size.max_samples))))
    x = sorted({fmpq(draw(st.integers(1, 12)), 2) for _ in range(n)})
    slopes, knots = draw(even_knots(x)) if even else draw(neurons(x, ONE_GAP in assumes, size))
    biases = [-a * t for a, t in zip(slopes, knots, strict=True)]
    nu = [fmpq(draw(st.integers(-6, 6).filter(bool)), 2) for _ in x]
    start = [fmpq(0) if ZERO_START in assumes else fmpq(draw(st.integers(-4, 4)), 2) for _ in slopes]
    rival = [fmpq(draw(st.integers(-6, 6)), 2) for _ in slopes]
    y = [fmpq(draw(st.integers(-6, 6)), 2) for _ in x]
    drawn = OUTPUT_LAYER.instance(slopes=slopes, biases=biases, start=start, x=x, y=y, multipliers=nu, rival=rival)
    return with_values(drawn) if SAME_VALUES in assumes else drawn


def with_values(instance: Instance) -> Instance:
    """The rival moved to the values of f; to f itself where the data's features depend on each other."""
    view = OUTPUT_LAYER.view(instance)
    found = same_values(view["features"], view["output_weights"], instance["rival"])
    return instance.replace(rival=view["output_weights"] if found is None else found)


@st.composite
def neurons(draw: st.DrawFn, x: list[fmpq], one_gap: bool, size: Size) -> tuple[list[fmpq], list[fmpq]]:
    """Slopes and knots; for one gap at least three that face one way, all in one gap of the data."""
    k = draw(st.integers(3 if one_gap else 2, max(3, size.max_neurons + 2)))
    if not one_gap:
        slopes = [draw(st.sampled_from(SLOPES)) for _ in range(k)]
        return slopes, [fmpq(draw(st.integers(0, 12)), 2) for _ in range(k)]
    sign = draw(st.sampled_from((1, -1)))
    ends = [x[0] - 2, *x, x[-1] + 2]
    place = draw(st.integers(0, len(ends) - 2))
    low, high = ends[place], ends[place + 1]
    shares = draw(st.lists(st.integers(0, 8), min_size=k, max_size=k, unique=True))
    slopes = [sign * abs(draw(st.sampled_from(SLOPES))) for _ in range(k)]
    return slopes, [low + (high - low) * fmpq(share, 8) for share in shares]


@st.composite
def even_knots(draw: st.DrawFn, x: list[fmpq]) -> tuple[list[fmpq], list[fmpq]]:
    """Slopes 1 and evenly spaced knots whose last cell reaches the last datum."""
    k = draw(st.integers(2, 8))
    first = x[0] - fmpq(draw(st.integers(-2, 6)), 4)
    step = max(fmpq(draw(st.integers(1, 4)), 2), (x[-1] - first) / k)
    return [fmpq(1)] * k, [first + j * step for j in range(k)]


def _drawn(assumes: frozenset[str], size: Size, known: bool) -> st.SearchStrategy[Instance]:
    refuse_unknown(assumes, KNOWN, "output layers")
    return layers(assumes, size)


SUPPLY = DrawnSupply(OUTPUT_LAYER, _drawn)
