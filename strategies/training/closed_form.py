"""Two-layer ReLU networks in closed form, many at once: values, gradients, gradient kernel.

f(x) = sum_i w2_i relu(w1_i . x + b1_i) + b2 with loss 1/(2n) sum_j (f(x_j) - y_j)^2. No automatic
differentiation: a neuron counts as active where its preactivation is positive. All results are floating-point
proposals.

Shapes: B networks, k neurons, n data, d inputs; ``x`` is ``[B, n, d]`` and ``y`` is ``[B, n]``, float64.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor


class Networks(NamedTuple):
    """Parameters of B networks (or a gradient, in the same shape)."""

    w1: Tensor
    """``[B, k, d]``"""
    b1: Tensor
    """``[B, k]``"""
    w2: Tensor
    """``[B, k]``"""
    b2: Tensor
    """``[B]``"""


def preactivations(networks: Networks, x: Tensor) -> Tensor:
    """w1_i . x_j + b1_i, ``[B, n, k]``."""
    return torch.baddbmm(networks.b1.unsqueeze(1), x, networks.w1.mT)


def nearest_kink(networks: Networks, x: Tensor) -> Tensor:
    """Smallest |z_ij|, each relative to the terms that it is the sum of, ``[B]``.

    At rounding level floats do not tell on which side of the kink a datum is.
    """
    terms = torch.baddbmm(networks.b1.abs().unsqueeze(1), x.abs(), networks.w1.abs().mT)
    relative = preactivations(networks, x).abs() / terms.clamp_min(torch.finfo(terms.dtype).tiny)
    return relative.amin((-1, -2))


def forward(networks: Networks, x: Tensor) -> Tensor:
    """The values f(x_j), ``[B, n]``."""
    return _values(networks, preactivations(networks, x).clamp_min(0))


def loss(networks: Networks, x: Tensor, y: Tensor) -> Tensor:
    """The loss 1/(2n) sum_j (f(x_j) - y_j)^2, ``[B]``."""
    return (forward(networks, x) - y).square().mean(-1) / 2


def gradient(networks: Networks, x: Tensor, y: Tensor, weights: Tensor | float) -> tuple[Networks, Tensor]:
    """Gradient of 1/2 sum_j weights_j (f(x_j) - y_j)^2, and the residuals.

    Args:
        networks: parameters.
        x: inputs ``[B, n, d]``.
        y: labels ``[B, n]``.
        weights: 1/n for gradient descent; for SGD ``[B, n]`` with 1/batch on the drawn data and 0 elsewhere: those
            count for nothing, even where values overflow there.

    Returns:
        The gradient, and the residuals f(x_j) - y_j as ``[B, n]``, 0 where the weight is 0.
    """
    drawn = weights > 0 if isinstance(weights, Tensor) else None
    if drawn is not None:
        x = x * drawn.unsqueeze(-1)  # what is multiplied by 0 below must be finite
    z = preactivations(networks, x)
    activations = z.clamp_min(0)
    residuals = _values(networks, activations) - y
    if drawn is not None:
        residuals = torch.where(drawn, residuals, 0)
    weighted = residuals * weights
    along, at = _blocks(z, x, weighted)
    slope = networks.w2.unsqueeze(-1)
    top = torch.bmm(weighted.unsqueeze(1), activations).squeeze(1)
    return Networks(slope * along, networks.w2 * at, top, weighted.sum(-1)), residuals


def gradient_kernel(networks: Networks, x: Tensor) -> Tensor:
    """Gram matrix of the per-datum gradients divided by n, ``[B, n, n]``.

    (M diag(w2^2) M') o (X X' + 1) + A A' + 1, with masks M = 1[z > 0] and activations A = relu(z). Its
    nonzero eigenvalues are those of the Hessian wherever the residuals vanish.
    """
    z = preactivations(networks, x)
    activations, slopes = z.clamp_min(0), (z > 0) * networks.w2.unsqueeze(1)
    inputs = torch.bmm(x, x.mT) + 1
    kernel = torch.bmm(slopes, slopes.mT) * inputs + torch.bmm(activations, activations.mT) + 1
    return kernel / x.shape[1]


def _values(networks: Networks, activations: Tensor) -> Tensor:
    return torch.baddbmm(networks.b2[:, None, None], activations, networks.w2.unsqueeze(-1)).squeeze(-1)


def _blocks(z: Tensor, x: Tensor, weighted: Tensor) -> tuple[Tensor, Tensor]:
    """Weighted residuals summed over each neuron's active data: times x ``[B, k, d]``, times 1 ``[B, k]``."""
    active = (z > 0) * weighted.unsqueeze(-1)
    return torch.bmm(active.mT, x), active.sum(1)
