"""What is trained, and where training stands: one layout that every backend reads and writes.

The rule, for B networks f(x) = sum_i w2_i relu(w1_i . x + b1_i) + b2 and the loss 1/(2n) sum_j (f(x_j) - y_j)^2:

    theta_{t+1} = theta_t + momentum (theta_t - theta_{t-1}) - step_size grad L_t(theta_{t-delay}),

with theta_s = theta_0 for s < 0. L_t is the loss of all data, or of the batch that `batches` draws for step t,
with 1/batch_size in place of 1/n. A neuron is active where its preactivation is positive.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import torch
from torch import Tensor

from refutable.strategies.training.closed_form import Networks


@dataclass(frozen=True)
class Problem:
    """What stays fixed during training. All tensors are float64 (indices int64), contiguous, on one device.

    Attributes:
        x: inputs ``[B, n, d]``, or ``[1, n, d]`` where all networks share them.
        y: labels ``[B, n]``, or ``[1, n]`` where all networks share them.
        step_size: ``[B]``.
        batch_size: data per step, drawn anew in each without replacement; None: all of them.
        delay: age of the parameters at which the gradient is taken, >= 0.
        momentum: of the heavy ball, 0 <= momentum < 1.
        seed: of the batches.
        streams: number of each network in the batch generator, ``[B]``, below 2^32: a network draws the same batches
            whatever it is trained beside.
    """

    x: Tensor
    y: Tensor
    step_size: Tensor
    batch_size: int | None
    delay: int
    momentum: float
    seed: int
    streams: Tensor

    @property
    def samples(self) -> int:
        """Data per network."""
        return self.x.shape[1]

    @property
    def stochastic(self) -> bool:
        """Whether steps use fewer than all data."""
        return self.batch_size is not None and self.batch_size < self.samples


@dataclass
class State:
    """Where training stands: enough to go on exactly. Backends change it in place.

    Attributes:
        w1: ``[B, k, d]``; b1, w2: ``[B, k]``; b2: ``[B]``: the parameters.
        steps: steps taken by each network, int64 ``[B]``.
        largest_loss: largest L_t met where a gradient was taken, ``[B]``; NaN once it was not finite.
        velocity: theta_t - theta_{t-1}, in the same four shapes; None without momentum.
        history: the parameters of the last ``delay`` steps, each array with one more axis of that length after the
            first: theta_s stands at index s mod delay, for s from t - delay to t - 1; theta_0 where s < 0.
            None without delay.
        base: set while d is reduced to the rank of the data (see `reduction`): w1 ``[B, k, d]`` where the reduction
            began; w1, its velocity and its history are then coordinates ``[B, k, r]`` in the row space of the data.
        data: SHA-256 of those data as four numbers, int64 ``[4]``; None where ``base`` is.
    """

    w1: Tensor
    b1: Tensor
    w2: Tensor
    b2: Tensor
    steps: Tensor
    largest_loss: Tensor
    velocity: Networks | None = None
    history: Networks | None = None
    base: Tensor | None = None
    data: Tensor | None = None

    @property
    def networks(self) -> Networks:
        """The parameters now (not a copy)."""
        return Networks(self.w1, self.b1, self.w2, self.b2)

    @property
    def finite(self) -> Tensor:
        """Networks all of whose parameters are finite, ``[B]``."""
        parts = [torch.isfinite(part).flatten(1).all(-1) for part in (self.w1, self.b1, self.w2)]
        return parts[0] & parts[1] & parts[2] & torch.isfinite(self.b2)


@dataclass
class Control:
    """How the caller of a backend speaks with it while it runs.

    Attributes:
        stop: once set, the backend returns soon, every network after a whole number of steps.
        progress: called now and then, from the calling thread, with the network-steps done in this run.
        threads: CPU threads to use at most.
    """

    stop: threading.Event = field(default_factory=threading.Event)
    progress: Callable[[int], None] | None = None
    threads: int = 1


class Backend(Protocol):
    """A way to take the steps. All backends agree to rounding."""

    name: str

    def missing(self, problem: Problem, state: State) -> str | None:
        """Why this backend cannot do it here, in words for a person; None if it can."""
        ...

    def advance(self, problem: Problem, state: State, until: int, control: Control) -> None:
        """Take steps until every network has ``until`` of them, or `Control.stop` is set.

        Networks may stand at different steps. A network that is no longer finite may be left where that was noticed.
        """
        ...
