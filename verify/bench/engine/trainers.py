"""Ways to train the same networks: the engine's, and what others would write in torch."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn

from refutable.strategies.engine.problem import Backend, Control
from refutable.strategies.engine.train import Data, prepared, train
from refutable.strategies.training.closed_form import Networks, gradient
from refutable.verify.bench.engine.subjects import Shallow, flat_parameters, half_mean_square

UNROLLED = 10
"""Steps that `torch.compile` is given at a time."""


@dataclass(frozen=True)
class Training:
    """Networks to train by gradient descent on all data, all on one device."""

    networks: Networks
    data: Data
    step_size: float

    @property
    def count(self) -> int:
        """Networks."""
        return len(self.networks.b2)


class Trainer(Protocol):
    """One way to do it."""

    def shot(self, steps: int) -> float:
        """Take so many steps, or a few more; the network-steps taken."""
        ...

    def first(self) -> Tensor:
        """Parameters of network 0 as a vector."""
        ...


class EngineTrainer:
    """A backend of the engine, from the start every time; what it does before and after the steps counts."""

    def __init__(self, training: Training, backend: str, threads: int = 1, reduce: bool = False) -> None:
        self.training, self.backend, self.threads, self.reduce = training, backend, threads, reduce
        self.networks = training.networks

    def shot(self, steps: int) -> float:
        """As `Trainer.shot`."""
        t = self.training
        run = train(
            t.networks, t.data, t.step_size, steps, backend=self.backend, threads=self.threads, reduce=self.reduce
        )
        if run.interrupted:
            raise KeyboardInterrupt
        self.networks = run.networks
        return run.network_steps

    def first(self) -> Tensor:
        """As `Trainer.first`."""
        return flat_parameters(self.networks, 0)


class GraphTrainer:
    """A backend that the engine knows for measurements only."""

    def __init__(self, training: Training, backend: Backend) -> None:
        self.training, self.backend, self.now = training, backend, training.networks

    def shot(self, steps: int) -> float:
        """As `Trainer.shot`."""
        t = self.training
        problem, state = prepared(t.networks, t.data, t.step_size, None, 0, 0.0, 0, None, None)
        self.backend.advance(problem, state, steps, Control())
        self.now = state.networks
        return steps * t.count

    def first(self) -> Tensor:
        """As `Trainer.first`."""
        return flat_parameters(self.now, 0)


class PlainTrainer:
    """nn.Module, autograd and torch.optim.SGD, one network after the other, all of a shot's steps on one of them."""

    def __init__(self, training: Training) -> None:
        self.training = training
        self.rows = itertools.cycle(range(training.count))
        self.modules: dict[int, Shallow] = {}

    def shot(self, steps: int) -> float:
        """As `Trainer.shot`."""
        row = next(self.rows)
        module = self.modules.setdefault(row, Shallow(self.training.networks, row))
        x, y = self.training.data.x[row], self.training.data.y[row].unsqueeze(-1)
        optimizer = torch.optim.SGD(module.parameters(), lr=self.training.step_size)
        for _ in range(steps):
            optimizer.zero_grad()
            half_mean_square(module(x), y).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        return steps

    def first(self) -> Tensor:
        """As `Trainer.first`."""
        return nn.utils.parameters_to_vector(self.modules[0].parameters()).detach()


class StepTrainer:
    """A function that takes ``stride`` steps of the whole batch."""

    def __init__(self, training: Training, step: Callable[[Networks], Networks], stride: int = 1) -> None:
        self.now, self.step, self.stride = training.networks, step, stride

    def shot(self, steps: int) -> float:
        """As `Trainer.shot`."""
        calls = math.ceil(steps / self.stride)
        with torch.no_grad():
            for _ in range(calls):
                self.now = self.step(self.now)
        return calls * self.stride * len(self.now.b2)

    def first(self) -> Tensor:
        """As `Trainer.first`."""
        return flat_parameters(self.now, 0)


def vmapped(training: Training) -> StepTrainer:
    """torch.func.vmap over torch.func.grad of one network's loss."""
    x, y = training.data

    def loss(networks: Networks, x: Tensor, y: Tensor) -> Tensor:
        hidden = torch.relu(x @ networks.w1.T + networks.b1)
        return half_mean_square(hidden @ networks.w2 + networks.b2, y)

    slopes = torch.func.vmap(torch.func.grad(loss))
    return StepTrainer(training, lambda now: _moved(now, slopes(now, x, y), training.step_size))


def closed_form(training: Training) -> StepTrainer:
    """The closed form on the whole batch, not cut into blocks."""
    return StepTrainer(training, lambda now: _stepped(now, training))


def compiled(training: Training) -> StepTrainer:
    """`torch.compile` of `UNROLLED` steps of the closed form; compiled at the first call."""
    torch.compiler.reset()

    def several(now: Networks) -> Networks:
        for _ in range(UNROLLED):
            now = _stepped(now, training)
        return now

    return StepTrainer(training, torch.compile(several, dynamic=False, fullgraph=True), UNROLLED)


def _stepped(now: Networks, training: Training) -> Networks:
    slope, _ = gradient(now, *training.data, 1 / training.data.x.shape[1])
    return _moved(now, slope, training.step_size)


def _moved(now: Networks, slope: Networks, step_size: float) -> Networks:
    return Networks(*(part - step_size * grad for part, grad in zip(now, slope, strict=True)))
