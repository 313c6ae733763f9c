"""The supply: drawn instances, and solved convex programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis.strategies import SearchStrategy

from refutable.strategies.supply import Effort, Size, TrainedInstance, TrainedSupply
from refutable.strategies.weight_decay_relu.drawn import drawn
from refutable.strategies.weight_decay_relu.solved import solved_programs
from refutable.theorems.domains.weight_decay_relu import WEIGHT_DECAY_RELU
from refutable.theorems.instances import Instance

if TYPE_CHECKING:
    import torch

COUNTS: dict[Effort, int] = {"quick": 6, "default": 12, "thorough": 60, "ci": 12}


class WeightDecayRelu:
    """Small networks, drawn, and those that solved convex programs become. No float batch: patterns are enumerated."""

    domain = WEIGHT_DECAY_RELU
    minima = None
    visited = None

    def drawn(self, assumes: frozenset[str], size: Size, known: bool = True) -> SearchStrategy[Instance]:
        """Strategy of exact instances. Raises ValueError: an assumption id is unknown."""
        return drawn(assumes, size, known)

    def batch(
        self, assumes: frozenset[str], count: int, size: Size, generator: torch.Generator, known: bool = True
    ) -> dict[str, Any] | None:
        """None."""
        return None

    def trained(self, assumes: frozenset[str], effort: Effort, device: str = "auto") -> TrainedSupply:
        """Networks of least cost up to rounding: solved convex programs. Nothing is stationary after rounding."""
        if "stationary" in assumes:
            return TrainedSupply()
        solved = solved_programs(COUNTS[effort])
        kept = tuple(TrainedInstance("trained-converged", one, origin) for one, origin in solved)
        return TrainedSupply(instances=kept)


SUPPLY = WeightDecayRelu()
