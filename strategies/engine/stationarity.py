"""Where networks stand: how nearly stationary the loss is, and how sharp. Floating-point proposals."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from refutable.strategies.engine.evaluation import sharpness, sharpness_radius
from refutable.strategies.training import closed_form
from refutable.strategies.training.closed_form import Networks
from refutable.strategies.training.results import (
    CONVERGED,
    CONVERGENCE,
    DEAD,
    DIVERGED,
    EXPLOSION,
    OUTCOMES,
    UNCONVERGED,
)


@dataclass(frozen=True)
class Stationarity:
    """Facts about B networks, each ``[B]``.

    Attributes:
        loss: 1/(2n) sum_j (f(x_j) - y_j)^2.
        sharpness: largest eigenvalue of the gradient kernel; NaN where a network is not finite.
        residual_block: max_i |S_i|; the Hessian's largest eigenvalue is within it of the sharpness.
        mean_residual: |mean_j (f(x_j) - y_j)|.
        margin: smallest |w1_i . x_j + b1_i|.
        alive: whether some neuron is active on some datum.
    """

    loss: Tensor
    sharpness: Tensor
    residual_block: Tensor
    mean_residual: Tensor
    margin: Tensor
    alive: Tensor

    @property
    def still(self) -> Tensor:
        """Stationary: residual blocks and mean residual below 1e-10 times the sharpness."""
        return torch.maximum(self.residual_block, self.mean_residual) < CONVERGENCE * self.sharpness

    def within(self, step_size: Tensor) -> Tensor:
        """Sharpness at most 2/step size."""
        return self.sharpness * step_size <= 2

    def lost(self, first: Tensor) -> Tensor:
        """Not finite, or a loss far above its first value."""
        return ~(torch.isfinite(self.sharpness) & (self.loss <= EXPLOSION * (1 + first)))

    def codes(self, converged: Tensor, first: Tensor) -> Tensor:
        """The outcome of each network as an index into ``OUTCOMES``, int64.

        Args:
            converged: where training has ended at a minimum.
            first: the loss where training began.
        """
        codes = torch.full_like(converged, OUTCOMES.index(UNCONVERGED), dtype=torch.int64)
        codes[converged] = OUTCOMES.index(CONVERGED)
        codes[~self.alive] = OUTCOMES.index(DEAD)
        codes[self.lost(first)] = OUTCOMES.index(DIVERGED)
        return codes


def stationarity(networks: Networks, x: Tensor, y: Tensor) -> Stationarity:
    """Where networks stand on data x ``[B, n, d]`` with labels y ``[B, n]``."""
    residuals = closed_form.forward(networks, x) - y
    z = closed_form.preactivations(networks, x)
    return Stationarity(
        loss=residuals.square().mean(-1) / 2,
        sharpness=sharpness(networks, x),
        residual_block=sharpness_radius(networks, x, y),
        mean_residual=residuals.mean(-1).abs(),
        margin=z.abs().amin((-1, -2)),
        alive=(z > 0).flatten(1).any(-1),
    )
