"""The supply of the domain scalar-factors."""

from __future__ import annotations

from typing import Any

import torch
from hypothesis import strategies as st

from refutable.strategies.scalar_factors.batches import rows
from refutable.strategies.scalar_factors.demands import Demands
from refutable.strategies.scalar_factors.drawn import states
from refutable.strategies.scalar_factors.runs import Runs
from refutable.strategies.supply import Effort, MinimaSource, Size, TrainedSupply, VisitedSource
from refutable.theorems.domains.scalar_factors import SCALAR_FACTORS
from refutable.theorems.instances import Instance


class ScalarFactorsSupply:
    """Instances of the domain scalar-factors."""

    domain = SCALAR_FACTORS
    minima: MinimaSource | None = None
    visited: VisitedSource | None = Runs()

    def drawn(self, assumes: frozenset[str], size: Size, known: bool = True) -> st.SearchStrategy[Instance]:
        """Strategy of exact states; none of them is built from an equality family.

        Raises:
            ValueError: an assumption id is unknown here.
        """
        return states(Demands.of(assumes), size)

    def batch(
        self, assumes: frozenset[str], count: int, size: Size, generator: torch.Generator, known: bool = True
    ) -> dict[str, Any] | None:
        """Weights [count, D], log-normal, D from 2 to 4, and step sizes around 1/phi."""
        return rows(Demands.of(assumes), count, generator)

    def trained(self, assumes: frozenset[str], effort: Effort, device: str = "auto") -> TrainedSupply:
        """Empty: nothing is trained here."""
        return TrainedSupply()


SUPPLY = ScalarFactorsSupply()
