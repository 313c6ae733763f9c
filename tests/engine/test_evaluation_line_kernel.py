"""Kernels assembled from knots agree with products of gradients, and leave what they cannot decide to them."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from refutable.strategies.engine.evaluation import evaluate, kernel, line_kernel, sharpness
from refutable.strategies.engine.evaluation.line_kernel import kernel_on_a_line
from refutable.strategies.engine.evaluation.preactivations import Block, Data
from refutable.strategies.training.closed_form import Networks, forward, gradient_kernel
from tests.engine.evaluation_cases import close, drawn, tops

LINES = ("line", "sorted", "one")


@pytest.fixture(autouse=True)
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """At every size, not only where it pays."""
    monkeypatch.setattr(line_kernel, "WORK", 0)
    monkeypatch.setattr(line_kernel, "NEURONS", 0)


def found_on_a_line(networks: Networks, x: Tensor) -> tuple[Tensor, Tensor] | None:
    return kernel_on_a_line(Block(networks, Data(x, None), None))


@pytest.mark.parametrize("shape", LINES)
@pytest.mark.parametrize("shared", [False, True])
def test_entries_are_products_of_gradients(shape: str, shared: bool) -> None:
    networks, x, _ = drawn(shape)
    x = (x[:1] if shared else x).sort(1).values
    found = found_on_a_line(networks, x)
    assert found is not None
    expected = gradient_kernel(networks, x.expand(len(networks.b2), -1, -1))
    assert found[0].shape == expected.shape
    assert ((found[0] - expected).abs() <= 1e-14 * found[1][:, None, None]).all()
    assert (expected.abs().amax((1, 2)) <= found[1]).all()


@pytest.mark.parametrize("shape", LINES)
@pytest.mark.parametrize("scale", [1.0, 2.0**-20, 2.0**20])
def test_sharpness_is_the_top_of_the_full_hessian(shape: str, scale: float) -> None:
    networks, x, _ = drawn(shape, scale)
    close(sharpness(networks, x), tops(networks, x, forward(networks, x)))


@pytest.mark.parametrize("case", ["a datum on a kink", "repeated data on a kink", "a neuron without a slope"])
def test_what_rounding_could_decide_is_left_alone(case: str) -> None:
    networks, x, _ = drawn("sorted")
    if case == "a neuron without a slope":
        networks.w1[1, 3] = 0
    else:
        x[1, 4] = networks.b1[1, 3] = 0
        x[1, 5:9] = 0 if case == "repeated data on a kink" else x[1, 5:9]
    assert found_on_a_line(networks, x) is None
    close(sharpness(networks, x), tops(networks, x, forward(networks, x)))


def test_a_kernel_far_smaller_than_what_it_is_made_of_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Knots and data far from 0 and close together: w b, w^2 x^2 and b^2 cancel. Preactivations are exact."""
    networks, x, _ = drawn("sorted")
    far, grid = 2.0**20, 2.0**8
    networks, x = Networks(*((part * grid).round() / grid for part in networks)), (x * grid).round() / grid
    networks = Networks(networks.w1, networks.b1 - networks.w1[..., 0] * far, networks.w2 * 1e-9, networks.b2)
    expected = torch.linalg.eigvalsh(gradient_kernel(networks, x + far))[:, -1]
    close(sharpness(networks, x + far), expected)
    monkeypatch.setattr(kernel, "ROUNDED", torch.inf)
    assert ((sharpness(networks, x + far) - expected).abs() > 1e-8 * expected).any()


def test_what_is_not_finite_is_nan_alone() -> None:
    networks, x, _ = drawn("sorted")
    alone = sharpness(networks, x)
    networks.w2[1] = 1e200
    networks.b1[0, 0] = torch.nan
    found = sharpness(networks, x)
    assert torch.isnan(found).tolist() == [True, True, False]
    close(found[2], alone[2])


def test_gradients_are_those_of_products(monkeypatch: pytest.MonkeyPatch) -> None:
    networks, x, y = drawn("sorted")
    leaves = [part.clone().requires_grad_() for part in (*networks[:3], x)]

    def slopes() -> tuple[Tensor, ...]:
        found = evaluate(Networks(*leaves[:3], networks.b2), leaves[3], y)
        return torch.autograd.grad(found.sharpness.log().sum(), leaves)

    ours = slopes()
    monkeypatch.setattr(line_kernel, "WORK", 10**12)
    for slope, expected in zip(ours, slopes(), strict=True):
        assert torch.allclose(slope, expected, rtol=1e-9, atol=1e-11)


def test_it_is_taken_where_it_pays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    draw = torch.Generator().manual_seed(0)
    w1, b1, w2 = (torch.randn(1, 256, generator=draw, dtype=torch.float64) for _ in range(3))
    networks = Networks(w1[..., None], b1, w2, b1[:, 0])
    x = torch.randn(1, 200, 1, generator=draw, dtype=torch.float64)
    assert found_on_a_line(networks, x) is not None
    assert found_on_a_line(Networks(*(part[:, :64] for part in networks[:3]), networks.b2), x) is None
    expected = torch.linalg.eigvalsh(gradient_kernel(networks, x))[:, -1]
    close(sharpness(networks, x), expected, 1e-13)
