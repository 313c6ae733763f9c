"""The closed forms agree with automatic differentiation, which knows nothing of them."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from refutable.strategies.engine.evaluation import sharpness, sharpness_radius
from refutable.strategies.training import closed_form
from refutable.strategies.training.closed_form import Networks
from refutable.strategies.training.recipes import Recipe
from refutable.strategies.training.train import initial, train

SHAPES = [(1, 4, 3), (1, 16, 16), (3, 5, 4), (8, 4, 2)]


def start(inputs: int, neurons: int, samples: int, steps: int = 0) -> tuple[Recipe, Networks, Tensor, Tensor]:
    recipe = Recipe(7, 3, inputs, neurons, samples, "gaussian", "noise", "1/20", steps)
    networks, x, y = initial(recipe)
    return recipe, networks, x, y


def one(networks: Networks, index: int) -> list[Tensor]:
    return [part[index].clone() for part in networks]


def plain_forward(parts: list[Tensor], x: Tensor) -> Tensor:
    """One network, written as PyTorch users write it."""
    w1, b1, w2, b2 = parts
    return torch.relu(torch.nn.functional.linear(x, w1, b1)) @ w2 + b2


def half_mean_square(x: Tensor, y: Tensor) -> Callable[[list[Tensor]], Tensor]:
    return lambda parts: torch.nn.functional.mse_loss(plain_forward(parts, x), y) / 2


def autograd_descent(parts: list[Tensor], x: Tensor, y: Tensor, step_size: float, steps: int) -> list[Tensor]:
    parts = [part.requires_grad_() for part in parts]
    optimiser = torch.optim.SGD(parts, lr=step_size)
    for _ in range(steps):
        optimiser.zero_grad()
        half_mean_square(x, y)(parts).backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    return [part.detach() for part in parts]


def hessian(parts: list[Tensor], x: Tensor, y: Tensor) -> Tensor:
    flat = torch.cat([part.reshape(-1) for part in parts])
    sizes = [part.numel() for part in parts]

    def of_flat(whole: Tensor) -> Tensor:
        pieces = [piece.reshape(part.shape) for piece, part in zip(torch.split(whole, sizes), parts, strict=True)]
        return half_mean_square(x, y)(pieces)

    result: Tensor = torch.func.hessian(of_flat)(flat)
    return result


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_fifty_steps_equal_fifty_steps_of_autograd(shape: tuple[int, int, int]) -> None:
    recipe, networks, x, y = start(*shape, steps=50)
    trained = train(recipe, device="cpu")
    moved = 0.0
    for index in range(recipe.networks):
        reference = autograd_descent(one(networks, index), x[index], y[index], 1 / 20, 50)
        for name, part in zip(Networks._fields, reference, strict=True):
            ours = torch.from_numpy(getattr(trained, name)[index, ...].copy())
            assert torch.allclose(ours, part, rtol=1e-13, atol=1e-13), name
            moved = max(moved, (part - getattr(networks, name)[index]).abs().max().item())
    assert moved > 1e-2


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_values_and_loss_are_those_of_the_plain_network(shape: tuple[int, int, int]) -> None:
    _, networks, x, y = start(*shape)
    values, losses = closed_form.forward(networks, x), closed_form.loss(networks, x, y)
    for index in range(len(x)):
        parts = one(networks, index)
        assert torch.allclose(values[index], plain_forward(parts, x[index]), rtol=1e-14, atol=1e-14)
        assert torch.allclose(losses[index], half_mean_square(x[index], y[index])(parts), rtol=1e-14)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_sharpness_at_interpolation_is_the_top_of_the_full_hessian(shape: tuple[int, int, int]) -> None:
    _, networks, x, _ = start(*shape)
    found = sharpness(networks, x)
    labels = closed_form.forward(networks, x)
    for index in range(len(x)):
        top = torch.linalg.eigvalsh(hessian(one(networks, index), x[index], labels[index]))[-1]
        assert found[index].item() == pytest.approx(top.item(), rel=1e-12)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_residual_blocks_are_the_norm_of_the_rest_of_the_hessian(shape: tuple[int, int, int]) -> None:
    _, networks, x, y = start(*shape)
    blocks = sharpness_radius(networks, x, y)
    labels = closed_form.forward(networks, x)
    for index in range(len(x)):
        parts = one(networks, index)
        rest = hessian(parts, x[index], y[index]) - hessian(parts, x[index], labels[index])
        assert blocks[index].item() == pytest.approx(torch.linalg.matrix_norm(rest, 2).item(), rel=1e-12)


def test_a_network_that_is_not_finite_does_not_touch_the_others() -> None:
    _, networks, x, _ = start(2, 4, 3)
    alone = sharpness(networks, x)
    networks.w1[1, 0, 0] = torch.nan
    networks.b2[2] = torch.inf
    together = sharpness(networks, x)
    assert torch.isnan(together).tolist() == [False, True, True]
    assert together[0] == alone[0]
