"""SGD itself on both sides of the threshold: runs of the linearised dynamics, and of the training engine."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from flint import fmpq

from refutable.strategies.engine.train import Data, train
from refutable.strategies.training.closed_form import Networks
from refutable.theorems.domains.regular_minimum import REGULAR_MINIMUM
from refutable.theorems.domains.regular_minimum.edge import float_threshold
from refutable.theorems.instances import Instance
from tests.regular_minimum.references import floats, rank_one_losses

X, W1, B1, W2 = (1, -1, -2), 1, fmpq(1, 2), 1
"""f(x) = relu(x + 1/2), active on the first datum only."""
START = (1, 1, fmpq(3, 2), 1)
"""The gradient of f at the first datum, in w1, b1, w2, b2."""
STEPS, RUNS, REACH = 12, 4000, 1e-6


def planted(step_size: Any, batch_size: int) -> Instance:
    """The regular minimum where the network interpolates y = f(x), all four weights trained."""
    features = [[fmpq(c) for c in START], *[[fmpq(0)] * 3 + [fmpq(1)]] * 2]
    return REGULAR_MINIMUM.instance(
        hessians=[[[a * b for a in row] for b in row] for row in features],
        step_size=step_size, batch_size=batch_size, displacement=[fmpq(c) for c in START], steps=STEPS,
    )  # fmt: skip


def engine_squares(step_size: float, batch_size: int) -> Any:
    """|theta_T - theta*|^2 / REACH^2 of every run of the engine from theta* + REACH * START."""
    near = [value + REACH * float(c) for value, c in zip((1.0, 0.5, 1.0, 0.0), map(float, START), strict=True)]
    w1, b1, w2, b2 = (torch.full((RUNS,), value, dtype=torch.float64) for value in near)
    networks = Networks(w1[:, None, None], b1[:, None], w2[:, None], b2)
    data = Data(torch.tensor([[x] for x in X], dtype=torch.float64), torch.tensor([1.5, 0.0, 0.0], dtype=torch.float64))
    found = train(networks, data, step_size, STEPS, batch_size, seed=11, backend="torch").networks
    ends = torch.stack([found.w1[:, 0, 0] - 1, found.b1[:, 0] - 0.5, found.w2[:, 0] - 1, found.b2], dim=-1)
    return (ends / REACH).square().sum(dim=-1).numpy()


@pytest.mark.parametrize("batch_size", [1, 2])
def test_the_engine_shrinks_below_the_threshold_and_grows_above(batch_size: int) -> None:
    edge = float_threshold(planted(1, batch_size))
    assert edge < 0.8 * float_threshold(planted(1, 3))  # full batches would be stable beyond both step sizes
    start = sum(float(c) ** 2 for c in START)
    for factor, grows in ((0.95, False), (1.05, True)):
        step_size = fmpq(round(edge * factor * 2**12), 2**12)
        squares = engine_squares(float(step_size), batch_size)
        second = REGULAR_MINIMUM.view(planted(step_size, batch_size))["sgd_moments"][STEPS][1]
        expected = float(np.trace(floats(second)))
        assert (expected > start) == grows
        assert (squares.mean() > start) == grows
        assert abs(squares.mean() - expected) < 5 * squares.std() / RUNS**0.5 + 1e-3 * expected


@pytest.mark.parametrize("batch_size", [1, 2])
def test_runs_of_the_linearised_dynamics_agree_with_the_exact_moments(batch_size: int) -> None:
    losses = rank_one_losses(np.random.default_rng(1), 3, 2)
    gradients = [[1, 2], [0, -3], [-1, 1]]
    instance = REGULAR_MINIMUM.instance(
        hessians=losses, gradients=gradients, step_size="1/20", batch_size=batch_size, displacement=[1, -1], steps=4
    )
    draw = np.random.default_rng(7)
    hessians, slopes = np.array(losses, dtype=float), np.array(gradients, dtype=float)
    theta = np.tile([1.0, -1.0], (20000, 1))
    for _ in range(4):
        chosen = draw.permuted(np.tile(np.arange(3), (len(theta), 1)), axis=1)[:, :batch_size]
        slope = np.einsum("rpq,rq->rp", hessians[chosen].mean(axis=1), theta) + slopes[chosen].mean(axis=1)
        theta = theta - slope / 20
    mean, second = REGULAR_MINIMUM.view(instance)["sgd_moments"][4]
    products = theta[:, :, None] * theta[:, None, :]
    assert (np.abs(products.mean(axis=0) - floats(second)) < 5 * products.std(axis=0) / 20000**0.5).all()
    assert (np.abs(theta.mean(axis=0) - floats(mean)) < 5 * theta.std(axis=0) / 20000**0.5).all()
