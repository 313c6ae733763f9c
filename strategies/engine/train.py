"""One function that trains, and the choice of who does it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import torch
from torch import Tensor

from refutable.strategies.engine.arguments import whole_number
from refutable.strategies.engine.interrupts import Presses, ctrl_c_noted
from refutable.strategies.engine.prepare import Data, prepared
from refutable.strategies.engine.problem import Backend, Control, Problem, State
from refutable.strategies.engine.reduction import lifted, reduced
from refutable.strategies.engine.reference import ReferenceBackend
from refutable.strategies.engine.torch_batched import TorchBackend, cores, one_thread
from refutable.strategies.training.closed_form import Networks

__all__ = ["Data", "Run", "backends", "choose", "prepared", "train"]

Progress = Callable[[int, int], None]
"""Called with the network-steps done and those asked for."""


@dataclass(frozen=True)
class Run:
    """Where training ended.

    Attributes:
        networks: the parameters, in the shapes they were given.
        state: enough to go on from here: give it to `train` in place of the networks.
        backend: who took the steps.
        reduced: whether they were taken in the row space of the data.
        interrupted: Ctrl-C came first; every network stands after the number of steps in ``state.steps``.
        network_steps: taken in this run, all networks together.
        seconds: that the steps took.
        passed_over: why ``auto`` did not take a faster backend that such a machine could have: name to reason.
    """

    networks: Networks
    state: State
    backend: str
    reduced: bool
    interrupted: bool
    network_steps: int
    seconds: float
    passed_over: Mapping[str, str]

    @property
    def finite(self) -> Tensor:
        """Networks all of whose parameters are finite, ``[B]``; the others are masked, and harmed nobody."""
        return self.state.finite

    @property
    def largest_loss(self) -> Tensor:
        """Largest loss where a gradient was taken ``[B]``: of each step's batch, for SGD; not finite if diverged."""
        return self.state.largest_loss


def backends() -> Mapping[str, Backend]:
    """Every way to train, by name, the fastest first."""
    from refutable.strategies.engine.cuda import TritonBackend
    from refutable.strategies.engine.native import NATIVE

    found = (TritonBackend(), NATIVE, TorchBackend(), ReferenceBackend())
    return MappingProxyType({backend.name: backend for backend in found})


def train(
    batch: Networks | State,
    data: Data,
    step_size: float | Tensor,
    steps: int,
    batch_size: int | None = None,
    delay: int = 0,
    momentum: float = 0.0,
    *,
    seed: int = 0,
    streams: Tensor | None = None,
    backend: str = "auto",
    device: str | torch.device | None = None,
    threads: int | None = None,
    reduce: bool | None = None,
    progress: Progress | None = None,
    save: Callable[[State], None] | None = None,
    every: float = 60.0,
    due: float | None = None,
) -> Run:
    """Train B networks by gradient descent, SGD, delayed gradients or heavy-ball momentum at fixed step sizes.

    The rule and the loss are those of `refutable.strategies.engine.problem`. Ctrl-C ends training early and returns
    what is done; a network that overflows becomes NaN without touching the others.

    Args:
        batch: where to begin (it is not changed): networks, as tensors or numpy arrays, or the state of an earlier
            run, to go on from there.
        data: inputs and labels.
        step_size: one for all, or ``[B]``.
        steps: each network ends with so many steps, those of an earlier run counted.
        batch_size: data per step; None: all.
        delay: age of the parameters at which a gradient is taken.
        momentum: of the heavy ball, in [0, 1).
        seed: of the SGD batches, 0 <= seed < 2^63.
        streams: number of each network in the batch generator ``[B]``; by default 0, 1, 2, ...
        backend: ``auto`` for the fastest that can do it here, or a name from `backends`.
        device: where to train: ``auto``, ``cpu``, ``cuda`` or a device of torch; by default where ``batch`` is.
        threads: CPU threads; by default one for each core.
        reduce: train in the row space of the data; by default where d > n and steps are many.
        progress: called now and then.
        save: called with the state about every ``every`` seconds and at the end of an interrupted run.
        every: seconds between two calls of ``save``.
        due: seconds until the first of them; by default ``every``.

    Raises:
        ValueError: arguments that make no sense, or a backend that cannot do it here; the message says why.
    """
    problem, state = prepared(batch, data, step_size, batch_size, delay, momentum, seed, streams, device)
    steps = whole_number("steps", steps, 0)
    crew = cores() if threads is None else whole_number("threads", threads, 1)
    wide = problem.x.shape[2] > problem.samples
    small = state.base is not None or (wide and (steps >= AMORTISED if reduce is None else reduce))
    basis = None
    if not (every > 0 and (due is None or due >= 0)):
        raise ValueError(f"every must be a positive number of seconds, not {every!r}")
    if small:
        with one_thread():  # what torch computes depends on its threads in the last bits
            problem, state, basis = reduced(problem, state)
    chosen = choose(backend, problem, state)
    passed: Mapping[str, str] = passed_over(problem, state) if backend == "auto" else {}
    begun, before = time.perf_counter(), int(state.steps.sum())
    with ctrl_c_noted() as presses:
        interrupted = _run(chosen, problem, state, steps, crew, progress, save, (every, due), presses)
    with one_thread():
        networks = state.networks if basis is None else lifted(state, basis)
    taken = int(state.steps.sum()) - before
    seconds = time.perf_counter() - begun
    return Run(networks, state, chosen.name, small, interrupted, taken, seconds, passed)


LEAST = 0.02
"""Seconds of training between two saves at least."""
AMORTISED = 200
"""Steps from which a QR factorisation of the data pays."""


def choose(name: str, problem: Problem, state: State) -> Backend:
    """The backend of that name, or the fastest that can do it.

    Raises:
        ValueError: there is none of that name, or it cannot do it here.
    """
    known = backends()
    if name == "auto":
        return next(one for one in known.values() if one.missing(problem, state) is None)
    if not isinstance(name, str) or name not in known:
        raise ValueError(f"unknown backend {name!r}; there are auto, {', '.join(known)}")
    reason = known[name].missing(problem, state)
    if reason is not None:
        raise ValueError(f"backend {name!r} cannot train this: {reason}")
    return known[name]


def passed_over(problem: Problem, state: State) -> Mapping[str, str]:
    """Backends faster than the one that ``auto`` takes, and why they cannot do it; one for GPUs only where one is."""
    reasons: dict[str, str] = {}
    for name, one in backends().items():
        reason = one.missing(problem, state)
        if reason is None:
            break
        reasons[name] = reason
    other = "triton" if problem.x.device.type == "cpu" else "native"
    reasons.pop(other, None)
    return MappingProxyType(reasons)


def _run(
    backend: Backend,
    problem: Problem,
    state: State,
    until: int,
    threads: int,
    progress: Progress | None,
    save: Callable[[State], None] | None,
    times: tuple[float, float | None],
    presses: Presses,
) -> bool:
    """Advance, stopping to save; True if Ctrl-C ended it."""
    before = int(state.steps.sum())
    total = int((until - state.steps).clamp_min(0).sum())
    every, due = times
    while True:
        done = int(state.steps.sum()) - before
        tell = None if progress is None else (lambda count, done=done: progress(done + count, total))
        control = Control(progress=tell, threads=threads)
        # Some work is done between two saves, however often they are asked for.
        timer = threading.Timer(max(every if due is None else due, LEAST), control.stop.set)
        timer.daemon, due = True, None
        presses.stops(control)
        interrupted = False
        try:
            if save is not None:
                timer.start()
            backend.advance(problem, state, until, control)
        except KeyboardInterrupt:
            if presses.pressed:
                raise
            interrupted = True  # somebody else handles Ctrl-C here
        finally:
            timer.cancel()
        unfinished = bool((state.steps[state.finite] < until).any())
        interrupted = interrupted or (presses.pressed and unfinished)
        if save is not None and (interrupted or unfinished):
            save(state)
        if interrupted or not control.stop.is_set() or not unfinished:
            return interrupted
