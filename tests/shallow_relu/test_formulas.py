"""The formulas of shallow ReLU networks against independent references."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import islice
from typing import Any

import numpy as np
import pytest
import torch
from flint import fmpq

from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.domains.shallow_relu.conversion import floats, to_sequential
from refutable.theorems.exact import as_real, compare, fraction
from refutable.theorems.instances import Instance
from refutable.theorems.ops.torch import TorchOps
from refutable.theorems.views import View
from tests.shallow_relu.networks import dual_gradient, plain, random_network, weight_square

SHAPES = [(1, 1, 1), (1, 3, 4), (2, 3, 4), (3, 2, 5), (1, 4, 2)]
CASES = [(seed, *shape) for seed in range(6) for shape in SHAPES]


def network(seed: int, d: int, k: int, n: int, labels: bool = False) -> Instance:
    return random_network(random.Random(1000 * seed + 100 * d + 10 * k + n), d, k, n, labels)


def same(a: Any, b: Any) -> bool:
    return compare(as_real(a), as_real(b)) == 0


@pytest.mark.parametrize(("seed", "d", "k", "n"), CASES)
def test_features_are_the_dual_number_gradients(seed: int, d: int, k: int, n: int) -> None:
    instance = network(seed, d, k, n)
    phi = SHALLOW_RELU.view(instance)["features"]
    net = plain(instance)
    for j, point in enumerate(net.x):
        assert [fraction(v) for v in phi[j]] == dual_gradient(net, point)


@pytest.mark.parametrize(("seed", "d", "k", "n"), CASES)
def test_kernel_closed_form_is_the_gram_matrix(seed: int, d: int, k: int, n: int) -> None:
    view = SHALLOW_RELU.view(network(seed, d, k, n))
    phi = view["features"]
    gram = (phi[:, None, :] * phi[None, :, :]).sum(-1) / n
    assert (gram == view["gradient_kernel"]).all()


@pytest.mark.parametrize("frozen", [["b2"], ["w1"], ["b1", "w2"], ["w1", "b1", "b2"]])
def test_frozen_groups_leave_kernel_and_features_alike(frozen: list[str]) -> None:
    instance = network(1, 2, 3, 4).replace(frozen=frozenset(frozen))
    view = SHALLOW_RELU.view(instance)
    phi = view["features"]
    assert ((phi[:, None, :] * phi[None, :, :]).sum(-1) / 4 == view["gradient_kernel"]).all()
    mean = phi.sum(0) / 4
    assert (mean * mean).sum() == view["mean_gradient_square"]


@pytest.mark.parametrize(("seed", "d", "k", "n"), CASES)
def test_weights_follow_the_definition(seed: int, d: int, k: int, n: int) -> None:
    instance = network(seed, d, k, n)
    view, net = SHALLOW_RELU.view(instance), plain(instance)
    for i in range(k):
        for name, sign in (("active_weight", 1), ("inactive_weight", -1)):
            square = weight_square(net, i, sign)
            assert same(view[name][i] * view[name][i], fmpq(square.numerator, square.denominator))
        assert same(view["weight"][i], view["literal_weight"][i])


def torch_hessian(instance: Instance) -> torch.Tensor:
    model = to_sequential(instance)
    x, y = torch.tensor(floats(instance["x"])), torch.tensor(floats(instance["y"]))
    parameters = dict(model.named_parameters())

    def loss(values: dict[str, torch.Tensor]) -> torch.Tensor:
        return ((torch.func.functional_call(model, values, (x,))[:, 0] - y) ** 2).mean() / 2

    blocks = torch.func.hessian(loss)(parameters)
    order = ["0.weight", "0.bias", "2.weight", "2.bias"]
    size = {name: parameters[name].numel() for name in order}
    return torch.cat([torch.cat([blocks[a][b].reshape(size[a], size[b]) for b in order], 1) for a in order]).detach()


@pytest.mark.parametrize("seed", range(5))
def test_hessian_agrees_with_automatic_differentiation(seed: int) -> None:
    instance = network(seed, 2, 3, 4, labels=True)
    view = SHALLOW_RELU.view(instance)
    if (view["kink"] == 1).any():
        instance = instance.replace(b1=instance["b1"] + fmpq(1, 97))
        view = SHALLOW_RELU.view(instance)
    exact = floats(view["hessian"])
    reference = torch_hessian(instance).numpy()
    assert np.abs(exact - reference).max() <= 1e-12 * max(1.0, np.abs(reference).max())
    assert float(view["sharpness"]) == pytest.approx(np.linalg.eigvalsh(reference)[-1], rel=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_norm_of_the_residual_part(seed: int) -> None:
    view = SHALLOW_RELU.view(network(seed, 2, 3, 4, labels=True))
    part = floats(view["hessian"] - view["gauss_newton"])
    assert np.linalg.norm(part, 2) == pytest.approx(float(as_real(view["residual_block_norm"])), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(("seed", "d", "k", "n"), CASES)
def test_float_batches_follow_the_exact_formulas(seed: int, d: int, k: int, n: int) -> None:
    instance = network(seed, d, k, n, labels=True)
    instance = instance.replace(b1=instance["b1"] + fmpq(1, 97))  # off all kinks: floats need not see them
    ops = TorchOps()
    numbers = {f.name: None if (v := instance[f.name]) is None else v for f in SHALLOW_RELU.fields}
    batch = {
        m: None if v is None else ops.array(np.array([floats(np.asarray(v, dtype=object))] * 2))
        for m, v in numbers.items()
    }
    exact, float_view = SHALLOW_RELU.view(instance), View(SHALLOW_RELU, ops, batch)
    for name in ("loss", "sharpness", "stability_norm", "mean_gradient_square", "active_side_sum", "unmerged_norm"):
        value = float(as_real(exact[name]))
        assert float(float_view[name][1]) == pytest.approx(value, rel=1e-9, abs=1e-12), name


def test_gradients_through_the_float_batch_are_finite() -> None:
    ops = TorchOps()
    w1 = ops.array([[[1.0], [0.0]]]).requires_grad_()
    batch = {
        "w1": w1,
        "b1": ops.array([[-0.5, 0.0]]),
        "w2": ops.array([[2.0, 0.0]]),
        "b2": ops.array([0.0]),
        "x": ops.array([[[0.0], [1.0]]]),
    }
    view = View(SHALLOW_RELU, ops, {**batch, "y": None, "frozen": None, "step_size": None, "batch_size": None})
    view["stability_norm"].sum().backward()
    assert w1.grad is not None
    assert torch.isfinite(w1.grad).all()


def test_hyperplanes_merge_exactly() -> None:
    third = Fraction(1, 3)
    instance = SHALLOW_RELU.instance(
        w1=[[third, 1], [-1, -3], [third, 1], [0, 0], [0, 0]], b1=[2, -6, 3, 1, 1], w2=[1, 1, 5, 1, 1], b2=0, x=[[0, 0]]
    )
    view = SHALLOW_RELU.view(instance)
    assert view["segments"].tolist() == [0, 0, 2, 3, 4]
    assert view["ratio"].tolist() == [1, -3, 1, 1, 1]
    assert view["merged_mass"].tolist() == [4, 0, 5, 1, 1]


def test_cancelling_masses_at_one_knot() -> None:
    tight = {"w1": [[5], [-5]], "b1": [0, 0], "b2": 0, "x": [["-3/4"], ["3/4"]]}
    assert SHALLOW_RELU.view(SHALLOW_RELU.instance(**tight, w2=[3, 3]))["stability_norm"] == fmpq(225, 32)
    assert SHALLOW_RELU.view(SHALLOW_RELU.instance(**tight, w2=[3, -3]))["stability_norm"] == 0
    assert SHALLOW_RELU.view(SHALLOW_RELU.instance(**tight, w2=[3, -3]))["unmerged_norm"] == fmpq(225, 32)


def test_known_weights() -> None:
    data = [["-10"], ["5"], ["100"]]
    instance = SHALLOW_RELU.instance(w1=[[1]], b1=[-5], w2=[1], b2=0, x=data)
    assert float(as_real(SHALLOW_RELU.view(instance)["weight"][0])) == pytest.approx(16.75, abs=5e-3)


@pytest.mark.parametrize("seed", range(4))
def test_symmetries(seed: int) -> None:
    instance = network(seed, 1, 3, 4)
    view = SHALLOW_RELU.view(instance)
    norm, sharpness = view["stability_norm"], view["gauss_newton_sharpness"]
    mirrored = instance.replace(w1=-instance["w1"], x=-instance["x"])
    permuted = instance.replace(**{m: instance[m][::-1] for m in ("w1", "b1", "w2", "x")})
    doubled = instance.replace(x=np.concatenate([instance["x"], instance["x"]]))
    for other in (mirrored, permuted, doubled):
        v = SHALLOW_RELU.view(other)
        assert same(v["stability_norm"], norm)
        assert same(v["gauss_newton_sharpness"], sharpness)
    scale = np.array([fmpq(2), fmpq(1, 3), fmpq(1)], dtype=object)
    rescaled = instance.replace(
        w1=instance["w1"] * scale[:, None], b1=instance["b1"] * scale, w2=instance["w2"] / scale
    )
    assert same(SHALLOW_RELU.view(rescaled)["stability_norm"], norm)


@pytest.mark.parametrize("seed", range(3))
def test_every_move_gives_a_well_formed_simpler_instance(seed: int) -> None:
    small = network(seed, 2, 2, 3, labels=True).replace(step_size=fmpq(1234567, 1000003))
    tiny = small.replace(**{name: small[name] / 2**20 for name in ("w1", "b1", "w2")})
    seen = set()
    for instance in (small, tiny, network(seed, 2, 2, 12, labels=True)):
        for move in SHALLOW_RELU.moves:
            for reduced in islice(move.reductions(instance), 400):
                assert reduced != instance
                assert SHALLOW_RELU.load(SHALLOW_RELU.dump(reduced)) == reduced
                seen.add(move.id)
    assert seen == {move.id for move in SHALLOW_RELU.moves}


def test_a_network_reads_as_a_person_would_write_it() -> None:
    instance = SHALLOW_RELU.instance(
        w1=[[5], [-1]], b1=[0, "1/2"], w2=[3, -2], b2=-1, x=[[0], ["3/4"]], step_size="1/4"
    )
    assert SHALLOW_RELU.describe is not None
    assert SHALLOW_RELU.describe(instance) == [
        "f(x) = 3 relu(5 x) - 2 relu(-x + 1/2) - 1", "x = 0, 3/4", "y = f(x)", "step size = 1/4",
    ]  # fmt: skip
