"""Gauss-Newton steps in Gram form are those of the Jacobian, and only ever lower the loss."""

from __future__ import annotations

import torch
from torch import Tensor

from refutable.strategies.engine.polish import DAMPING, polished
from refutable.strategies.training import closed_form
from refutable.strategies.training.closed_form import Networks


def drawn(count: int, inputs: int, neurons: int, samples: int) -> tuple[Networks, Tensor, Tensor]:
    source = torch.Generator().manual_seed(0)

    def normal(*shape: int) -> Tensor:
        return torch.randn(count, *shape, generator=source, dtype=torch.float64)

    return (
        Networks(normal(neurons, inputs), normal(neurons), normal(neurons), normal()),
        normal(samples, inputs),
        normal(samples),
    )


def one_step(networks: Networks, x: Tensor, y: Tensor) -> list[Tensor]:
    """-J' (J J' + mu I)^-1 r from the Jacobian by automatic differentiation, network by network."""
    steps = []
    for row in range(len(y)):
        shapes = [part[row].shape for part in networks]
        flat = torch.cat([part[row].reshape(-1) for part in networks])

        def values(theta: Tensor, row: int = row, shapes: list[torch.Size] = shapes) -> Tensor:
            sizes = [shape.numel() for shape in shapes]
            w1, b1, w2, b2 = (p.reshape(s) for p, s in zip(theta.split(sizes), shapes, strict=True))
            return torch.relu(x[row] @ w1.T + b1) @ w2 + b2

        jacobian = torch.autograd.functional.jacobian(values, flat)
        kernel = jacobian @ jacobian.T
        ridge = DAMPING[0] * kernel.diagonal().mean() * torch.eye(len(kernel), dtype=torch.float64)
        steps.append(flat - jacobian.T @ torch.linalg.solve(kernel + ridge, values(flat) - y[row]))
    return steps


def test_one_step_is_that_of_the_jacobian() -> None:
    networks, x, y = drawn(4, 3, 8, 4)
    y = closed_form.forward(networks, x) + 1e-3 * y  # so near that every step lowers the loss
    found = polished(networks, x, y, 1)
    for row, expected in enumerate(one_step(networks, x, y)):
        assert torch.allclose(torch.cat([part[row].reshape(-1) for part in found]), expected, atol=1e-10)


def test_it_interpolates_where_it_can_and_never_raises_the_loss() -> None:
    networks, x, y = drawn(16, 10, 24, 8)
    found = polished(networks, x, y)
    before, after = closed_form.loss(networks, x, y), closed_form.loss(found, x, y)
    assert (after <= before).all()
    assert int((after < 1e-24).sum()) >= 12


def test_what_no_step_improves_stays() -> None:
    networks, x, _ = drawn(3, 2, 5, 4)
    y = closed_form.forward(networks, x)
    for part, old in zip(polished(networks, x, y), networks, strict=True):
        assert torch.equal(part, old)
