"""Accelerated descent rests where plain descent rests, and never where plain descent leaves."""

from __future__ import annotations

import pytest
import torch
from flint import fmpq
from torch import Tensor

import refutable.strategies.engine.converge as module
from refutable.strategies.engine.converge import Converged, Rule, converge
from refutable.strategies.engine.evaluation import sharpness
from refutable.strategies.engine.train import Data, train
from refutable.strategies.training import closed_form
from refutable.strategies.training.closed_form import Networks
from refutable.strategies.training.results import CONVERGED, DEAD, DIVERGED, OUTCOMES, UNCONVERGED
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.domains.shallow_relu.nearby_minimum import Nearby, nearby_minimum

FAST = Rule(block=50, memory=8, settle=200)
ETA = 0.1


def drawn(count: int, inputs: int, neurons: int, samples: int, seed: int = 0) -> tuple[Networks, Tensor, Tensor]:
    source = torch.Generator().manual_seed(seed)

    def uniform(*shape: int) -> Tensor:
        return 2 * torch.rand(*shape, generator=source, dtype=torch.float64) - 1

    def normal(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=source, dtype=torch.float64)

    x, y = normal(count, samples, inputs), normal(count, samples)
    wide, tall = inputs**-0.5, neurons**-0.5
    first = uniform(count, neurons, inputs) * wide, uniform(count, neurons) * wide
    return Networks(*first, uniform(count, neurons) * tall, uniform(count) * tall), x, y


def gradient_norm(networks: Networks, x: Tensor, y: Tensor) -> Tensor:
    """By automatic differentiation, sharing nothing with the closed form."""
    leaves = [part.clone().requires_grad_() for part in networks]
    w1, b1, w2, b2 = leaves
    values = torch.einsum("bnk,bk->bn", torch.relu(torch.einsum("bnd,bkd->bnk", x, w1) + b1[:, None]), w2) + b2[:, None]
    ((values - y).square().mean(-1) / 2).sum().backward()
    return sum(p.grad.flatten(1).square().sum(-1) if p.dim() > 1 else p.grad.square() for p in leaves).sqrt()


def outcomes(end: Converged) -> list[str]:
    return [OUTCOMES[code] for code in end.codes.tolist()]


def test_converged_networks_are_stationary_stable_and_stay() -> None:
    networks, x, y = drawn(12, 5, 16, 8)
    end = converge(networks, x, y, ETA, 6000, FAST, backend="torch")
    assert int(end.converged.sum()) >= 10
    assert int(end.mixings.sum()) > 0
    assert (gradient_norm(end.networks, x, y)[end.converged] < 1e-8).all()
    assert (end.sharpness[end.converged] <= 2 / ETA).all()
    later = train(end.networks, Data(x, y), ETA, 1000, backend="torch")
    moved = sum((a - b).abs().flatten(1).amax(-1) if a.dim() > 1 else (a - b).abs()
                for a, b in zip(later.networks, end.networks, strict=True))  # fmt: skip
    assert (moved[end.converged] < 1e-6).all()
    assert (later.largest_loss[end.converged] <= 1.01 * end.loss[end.converged] + 1e-24).all()


def test_acceleration_saves_steps_and_never_raises_the_loss_of_the_run() -> None:
    networks, x, y = drawn(8, 10, 24, 24, seed=1)
    fast = converge(networks, x, y, ETA, 12000, FAST, backend="torch")
    slow = converge(networks, x, y, ETA, 12000, Rule(block=50, memory=0, settle=200), backend="torch")
    both = fast.converged & slow.converged
    assert int(both.sum()) >= 6
    assert 1.5 * fast.steps[both].sum() < slow.steps[both].sum()
    assert (slow.mixings == 0).all()
    assert (fast.largest_loss[both] <= torch.maximum(slow.largest_loss, fast.first_loss)[both] * (1 + 1e-12)).all()


def test_without_memory_it_is_plain_gradient_descent() -> None:
    networks, x, y = drawn(3, 3, 6, 5)
    end = converge(networks, x, y, ETA, 130, Rule(block=50, memory=0, settle=200), backend="torch")
    plain = train(networks, Data(x, y), ETA, 130, backend="torch")
    for one, other in zip(end.networks, plain.networks, strict=True):
        assert torch.equal(one, other)
    assert (end.steps == 130).all()
    assert torch.equal(end.largest_loss, plain.largest_loss)


def test_what_training_starts_from_is_not_changed() -> None:
    networks, x, y = drawn(3, 3, 6, 5)
    before = [part.clone() for part in networks]
    converge(networks, x, y, ETA, 400, FAST, backend="torch")
    assert all(torch.equal(a, b) for a, b in zip(before, networks, strict=True))


# --- Minima sharper than 2/step size.


def planted(ratio: float, disturbance: float) -> tuple[Networks, Tensor, Tensor, Tensor]:
    """Minima with step sizes at which their sharpness is ``ratio`` times 2/step size, started a little beside them."""
    networks, x, _ = drawn(8, 3, 10, 5, seed=3)
    y = closed_form.forward(networks, x)
    eta = 2 * ratio / sharpness(networks, x)
    source = torch.Generator().manual_seed(4)
    away = [torch.randn(p.shape, generator=source, dtype=torch.float64) * disturbance for p in networks]
    return Networks(*(p + a for p, a in zip(networks, away, strict=True))), x, y, eta


def test_descent_leaves_planted_minima_above_the_threshold() -> None:
    networks, x, y, eta = planted(1.15, 1e-5)
    end = converge(networks, x, y, eta, 4000, FAST, backend="torch")
    assert (end.largest_loss > 1e6 * end.first_loss).all()
    gone = (end.networks.w1 - networks.w1).flatten(1).norm(dim=-1)
    assert (gone[torch.isfinite(gone)] > 1e-2).all()
    assert (end.sharpness[end.converged] * eta[end.converged] <= 2).all()


def test_descent_returns_to_planted_minima_below_it() -> None:
    networks, x, y, eta = planted(0.9, 1e-5)
    end = converge(networks, x, y, eta, 8000, FAST, backend="torch")
    near = (end.networks.w1 - networks.w1).flatten(1).norm(dim=-1) < 1e-2
    assert int((end.converged & near).sum()) >= 6
    assert (end.largest_loss <= end.first_loss * (1 + 1e-9)).sum() >= 6


def test_resting_on_a_sharp_minimum_is_not_convergence() -> None:
    networks, x, y, eta = planted(1.0001, 0.0)
    end = converge(networks, x, y, eta, 600, FAST, backend="torch")
    assert end.sharp.any()
    assert not (end.sharp & end.converged).any()
    assert end.counts()["at rest, too sharp"] == int(end.sharp.sum())
    assert sum(end.counts()[name] for name in OUTCOMES) == 8


class _Backwards(module.Anderson):
    """Mixes towards a point that plain descent leaves."""

    target: Tensor

    def mixed(self) -> Tensor:
        return self.target.expand_as(self._images[:, 0])


def test_a_mixing_that_jumps_to_a_sharp_minimum_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    networks, x, _ = drawn(1, 3, 10, 5, seed=3)
    sharp = Networks(*(2 * part for part in networks))
    y = closed_form.forward(sharp, x)
    eta = 2.2 / sharpness(sharp, x)
    _Backwards.target = torch.cat([p.flatten(1) if p.dim() > 1 else p[:, None] for p in sharp], 1)
    monkeypatch.setattr(module, "Anderson", _Backwards)
    end = converge(networks, x, y, eta, 3000, FAST, backend="torch")
    assert (end.networks.w1 - sharp.w1).norm() > 1e-2
    monkeypatch.setattr(module.Stationarity, "within", lambda self, step_size: self.sharpness > 0)
    fooled = converge(networks, x, y, eta, 3000, FAST, backend="torch")
    assert (fooled.networks.w1 - sharp.w1).norm() < 1e-2  # without the check it would have been


# --- Every way to end.


def test_every_outcome_is_told() -> None:
    networks, x, y = drawn(4, 2, 8, 4)
    b1 = networks.b1.clone()
    b1[1] -= 100
    eta = torch.tensor([0.05, 0.05, 5.0, 1e-9], dtype=torch.float64)
    end = converge(networks._replace(b1=b1), x, y, eta, 4000, FAST, backend="torch")
    assert outcomes(end) == [CONVERGED, DEAD, DIVERGED, UNCONVERGED]
    assert torch.isinf(end.largest_loss).tolist() == [False, False, True, False]
    assert end.steps[1] == end.steps[2] == FAST.block
    assert end.steps[3] == 4000
    assert end.converged.tolist() == [True, False, False, False]


def test_networks_do_not_depend_on_their_neighbours(monkeypatch: pytest.MonkeyPatch) -> None:
    networks, x, y = drawn(5, 4, 8, 5)
    together = converge(networks, x, y, ETA, 1500, FAST, backend="torch")
    monkeypatch.setattr(module, "HELD", 1)  # a group of each
    apart = converge(networks, x, y, ETA, 1500, FAST, backend="torch")
    assert torch.equal(together.codes, apart.codes)
    assert torch.allclose(together.networks.w1, apart.networks.w1, atol=1e-6)


def test_more_inputs_than_data_are_reduced_and_lifted() -> None:
    networks, x, y = drawn(3, 12, 6, 4)
    end = converge(networks, x, y, ETA, 3000, FAST, backend="torch")
    assert end.networks.w1.shape == (3, 6, 12)
    assert end.converged.all()
    assert (gradient_norm(end.networks, x, y) < 1e-8).all()
    assert torch.allclose(closed_form.loss(end.networks, x, y), end.loss, atol=1e-18)
    # w1 moves in the row space of the data alone
    basis = torch.linalg.qr(x.mT)[0]
    moved = end.networks.w1 - networks.w1
    assert (moved - moved @ basis @ basis.mT).abs().max() < 1e-12


def test_shared_data_are_those_of_all() -> None:
    networks, x, y = drawn(3, 3, 6, 4)
    shared = converge(networks, x[0], y[0], ETA, 600, FAST, backend="torch")
    own = converge(networks, x[:1].expand(3, 4, 3), y[:1].expand(3, 4), ETA, 600, FAST, backend="torch")
    assert torch.equal(shared.networks.w1, own.networks.w1)


def test_polish_finishes_what_the_budget_left_and_is_marked() -> None:
    networks, x, y = drawn(8, 10, 24, 12)
    budget = 400
    left = converge(networks, x, y, ETA, budget, FAST, backend="torch")
    end = converge(networks, x, y, ETA, budget, Rule(block=50, memory=8, settle=200, polish=True), backend="torch")
    assert not left.polished.any()
    assert int(end.polished.sum()) >= 6
    assert (end.converged == (end.polished | left.converged)).all()
    assert (end.sharpness[end.polished] * ETA <= 2).all()
    assert (gradient_norm(end.networks, x, y)[end.polished] < 1e-8).all()
    kept = ~end.polished
    assert torch.equal(end.networks.w1[kept], left.networks.w1[kept])


def test_misuse_is_said() -> None:
    networks, x, y = drawn(2, 2, 3, 3)
    with pytest.raises(ValueError, match="steps"):
        converge(networks, x, y, ETA, -1)
    with pytest.raises(ValueError, match="inputs must be"):
        converge(networks, x[:, :, :1], y, ETA, 10)
    with pytest.raises(ValueError, match="block"):
        Rule(block=0)


def test_end_points_are_certified_to_be_exactly_minima() -> None:
    networks, x, y = drawn(6, 6, 12, 5)
    end = converge(networks, x, y, ETA, 6000, FAST, backend="torch")
    rows = torch.nonzero(end.converged & end.interpolating).flatten().tolist()
    assert len(rows) >= 4
    for row in rows:
        raw = {name: part[row].tolist() for name, part in end.networks._asdict().items()}
        found = nearby_minimum(SHALLOW_RELU.instance(**raw, x=x[row].tolist(), y=y[row].tolist(), step_size=ETA))
        assert isinstance(found, Nearby), found
        assert found.stable
        assert found.distance < fmpq(1, 10**6)
