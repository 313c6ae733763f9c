"""The native gradient kernel against the Jacobian by automatic differentiation."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from refutable.strategies.engine.native.binding import gradient_kernels
from refutable.strategies.engine.native.compiler import instruction_sets
from refutable.strategies.training.closed_form import Networks
from tests.engine.drawn_problems import drawn, needs_native

pytestmark = needs_native


def reference(networks: Networks, x: Tensor, row: int) -> Tensor:
    def values(*parts: Tensor) -> Tensor:
        w1, b1, w2, b2 = parts
        return torch.relu(x @ w1.T + b1) @ w2 + b2

    jacobian = torch.func.jacrev(values, argnums=(0, 1, 2, 3))(*(part[row] for part in networks))
    flat = torch.cat([part.reshape(len(x), -1) for part in jacobian], dim=1)
    return flat @ flat.T / len(x)


@pytest.mark.parametrize("isa", ["avx512", "avx2", "portable"])
@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize(
    ("inputs", "neurons", "samples"),
    [(1, 1, 1), (1, 16, 16), (1, 5, 33), (2, 3, 9), (7, 6, 17), (20, 13, 5), (3, 31, 40)],
)
def test_every_shape(
    inputs: int, neurons: int, samples: int, shared: bool, isa: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if isa not in instruction_sets():
        pytest.skip(f"this processor has no {isa}")
    monkeypatch.setenv("REFUTABLE_ISA", isa)
    problem, state = drawn(2, inputs, neurons, samples, shared=shared)
    found = gradient_kernels(state.networks, problem.x)
    assert found is not None
    assert torch.equal(found, found.mT)
    for row in range(2):
        wanted = reference(state.networks, problem.x[0 if shared else row], row)
        torch.testing.assert_close(found[row], wanted, rtol=1e-13, atol=1e-13 * wanted.abs().max().item())


def test_a_network_that_is_not_finite_harms_nobody() -> None:
    problem, state = drawn(3, 2, 5, 6)
    healthy = gradient_kernels(state.networks, problem.x)
    w1 = state.w1.clone()
    w1[1] = torch.nan
    found = gradient_kernels(replace(state, w1=w1).networks, problem.x)
    assert healthy is not None
    assert found is not None
    assert found[1].isnan().all()
    assert torch.equal(found[[0, 2]], healthy[[0, 2]])


def test_what_it_cannot_do_is_left_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    problem, state = drawn(1, 2, 3, 4)
    assert gradient_kernels(Networks(*(part.float() for part in state.networks)), problem.x) is None
    assert gradient_kernels(state.networks, problem.x.clone().requires_grad_()) is None
    monkeypatch.setenv("REFUTABLE_NATIVE", "0")
    assert gradient_kernels(state.networks, problem.x) is None
