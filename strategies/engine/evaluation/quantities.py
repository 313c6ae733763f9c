"""Everything the bounds need of many networks, from one product of weights and data."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from refutable.strategies.engine.evaluation.hessian import block_radius, residuals
from refutable.strategies.engine.evaluation.hyperplanes import block_norm, sides
from refutable.strategies.engine.evaluation.kernel import block_sharpness
from refutable.strategies.engine.evaluation.preactivations import Block, in_blocks
from refutable.strategies.training.closed_form import Networks
from refutable.theorems.ops.torch import TorchOps

_OPS = TorchOps()


class Evaluation(NamedTuple):
    """Quantities of B networks on their data, float64; NaN where a network or its data are not finite."""

    sharpness: Tensor
    """Largest eigenvalue of the gradient kernel, ``[B]``."""
    radius: Tensor
    """The Hessian's largest eigenvalue differs from ``sharpness`` by at most this, ``[B]``; 0 without labels."""
    active_weights: Tensor
    """G(w1_i, b1_i), ``[B, k]``."""
    inactive_weights: Tensor
    """G(-w1_i, -b1_i), ``[B, k]``."""
    stability_norm: Tensor
    """Sum over distinct hyperplanes of |mass| g, ``[B]``: int |f''| g for d = 1."""
    margin: Tensor
    """Smallest |w1_i . x_j + b1_i|, ``[B]``: 0 where a datum is on a kink."""
    residual: Tensor
    """Root mean square of f(x_j) - y_j, ``[B]``; 0 without labels."""

    @property
    def weights(self) -> Tensor:
        """The smaller side's weight |w1_i| g of each neuron, ``[B, k]``."""
        return torch.minimum(self.active_weights, self.inactive_weights)


def evaluate(networks: Networks, x: Tensor, y: Tensor | None = None, *, threads: int = 1) -> Evaluation:
    """Sharpness, weights, norm, margin and residuals of each network.

    Differentiable in the networks and in x (at a kink or a multiple eigenvalue: one of the one-sided derivatives).

    Args:
        networks: parameters.
        x: inputs ``[B, n, d]``, or ``[n, d]`` where all networks share them.
        y: labels ``[B, n]``, or ``[n]``; None: y_j = f(x_j).
        threads: CPU threads that share the batch.

    Raises:
        ValueError: if shapes or types do not fit together, or there is no neuron.
    """
    return Evaluation(*in_blocks(_evaluated, networks, x, y, threads))


def _evaluated(block: Block) -> tuple[Tensor, ...]:
    active, inactive = sides(block, kernel=True)
    residual = residuals(block)
    radius = block_radius(block, residual) if block.data.y is not None else block.known(residual[:, 0])
    return (
        block_sharpness(block),
        radius,
        block.known(active),
        block.known(inactive),
        block_norm(block, active, inactive),
        block.known(block.z.abs().amin((-1, -2))),
        block.known(_OPS.sqrt(residual.square().mean(-1))),
    )
