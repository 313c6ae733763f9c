"""The chain with few trained parameters against conditional expectations in numpy and a Hessian by torch.func."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from flint import fmpq

from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.exact import as_real, to_float
from refutable.theorems.instances import Instance
from refutable.theorems.papers.wu_2025 import OUTPUT_ONLY_CHAIN, weights
from refutable.theorems.papers.wu_2025.instances import ATOMS, SHIFTED, UNTRAINED, output_only_atoms
from refutable.verify.decide import decide

Networks = Callable[..., list[Instance]]


def _floats(array: Any) -> Any:
    return np.vectorize(to_float, otypes=[np.float64])(array)


def _sharpness(instance: Instance) -> float:
    """Largest eigenvalue of the Hessian of the loss in (b1, w2), by automatic differentiation."""
    w1, x = (torch.tensor(_floats(instance[name])) for name in ("w1", "x"))
    view = SHALLOW_RELU.view(instance)
    y, b2 = torch.tensor(_floats(view["output"] - view["residual"])), float(as_real(instance["b2"]))
    k = len(w1)

    def loss(theta: torch.Tensor) -> torch.Tensor:
        return ((torch.relu(x @ w1.T + theta[:k]) @ theta[k:] + b2 - y) ** 2).mean() / 2

    theta = torch.tensor(np.concatenate([_floats(instance["b1"]), _floats(instance["w2"])]))
    return float(torch.linalg.eigvalsh(torch.func.hessian(loss)(theta))[-1])


def _literal_norm(instance: Instance) -> float:
    """sum_i |w2_i| |w1_i| min over both sides of P^2 E[v.X - t | side]; no two neurons share a hyperplane."""
    w1, b1, w2, x = (_floats(instance[name]) for name in ("w1", "b1", "w2", "x"))
    total = 0.0
    for w, b, out in zip(w1, b1, w2, strict=True):
        distance = (x @ w + b) / np.linalg.norm(w)
        sides = [distance[distance > 0], -distance[distance < 0]]
        weight = min((len(s) / len(x)) ** 2 * (s.mean() if len(s) else 0) for s in sides)
        total += abs(out) * np.linalg.norm(w) * weight
    return float(total)


@pytest.mark.parametrize("d", [1, 2, 3])
def test_both_sides_agree_with_the_definitions(networks: Networks, d: int) -> None:
    for network in networks(8, d=d, seed=11):
        instance = network.replace(frozen=UNTRAINED)
        view = SHALLOW_RELU.view(instance)
        sharpness = _sharpness(instance)
        assert float(as_real(view["sharpness"])) == pytest.approx(sharpness, rel=1e-9)
        norm = _literal_norm(instance)
        assert float(as_real(weights.norm(view))) == pytest.approx(norm, rel=1e-9)
        assert 2 * norm <= sharpness * (1 + 1e-12)
        for claim in (OUTPUT_ONLY_CHAIN.headline, *OUTPUT_ONLY_CHAIN.links):
            assert decide(claim, instance).verdict == "holds"


def test_what_the_bias_and_the_inputs_add() -> None:
    """f = |x| on -1 and 1: sharpness 1 with b1 and w2 trained, 2 with b2 as well, 3/2 with w1 as well."""
    view = SHALLOW_RELU.view(ATOMS)
    assert (as_real(view["sharpness"]).exact(), weights.norm(view)) == (1, fmpq(1, 2))
    assert as_real(SHALLOW_RELU.view(ATOMS.replace(frozen=frozenset({"w1"})))["sharpness"]).exact() == 2
    assert as_real(SHALLOW_RELU.view(ATOMS.replace(frozen=frozenset({"b2"})))["sharpness"]).exact() == fmpq(3, 2)


def test_labels_off_the_outputs_lower_the_sharpness() -> None:
    assert as_real(SHALLOW_RELU.view(SHIFTED)["sharpness"]).exact() == fmpq(1, 2)
    assert _sharpness(SHIFTED) == pytest.approx(0.5, rel=1e-12)


def test_shared_hyperplanes_may_cancel() -> None:
    """A neuron and its mirror image with opposite signs at 0: an affine function, norm 0."""
    instance = output_only_atoms().replace(w2=ATOMS["w2"] * np.array([fmpq(1), fmpq(-1)], dtype=object))
    view = SHALLOW_RELU.view(instance)
    assert (weights.norm(view), weights.unmerged_norm(view)) == (0, fmpq(1, 2))


def test_training_more_raises_the_sharpness(networks: Networks) -> None:
    for network in networks(6, d=2, seed=12):
        few = as_real(SHALLOW_RELU.view(network.replace(frozen=UNTRAINED))["gauss_newton_sharpness"])
        assert float(few) <= float(as_real(SHALLOW_RELU.view(network)["gauss_newton_sharpness"])) * (1 + 1e-12)
        assert decide(OUTPUT_ONLY_CHAIN.headline, network).verdict == "holds"
