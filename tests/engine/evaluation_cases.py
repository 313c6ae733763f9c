"""Networks of many shapes, and slow references that know none of the closed forms."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from refutable.strategies.training.closed_form import Networks
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.ops.torch import TorchOps
from refutable.theorems.views import View

SHAPES = {
    "line": (6, 9, 1, 7),
    "sorted": (3, 52, 1, 40),
    "plane": (5, 6, 2, 9),
    "wide": (3, 4, 12, 8),
    "few-neurons": (4, 2, 1, 30),
    "few-neurons-wide": (3, 1, 3, 25),
    "many-data": (2, 18, 2, 130),
    "one": (3, 1, 1, 1),
}


by_shape = pytest.mark.parametrize("shape", SHAPES)


def drawn(shape: str, scale: float = 1.0) -> tuple[Networks, Tensor, Tensor]:
    count, k, d, n = SHAPES[shape]
    draw = torch.Generator().manual_seed(n * k)

    def normal(*size: int) -> Tensor:
        return torch.randn(*size, generator=draw, dtype=torch.float64) * scale

    networks = Networks(normal(count, k, d), normal(count, k), normal(count, k), normal(count))
    return networks, normal(count, n, d), normal(count, n)


def close(found: Tensor, expected: Tensor, tolerance: float = 1e-12) -> None:
    assert found.shape == expected.shape
    assert torch.isfinite(expected).all()
    assert (found - expected).abs().le(tolerance * expected.abs()).all(), (found, expected)


def value(parts: list[Tensor], x: Tensor) -> Tensor:
    """f, written as PyTorch users write it."""
    w1, b1, w2, b2 = parts
    return torch.relu(torch.nn.functional.linear(x, w1, b1)) @ w2 + b2


def full_hessian(networks: Networks, index: int, x: Tensor, y: Tensor) -> Tensor:
    parts = [part[index] for part in networks]
    sizes = [part.numel() for part in parts]

    def loss(flat: Tensor) -> Tensor:
        pieces = torch.split(flat, sizes)
        shaped = [piece.reshape(part.shape) for piece, part in zip(pieces, parts, strict=True)]
        return (value(shaped, x) - y).square().mean() / 2

    found: Tensor = torch.func.hessian(loss)(torch.cat([part.reshape(-1) for part in parts]))
    return found


def tops(networks: Networks, x: Tensor, y: Tensor) -> Tensor:
    matrices = [full_hessian(networks, i, x[i], y[i]) for i in range(len(x))]
    return torch.stack([torch.linalg.eigvalsh(matrix)[-1] for matrix in matrices])


def view(networks: Networks, x: Tensor, y: Tensor | None = None) -> View:
    return View(SHALLOW_RELU, TorchOps(), {**networks._asdict(), "x": x, **({} if y is None else {"y": y})})


def side_by_loops(w: list[float], b: float, data: list[list[float]]) -> float:
    """G(w, b) from its definition, datum by datum."""
    inside = [point for point in data if sum(p * q for p, q in zip(w, point, strict=True)) + b > 0]
    excess = math.fsum(sum(p * q for p, q in zip(w, point, strict=True)) + b for point in inside) / len(data)
    moment = [math.fsum(point[c] for point in inside) / len(data) for c in range(len(w))]
    return excess * math.hypot(len(inside) / len(data), *moment)
