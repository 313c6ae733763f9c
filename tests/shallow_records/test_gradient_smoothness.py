"""Gradients in the input and in the first layer by automatic differentiation."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from flint import fmpq

from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.exact import as_real, to_float
from refutable.theorems.instances import Instance
from refutable.theorems.papers.ma_ying_2021 import GRADIENT_SMOOTHNESS
from refutable.theorems.papers.ma_ying_2021 import smoothness_formulas as of
from refutable.theorems.papers.ma_ying_2021.smoothness_instances import LOW_NEURON, ONE, aligned, at_trace_edge
from refutable.verify.decide import decide

Networks = Callable[..., list[Instance]]


def _tensor(array: Any) -> torch.Tensor:
    return torch.tensor(np.vectorize(to_float, otypes=[np.float64])(array), dtype=torch.float64)


def _gradients(instance: Instance) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """|grad_x f|^2, |grad_{(W1, b1)} f|^2, |grad_W1 f|^2 and |grad f|^2 in all parameters, each [n]."""
    parameters = [_tensor(instance[name]) for name in ("w1", "b1", "w2", "b2")]

    def f(w1: torch.Tensor, b1: torch.Tensor, w2: torch.Tensor, b2: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(w1 @ x + b1) @ w2 + b2

    rows = []
    for x in _tensor(instance["x"]):
        g = [part.square().sum() for part in torch.func.grad(f, argnums=(0, 1, 2, 3, 4))(*parameters, x)]
        rows.append(torch.stack([g[4], g[0] + g[1], g[0], g[0] + g[1] + g[2] + g[3]]))
    a, b, c, d = torch.stack(rows).T
    return a, b, c, d


@pytest.mark.parametrize("d", [1, 2, 3])
def test_formulas_agree_with_automatic_differentiation(networks: Networks, d: int) -> None:
    for network in networks(8, d=d, seed=31):
        view = SHALLOW_RELU.view(network)
        inner, layer, plain, whole = _gradients(network)
        assert torch.allclose(_tensor(of.squared_length(view, of.input_gradient(view))), inner, rtol=1e-10)
        assert torch.allclose(_tensor(of.with_biases(view)), layer, rtol=1e-10)
        assert torch.allclose(_tensor(of.without_biases(view)), plain, rtol=1e-10)
        assert to_float(of.trace(view)) == pytest.approx(float(whole.mean()), rel=1e-10)
        spectral = float(torch.linalg.matrix_norm(_tensor(network["w1"]), 2)) ** 2
        assert float(as_real(of.spectral_square(view))) == pytest.approx(spectral, rel=1e-10)
        reach = 1 + _tensor(network["x"]).square().sum(dim=1)
        assert bool((reach * inner <= spectral * layer * (1 + 1e-12)).all())


@pytest.mark.parametrize("d", [1, 2])
def test_the_averaged_bound_at_the_edge_of_the_trace(networks: Networks, d: int) -> None:
    for network in networks(8, d=d, labelled=True, seed=32):
        instance = at_trace_edge(network)
        inner, _, _, whole = _gradients(instance)
        assert to_float(instance["step_size"]) == pytest.approx(2 / float(whole.mean()), rel=1e-10)
        spectral = float(torch.linalg.matrix_norm(_tensor(instance["w1"]), 2)) ** 2
        least = float((1 + _tensor(instance["x"]).square().sum(dim=1)).min())
        assert float(inner.mean()) <= spectral / least * (float(whole.mean()) - 1) * (1 + 1e-12)
        for claim in (*GRADIENT_SMOOTHNESS.claims, *GRADIENT_SMOOTHNESS.links):
            assert decide(claim, instance).verdict == "holds"


def test_figures_of_one_neuron() -> None:
    """relu(x + 1) at 1: |grad_x f|^2 = 1, |grad_{(W1, b1)} f|^2 = 2, Tr = 2 + 4 + 1."""
    view = SHALLOW_RELU.view(ONE)
    assert of.trace(view) == 7
    assert list(of.with_biases(view)) == [2]
    outcome = decide(GRADIENT_SMOOTHNESS.headline, ONE)
    assert outcome.headline is not None
    assert outcome.headline.touching


def test_the_averaged_bound_is_nearly_attained() -> None:
    """A kink next to the datum: of Tr - 1 all but the activation comes from the first layer."""
    near = LOW_NEURON.replace(b1=np.array([fmpq(-999, 1000)], dtype=object))
    view = SHALLOW_RELU.view(at_trace_edge(near))
    ratio = of.mean_input_gradient(view) / as_real(of.averaged_bound(view)).exact()  # type: ignore[operator]
    assert fmpq(999999, 1000000) < ratio < 1


def test_a_datum_that_no_neuron_sees_has_quotient_zero() -> None:
    lonely = SHALLOW_RELU.instance(w1=[[1]], b1=[-5], w2=[1], b2=0, x=[[1], [2]], step_size=1)
    view = SHALLOW_RELU.view(lonely)
    assert of.largest_quotient(view, of.reach(view), of.with_biases(view)) == 0
    assert decide(GRADIENT_SMOOTHNESS.headline, lonely).verdict == "holds"


@pytest.mark.parametrize("lengths", [(1, 1), (3, 4), (1, 2, 2)])
def test_parallel_neurons_attain_the_spectral_norm(lengths: tuple[int, ...]) -> None:
    view = SHALLOW_RELU.view(aligned((1, 2), lengths, points=3))
    top = as_real(of.spectral_square(view)).exact()
    assert top == 5 * sum(c * c for c in lengths)
    assert of.largest_quotient(view, of.reach(view), of.with_biases(view)) == top
