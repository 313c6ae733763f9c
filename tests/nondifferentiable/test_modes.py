"""Modes against nearby differentiable points, and against gradients by torch."""

import numpy as np
import pytest
import torch
from flint import fmpq

from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.domains.shallow_relu.modes import MAX_TOGGLES
from refutable.theorems.exact import to_float
from refutable.theorems.instances import Instance
from refutable.theorems.ops.exact import elementwise
from refutable.theorems.views import View

TWO_KINKS = SHALLOW_RELU.instance(
    w1=[[-1], ["-1/4"], [2]], b1=[-2, "3/4", 1], w2=["3/2", 1, -1], b2=0,
    x=[[-2], ["-3/2"], [0], ["5/2"], [3], [4]], step_size="461/1000",
)  # fmt: skip
"""The first neuron toggles on -2, the second on 3, the third on none."""


def moved(instance: Instance, direction: np.ndarray, length: fmpq) -> Instance:
    """The network at theta + length * direction (all parameters trained)."""
    k, d = instance["w1"].shape
    parts = np.split(np.array([length * q for q in direction], dtype=object), [k * d, k * d + k, k * d + 2 * k])
    return instance.replace(
        w1=instance["w1"] + parts[0].reshape(k, d), b1=instance["b1"] + parts[1],
        w2=instance["w2"] + parts[2], b2=instance["b2"] + parts[3][0],
    )  # fmt: skip


def floats(values: object) -> torch.Tensor:
    """Rationals as float64."""
    return torch.tensor(np.array(elementwise(to_float, values), dtype=float))


def test_toggles_name_neuron_and_datum() -> None:
    view = SHALLOW_RELU.view(TWO_KINKS)
    assert [(t.neuron, t.data) for t in view["toggles"]] == [(0, (0,)), (1, (4,))]
    assert [m.signs for m in view["modes"]] == [(-1, -1), (-1, 1), (1, -1), (1, 1)]


def test_coinciding_data_toggle_together() -> None:
    twice = TWO_KINKS.replace(x=np.concatenate([TWO_KINKS["x"], TWO_KINKS["x"][4:5]]))
    view = SHALLOW_RELU.view(twice)
    assert [t.data for t in view["toggles"]] == [(0,), (4, 6)]
    assert len(view["modes"]) == 4


def test_each_mode_is_the_network_just_beside_the_point() -> None:
    view = SHALLOW_RELU.view(TWO_KINKS)
    normals = view["toggle_normals"]
    for mode in view["modes"]:
        direction = sum(sign * row for sign, row in zip(mode.signs, normals, strict=True))
        beside = SHALLOW_RELU.view(moved(TWO_KINKS, direction, fmpq(1, 10**6)))
        assert not beside["kink"].any()
        assert (beside["active"] == mode.view["active"]).all()


def test_toggle_normals_are_gradients_of_the_preactivations() -> None:
    view = SHALLOW_RELU.view(TWO_KINKS)
    direction = elementwise(fmpq, np.arange(1, 11))
    after = SHALLOW_RELU.view(moved(TWO_KINKS, direction, fmpq(1)))["preactivation"]
    for toggle, row in zip(view["toggles"], view["toggle_normals"], strict=True):
        assert after[toggle.data[0], toggle.neuron] == (row * direction).sum()


@pytest.mark.parametrize("index", range(4))
def test_mode_hessian_is_the_hessian_of_the_loss_just_beside_the_point(index: int) -> None:
    view = SHALLOW_RELU.view(TWO_KINKS)
    mode = view["modes"][index]
    direction = sum(sign * row for sign, row in zip(mode.signs, view["toggle_normals"], strict=True))
    beside = SHALLOW_RELU.view(moved(TWO_KINKS, direction, fmpq(1, 10**9)))
    x, y = floats(view["x"]), floats(view["output"])
    theta = torch.cat([floats(beside[name]).ravel() for name in ("w1", "b1", "w2")] + [floats(beside["b2"]).ravel()])

    def loss(theta: torch.Tensor) -> torch.Tensor:
        hidden = torch.relu(x @ theta[:3][None, :] + theta[3:6])
        return ((hidden @ theta[6:9] + theta[9] - y) ** 2).sum() / (2 * len(y))

    expected = torch.autograd.functional.hessian(loss, theta)
    assert torch.allclose(floats(mode.view["gauss_newton"]), expected, atol=1e-6)


def test_too_many_toggles_are_said_so() -> None:
    count = MAX_TOGGLES + 1
    crowded = SHALLOW_RELU.instance(w1=[[1]] * count, b1=[0] * count, w2=[1] * count, b2=0, x=[[0], [1]])
    with pytest.raises(ArithmeticError, match="9 kinks lie on data"):
        SHALLOW_RELU.view(crowded)["modes"]


def test_inclusive_norm_counts_a_datum_on_the_kink_for_both_sides() -> None:
    network = SHALLOW_RELU.instance(w1=[[1]], b1=[0], w2=[1], b2=0, x=[[-1], [0], [1]])
    view = SHALLOW_RELU.view(network)
    # By hand: each side P = 2/3, E[X; .] = 1/3, E[(.)_+] = 1/3; strictly P = 1/3.
    assert float(view["inclusive_norm"]) == pytest.approx((1 / 3) * (5**0.5 / 3))
    assert float(view["stability_norm"]) == pytest.approx((1 / 3) * (2**0.5 / 3))


def test_widest_norm_takes_the_larger_weight_of_a_side() -> None:
    """The datum -2 on the kink takes from the active side's mean: strictly (1, 4)/3, inclusively (2, 2)/3."""
    network = SHALLOW_RELU.instance(w1=[[1]], b1=[2], w2=[1], b2=0, x=[[-30], [-2], [4]])
    view = SHALLOW_RELU.view(network)
    assert float(view["widest_norm"]) == pytest.approx(2 * 17**0.5 / 3)
    assert float(view["inclusive_norm"]) == pytest.approx(2 * 8**0.5 / 3)


def test_a_kink_that_training_cannot_move_is_no_toggle() -> None:
    """Frozen hidden biases and the datum 0: turning the gate changes no gradient, so there is one piece."""
    network = SHALLOW_RELU.instance(w1=[[1], [2]], b1=[0, -2], w2=[1, 1], b2=0, frozen=["b1"], x=[[0], [1], [3]])
    view = SHALLOW_RELU.view(network)
    assert [(t.neuron, t.data) for t in view["toggles"]] == [(1, (1,))]
    assert view["toggles_per_datum"] == 1
    turned = view["active"].copy()
    turned[0, 0] = fmpq(1)
    other = View(SHALLOW_RELU, view.ops, dict(network.values), {**view.structure, "active": turned})
    assert (other["features"] == view["features"]).all()
    assert len(SHALLOW_RELU.view(network.replace(frozen=None))["toggles"]) == 2
    assert not SHALLOW_RELU.view(network.replace(frozen=frozenset({"w1", "b1"})))["toggles"]


def test_leans_are_derivatives_of_the_preactivations_along_the_mean_gradient() -> None:
    view = SHALLOW_RELU.view(TWO_KINKS)
    features = view["modes"][0].view["features"]
    mean = features.sum(axis=0) * fmpq(1, len(features))
    for toggle, row, lean in zip(view["toggles"], view["toggle_normals"], view["toggle_leans"], strict=True):
        assert (row * mean).sum() == view["w2"][toggle.neuron] * lean
