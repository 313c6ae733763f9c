"""Damped Gauss-Newton steps towards interpolation, in Gram form: J J' is [n, n] and J is never written down.

Levenberg, Quart. Appl. Math. 2, 1944; Marquardt, J. SIAM 11, 1963. These steps are no gradient descent: what they
reach says nothing about dynamics until it is checked again.
"""

from __future__ import annotations

import torch
from torch import Tensor

from refutable.strategies.training import closed_form
from refutable.strategies.training.closed_form import Networks

DAMPING = (1e-6, 1e6)
"""First damping and its greatest value, relative to the mean eigenvalue of the kernel."""


def polished(networks: Networks, x: Tensor, y: Tensor, iterations: int = 20) -> Networks:
    """Networks after damped Gauss-Newton steps; one whose loss no step lowers stays as it is.

    Args:
        networks: parameters, on the data x ``[B, n, d]`` with labels y ``[B, n]``.
        x: inputs.
        y: labels.
        iterations: steps tried.
    """
    residuals = closed_form.forward(networks, x) - y
    damping = torch.full_like(networks.b2, DAMPING[0])
    for _ in range(iterations):
        tried = _step(networks, x, residuals, damping)
        left = closed_form.forward(tried, x) - y
        better = left.square().sum(-1) < residuals.square().sum(-1)
        networks = Networks(
            *(torch.where(_beside(better, new), new, old) for new, old in zip(tried, networks, strict=True))
        )
        residuals = torch.where(better[:, None], left, residuals)
        damping = torch.where(better, damping / 10, (10 * damping).clamp_max(DAMPING[1]))
    return networks


def _step(networks: Networks, x: Tensor, residuals: Tensor, damping: Tensor) -> Networks:
    n = x.shape[1]
    kernel = closed_form.gradient_kernel(networks, x) * n
    size = kernel.diagonal(dim1=-1, dim2=-2).mean(-1)
    ridge = (damping * size)[:, None, None] * torch.eye(n, dtype=x.dtype, device=x.device)
    shares, _ = torch.linalg.solve_ex(kernel + ridge, residuals.unsqueeze(-1))
    step = _weighted_features(networks, x, shares.squeeze(-1))
    return Networks(*(part - move for part, move in zip(networks, step, strict=True)))


def _weighted_features(networks: Networks, x: Tensor, shares: Tensor) -> Networks:
    """J' c for shares c ``[B, n]``."""
    z = closed_form.preactivations(networks, x)
    gated = (z > 0) * shares.unsqueeze(-1)
    along, at = torch.bmm(gated.mT, x), gated.sum(1)
    top = torch.bmm(shares.unsqueeze(1), z.clamp_min(0)).squeeze(1)
    return Networks(networks.w2.unsqueeze(-1) * along, networks.w2 * at, top, shares.sum(-1))


def _beside(chosen: Tensor, part: Tensor) -> Tensor:
    return chosen.reshape(-1, *(1,) * (part.dim() - 1))
