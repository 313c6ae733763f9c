"""The Hessian kernel against torch.func, its sharpness against float eigenvalues, exact powers, documents."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import mpmath
import numpy as np
import pytest
import torch
from flint import fmpq, fmpq_mat

from refutable.theorems.domains.deep_linear import DEEP_LINEAR
from refutable.theorems.domains.deep_linear.powers import EigenvaluePower, eigenvalue_power
from refutable.theorems.exact import TopEigenvalue, as_real, compare
from refutable.theorems.instances import Instance, InstanceError
from refutable.theorems.ops.torch import TorchOps
from refutable.theorems.papers.mulayoff_michaeli_2020 import FLATTEST_SHARPNESS
from refutable.theorems.views import View

WIDTHS = [(2, 2), (1, 1, 1), (2, 3, 2), (3, 1, 2, 2), (2, 2, 2, 2, 1)]


def drawn(widths: tuple[int, ...], seed: int, inputs: int = 0) -> Instance:
    """Small integer layers; with ``inputs`` > 0, that many integer data."""
    source = np.random.default_rng(seed)
    layers = [source.integers(-3, 4, size=(after, before)).tolist() for before, after in pairwise(widths)]
    x = source.integers(-2, 3, size=(inputs, widths[0])).tolist() if inputs else None
    return DEEP_LINEAR.instance(layers=layers, loss_scale=["1", "2", "1/2"][seed % 3], inputs=x)


def floats(array: Any) -> torch.Tensor:
    return torch.tensor(np.vectorize(lambda q: int(q.p) / int(q.q), otypes=[float])(array), dtype=torch.float64)


def torch_hessian(instance: Instance) -> torch.Tensor:
    """Second derivatives of kappa/(2n) sum_j |W_m ... W_1 x_j - y_j|^2 at y_j = W_m ... W_1 x_j."""
    layers = [floats(layer) for layer in instance["layers"]]
    width = layers[0].shape[1]
    # The columns of sqrt(d) times the identity are data with identity second moment.
    x = floats(instance["inputs"]) if instance["inputs"] is not None else width**0.5 * torch.eye(width).double()
    shapes = [layer.shape for layer in layers]

    def outputs(flat: torch.Tensor) -> torch.Tensor:
        value, start = x.T, 0
        for rows, columns in shapes:
            value = flat[start : start + rows * columns].reshape(rows, columns) @ value
            start += rows * columns
        return value

    flat = torch.cat([layer.reshape(-1) for layer in layers])
    y = outputs(flat)
    scale = int(instance["loss_scale"].p) / int(instance["loss_scale"].q)

    def loss(weights: torch.Tensor) -> torch.Tensor:
        return scale / 2 * (outputs(weights) - y).square().sum() / len(x)

    return torch.func.hessian(loss)(flat)


@pytest.mark.parametrize("widths", WIDTHS)
@pytest.mark.parametrize("inputs", [0, 3])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_hessian_kernel_and_sharpness_agree_with_torch(widths: tuple[int, ...], inputs: int, seed: int) -> None:
    instance = drawn(widths, seed, inputs)
    view = DEEP_LINEAR.view(instance)
    reference = torch_hessian(instance)
    assert torch.allclose(floats(view["hessian"]), reference, atol=1e-9)
    spectrum = torch.linalg.eigvalsh(floats(view["hessian_kernel"]))
    assert spectrum[-1].item() == pytest.approx(torch.linalg.eigvalsh(reference)[-1].item(), abs=1e-8)
    assert float(as_real(view["sharpness"])) == pytest.approx(spectrum[-1].item(), abs=1e-8)


def test_noisy_labels_leave_the_hessian_at_the_least_squares_solution() -> None:
    x = torch.tensor([[1.0, 1.0], [1.0, -1.0]] * 2, dtype=torch.float64)
    noise = torch.tensor([[1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, 1.0]], dtype=torch.float64)
    assert torch.equal(noise.T @ x, torch.zeros(2, 2, dtype=torch.float64))
    instance = DEEP_LINEAR.instance(
        layers=[[[1, 2], [0, 1]], [[1, 0], [3, 1]]], loss_scale=1, inputs=x.to(torch.int64).tolist()
    )
    first, second = (floats(layer) for layer in instance["layers"])
    labels = x @ (second @ first).T + noise

    def loss(weights: torch.Tensor) -> torch.Tensor:
        a, b = weights[:4].reshape(2, 2), weights[4:].reshape(2, 2)
        return (x @ (b @ a).T - labels).square().sum() / (2 * len(x))

    hessian = torch.func.hessian(loss)(torch.cat([first.reshape(-1), second.reshape(-1)]))
    assert torch.allclose(hessian, floats(DEEP_LINEAR.view(instance)["hessian"]))


def test_float_batches_agree_with_exact_views() -> None:
    instances = [drawn((2, 2, 3), seed) for seed in range(6)]
    layers = tuple(torch.stack([floats(i["layers"][level]) for i in instances]) for level in range(2))
    scales = torch.stack([floats(i["loss_scale"]) for i in instances])
    batch = View(DEEP_LINEAR, TorchOps(), {"layers": layers, "loss_scale": scales, "inputs": None})
    for name in ("sharpness", "flattest_sharpness", "squared_imbalance"):
        exact = [float(as_real(DEEP_LINEAR.view(i)[name])) for i in instances]
        assert batch[name].tolist() == pytest.approx(exact, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("widths", [(2, 2, 3), (3, 3, 2, 2), (1, 2, 1)])
def test_links_state_the_same_in_floats_and_exactly(widths: tuple[int, ...]) -> None:
    instances = [drawn(widths, seed) for seed in range(12)]
    depth = len(widths) - 1
    layers = tuple(torch.stack([floats(i["layers"][level]) for i in instances]) for level in range(depth))
    scales = torch.stack([floats(i["loss_scale"]) for i in instances])
    batch = View(DEEP_LINEAR, TorchOps(), {"layers": layers, "loss_scale": scales, "inputs": None})
    sides = 0
    for link in (link for link in FLATTEST_SHARPNESS.links if link.id != "kernel-spectrum"):
        proposed = list(link.concludes(batch))
        for row, instance in enumerate(instances):
            for ours, exact in zip(proposed, link.concludes(DEEP_LINEAR.view(instance)), strict=True):
                for name in ("left", "right"):
                    want = float(as_real(getattr(exact, name)))
                    assert getattr(ours, name)[row].item() == pytest.approx(want, rel=1e-9, abs=1e-9), (link.id, row)
                    sides += 1
    assert sides >= 12 * 2 * 4


def test_float_test_directions_are_constants_at_any_scale() -> None:
    plain = torch.randn(5, 3, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
    scales = torch.tensor([1e-200, 1, 1e200, 0, float("inf")], dtype=torch.float64)[:, None, None]
    layers = (plain * scales).requires_grad_()
    fields = {"layers": (layers,), "loss_scale": torch.ones(5, dtype=torch.float64), "inputs": None}
    u, v = View(DEEP_LINEAR, TorchOps(), fields)["test_direction"]
    assert u.requires_grad
    assert not v.requires_grad
    reference = torch.linalg.svd(plain)[2][:, 0]
    assert torch.allclose((v * reference).sum(-1)[:3].abs(), torch.ones(3).double(), atol=1e-3)
    assert torch.isfinite(v).all()


def test_powers_of_irrational_eigenvalues_are_compared_exactly() -> None:
    golden = fmpq_mat([[2, 1], [1, 1]])  # top eigenvalue (3 + sqrt 5)/2, the square of the golden ratio
    root = eigenvalue_power(TopEigenvalue(golden), fmpq(1, 2))
    assert isinstance(root, EigenvaluePower)
    assert compare(root, fmpq(1618033, 10**6)) == 1
    assert compare(root, fmpq(1618034, 10**6)) == -1
    assert compare(root * fmpq(3), TopEigenvalue(fmpq_mat([[5, 0], [0, 1]]))) == -1
    assert compare(eigenvalue_power(fmpq(2), fmpq(2, 3)), fmpq(1587401, 10**6)) == 1
    assert compare(eigenvalue_power(fmpq(8), fmpq(2, 3)), fmpq(4)) == 0
    assert compare(eigenvalue_power(TopEigenvalue(golden), fmpq(0)), fmpq(1)) == 0


def test_an_irrational_tie_of_a_power_with_an_eigenvalue_is_decided() -> None:
    w = fmpq_mat([[1, 2], [0, 1]])
    gram = w * w.transpose()
    power = eigenvalue_power(TopEigenvalue(gram**2), fmpq(1, 2))
    assert compare(power, TopEigenvalue(w.transpose() * w)) == 0
    assert compare(TopEigenvalue(w.transpose() * w), power) == 0
    hair = fmpq(1, 10**40)
    assert compare(power, TopEigenvalue(w.transpose() * w, 1 + hair)) == -1
    assert compare(power, TopEigenvalue(w.transpose() * w, 1 - hair)) == 1


@pytest.mark.parametrize(("p", "q"), [(1, 3), (3, 4), (2, 1)])
def test_balls_of_powers_contain_the_mpmath_value(p: int, q: int) -> None:
    with mpmath.workdps(60):
        reference = 5 * (mpmath.mpf(3) + mpmath.sqrt(5)) ** (mpmath.mpf(p) / q) / mpmath.mpf(2) ** (mpmath.mpf(p) / q)
        ball = EigenvaluePower(fmpq_mat([[2, 1], [1, 1]]), fmpq(p, q), fmpq(5)).ball(160)
        assert abs(mpmath.mpf(ball.mid().str(50, radius=False)) - reference) < mpmath.mpf(10) ** -45


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"layers": [[[1, 2]], [[1, 2]]]}, r"layers\[1\] has 2 columns, but layers\[0\] has 1 rows"),
        ({"layers": []}, "layers is empty"),
        ({"layers": [[[1, 2], [3]]]}, r"layers\[0\]\[1\] has 1 entries"),
        ({"layers": [[[1, "nan"]]]}, r"layers\[0\]\[0\]\[1\]"),
        ({"inputs": [[1, 2, 3]]}, "data.x has 3 columns, but layers"),
        ({"loss_scale": 0}, "loss_scale must be > 0"),
        ({"loss_scale": None}, "loss_scale is missing"),
    ],
)
def test_bad_instances_are_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(InstanceError, match=message):
        DEEP_LINEAR.instance(**{"layers": [[[1, 2]]], "loss_scale": 1, "inputs": None, **changes})


def test_documents_round_trip_and_describe() -> None:
    instance = drawn((2, 1, 2), 1, 2)
    assert DEEP_LINEAR.load(DEEP_LINEAR.dump(instance)) == instance
    assert DEEP_LINEAR.describe is not None
    lines = DEEP_LINEAR.describe(DEEP_LINEAR.instance(layers=[[[1, 2]], [["1/2"]]], loss_scale=2))
    expected = ["W_1 = [1 2]", "W_2 = [1/2]", "loss = 1 E |W_m ... W_1 x - y|^2, at a minimum", "E x x^T = identity"]
    assert lines == expected


def test_moves_keep_instances_well_formed() -> None:
    start = drawn((2, 3, 3, 2), 4, 3)
    for move in DEEP_LINEAR.moves:
        found = list(move.reductions(start))
        assert found, move.id
        for smaller in found:
            assert smaller != start
            assert DEEP_LINEAR.load(DEEP_LINEAR.dump(smaller)) == smaller


def test_merging_layers_keeps_the_map() -> None:
    start = drawn((2, 3, 3, 2), 4)
    (merge,) = (move for move in DEEP_LINEAR.moves if move.id == "merge layers")
    whole = DEEP_LINEAR.view(start)["product"]
    assert all((DEEP_LINEAR.view(i)["product"] == whole).all() for i in merge.reductions(start))
