"""Float batches of states of gradient descent on a product of weights."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from refutable.strategies.scalar_factors.demands import Demands
from refutable.theorems.domains.scalar_factors.flow import flow_sharpness
from refutable.theorems.ops.torch import TorchOps

OPS = TorchOps()


def rows(demands: Demands, count: int, generator: torch.Generator) -> dict[str, Any]:
    """Weights [count, D], step sizes [count] and one number of steps."""
    size = 2 if demands.two else int(torch.randint(2, 5, (), generator=generator))
    steps = int(torch.randint(1, 6, (), generator=generator))
    if "minimum" in demands:
        return {**_minima(count, size, generator), "steps": steps}
    spread = 1.5 * _uniform(generator, count, 1)
    weights = (_normal(generator, count, size) * spread).exp()
    if demands.runs:
        return {**_near_edge(weights, demands, generator), "steps": steps}
    product = 2 * _uniform(generator, count, 1)
    weights = weights * (product / weights.prod(-1, keepdim=True)) ** (1 / size)
    if not demands.positive:
        weights = weights * (1 - 2 * (_uniform(generator, count, size) < 0.15).to(torch.float64))
    eta = 3 * _uniform(generator, count) / flow_sharpness(OPS, weights)
    return {"weights": weights, "step_size": eta, "steps": steps}


def _minima(count: int, size: int, generator: torch.Generator) -> dict[str, Tensor]:
    """Powers of two that multiply to 1 exactly."""
    exponents = torch.randint(-3, 4, (count, size), generator=generator)
    exponents[:, -1] = -exponents[:, :-1].sum(-1)
    weights = torch.pow(torch.tensor(2.0, dtype=torch.float64), exponents.to(torch.float64))
    return {"weights": weights, "step_size": 2 * _uniform(generator, count) / flow_sharpness(OPS, weights)}


def _near_edge(weights: Tensor, demands: Demands, generator: torch.Generator) -> dict[str, Tensor]:
    """Moved along gradient flow to p near 1, with step size * phi = 2 - delta."""
    count, size = weights.shape
    delta = demands.distance * (0.02 + 0.96 * _uniform(generator, count))
    share = 0.98 * (2 * _uniform(generator, count) - 1)
    product = torch.clamp(1 + math.sqrt(demands.kappa) * delta * share, min=0.02)
    scale = product ** (2 / size)
    gaps = weights**2 - (weights**2).amin(-1, keepdim=True)
    shift = OPS.product_shift(gaps / scale[:, None]) * scale  # prod (shift + gaps) = product^2
    moved = (gaps + shift[:, None]).sqrt()
    return {"weights": moved, "step_size": (2 - delta) / flow_sharpness(OPS, moved)}


def _uniform(generator: torch.Generator, *shape: int) -> Tensor:
    return 1e-3 + 0.999 * torch.rand(*shape, generator=generator, dtype=torch.float64)


def _normal(generator: torch.Generator, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=generator, dtype=torch.float64)
