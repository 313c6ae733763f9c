"""Sums of centred Gaussians to try claims on. Everything shrinks to one Gaussian on the line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flint import fmpq
from hypothesis import event
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from refutable.strategies.supply import DrawnSupply, Size, refuse_unknown
from refutable.theorems.domains.gaussian_bumps import GAUSSIAN_BUMPS
from refutable.theorems.instances import Instance

if TYPE_CHECKING:
    pass

KNOWN: frozenset[str] = frozenset()
COUNTS = st.sampled_from((1, 2, 1, 2, 3))
DIMENSIONS = st.sampled_from((1, 3))
AMPLITUDES = st.integers(-8, 8).map(lambda j: fmpq(j if j else 1, 4))
WIDTHS = st.one_of(st.integers(1, 16).map(lambda j: fmpq(j + 3, 4)), st.integers(-3, 3).map(lambda e: fmpq(2) ** e))


@st.composite
def sums_of_gaussians(draw: DrawFn) -> Instance:
    """One Gaussian, or a few of different widths."""
    d = draw(DIMENSIONS)
    count = draw(COUNTS)
    event(f"dimension {d}, {'one bump' if count == 1 else 'several bumps'}")
    amplitudes = [draw(AMPLITUDES) for _ in range(count)]
    return GAUSSIAN_BUMPS.instance(dimension=d, amplitudes=amplitudes, widths=[draw(WIDTHS) for _ in range(count)])


def _drawn(assumes: frozenset[str], size: Size, known: bool) -> SearchStrategy[Instance]:
    """No claim about such functions has an assumption, and no family is drawn from."""
    refuse_unknown(assumes, KNOWN, "sums of Gaussians")
    return sums_of_gaussians()


SUPPLY = DrawnSupply(GAUSSIAN_BUMPS, _drawn)
