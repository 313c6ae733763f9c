"""What a batch of trained networks came to: counts, and quantiles of the sharpness and of eta lambda/2."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from refutable.strategies.training.results import CONVERGED, OUTCOMES, UNCONVERGED, Trained

LEVELS = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class Group:
    """The networks that ended in one way. Floating-point figures, measured and never a verdict.

    Attributes:
        outcome: which way.
        count: how many.
        sharpness: quantiles 10 %, 50 %, 90 % and the largest of the top eigenvalue of the gradient kernel.
        edge: the same of eta lambda/2; the edge of stability is at 1.
        stable: how many have eta lambda/2 <= 1.
        on_kink: how many have a datum within rounding of a kink, where the sharpness is not reliable.
    """

    outcome: str
    count: int
    sharpness: tuple[float, ...]
    edge: tuple[float, ...]
    stable: int
    on_kink: int


def groups(trained: Trained) -> list[Group]:
    """The networks that converged and those alive that did not, where there are any."""
    return [_group(trained, outcome) for outcome in (CONVERGED, UNCONVERGED) if outcome in trained.outcome]


def _group(trained: Trained, outcome: str) -> Group:
    chosen = trained.codes == OUTCOMES.index(outcome)
    sharpness = trained.sharpness[chosen]
    edge = sharpness * float(trained.recipe.eta) / 2
    return Group(
        outcome,
        int(chosen.sum()),
        _quantiles(sharpness),
        _quantiles(edge),
        int(trained.stable[chosen].sum()),
        int((~trained.clear[chosen]).sum()),
    )


def _quantiles(values: np.ndarray) -> tuple[float, ...]:
    return tuple(float(value) for value in np.quantile(values, (*LEVELS, 1.0)))
