"""What a claim assumes about a state, read from the ids of its assumptions."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flint import fmpq

from refutable.theorems.exact import rational

PLAIN = frozenset(
    {
        "two-factors", "nonzero", "positive", "next-positive", "minimum", "product-at-most-one", "product-at-least-one",
        "off-minimum", "unbalanced", "flows-to-one", "small-gradient", "not-increasing", "contracting", "positive-run",
        "product-gain-within-root-two", "current-edge-within-root-eight", "gradient-within-root-two",
        "beyond-edge", "squares-beyond-two",
    }
)  # fmt: skip
NUMBERED = re.compile(r"(squared-gain|squared-edge|edge-distance|loss)-(?:at-most|within)-(\d+(?:/\d+)?)")


@dataclass(frozen=True)
class Demands:
    """Assumptions about a state of gradient descent.

    Attributes:
        plain: ids without a constant.
        bounds: the constants of the others, by "squared-gain", "squared-edge", "edge-distance" and "loss".
    """

    plain: frozenset[str]
    bounds: dict[str, fmpq]

    @classmethod
    def of(cls, assumes: frozenset[str]) -> Demands:
        """The demands of a claim.

        Raises:
            ValueError: an assumption id is unknown here.
        """
        bounds = {}
        for id in assumes - PLAIN:
            match = NUMBERED.fullmatch(id)
            if match is None:
                raise ValueError(f"no products of weights can be drawn under {id!r}: extend this module")
            bounds[match[1]] = rational(match[2])
        return cls(assumes & PLAIN, bounds)

    def __contains__(self, id: str) -> bool:
        return id in self.plain

    @property
    def positive(self) -> bool:
        """All weights must be positive."""
        return bool(self.plain & {"positive", "positive-run", "next-positive"})

    @property
    def runs(self) -> bool:
        """The claim is about a run near the edge of stability."""
        return "positive-run" in self or "edge-distance" in self.bounds or "loss" in self.bounds

    @property
    def distance(self) -> float:
        """The largest delta = 2 - step size * phi."""
        return float(self.bounds.get("edge-distance", fmpq(2, 5)))

    @property
    def kappa(self) -> float:
        """(p - 1)^2 <= kappa delta^2."""
        return float(self.bounds.get("loss", fmpq(1)))

    @property
    def two(self) -> bool:
        """There must be two weights."""
        return "two-factors" in self
