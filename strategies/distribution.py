"""Drawn laws and points. Everything shrinks to the uniform law on [0, 1] at t = 1/2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flint import fmpq
from hypothesis import event
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from refutable.strategies.supply import Effort, MinimaSource, Size, TrainedSupply, VisitedSource, refuse_unknown
from refutable.theorems.domains.distribution import DISTRIBUTION, LAWS
from refutable.theorems.exact import as_real, rational
from refutable.theorems.instances import Instance

if TYPE_CHECKING:
    import torch

UNBOUNDED = ("gaussian", "laplace", "exponential")
HALF_LINE = ("exponential",)
BOUNDED = tuple(name for name in LAWS if name not in UNBOUNDED)
WITH_AN_END = (*BOUNDED, *HALF_LINE)
KNOWN = frozenset({"bounded", "symmetric-uniform", "outside-support", "beyond-mean"})
FRACTIONS = tuple(fmpq(p, q) for p, q in ((1, 2), (1, 4), (3, 4), (1, 3), (2, 3), (1, 1000), (999, 1000)))


def dyadics(*, max_size: int = 4, denominator: int = 8) -> SearchStrategy[fmpq]:
    """Rationals j/denominator of absolute value at most max_size; shrink to 0."""
    return st.integers(-max_size * denominator, max_size * denominator).map(lambda j: fmpq(j, denominator))


def scales(*, exponents: int = 40) -> SearchStrategy[fmpq]:
    """Positive rationals: small multiples of 1/4, and powers of two up to 2^+-exponents; shrink to 1."""
    small = st.integers(0, 15).map(lambda j: fmpq(4 + j, 4) if j < 12 else fmpq(16 - j, 4))
    return st.one_of(small, st.integers(-exponents, exponents).map(lambda e: fmpq(2) ** e))


def fractions_of_one() -> SearchStrategy[fmpq]:
    """Rationals strictly between 0 and 1; shrink to 1/2."""
    grid = st.integers(1, 255).map(lambda j: fmpq((j + 127) % 255 + 1, 256))
    return st.one_of(st.just(FRACTIONS[0]), st.sampled_from(FRACTIONS), grid)


@st.composite
def law_parameters(draw: DrawFn, law: str, size: Size) -> tuple[fmpq, ...]:
    """Parameters of a law, or the atoms of the empirical one."""
    if law == "uniform":
        low, width = draw(dyadics()), draw(scales())
        return low, low + width
    if law == "gaussian":
        return draw(dyadics()), draw(scales())
    if law in ("laplace", "exponential", "two-atoms"):
        return (draw(scales()),)
    if law == "beta":
        return fmpq(draw(st.integers(1, size.max_inputs + 2))), fmpq(draw(st.integers(1, size.max_inputs + 2)))
    if law == "grid":
        return draw(dyadics()), draw(scales(exponents=8)), fmpq(draw(st.integers(2, 2 * size.max_samples)))
    if law == "ball":
        return (fmpq(draw(st.integers(1, 3 * size.max_inputs))),)
    if law == "empirical":
        return tuple(draw(st.lists(dyadics(denominator=4), min_size=2, max_size=size.max_samples)))
    return ()


@st.composite
def points_inside(draw: DrawFn, law: str, numbers: tuple[fmpq, ...]) -> fmpq:
    """A point strictly inside the support, where the law has two distinct ends."""
    low, high = LAWS[law].support(numbers)
    if low is not None and high is not None:
        return low + (high - low) * draw(fractions_of_one())
    if low is not None:
        return low + draw(fractions_of_one()) * 8 / numbers[0]
    return _centre(law, numbers) + numbers[-1] * draw(dyadics(max_size=6))


def _centre(law: str, numbers: tuple[fmpq, ...]) -> fmpq:
    return numbers[0] if law == "gaussian" else fmpq(0)


@st.composite
def points_at_or_beyond(draw: DrawFn, law: str, numbers: tuple[fmpq, ...]) -> fmpq:
    """An end of the support, or a point beyond it. Needs a law with a finite end."""
    low, high = LAWS[law].support(numbers)
    ends = [(end, way) for end, way in ((low, -1), (high, 1)) if end is not None]
    end, way = draw(st.sampled_from(ends))
    gap = draw(st.one_of(st.just(fmpq(0)), scales(exponents=8)))
    event("point: at an end of the support" if gap == 0 else "point: beyond the support")
    return end + way * gap


@st.composite
def points_on_atoms(draw: DrawFn, law: str, numbers: tuple[fmpq, ...]) -> fmpq:
    """An atom of the law: the atom belongs to neither side."""
    event("point: on an atom")
    if law == "grid":
        return numbers[0] + draw(st.integers(0, int(numbers[2].p) - 1)) * numbers[1]
    return draw(st.sampled_from(numbers if law == "empirical" else (-numbers[0], numbers[0])))


@st.composite
def laws_with_points(draw: DrawFn, size: Size, laws: tuple[str, ...], where: str) -> Instance:
    """A law and a point.

    Args:
        laws: names to choose from, simplest first; uniform is among them.
        where: "inside" (on atoms and outside now and then) or "outside" (at an end of the support or beyond).
    """
    if draw(st.integers(0, 31)) == 0:  # one choice: shorter than any law with parameters, so the simplest
        return _instance("uniform", (fmpq(0), fmpq(1)), fmpq(1) if where == "outside" else fmpq(1, 2))
    law = draw(st.sampled_from(laws))
    event(f"law: {law}")
    numbers = draw(law_parameters(law, size))
    point = draw(_outside(law, numbers) if where == "outside" else _anywhere(law, numbers))
    return _instance(law, numbers, point)


def _outside(law: str, numbers: tuple[fmpq, ...]) -> SearchStrategy[fmpq]:
    return points_at_or_beyond(law, numbers)


def _anywhere(law: str, numbers: tuple[fmpq, ...]) -> SearchStrategy[fmpq]:
    choices = [points_inside(law, numbers)] * 6
    if law in WITH_AN_END:
        choices.append(points_at_or_beyond(law, numbers))
    if law in ("grid", "two-atoms", "empirical"):
        choices.append(points_on_atoms(law, numbers))
    return st.integers(0, len(choices) - 1).flatmap(lambda index: choices[index])


def _instance(law: str, numbers: tuple[fmpq, ...], point: fmpq, radius: fmpq | None = None) -> Instance:
    name = "atoms" if law == "empirical" else "parameters"
    raw: dict[str, Any] = {name: list(numbers) or None}
    return DISTRIBUTION.instance(law=[law], point=point, radius=radius, **raw)


@st.composite
def symmetric_uniforms(draw: DrawFn) -> Instance:
    """U[-a, a] at a point inside; shrinks to U[-1, 1] at 0."""
    half = draw(scales())
    event("law: symmetric uniform")
    return _instance("uniform", (-half, half), half * (2 * draw(fractions_of_one()) - 1))


@st.composite
def with_radius(draw: DrawFn, instances: SearchStrategy[Instance]) -> Instance:
    """A bounded law, sometimes with a radius R larger than needed."""
    instance = draw(instances)
    extra = draw(st.one_of(st.none(), scales(exponents=8)))
    if extra is None:
        return instance
    event("radius: larger than needed")
    return instance.replace(radius=DISTRIBUTION.view(instance)["radius_of_law"] + extra)


@st.composite
def beyond_mean(draw: DrawFn, instances: SearchStrategy[Instance]) -> Instance:
    """Laws with a point between their mean, found in floats, and the end of the support."""
    instance = draw(instances)
    view = DISTRIBUTION.view(instance)
    mean = instance["point"] + rational(float(as_real(view["excess_right"] - view["excess_left"])))
    high = view["support"][1]
    gap = fmpq(8) if high is None else high - mean
    event("point: beyond the mean")
    return instance.replace(point=mean + gap * draw(fractions_of_one()))


class DistributionSupply:
    """Laws and points: drawn ones only. Laws are combinatorial objects, and nothing is trained."""

    domain = DISTRIBUTION
    minima: MinimaSource | None = None
    visited: VisitedSource | None = None

    def drawn(self, assumes: frozenset[str], size: Size, known: bool = True) -> SearchStrategy[Instance]:
        """Instances that satisfy the assumptions named: see `KNOWN`.

        No family is drawn from: ``known`` changes nothing.

        Raises:
            ValueError: an assumption id is unknown here.
        """
        refuse_unknown(assumes, KNOWN, "laws")
        if "symmetric-uniform" in assumes:
            return symmetric_uniforms()
        where = "outside" if "outside-support" in assumes else "inside"
        if "beyond-mean" in assumes:
            return beyond_mean(laws_with_points(size, tuple(LAWS), "inside"))
        if "bounded" in assumes:
            return with_radius(laws_with_points(size, BOUNDED, where))
        return laws_with_points(size, WITH_AN_END if where == "outside" else tuple(LAWS), where)

    def batch(
        self, assumes: frozenset[str], count: int, size: Size, generator: torch.Generator, known: bool = True
    ) -> dict[str, Any] | None:
        """None: a law has no continuous parametrisation to ascend in."""
        return None

    def trained(self, assumes: frozenset[str], effort: Effort, device: str = "auto") -> TrainedSupply:
        """Nothing: a law is not trained."""
        return TrainedSupply()


SUPPLY = DistributionSupply()
