"""Training a recipe: gradient descent or mini-batch SGD at a fixed step size, the whole batch at once."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from refutable.strategies.engine import train as engine
from refutable.strategies.engine.arguments import device_kind as device_kind
from refutable.strategies.engine.evaluation import sharpness
from refutable.strategies.engine.interrupts import Presses, ctrl_c_noted
from refutable.strategies.engine.native.binding import SWITCHED_OFF
from refutable.strategies.engine.prepare import Data
from refutable.strategies.engine.problem import State
from refutable.strategies.engine.stationarity import Stationarity, stationarity
from refutable.strategies.engine.torch_batched import one_thread
from refutable.strategies.training import closed_form
from refutable.strategies.training.closed_form import Networks
from refutable.strategies.training.datasets import draw_data, generator
from refutable.strategies.training.recipes import Recipe, available
from refutable.strategies.training.results import (
    DIVERGED,
    OUTCOMES,
    UNCONVERGED,
    Trained,
)

Progress = Callable[[int, int], None]
"""Called with the steps done and the steps asked for."""

_CHUNK = 500
"""Fewest steps between two looks at who has finished."""
_INITIAL_SHARPNESS = 2.0
"""Networks start at most this many times sharper than 2/step size; beyond, half of them would die."""


@dataclass(frozen=True)
class Training:
    """A recipe's training, ended or interrupted.

    Attributes:
        end: where every network stands.
        state: enough to go on from here; see `train_recipe`.
        backend: who took the steps.
        interrupted: Ctrl-C came first.
        network_steps: taken in this call, all networks together.
        seconds: that they took.
        passed_over: see `refutable.strategies.engine.train.Run`.
    """

    end: Trained
    state: State
    backend: str
    interrupted: bool
    network_steps: int
    seconds: float
    passed_over: Mapping[str, str]


def train(recipe: Recipe, *, device: str = "auto", progress: Progress | None = None) -> Trained:
    """Train every network of a recipe from its own initial weights on its own data.

    A network that overflows stays in the batch as NaN, without touching the others, and is counted as
    diverged. Training stops before ``recipe.steps`` only when every network has converged, died or diverged.

    Args:
        recipe: what to train.
        device: ``auto``, ``cpu`` or ``cuda``.
        progress: called now and then.

    Returns:
        The end points, as numpy arrays.

    Raises:
        KeyboardInterrupt: Ctrl-C; `train_recipe` gives back what is done instead.
        ValueError: if the device is not there, or the recipe needs an absent table.

    Warns:
        UserWarning: once, that a faster backend cannot do it here, and why.
    """
    training = train_recipe(recipe, device=device, progress=progress)
    slow = slowness(training.backend, training.passed_over)
    if slow is not None:
        _warn(slow)
    if training.interrupted:
        raise KeyboardInterrupt
    return training.end


def slowness(backend: str, passed_over: Mapping[str, str]) -> str | None:
    """A line on the faster backends that cannot do it here; None if there are none, or by the user's wish."""
    told = [f"{name} cannot do it here ({why})" for name, why in passed_over.items() if why != SWITCHED_OFF]
    return f"networks are trained by the slower backend {backend}: {'; '.join(told)}" if told else None


@cache
def _warn(line: str) -> None:
    warnings.warn(line, UserWarning, stacklevel=2)


def train_recipe(
    recipe: Recipe,
    *,
    device: str = "auto",
    backend: str = "auto",
    threads: int | None = None,
    state: State | None = None,
    progress: Progress | None = None,
    save: Callable[[State], None] | None = None,
    every: float = 60.0,
) -> Training:
    """Train a recipe with a choice of backend, from a state it was left in, saving states on the way.

    Args:
        recipe: what to train.
        device: ``auto``, ``cpu`` or ``cuda``.
        backend: see `refutable.strategies.engine.train.train`.
        threads: CPU threads; by default one for each core.
        state: of the same recipe, to go on from.
        progress: called now and then.
        save: called with the state about every ``every`` seconds, and at Ctrl-C.
        every: seconds between two calls of ``save``.

    Raises:
        ValueError: if the device or the backend is not there, or the recipe needs an absent table.
    """
    reason = available(recipe)
    if reason is not None:
        raise ValueError(reason)
    where = device_kind(device)
    with one_thread():
        start, x, y = initial(recipe)
        begun = Start(start, x, y, sharpness(start, x), closed_form.loss(start, x, y))
    options: dict[str, Any] = {"backend": backend, "threads": threads, "device": where, "save": save, "every": every}
    return _run(recipe, begun, state, options, progress)


class Start(NamedTuple):
    """Where a recipe begins."""

    networks: Networks
    x: Tensor
    y: Tensor
    sharpness: Tensor
    loss: Tensor


def initial(recipe: Recipe) -> tuple[Networks, Tensor, Tensor]:
    """Initial networks, inputs ``[B, n, d]`` and labels ``[B, n]`` on the CPU.

    Weights are PyTorch's uniform ones times ``recipe.spread``; every neuron's hyperplane passes near a random
    point of a segment between two of its data. Networks sharper than 4/step size are shrunk to that
    sharpness.
    """
    inputs, labels = draw_data(recipe)
    x, y = torch.from_numpy(inputs), torch.from_numpy(labels)
    networks = _drawn_weights(recipe, inputs)
    return _tamed(networks, x, _INITIAL_SHARPNESS * 2 / float(recipe.eta)), x, y


def _drawn_weights(recipe: Recipe, x: np.ndarray) -> Networks:
    rng = generator(recipe, "weights")
    b, k, d = recipe.networks, recipe.neurons, recipe.inputs
    w1 = rng.uniform(-1, 1, (b, k, d)) * recipe.spread / np.sqrt(d)
    w2 = rng.uniform(-1, 1, (b, k)) * recipe.spread / np.sqrt(k)
    b2 = rng.uniform(-1, 1, b) * recipe.spread / np.sqrt(k)
    ends = rng.integers(0, recipe.samples, (2, b, k, 1))
    share = rng.random((b, k, 1))
    from_, to = (np.take_along_axis(x, end, axis=1) for end in ends)
    # The offset keeps neurons off their data where a segment is a single point.
    offset = rng.uniform(-0.1, 0.1, (b, k)) * np.linalg.norm(w1, axis=-1)
    b1 = offset - (w1 * (from_ + share * (to - from_))).sum(-1)
    return Networks(*(torch.from_numpy(np.ascontiguousarray(part)) for part in (w1, b1, w2, b2)))


def _tamed(networks: Networks, x: Tensor, most: float) -> Networks:
    """Shrink each network to a sharpness of at most ``most``, where that is possible (most > 1).

    Scaling all weights by s <= 1 scales the kernel, less its constant part of eigenvalue 1, by s^2; the
    largest eigenvalue is convex, so afterwards it is at most 1 + s^2 (lambda - 1).
    """
    sharp = sharpness(networks, x)
    room = torch.as_tensor(max(most - 1, 0.0), dtype=sharp.dtype)
    if not room > 0:
        return networks
    scale = (room / (sharp - 1).clamp_min(torch.finfo(sharp.dtype).tiny)).sqrt().clamp_max(1)
    w1, b1, w2, b2 = networks
    return Networks(w1 * scale[:, None, None], b1 * scale[:, None], w2 * scale[:, None], b2 * scale)


def _run(
    recipe: Recipe, begun: Start, state: State | None, options: Mapping[str, Any], progress: Progress | None
) -> Training:
    """Train until all have finished or the steps are spent; between chunks it is seen who has finished."""
    with ctrl_c_noted() as presses:
        return _chunks(recipe, begun, state, options, progress, presses)


def _chunks(
    recipe: Recipe,
    begun: Start,
    state: State | None,
    options: Mapping[str, Any],
    progress: Progress | None,
    presses: Presses,
) -> Training:
    at: Networks | State = begun.networks if state is None else state
    done = 0 if state is None else _reached(state)
    taken, seconds = 0, 0.0
    pace = _Pace(options["save"], options["every"])
    options = {**options, "save": None if pace.save is None else pace}
    looking = state is not None and _between_chunks(state)
    while True:
        done = done if looking else min(recipe.steps, _next_look(done))
        looking = False
        start = 0 if isinstance(at, Networks) else _reached(at)
        tell = None if progress is None else _telling(progress, recipe.steps, start, done)
        run = engine.train(
            at,
            Data(begun.x, begun.y),
            float(recipe.eta),
            done,
            recipe.batch_size,
            recipe.delay,
            recipe.momentum,
            seed=recipe.seed,
            reduce=recipe.inputs > recipe.samples and recipe.steps >= engine.AMORTISED,
            progress=tell,
            due=pace.due(),
            **options,
        )
        at, taken, seconds = run.state, taken + run.network_steps, seconds + run.seconds
        end = Networks(*(part.cpu() for part in run.networks))
        with one_thread():
            stands = stationarity(end, begun.x, begun.y)
        codes = stands.codes(stands.still, begun.loss)
        finished = done == recipe.steps or not (codes == OUTCOMES.index(UNCONVERGED)).any()
        interrupted = run.interrupted or (presses.pressed and not finished)
        if interrupted and not run.interrupted:
            pace(run.state)
        if interrupted or finished:
            result = _result(recipe, begun, end, run.largest_loss.cpu(), stands)
            return Training(result, run.state, run.backend, interrupted, taken, seconds, run.passed_over)
        pace.between(run.state)


class _Pace:
    """Saves at a steady pace, however short the chunks are."""

    def __init__(self, save: Callable[[State], None] | None, every: float) -> None:
        self.save, self.every, self.last = save, every, time.monotonic()

    def __call__(self, state: State) -> None:
        """Save now."""
        if self.save is not None:
            self.save(state)
        self.last = time.monotonic()

    def due(self) -> float:
        """Seconds until the next save."""
        return max(0.0, self.every - (time.monotonic() - self.last))

    def between(self, state: State) -> None:
        """Save between two chunks, if it is time."""
        if time.monotonic() - self.last >= self.every:
            self(state)


def _reached(state: State) -> int:
    """Steps that every network has taken that still can take any."""
    steps = state.steps[state.finite]
    return int(steps.min()) if len(steps) else int(state.steps.max())


def _between_chunks(state: State) -> bool:
    """Whether every network stands where it is seen who has finished, as a checkpoint may leave it."""
    done = _reached(state)
    return done > 0 and _next_look(done - 1) == done and bool((state.steps[state.finite] == done).all())


def _next_look(done: int) -> int:
    """The step after ``done`` at which it is seen who has finished: ever more rarely, for looking is not free."""
    look = 0
    while look <= done:
        look += max(_CHUNK, look // 4)
    return look


def _telling(progress: Progress, steps: int, start: int, goal: int) -> Progress:
    """Progress from step ``start`` to ``goal``, as steps of the whole recipe."""

    def tell(done: int, total: int) -> None:
        progress(start + (goal - start) * done // max(1, total), steps)

    return tell


def _result(recipe: Recipe, begun: Start, networks: Networks, largest: Tensor, stands: Stationarity) -> Trained:
    codes = stands.codes(stands.still, begun.loss)
    largest = torch.maximum(torch.maximum(largest, begun.loss), stands.loss)
    tensors = {
        **networks._asdict(),
        "x": begun.x,
        "y": begun.y,
        "codes": codes.to(torch.float64),
        "sharpness": stands.sharpness,
        "initial_sharpness": begun.sharpness,
        "loss": stands.loss,
        "largest_loss": torch.where(codes == OUTCOMES.index(DIVERGED), torch.inf, largest),
        "residual_block": stands.residual_block,
        "margin": stands.margin,
    }
    return Trained(recipe, **{name: np.ascontiguousarray(part.numpy()) for name, part in tensors.items()})
