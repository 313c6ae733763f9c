"""Networks trained at several step sizes and batch sizes, and how many regions they end with: a measurement.

Li et al. (ICML 2025, arXiv 2505.11370) observe that a larger step size and a smaller batch leave fewer regions. Every
network has its own data and its own first weights, and is trained from them at every step size and batch size: only
so can two counts be compared. Networks are independent of one another; what one network shows at two settings is not.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from refutable.strategies.engine.interrupts import ctrl_c_noted
from refutable.strategies.engine.torch_batched import one_thread
from refutable.strategies.engine.train import Data, train
from refutable.strategies.training import closed_form
from refutable.strategies.training.closed_form import Networks
from refutable.theorems.domains.shallow_relu.segments import float_regions, pairs

Labels = Literal["noise", "teacher"]
MOST = 20_000
"""Networks times settings at most."""
LARGEST, MOST_DATA = 50_000_000, 2000
"""Networks times neurons times the largest of neurons, data and inputs at most: numbers of one array; and data."""
LONGEST = 10_000_000
"""Steps of one network at most."""
NUMBERS = 2**21
"""Numbers of one block of segments."""


class PlanError(ValueError):
    """A plan that makes no sense; the message says what to change."""


@dataclass(frozen=True)
class Plan:
    """What is trained.

    Attributes:
        step_sizes: for the loss 1/(2n) sum r^2.
        batch_sizes: data per step; ``samples`` is gradient descent.
        networks: beginnings, each with its own data.
        neurons, inputs, samples: k, d, n; inputs are Gaussian.
        labels: -1 and 1 at random, or the sign of a random network of as many neurons.
        steps: at the largest step size; at others as many more as they are smaller, so that all are trained for the
            same time, step size times steps.
        seed: of data, beginnings and batches.
        spread: scale of the first weights: at 1, pre-activations and outputs are of about unit size.
    """

    step_sizes: tuple[float, ...] = (0.02, 0.05, 0.1, 0.2)
    batch_sizes: tuple[int, ...] = (2, 6, 24)
    networks: int = 20
    neurons: int = 32
    inputs: int = 4
    samples: int = 24
    labels: Labels = "noise"
    steps: int = 2000
    seed: int = 0
    spread: float = 1.0

    def __post_init__(self) -> None:
        """Refuse nonsense.

        Raises:
            PlanError: no settings, too many, or numbers that do not go together.
        """
        counts = (self.networks, self.neurons, self.inputs, self.steps)
        if min(counts) < 1 or self.samples < 2 or not self.step_sizes or not self.batch_sizes:
            raise PlanError("there must be a step size, a batch size, a network, a neuron, an input, a step, two data")
        if not all(0 < eta < math.inf for eta in self.step_sizes):
            raise PlanError("step sizes must be positive numbers")
        if not all(1 <= size <= self.samples for size in self.batch_sizes):
            raise PlanError(f"batch sizes must be from 1 to the number of data, {self.samples}")
        if len(self.step_sizes) * len(self.batch_sizes) * self.networks > MOST:
            raise PlanError(f"that is more than {MOST:,} networks to train; take fewer")
        if self.samples > MOST_DATA:
            raise PlanError(f"segments between {self.samples:,} data are too many; at most {MOST_DATA:,} data")
        if self.networks * self.neurons * max(self.neurons, self.samples, self.inputs) > LARGEST:
            raise PlanError(
                f"networks x neurons x the largest of neurons, data and inputs is more than {LARGEST:,}; take fewer"
            )
        if self.steps * max(self.step_sizes) / min(self.step_sizes) > LONGEST:
            raise PlanError(
                f"the smallest step size would take more than {LONGEST:,} steps; take fewer, or leave it out"
            )
        if not 0 < self.spread < math.inf:
            raise PlanError("the spread must be a positive number")
        if not 0 <= self.seed < 2**63:
            raise PlanError("the seed must be from 0 to 2^63 - 1")
        object.__setattr__(self, "step_sizes", tuple(sorted(set(self.step_sizes))))
        object.__setattr__(self, "batch_sizes", tuple(sorted(set(self.batch_sizes))))

    def steps_at(self, step_size: float) -> int:
        """Steps at a step size."""
        return round(self.steps * self.step_sizes[-1] / step_size)


@dataclass(frozen=True)
class Cell:
    """All networks at one step size and batch size.

    Attributes:
        regions: mean number of decision regions over all segments between its data, of each network; NaN where it
            diverged.
        right: share of its data whose sign each network has.
        loss: 1/(2n) sum r^2 of each.
    """

    step_size: float
    batch_size: int
    regions: tuple[float, ...]
    right: tuple[float, ...]
    loss: tuple[float, ...]

    @property
    def finite(self) -> list[float]:
        """The counts of networks that did not diverge."""
        return [value for value in self.regions if math.isfinite(value)]


@dataclass(frozen=True)
class Grid:
    """What was trained; cells by batch size, then step size. ``interrupted``: some were not trained to their end."""

    plan: Plan
    cells: tuple[Cell, ...]
    interrupted: bool

    def at(self, step_size: float, batch_size: int) -> Cell | None:
        """The cell of a setting, None if Ctrl-C came before."""
        return next((c for c in self.cells if (c.step_size, c.batch_size) == (step_size, batch_size)), None)


def measured(plan: Plan, progress: Callable[[int, int], None] | None = None) -> Grid:
    """Train every beginning at every setting and count regions; Ctrl-C ends it early, with the settings done.

    Args:
        plan: what to train.
        progress: called with the batch sizes done and all of them.
    """
    start, x, y = _begun(plan)
    found: list[Cell] = []
    with ctrl_c_noted() as presses:
        for done, size in enumerate(plan.batch_sizes):
            ends = _trained(plan, start, x, y, size)
            if presses.pressed or ends is None:
                return Grid(plan, tuple(found), True)
            found += [_cell(eta, size, end, x, y) for eta, end in zip(plan.step_sizes, ends, strict=True)]
            if progress is not None:
                progress(done + 1, len(plan.batch_sizes))
    return Grid(plan, tuple(found), False)


def _begun(plan: Plan) -> tuple[Networks, Tensor, Tensor]:
    """First weights, inputs and labels of every network."""
    rng = np.random.Generator(np.random.PCG64([plan.seed, 11]))
    drawn = rng.standard_normal((plan.networks, plan.samples, plan.inputs))
    x = torch.from_numpy(drawn / np.sqrt(plan.inputs))
    start = Networks(*(part * plan.spread for part in _weights(rng, plan)))
    if plan.labels == "teacher":
        y = torch.sign(closed_form.forward(_weights(rng, plan), x))
        return start, x, torch.where(y == 0, 1.0, y)
    return start, x, torch.from_numpy(rng.choice([-1.0, 1.0], size=(plan.networks, plan.samples)))


def _weights(rng: np.random.Generator, plan: Plan) -> Networks:
    """Gaussian weights: pre-activations and outputs of about unit size."""
    shape = (plan.networks, plan.neurons)
    w1 = rng.standard_normal((*shape, plan.inputs))
    parts = (w1, 0.5 * rng.standard_normal(shape), rng.standard_normal(shape) / np.sqrt(plan.neurons))
    return Networks(*(torch.from_numpy(part) for part in (*parts, np.zeros(plan.networks))))


def _trained(plan: Plan, start: Networks, x: Tensor, y: Tensor, batch_size: int) -> list[Networks] | None:
    """The ends at every step size; None after Ctrl-C."""
    size = None if batch_size == plan.samples else batch_size
    ends = []
    for eta in plan.step_sizes:
        run = train(start, Data(x, y), eta, plan.steps_at(eta), size, seed=plan.seed)
        if run.interrupted:
            return None
        ends.append(run.networks)
    return ends


def _cell(step_size: float, batch_size: int, end: Networks, x: Tensor, y: Tensor) -> Cell:
    with one_thread():
        outputs = closed_form.forward(end, x)
        right = ((outputs > 0) == (y > 0)).to(torch.float64).mean(-1)
        loss = (outputs - y).square().mean(-1) / 2
        counts = mean_regions(end, x)
    return Cell(step_size, batch_size, *(tuple(part.tolist()) for part in (counts, right, loss)))


def mean_regions(networks: Networks, x: Tensor) -> Tensor:
    """Decision regions in floats, averaged over all segments between a network's data [B]; NaN where it diverged."""
    z = closed_form.preactivations(networks, x)
    finite = torch.isfinite(z).flatten(1).all(-1) & torch.isfinite(networks.w2).all(-1) & torch.isfinite(networks.b2)
    first, second = pairs(z.shape[1])
    total = torch.zeros(len(z), dtype=z.dtype)
    block = max(1, NUMBERS // (len(z) * z.shape[2] * (z.shape[2] + 2)))
    for begin in range(0, len(first), block):
        some = slice(begin, begin + block)
        total += float_regions(z[:, first[some]], z[:, second[some]], networks.w2, networks.b2).sum(-1)
    return torch.where(finite, total / len(first), math.nan)
