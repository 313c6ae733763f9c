"""Iterations with random delay to try claims on: gains below, above, at and a hair from the first crossing."""

from __future__ import annotations

from functools import lru_cache

from flint import fmpq
from hypothesis import event
from hypothesis import strategies as st

from refutable.strategies.delayed_momentum import curvatures
from refutable.strategies.supply import DrawnSupply, Size, refuse_unknown
from refutable.theorems.domains.random_delay import RANDOM_DELAY
from refutable.theorems.domains.random_delay.crossings import first_crossing
from refutable.theorems.exact import as_real
from refutable.theorems.exact.polynomials import schur_stable
from refutable.theorems.instances import Instance

Law = tuple[fmpq, ...]

KNOWN = frozenset(
    {
        "positive-curvature",
        "below-first-crossing",
        "at-first-crossing",
        "random",
        "mean-stable",
        "mean-unstable",
        "mean-at-least-1",
    }
)
ABOUT_FORMULAS = frozenset({"below-first-crossing", "at-first-crossing"})
HAIRS = (10, 20, 30, 40)
HALVINGS = (2, 4, 8, 16, 32)
LONGEST = 8


def weights(*parts: int) -> Law:
    """The law in proportion to the parts."""
    return tuple(fmpq(part, sum(parts)) for part in parts)


RATIONAL = (weights(1, 1, 1), weights(1, 0, 1), weights(9, 1), weights(11, 0, 9), weights(1, 1))
"""Laws whose first crossing is rational."""


@st.composite
def laws(draw: st.DrawFn, assumes: frozenset[str] = frozenset(), known: bool = True) -> Law:
    """Constant delays, two delays, uniform, nearly constant and any others; ``random`` leaves constants out."""
    kinds = ["any", "two", "uniform", "zero-or-one"]
    if known:
        kinds += ["nearly constant", "rational"]
    if "random" not in assumes:
        kinds.insert(0, "constant")
    if "at-first-crossing" in assumes:  # on delays 0 and 1 the first crossing is always rational
        kinds = ["zero-or-one", "rational"] if known else ["zero-or-one"]
    kind = draw(st.sampled_from(kinds))
    event(f"law: {kind}")
    if kind == "constant":
        return (*[fmpq(0)] * draw(st.integers(0, LONGEST)), fmpq(1))
    if kind == "rational":
        return draw(st.sampled_from(RATIONAL))
    if kind == "zero-or-one":
        return weights(draw(st.integers(1, 16)), draw(st.integers(1, 16)))
    if kind == "uniform":
        first = draw(st.integers(0, 3))
        return weights(*[0] * first, *[1] * draw(st.integers(2, LONGEST - 3)))
    if kind == "any":
        parts = draw(st.lists(st.integers(0, 9), min_size=2, max_size=LONGEST).filter(lambda p: sum(map(bool, p)) > 1))
        return weights(*parts)
    return draw(_two_delays(kind == "nearly constant"))


@st.composite
def _two_delays(draw: st.DrawFn, nearly_constant: bool) -> Law:
    most = draw(st.sampled_from((2, 3, LONGEST - 1)))
    first, second = draw(st.lists(st.integers(0, most), min_size=2, max_size=2, unique=True))
    parts = draw(st.tuples(st.integers(1, 16), st.integers(1, 16)))
    rare = fmpq(1, 2 ** draw(st.sampled_from(HAIRS))) if nearly_constant else weights(*parts)[0]
    law = [fmpq(0)] * (max(first, second) + 1)
    law[first], law[second] = rare, 1 - rare
    return tuple(law)


@st.composite
def gains(draw: st.DrawFn, law: Law, side: str, known: bool) -> fmpq:
    """A positive gain on one side of the first crossing; ``known``: by its formula, else by halving."""
    if not known:
        low, high = edge_of_stability(law, draw(st.sampled_from(HALVINGS)))
        return low if side == "below" else high
    threshold = as_real(first_crossing(law))
    exact = threshold.exact()
    if side == "at" and exact is not None:
        return exact
    near = fmpq(*float(threshold).as_integer_ratio())
    if draw(st.booleans()):
        event("gain a hair from the threshold")
        hair = fmpq(1, 2 ** draw(st.sampled_from(HAIRS)))
        return near * (1 - hair if side == "below" else 1 + hair)
    part = fmpq(draw(st.integers(1, 63)), 64)
    return near * part if side == "below" else near * (1 + part)


@lru_cache(maxsize=1024)
def edge_of_stability(law: Law, halvings: int) -> tuple[fmpq, fmpq]:
    """A stable and an unstable positive gain, as near as so many halvings bring them."""
    last = next(p for p in reversed(law) if p != 0)
    low, high = fmpq(0), 2 / last  # the roots multiply to the gain times that
    while halvings > 0 or low == 0:
        middle = (low + high) / 2
        low, high = (middle, high) if stable(law, middle) else (low, middle)
        halvings -= 1
    return low, high


def stable(law: Law, gain: fmpq) -> bool:
    """Whether every root of the characteristic polynomial has modulus < 1, decided exactly."""
    iteration = RANDOM_DELAY.instance(probabilities=list(law), curvature=1, step_size=gain)
    return schur_stable(list(RANDOM_DELAY.view(iteration)["characteristic"]))


@st.composite
def random_delays(draw: st.DrawFn, assumes: frozenset[str] = frozenset(), known: bool = True) -> Instance:
    """Iterations that satisfy the assumptions by construction; ``known``: the first crossing is used for that."""
    law = draw(laws(assumes, known))
    if "mean-at-least-1" in assumes and sum((k * p for k, p in enumerate(law)), fmpq(0)) < 1:
        law = (fmpq(0), *law)
    if assumes & {"at-first-crossing"}:
        side = "at"
    elif assumes & {"below-first-crossing", "mean-stable"}:
        side = "below"
    else:
        side = "above" if "mean-unstable" in assumes else draw(st.sampled_from(("below", "above")))
    gain = draw(gains(law, side, known or bool(assumes & ABOUT_FORMULAS)))
    if "mean-unstable" in assumes and stable(law, gain):  # stable again beyond the first crossing
        gain = edge_of_stability(law, 8)[1]
    curvature = draw(curvatures())
    if not assumes and draw(st.integers(0, 7)) == 7:
        curvature = -curvature
    return RANDOM_DELAY.instance(probabilities=list(law), curvature=curvature, step_size=gain / abs(curvature))


def _drawn(assumes: frozenset[str], size: Size, known: bool) -> st.SearchStrategy[Instance]:
    refuse_unknown(assumes, KNOWN, "random delays")
    return random_delays(assumes, known)


SUPPLY = DrawnSupply(RANDOM_DELAY, _drawn)
