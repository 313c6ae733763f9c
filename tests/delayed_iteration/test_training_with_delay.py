"""Networks at a planted minimum, trained with delay: below the threshold they stay, above it they leave.

The training engine does delay with heavy-ball momentum. Shifted momentum and random delay are simulated here.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
import torch
from flint import fmpq
from torch import Tensor

from refutable.strategies.engine.train import Data, train
from refutable.strategies.training.closed_form import Networks, gradient
from refutable.theorems.domains.delayed_momentum.thresholds import heavy_ball_threshold, shifted_threshold
from refutable.theorems.domains.random_delay.crossings import first_crossing
from refutable.theorems.exact import as_real

NEURONS, SAMPLES, INPUTS = 3, 4, 2
START = 1e-7
"""Distance from the minimum, along the top eigenvector of its Hessian."""
SHARES = (0.9, 1.1)


class Planted(NamedTuple):
    """A network that interpolates its data, with its sharpness and the sharpest direction."""

    network: Networks
    x: Tensor
    y: Tensor
    sharpness: float
    direction: Networks


def planted(number: int) -> Planted:
    """Random parameters; the labels are what the network says, so that the loss is 0 there."""
    source = torch.Generator().manual_seed(number)

    def normal(*shape: int) -> Tensor:
        return torch.randn(shape, generator=source, dtype=torch.float64)

    network = Networks(normal(NEURONS, INPUTS), normal(NEURONS), normal(NEURONS), normal())
    x = normal(SAMPLES, INPUTS)
    features = gradients(network, x)
    eigenvalues, vectors = torch.linalg.eigh(features.T @ features / SAMPLES)
    return Planted(network, x, outputs(network, x), float(eigenvalues[-1]), split(vectors[:, -1]))


def outputs(network: Networks, x: Tensor) -> Tensor:
    """f(x_j) [n]."""
    return torch.relu(x @ network.w1.T + network.b1) @ network.w2 + network.b2


def gradients(network: Networks, x: Tensor) -> Tensor:
    """Gradients of f(x_j) in all parameters [n, (d + 2) k + 1], written down by hand."""
    z = x @ network.w1.T + network.b1
    inner = (z > 0) * network.w2
    return torch.cat(
        [
            (inner[:, :, None] * x[:, None, :]).flatten(1),
            inner,
            torch.relu(z),
            torch.ones(len(x), 1, dtype=torch.float64),
        ],
        1,
    )


def split(vector: Tensor) -> Networks:
    """Vectors of all parameters [..., (d + 2) k + 1] as networks."""
    w1, b1, w2, b2 = vector.split([NEURONS * INPUTS, NEURONS, NEURONS, 1], -1)
    return Networks(w1.unflatten(-1, (NEURONS, INPUTS)), b1, w2, b2[..., 0])


def loss(network: Networks, data: Planted) -> float:
    """1/(2n) sum_j (f(x_j) - y_j)^2."""
    return float((outputs(network, data.x) - data.y).square().mean() / 2)


MINIMA = [planted(number) for number in (1, 2, 3)]


@pytest.mark.parametrize(
    ("delay", "momentum"), [(0, 0.0), (1, 0.0), (2, 0.0), (5, 0.0), (0, 0.5), (1, 0.5), (2, 0.5), (5, 0.5), (2, 0.875)]
)
def test_minima_are_left_just_where_the_threshold_says(delay: int, momentum: float) -> None:
    task = Task(float(as_real(heavy_ball_threshold(delay, fmpq(*momentum.as_integer_ratio())))))
    steps = int(400 * (delay + 1) / (1 - momentum))
    run = train(task.start, task.data, task.step_sizes, steps, delay=delay, momentum=momentum, threads=1)
    task.check(run.networks, run.largest_loss)


class Task:
    """Networks beside the planted minima, with step sizes on both sides of a threshold, ``repeats`` of each.

    Attributes:
        start: the parameters, [B, ...].
        data: inputs [B, n, d] and labels [B, n].
        step_sizes: [B].
    """

    def __init__(self, threshold: float, repeats: int = 1) -> None:
        self.threshold = threshold
        self.runs = [(data, share) for data in MINIMA for share in SHARES for _ in range(repeats)]
        moved = [
            [p + START * v for p, v in zip(data.network, data.direction, strict=True)] for data, _ in self.runs
        ]  # fmt: skip
        self.start = Networks(*(torch.stack(parts) for parts in zip(*moved, strict=True)))
        self.data = Data(torch.stack([data.x for data, _ in self.runs]), torch.stack([data.y for data, _ in self.runs]))
        sizes = [share * threshold / data.sharpness for data, share in self.runs]
        self.step_sizes = torch.tensor(sizes, dtype=torch.float64)

    def check(self, ends: Networks, largest: Tensor) -> None:
        """Each network is back at its minimum, or has left it for good, as its step size says."""
        for row, (data, share) in enumerate(self.runs):
            begun = loss(Networks(*(part[row] for part in self.start)), data)
            end = Networks(*(part[row] for part in ends))
            if share < 1:
                assert loss(end, data) < 1e-6 * begun
                assert float(largest[row]) < 30 * begun
                assert sharpness(end, data) == pytest.approx(data.sharpness, rel=1e-4)
            else:
                assert not float(largest[row]) < 1e6 * begun
                settled = loss(end, data) < 1e-20
                assert not settled or float(self.step_sizes[row]) * sharpness(end, data) <= self.threshold


def simulate(task: Task, delays: Tensor, momentum: float = 0.0, shift: int = 0) -> tuple[Networks, Tensor]:
    """v_{t+1} = momentum v_{t-shift} - step size * gradient(w_{t-delay}), w_{t+1} = w_t + v_{t+1}.

    Args:
        task: where the networks start, and their step sizes.
        delays: of the gradients, [steps, B].
        momentum: the factor of the velocity.
        shift: the delay of the velocity.

    Returns:
        The networks at the end, and the largest loss at which a gradient was taken, [B].
    """
    start = torch.cat([part.reshape(len(task.runs), -1) for part in task.start], 1)
    past, moves = start.repeat(int(delays.max()) + 1, 1, 1), torch.zeros(shift + 1, *start.shape, dtype=torch.float64)
    rows, step_sizes, largest = torch.arange(len(start)), task.step_sizes[:, None], torch.zeros(len(start)).double()
    for delay in delays:
        slopes, residuals = gradient(split(past[delay, rows]), task.data.x, task.data.y, 1 / SAMPLES)
        largest = torch.fmax(largest, residuals.square().mean(1).nan_to_num(torch.inf) / 2)
        slope = torch.cat([part.reshape(len(start), -1) for part in slopes], 1)
        moves = torch.cat([(momentum * moves[-1] - step_sizes * slope)[None], moves[:-1]])
        past = torch.cat([(past[0] + moves[0])[None], past[:-1]])
    return split(past[0]), largest


@pytest.mark.parametrize("delay", [0, 2])
def test_the_simulation_and_the_engine_take_the_same_steps(delay: int) -> None:
    task = Task(0.5)
    delays = torch.full((40, len(task.runs)), delay)
    found, _ = simulate(task, delays, 0.5)
    wanted = train(task.start, task.data, task.step_sizes, 40, delay=delay, momentum=0.5, threads=1).networks
    for one, other, before in zip(found, wanted, task.start, strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-12)
        assert not torch.equal(one, before)


@pytest.mark.parametrize(("delay", "momentum"), [(0, 0.5), (1, 0.5), (2, 0.5), (4, 0.5), (1, 0.75)])
def test_minima_are_left_just_where_the_threshold_of_shifted_momentum_says(delay: int, momentum: float) -> None:
    task = Task(float(as_real(shifted_threshold(delay, fmpq(*momentum.as_integer_ratio())))))
    steps = int(200 * (delay + 1) / (1 - momentum))
    task.check(*simulate(task, torch.full((steps, len(task.runs)), delay), momentum, delay))


@pytest.mark.parametrize("parts", [(1, 9), (0, 1, 1), (0, 0, 9, 1), (0, 0, 1, 1)])
def test_minima_are_left_just_where_the_first_crossing_of_a_random_delay_says(parts: tuple[int, ...]) -> None:
    """Laws with which the mean square, too, contracts at 9/10 of the first crossing: each run decays there."""
    law = [fmpq(part, sum(parts)) for part in parts]
    task = Task(float(as_real(first_crossing(law))), repeats=3)
    weights = torch.tensor(parts, dtype=torch.float64)
    steps, source = 400 * len(parts), torch.Generator().manual_seed(0)
    delays = torch.multinomial(weights, steps * len(task.runs), replacement=True, generator=source)
    task.check(*simulate(task, delays.reshape(steps, -1)))


def sharpness(network: Networks, data: Planted) -> float:
    """Largest eigenvalue of (1/n) J^T J: the Hessian where the residuals vanish."""
    features = gradients(network, data.x)
    return float(torch.linalg.eigvalsh(features @ features.T / SAMPLES)[-1])


def escape(delay: int, excess: float, rule: str, momentum: float = 0.0) -> tuple[float, float]:
    """w -> (w_1 w_2 - 1)^2/2 from beside its minimum (2, 1/2), where the sharpness is 17/4.

    Returns:
        step size times sharpness at the end over the threshold, and the residual there.
    """
    exact = fmpq(*momentum.as_integer_ratio())
    threshold = float(as_real((shifted_threshold if rule == "shifted" else heavy_ball_threshold)(delay, exact)))
    step_size = excess * threshold / 4.25
    past, moves = [(2 + 1e-8, 0.5)] * (delay + 1), [(0.0, 0.0)] * (delay + 1)
    for _ in range(20000):
        (a, b), velocity = past[0], moves[0 if rule == "shifted" else -1]
        slope = a * b - 1
        move = (momentum * velocity[0] - step_size * slope * b, momentum * velocity[1] - step_size * slope * a)
        past, moves = [*past[1:], (past[-1][0] + move[0], past[-1][1] + move[1])], [*moves[1:], move]
    a, b = past[-1]
    return step_size * (a * a + b * b) / threshold, abs(a * b - 1)


@pytest.mark.parametrize(("delay", "share"), [(1, 0.90048), (2, 0.90065), (5, 0.90073)])
def test_a_sharp_minimum_is_left_for_a_flatter_one(delay: int, share: float) -> None:
    found, residual = escape(delay, 1.1, "heavy ball")
    assert found == pytest.approx(share, abs=1e-5)
    assert residual < 1e-14


@pytest.mark.parametrize("rule", ["heavy ball", "shifted"])
@pytest.mark.parametrize("delay", [0, 1, 2, 5])
def test_escape_with_momentum_ends_below_the_threshold_of_its_own_convention(rule: str, delay: int) -> None:
    assert escape(delay, 0.95, rule, 0.5)[0] == pytest.approx(0.95, abs=1e-6)
    found, residual = escape(delay, 1.1, rule, 0.5)
    assert np.isfinite(found)
    assert found < 1
    assert residual < 1e-14
