"""What training returns: end points, with an outcome for every network; nothing is silently dropped."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from refutable.strategies.training.recipes import Recipe

Array = NDArray[np.float64]

CONVERGED = "converged"
"""Stationary: the residual blocks and the mean residual are below 1e-10 times the sharpness."""
UNCONVERGED = "unconverged"
"""Finite and alive, but the budget of steps ended first."""
DEAD = "dead"
"""No neuron is active on any datum: only the output bias still matters, and the sharpness is 1."""
DIVERGED = "diverged"
"""A parameter or the loss is not finite, or the loss is above 1e12 (1 + its first value)."""
OUTCOMES = (CONVERGED, UNCONVERGED, DEAD, DIVERGED)

CONVERGENCE = 1e-10
"""Residual blocks below this times the sharpness count as converged."""
CLEARANCE = 1e-9
"""A preactivation below this may be on either side of its kink."""
EXPLOSION = 1e12
"""A loss above this times (1 + its first value) counts as diverged."""


@dataclass(frozen=True)
class Trained:
    """The end points of one recipe. All arrays are float64 and indexed by network first.

    Attributes:
        recipe: what was trained.
        w1: ``[B, k, d]``; b1, w2: ``[B, k]``; b2: ``[B]``: the parameters at the end.
        x: inputs ``[B, n, d]``.
        y: the labels of the training run ``[B, n]``.
        codes: outcome of each network as an index into ``OUTCOMES``, ``[B]``.
        sharpness: largest eigenvalue of the gradient kernel at the end, ``[B]``; NaN if not finite.
        initial_sharpness: the same where training began, ``[B]``.
        loss: loss at the end, ``[B]``.
        largest_loss: largest loss met along the run (of each step's batch, for SGD) and at its end, ``[B]``; infinite
            if diverged.
        residual_block: max_i |S_i| at the end, ``[B]``.
        margin: distance to the nearest kink, min |z_ij|, ``[B]``. Training often slides along a kink; where
            the
            margin is at rounding level, the floating-point masks, and so the sharpness, are not reliable.
    """

    recipe: Recipe
    w1: Array
    b1: Array
    w2: Array
    b2: Array
    x: Array
    y: Array
    codes: Array
    sharpness: Array
    initial_sharpness: Array
    loss: Array
    largest_loss: Array
    residual_block: Array
    margin: Array

    @property
    def step_size(self) -> str:
        """The step size of the recipe, rational text."""
        return self.recipe.step_size

    @property
    def outcome(self) -> tuple[str, ...]:
        """The outcome of each network, one of ``OUTCOMES``."""
        return tuple(OUTCOMES[int(code)] for code in self.codes)

    @property
    def stable(self) -> NDArray[np.bool_]:
        """Sharpness <= 2/step size in floating point, ``[B]``: a proposal. False for a diverged network."""
        return np.asarray(
            (self.codes != OUTCOMES.index(DIVERGED)) & (self.sharpness <= float(2 / self.recipe.eta)), bool
        )

    @property
    def clear(self) -> NDArray[np.bool_]:
        """Margin above 1e-9, ``[B]``: floats tell which neurons are active, so the sharpness is sound."""
        return np.asarray(self.margin > CLEARANCE, bool)

    @property
    def interpolating(self) -> NDArray[np.bool_]:
        """Root mean square residual below 1e-10 times the sharpness, ``[B]``: a proposal.

        A converged network need not interpolate: it may rest at another stationary point of the loss.
        """
        return np.asarray(np.sqrt(2 * self.loss) < CONVERGENCE * self.sharpness, bool)

    def counts(self) -> dict[str, int]:
        """How many networks ended how; every outcome is present, and the counts sum to the batch."""
        seen = Counter(self.outcome)
        return {name: seen[name] for name in OUTCOMES}

    def with_outcome(self, *outcomes: str) -> list[int]:
        """Indices of the networks that ended in one of these ways."""
        return [index for index, outcome in enumerate(self.outcome) if outcome in outcomes]

    def alive(self) -> list[int]:
        """Indices of the networks that neither died nor diverged."""
        return self.with_outcome(CONVERGED, UNCONVERGED)

    def arrays(self) -> dict[str, Array]:
        """All arrays by name."""
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name != "recipe"}
