"""Critical points, Hessians and gradients against torch.func and SymPy."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sympy
import torch
from flint import fmpq, fmpq_mat

from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.exact import as_real, compare
from refutable.theorems.families.critical_points import (
    NOISY_SPHERE,
    SIX_POINTS,
    noisy_copies,
    null_vectors,
    planted_residuals,
    six_points,
)
from refutable.theorems.families.labelled import NARROW_ATOMS, SHIFTED_TWO_ATOMS, with_residuals
from refutable.theorems.families.two_atoms import two_atoms
from refutable.theorems.instances import Instance
from refutable.theorems.papers.own import gradient_blocks
from refutable.theorems.papers.own.critical_point import SADDLE, largest_gradient_over_output
from refutable.theorems.views import View

Networks = Callable[..., list[Instance]]


def _tensor(array: Any) -> torch.Tensor:
    return torch.tensor(np.vectorize(lambda q: float(as_real(q)))(array), dtype=torch.float64)


def _loss_of(instance: Instance) -> tuple[Callable[[torch.Tensor], torch.Tensor], torch.Tensor]:
    """The loss as a function of all parameters in the order w1, b1, w2, b2, and the parameters."""
    view = SHALLOW_RELU.view(instance)
    k, d = instance["w1"].shape
    x, y = _tensor(instance["x"]), _tensor(view["output"] - view["residual"])

    def loss(theta: torch.Tensor) -> torch.Tensor:
        w1, b1, w2, b2 = theta[: k * d].reshape(k, d), *torch.split(theta[k * d :], [k, k, 1])
        return ((torch.relu(x @ w1.T + b1) @ w2 + b2 - y) ** 2).mean() / 2

    parts = [_tensor(instance[name]).reshape(-1) for name in ("w1", "b1", "w2", "b2")]
    return loss, torch.cat(parts)


def _hessian_norms(instance: Instance) -> tuple[torch.Tensor, torch.Tensor]:
    loss, theta = _loss_of(instance)
    return torch.func.hessian(loss)(theta), torch.func.grad(loss)(theta)


@pytest.mark.parametrize("d", [1, 2, 3])
def test_hessian_gradient_and_blocks_agree_with_torch(networks: Networks, d: int) -> None:
    for network in networks(6, d=d, labelled=True):
        view = SHALLOW_RELU.view(network)
        hessian, gradient = _hessian_norms(network)
        assert torch.allclose(_tensor(view["hessian"]), hessian, rtol=1e-10, atol=1e-9)
        assert torch.allclose(_tensor(view["loss_gradient"]), gradient, rtol=1e-10, atol=1e-9)
        k = len(network["b1"])
        expected = torch.cat([gradient[: k * d].reshape(k, d), gradient[k * d : k * d + k][:, None]], 1)
        assert torch.allclose(_tensor(gradient_blocks.neuron_gradients(view)), expected, rtol=1e-10, atol=1e-9)


def test_the_residual_part_has_the_norm_of_the_largest_gradient_over_output(networks: Networks) -> None:
    for network in networks(8, d=2, labelled=True):
        view = SHALLOW_RELU.view(network)
        difference = _hessian_norms(network)[0] - _tensor(view["gauss_newton"])
        norm = float(torch.linalg.matrix_norm(difference, 2))
        assert float(as_real(largest_gradient_over_output(view))) == pytest.approx(norm, rel=1e-9)


def test_the_weighted_correction_is_what_the_rayleigh_quotient_loses(networks: Networks) -> None:
    """With q the mean gradient, q'(H - GN)q / |q|^2 is at least -2 times the weighted gradient."""
    for network in networks(8, d=1, labelled=True):
        view = SHALLOW_RELU.view(network)
        features = _tensor(view["features"])
        q = features.mean(0)
        lost = q @ (_hessian_norms(network)[0] - features.T @ features / len(features)) @ q / (q @ q)
        weighted = float(as_real(gradient_blocks.weighted_gradient(view)))
        assert -2 * weighted <= float(lost) + 1e-9 * (1 + weighted)


@pytest.mark.parametrize("index", range(3))
def test_planted_points_have_gradient_zero_and_positive_loss(index: int) -> None:
    view = SHALLOW_RELU.view(six_points(index))
    assert all(g == 0 for g in view["loss_gradient"])
    assert view["loss"] > 0
    hessian, gradient = _hessian_norms(six_points(index))
    assert torch.allclose(gradient, torch.zeros_like(gradient), atol=1e-12)
    assert torch.allclose(hessian, _tensor(view["gauss_newton"]), atol=1e-10)


def test_planting_needs_dependent_gradients() -> None:
    with pytest.raises(ValueError, match="linearly independent"):
        planted_residuals(two_atoms())


def test_null_vectors_span_the_null_space() -> None:
    generator = np.random.default_rng(3)
    for _ in range(10):
        entries = generator.integers(-2, 3, size=(3, 5))
        entries[2] = entries[0] + entries[1]
        basis = null_vectors(fmpq_mat(3, 5, [int(e) for e in entries.ravel()]))
        assert len(basis) == len(sympy.Matrix(entries.tolist()).nullspace())
        assert fmpq_mat(len(basis), 5, [q for v in basis for q in v]).rank() == len(basis)
        for vector in basis:
            assert all(sum((int(e) * q for e, q in zip(row, vector, strict=True)), fmpq(0)) == 0 for row in entries)


@pytest.mark.parametrize("family", [NOISY_SPHERE, SIX_POINTS])
def test_families_of_critical_points_have_positive_loss(family: Any) -> None:
    for instance in family.instances(6):
        view = SHALLOW_RELU.view(instance)
        assert view["loss"] > 0
        assert all(g == 0 for g in view["loss_gradient"])


def test_noisy_copies_keep_sharpness_and_norm() -> None:
    noisy = SHALLOW_RELU.view(noisy_copies(two_atoms(), fmpq(100)))
    assert noisy["loss"] == 5000
    assert as_real(noisy["sharpness"]).exact() == fmpq(241, 16)
    assert as_real(noisy["stability_norm"]).exact() == fmpq(225, 32)


def test_residuals_are_the_ones_asked_for() -> None:
    labelled = with_residuals(two_atoms(), [fmpq(1, 3), -2])
    assert list(SHALLOW_RELU.view(labelled)["residual"]) == [fmpq(1, 3), fmpq(-2)]


def test_the_saddle_is_critical_with_a_residual_block() -> None:
    view = SHALLOW_RELU.view(SADDLE)
    assert all(g == 0 for g in view["loss_gradient"])
    assert list(view["residual_blocks"][0]) == [fmpq(-1, 4), fmpq(1, 2)]
    least = float(torch.linalg.eigvalsh(_hessian_norms(SADDLE)[0])[0])
    assert least == pytest.approx(-0.13942, abs=1e-5)


@pytest.mark.parametrize("instance", [SHIFTED_TWO_ATOMS, NARROW_ATOMS])
def test_the_sharpness_of_the_counterexamples_agrees_with_torch(instance: Instance) -> None:
    view = SHALLOW_RELU.view(instance)
    top = float(torch.linalg.eigvalsh(_hessian_norms(instance)[0])[-1])
    assert float(as_real(view["sharpness"])) == pytest.approx(top, rel=1e-12)
    assert compare(1 + 2 * view["stability_norm"], view["sharpness"]) == 1


def test_float_batches_get_the_exact_corrections(networks: Networks) -> None:
    from refutable.theorems.ops.torch import TorchOps

    for network in networks(5, d=2, labelled=True):
        exact = SHALLOW_RELU.view(network)
        names = ("w1", "b1", "w2", "b2", "x", "y", "step_size")
        numbers = {name: _tensor(network[name])[None] for name in names}
        batch = View(SHALLOW_RELU, TorchOps(), {**numbers, "frozen": None, "batch_size": None})
        for formula in (gradient_blocks.weighted_gradient, largest_gradient_over_output):
            assert float(formula(batch)[0]) == pytest.approx(float(as_real(formula(exact))), rel=1e-9)
