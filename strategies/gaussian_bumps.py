"""Sums of centred Gaussians to try claims on. Everything shrinks to one Gaussian on the line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flint import fmpq
from hypothesis import event
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from refutable.strategies.supply import Effort, MinimaSource, Size, TrainedSupply, VisitedSource
from refutable.theorems.domains.gaussian_bumps import GAUSSIAN_BUMPS
from refutable.theorems.instances import Instance

if TYPE_CHECKING:
    import torch

KNOWN = frozenset({"on-the-line"})
COUNTS = st.sampled_from((1, 2, 1, 2, 3))
DIMENSIONS = st.sampled_from((1, 3))
AMPLITUDES = st.integers(-8, 8).map(lambda j: fmpq(j if j else 1, 4))
WIDTHS = st.one_of(st.integers(1, 16).map(lambda j: fmpq(j + 3, 4)), st.integers(-3, 3).map(lambda e: fmpq(2) ** e))


@st.composite
def sums_of_gaussians(draw: DrawFn, assumes: frozenset[str]) -> Instance:
    """One Gaussian, or a few of different widths."""
    d = 1 if "on-the-line" in assumes else draw(DIMENSIONS)
    count = draw(COUNTS)
    event(f"dimension {d}, {'one bump' if count == 1 else 'several bumps'}")
    amplitudes = [draw(AMPLITUDES) for _ in range(count)]
    return GAUSSIAN_BUMPS.instance(dimension=d, amplitudes=amplitudes, widths=[draw(WIDTHS) for _ in range(count)])


class GaussianBumpsSupply:
    """Sums of Gaussians: drawn ones only."""

    domain = GAUSSIAN_BUMPS
    minima: MinimaSource | None = None
    visited: VisitedSource | None = None

    def drawn(self, assumes: frozenset[str], size: Size, known: bool = True) -> SearchStrategy[Instance]:
        """Functions that satisfy the assumptions named: see `KNOWN`. No family is drawn from.

        Raises:
            ValueError: an assumption id is unknown here.
        """
        unknown = sorted(assumes - KNOWN)
        if unknown:
            raise ValueError(f"no sums of Gaussians can be drawn under {unknown[0]!r}: extend this module")
        return sums_of_gaussians(assumes)

    def batch(
        self, assumes: frozenset[str], count: int, size: Size, generator: torch.Generator, known: bool = True
    ) -> dict[str, Any] | None:
        """None: certified integrals have an exact view only."""
        return None

    def trained(self, assumes: frozenset[str], effort: Effort, device: str = "auto") -> TrainedSupply:
        """Nothing: functions are given."""
        return TrainedSupply()


SUPPLY = GaussianBumpsSupply()
