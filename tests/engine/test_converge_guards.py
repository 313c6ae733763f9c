"""Each guard of accelerated training and of polishing is needed: a case that only this one stops."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

import refutable.strategies.engine.converge as module
from refutable.strategies.engine.converge import Rule, converge
from refutable.strategies.engine.evaluation import sharpness
from refutable.strategies.engine.stationarity import stationarity
from refutable.strategies.engine.train import Data, train
from refutable.strategies.training import closed_form
from refutable.strategies.training.closed_form import Networks
from tests.engine.test_converge import FAST, drawn, planted


class _Wishful(module.Anderson):
    """Always ready to mix, and towards a point that is given."""

    target: Tensor

    @property
    def ready(self) -> Tensor:
        return torch.ones_like(self._known, dtype=torch.bool)

    def mixed(self) -> Tensor:
        return self.target


def aim_at(target: Networks, monkeypatch: pytest.MonkeyPatch) -> None:
    flat = torch.cat([p.flatten(1) if p.dim() > 1 else p[:, None] for p in target], 1)
    monkeypatch.setattr(_Wishful, "target", flat, raising=False)
    monkeypatch.setattr(module, "Anderson", _Wishful)


def beside(networks: Networks, x: Tensor, distance: float) -> Networks:
    """Moved so that all residuals are along the third eigenvector of the kernel, to first order."""
    kernel = closed_form.gradient_kernel(networks, x)
    leaves = Networks(*(part.clone().requires_grad_() for part in networks))
    (closed_form.forward(leaves, x) * torch.linalg.eigh(kernel)[1][..., -3]).sum().backward()
    return Networks(*((part + distance * part.grad).detach() for part in leaves))


def test_what_left_its_rest_is_never_mixed_again() -> None:
    rule = Rule(block=10, memory=8, settle=200)
    networks, x, y, eta = planted(1.15, 1e-14)
    end = converge(networks, x, y, eta, 3000, rule, backend="torch")
    left = end.largest_loss > 1e6 * end.first_loss
    assert left.all()
    assert torch.isfinite(end.largest_loss).any()
    assert (end.mixings == 0).all()
    networks, x, y, eta = planted(1.15, 1e-5)  # the same minima, left without having rested there
    assert (converge(networks, x, y, eta, 3000, rule, backend="torch").mixings > 0).any()


def test_a_block_that_ends_sharp_is_not_mixed(monkeypatch: pytest.MonkeyPatch) -> None:
    flat, x, _ = drawn(4, 3, 10, 5, seed=3)
    y = closed_form.forward(flat, x)
    sharp = Networks(8 * flat.w1, 8 * flat.b1, flat.w2 / 8, flat.b2)  # the same function
    start = beside(sharp, x, 1e-4)
    aim_at(flat, monkeypatch)
    rule = Rule(block=1, memory=8, settle=200)
    eta = 2.2 / sharpness(sharp, x)
    assert (sharpness(flat, x) * eta < 2).all()
    end = converge(start, x, y, eta, 3, rule, backend="torch")
    assert (end.largest_loss <= end.first_loss).all()  # what the block's losses say is no objection
    assert (end.mixings == 0).all()
    assert (converge(start, x, y, 0.8 * eta, 3, rule, backend="torch").mixings > 0).all()


def test_a_block_along_which_the_loss_rose_is_not_mixed(monkeypatch: pytest.MonkeyPatch) -> None:
    networks, x, y, eta = planted(1.15, 1e-5)
    aim_at(drawn(8, 3, 10, 5, seed=3)[0], monkeypatch)
    monkeypatch.setattr(module.Stationarity, "within", lambda self, step_size: self.sharpness > 0)  # not this guard
    block = 20
    plain = train(networks, Data(x, y), eta, block, backend="torch")
    rose = plain.largest_loss > closed_form.loss(networks, x, y)
    assert rose.all()
    end = converge(networks, x, y, eta, block, Rule(block=block, memory=8, settle=200), backend="torch")
    assert (end.mixings == 0).all()
    calm = converge(networks, x, y, 0.5 * eta, block, Rule(block=block, memory=8, settle=200), backend="torch")
    assert (calm.mixings > 0).all()


def test_polish_does_not_put_networks_on_sharp_minima() -> None:
    rule = Rule(block=50, memory=8, settle=20, polish=True)
    networks, x, y, eta = planted(1.01, 1e-5)
    end = converge(networks, x, y, eta, 0, rule, backend="torch")
    assert not end.polished.any()
    assert not end.converged.any()
    networks, x, y, eta = planted(0.99, 1e-5)
    assert converge(networks, x, y, eta, 0, rule, backend="torch").polished.all()


@pytest.mark.parametrize("eta", [0.4, 0.8])
def test_what_polish_puts_back_keeps_its_record(eta: float) -> None:
    networks, x, y = drawn(48, 2, 12, 8, seed=1)
    before = converge(networks, x, y, eta, 50, Rule(block=50, settle=1000), backend="torch")
    end = converge(networks, x, y, eta, 50, Rule(block=50, settle=1000, polish=True), backend="torch")
    back = ~end.polished
    assert back.any()
    for name in ("codes", "steps", "largest_loss", "loss", "sharpness"):
        found, expected = getattr(end, name)[back], getattr(before, name)[back]
        torch.testing.assert_close(found, expected, rtol=0, atol=0, equal_nan=True)
    torch.testing.assert_close(end.networks.w1[back], before.networks.w1[back], rtol=0, atol=0, equal_nan=True)
    assert (end.steps[end.polished] == 1050).all()
    assert not torch.isnan(end.largest_loss).any()


def test_an_interrupted_polish_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = Rule(block=50, memory=8, settle=20, polish=True)
    networks, x, y, eta = planted(0.9, 1e-5)
    assert converge(networks, x, y, eta, 0, rule, backend="torch").polished.all()
    monkeypatch.setattr(module, "train", lambda *args, **options: replace(train(*args, **options), interrupted=True))
    end = converge(networks, x, y, eta, 0, rule, backend="torch")
    assert end.interrupted
    assert not (end.polished | end.converged).any()
    assert torch.equal(end.networks.w1, networks.w1)


def test_a_block_that_ctrl_c_cuts_short_is_no_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """The networks begin at a minimum: they rest from the first block on, and have converged after the second."""
    rule, calls = Rule(block=50, settle=50), []
    networks, x, y, eta = planted(0.9, 0.0)
    assert converge(networks, x, y, eta, 1000, rule, backend="torch").converged.all()

    def cut(*args: Any, **options: Any) -> Any:
        calls.append(1)
        return replace(train(*args, **options), interrupted=len(calls) == 2)

    monkeypatch.setattr(module, "train", cut)
    end = converge(networks, x, y, eta, 1000, rule, backend="torch")
    assert end.interrupted
    assert len(calls) == 2
    assert not end.converged.any()


def test_residuals_where_no_neuron_is_active_are_no_rest() -> None:
    one = torch.ones(1, 1, dtype=torch.float64)
    networks = Networks(one[..., None], 0 * one, one, 0 * one[0])
    x = torch.tensor([[[1.0], [-1.0]]], dtype=torch.float64)
    y = torch.tensor([[1.0, 1.0]], dtype=torch.float64)
    found = stationarity(networks, x, y)
    assert found.residual_block.item() == 0
    assert found.mean_residual.item() == 0.5
    assert not found.still
    assert stationarity(networks, x, closed_form.forward(networks, x)).still
    assert not converge(networks, x, y, 0.1, FAST.settle + 50, FAST, backend="torch").sharp.any()
