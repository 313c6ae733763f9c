"""Rescaled networks: the same function, and scales that do what their names say."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from flint import fmpq

from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.domains.shallow_relu.rescaling import (
    balanced_scales,
    flattest_scales,
    gated_input_norm,
    mean_square_activation,
    rescaled,
    rescaled_view,
)
from refutable.theorems.exact import as_real
from refutable.theorems.families.two_atoms import two_atoms
from refutable.theorems.instances import Instance

Networks = Callable[..., list[Instance]]


def _floats(array: Any) -> np.ndarray[Any, Any]:
    return np.array([float(as_real(q)) for q in np.ravel(array)]).reshape(np.shape(array))


def _bound_at(instance: Instance, scales: np.ndarray[Any, Any]) -> float:
    """1 + sum_i (w2_i^2 M_i / c_i^2 + c_i^2 A2_i) by numpy alone."""
    x, w1, b1, w2 = (_floats(instance[name]) for name in ("x", "w1", "b1", "w2"))
    z = x @ w1.T + b1
    inputs = np.hstack([x, np.ones((len(x), 1))])
    value = 1.0
    for i, c in enumerate(scales):
        on = z[:, i] > 0
        top = np.linalg.eigvalsh(inputs[on].T @ inputs[on] / len(x))[-1] if on.any() else 0.0
        value += w2[i] ** 2 * top / c**2 + c**2 * np.mean(np.maximum(z[:, i], 0) ** 2)
    return value


def test_the_function_and_the_norm_stay(networks: Networks) -> None:
    for network in networks(10, d=2):
        scales = [fmpq(i + 1, 3) for i in range(len(network["b1"]))]
        before, after = SHALLOW_RELU.view(network), SHALLOW_RELU.view(rescaled(network, scales))
        assert (before["output"] == after["output"]).all()
        assert float(as_real(before["stability_norm"])) == pytest.approx(float(as_real(after["stability_norm"])))
        assert not (before["w1"] == after["w1"]).all()


def test_a_rescaled_view_is_the_view_of_the_rescaled_instance(networks: Networks) -> None:
    for network in networks(5, d=1):
        scales = np.array([fmpq(i + 2, 5) for i in range(len(network["b1"]))], dtype=object)
        one = rescaled_view(SHALLOW_RELU.view(network), scales)
        other = SHALLOW_RELU.view(rescaled(network, scales))
        assert (one["gradient_kernel"] == other["gradient_kernel"]).all()


def test_the_kernel_depends_on_the_squared_scales_as_stated(networks: Networks) -> None:
    for network in networks(5, d=3):
        scales = np.array([fmpq(i + 2, 3) for i in range(len(network["b1"]))], dtype=object)
        x, w1, b1, w2, c = (_floats(a) for a in (network["x"], network["w1"], network["b1"], network["w2"], scales))
        z = x @ w1.T + b1
        on, a = (z > 0) * 1.0, np.maximum(z, 0)
        gram = x @ x.T + 1
        kernel = (on * (w2 / c) ** 2) @ on.T * gram + (a * c**2) @ a.T + 1
        found = _floats(rescaled_view(SHALLOW_RELU.view(network), scales)["gradient_kernel"])
        assert np.allclose(found, kernel / len(x), rtol=1e-12)


def test_balanced_scales_equalise_the_two_parts_of_the_mean_gradient(networks: Networks) -> None:
    for network in networks(10, d=2):
        view = SHALLOW_RELU.view(network)
        after = rescaled_view(view, balanced_scales(view))
        a, b2 = _floats(after["mean_activation"]), _floats(after["mean_slope_square"])
        assert np.allclose(a**2, b2, rtol=1e-12)


def test_flattest_scales_minimise_the_upper_bound(networks: Networks) -> None:
    generator = np.random.default_rng(0)
    for network in networks(10, d=2):
        best = _floats(flattest_scales(SHALLOW_RELU.view(network)))
        least = _bound_at(network, best)
        for _ in range(20):
            assert least <= _bound_at(network, best * np.exp(generator.normal(size=len(best)))) * (1 + 1e-12)


def test_scales_are_exact_where_the_root_is_rational() -> None:
    network = rescaled(two_atoms(), [fmpq(3, 7), fmpq(11, 2)])
    found = balanced_scales(SHALLOW_RELU.view(network))
    assert list(found) == [fmpq(7, 3), fmpq(2, 11)]


def test_scales_of_numbers_beyond_floats() -> None:
    huge = fmpq(10) ** 700
    network = SHALLOW_RELU.instance(w1=[[huge], [1 / huge]], b1=[huge, 1 / huge], w2=[1 / huge, huge], b2=0, x=[[1]])
    view = SHALLOW_RELU.view(network)
    for c, m, a2, w in zip(
        flattest_scales(view), gated_input_norm(view), mean_square_activation(view), view["w2"], strict=True
    ):
        assert abs(float(c**4 * a2 / (w * w * m)) - 1) < 1e-12


def test_dead_neurons_keep_their_scale_and_unused_ones_vanish() -> None:
    network = SHALLOW_RELU.instance(w1=[[1], [1]], b1=[-5, 0], w2=[1, 0], b2=0, x=[[1], [2]])
    assert list(flattest_scales(SHALLOW_RELU.view(network))) == [fmpq(1), fmpq(1, 2**40)]


@pytest.mark.parametrize("scales", [[1], [1, 1, 1], [1, 0], [1, -2]])
def test_bad_scales_are_refused(scales: list[int]) -> None:
    with pytest.raises(ValueError, match="2 positive scales"):
        rescaled(two_atoms(), [fmpq(c) for c in scales])
