"""The closed form in PyTorch, on CPU or GPU: portable, and the oracle of everything faster.

On a CPU the batch is cut into blocks whose activations stay in the cache; a block takes all its steps before the next.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor

from refutable.strategies.engine.batches import chosen
from refutable.strategies.engine.interrupts import insist
from refutable.strategies.engine.problem import Control, Problem, State
from refutable.strategies.training.closed_form import Networks, gradient

CACHE = 2**18
"""Numbers of one activation array of a block: a few such arrays fit in a core's cache."""
LOOK = 64
"""Steps between two looks at `Control.stop`, and drawn at a time for SGD."""


class TorchBackend:
    """Batched closed-form steps."""

    name = "torch"

    def missing(self, problem: Problem, state: State) -> str | None:
        """It can always do it."""
        return None

    def advance(self, problem: Problem, state: State, until: int, control: Control) -> None:
        """Take the steps, block by block; see `problem.Backend`."""
        blocks = list(_blocks(problem, state))
        with one_thread():
            if control.threads > 1 and len(blocks) > 1:
                _in_parallel(problem, state, blocks, until, control)
                return
            done = 0
            for rows in blocks:
                for count in advance_block(problem, state, rows, until, control):
                    done += count
                    if control.progress is not None:
                        control.progress(done)


def _in_parallel(problem: Problem, state: State, blocks: list[Tensor], until: int, control: Control) -> None:
    counted = [0] * len(blocks)

    def work(number: int) -> None:
        for count in advance_block(problem, state, blocks[number], until, control):
            counted[number] += count

    with ThreadPoolExecutor(control.threads) as pool:
        left = {pool.submit(work, number) for number in range(len(blocks))}
        try:
            while left:
                done, left = wait(left, timeout=0.2, return_when=FIRST_COMPLETED)
                for future in done:
                    future.result()
                if control.progress is not None:
                    control.progress(sum(counted))
        except BaseException:
            control.stop.set()
            raise


def _blocks(problem: Problem, state: State) -> Iterator[Tensor]:
    """Indices of the networks of each block."""
    count, k = state.w2.shape
    most = count if problem.x.is_cuda else max(1, CACHE // (problem.samples * max(k, problem.x.shape[-1])))
    for start in range(0, count, most):
        yield torch.arange(start, min(start + most, count), device=state.w2.device)


@torch.no_grad()
def advance_block(problem: Problem, state: State, rows: Tensor, until: int, control: Control) -> Iterator[int]:
    """Take the steps of some networks, those that lag behind first; yields the network-steps done, often."""
    with torch.no_grad():
        while not control.stop.is_set():
            steps = state.steps[rows]
            first = int(steps.min())
            if first >= until:
                return
            lagging = rows[steps == first]
            others = steps[steps > first]
            goal = min([until, first + LOOK, *([int(others.min())] if len(others) else [])])
            _advance(problem, state, lagging, first, goal)
            yield len(lagging) * (goal - first)


def _advance(problem: Problem, state: State, rows: Tensor, start: int, goal: int) -> None:
    """Steps ``start`` to ``goal`` of networks that all stand at ``start``, written back at the end."""
    x, y = _of(problem.x, rows), _of(problem.y, rows)
    eta = problem.step_size[rows]
    now = Networks(*(part[rows] for part in state.networks))
    velocity = None if state.velocity is None else Networks(*(part[rows] for part in state.velocity))
    history = None if state.history is None else Networks(*(part[rows] for part in state.history))
    largest = state.largest_loss[rows]
    weights = _weights(problem, rows, start, goal)
    for step in range(start, goal):
        slot = step % problem.delay if problem.delay else 0
        at = now if history is None else Networks(*(part[:, slot] for part in history))
        weight = next(weights)
        slope, residuals = gradient(at, x, y, weight)
        largest = torch.maximum(largest, (residuals.square() * weight).sum(-1) / 2)
        move = Networks(*(-part * _beside(eta, part) for part in slope))
        if velocity is not None:
            move = Networks(*(v * problem.momentum + m for v, m in zip(velocity, move, strict=True)))
            velocity = move
        if history is not None:
            for old, part in zip(history, now, strict=True):
                old[:, slot] = part
        now = Networks(*(part + m for part, m in zip(now, move, strict=True)))
    insist(lambda: _store(state, rows, now, velocity, history, largest, goal))


def _store(
    state: State,
    rows: Tensor,
    now: Networks,
    velocity: Networks | None,
    history: Networks | None,
    largest: Tensor,
    goal: int,
) -> None:
    pairs = [(state.networks, now), (state.velocity, velocity), (state.history, history)]
    for kept, found in pairs:
        if kept is not None and found is not None:
            for target, part in zip(kept, found, strict=True):
                target[rows] = part
    state.largest_loss[rows] = largest
    state.steps[rows] = goal


def _weights(problem: Problem, rows: Tensor, start: int, goal: int) -> Iterator[Tensor | float]:
    """Weights of the data in each step: 1/n for ever, or 1/batch_size on the batch drawn for each network."""
    if not problem.stochastic or problem.batch_size is None:
        while True:
            yield 1 / problem.samples
    streams = problem.streams[rows].cpu().numpy()
    steps = np.arange(start, goal)[:, None]
    taken = torch.from_numpy(chosen(problem.seed, streams, steps, problem.samples, problem.batch_size))
    yield from (taken.to(problem.x.dtype) / problem.batch_size).to(problem.x.device)


def _of(values: Tensor, rows: Tensor) -> Tensor:
    """The rows' own data, or the shared ones."""
    return values[rows] if len(values) > 1 else values.expand(len(rows), *values.shape[1:])


def _beside(eta: Tensor, part: Tensor) -> Tensor:
    return eta.reshape(-1, *(1,) * (part.dim() - 1))


@contextmanager
def one_thread() -> Iterator[None]:
    """Small batches gain nothing from torch's own threads, and results then depend on neither."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def cores() -> int:
    """Processor cores this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1
