"""The native kernel as a backend: networks are handed out to threads one by one."""

from __future__ import annotations

import ctypes
import threading
from contextlib import suppress

from torch import Tensor

from refutable.strategies.engine.interrupts import insist
from refutable.strategies.engine.native.binding import Job, job, library, unfit, why_not
from refutable.strategies.engine.problem import Control, Problem, State

SHORT = 2e7
"""Floating-point operations so few that no thread is started: some milliseconds."""
PATIENCE = 0.02
"""Seconds between two looks at Ctrl-C and `Control.stop`."""


class NativeBackend:
    """The fused kernel, on the CPU in float64."""

    name = "native"

    def missing(self, problem: Problem, state: State) -> str | None:
        """Why it cannot do it here: other devices or numbers, or no compiler."""
        return unfit(_tensors(problem, state), frozenset({"steps", "streams"})) or why_not()

    def advance(self, problem: Problem, state: State, until: int, control: Control) -> None:
        """Take the steps; see `problem.Backend`.

        A network that is no longer finite is left within 64 steps.

        Raises:
            MemoryError: a network and its data do not fit into memory once more.
        """
        work = job(problem, state, until)
        threads = max(1, min(control.threads, work.networks))
        if control.stop.is_set():
            return
        if _operations(problem, state, until) < SHORT:
            library().refutable_advance(ctypes.byref(work))
            _tell(work, control)
        else:
            _watch(work, threads, control)
        if work.failed:
            raise MemoryError("not enough memory to lay out a network, its data and its history for the native kernel")


NATIVE = NativeBackend()


class _Crew:
    """Threads at work on one job.

    They are counted here and not joined: before Python 3.13 `Thread.join`, interrupted by Ctrl-C, takes a running
    thread for ended.
    """

    def __init__(self, work: Job) -> None:
        self._work = work
        self._closed = False
        self._entered: list[None] = []
        self._ended: list[None] = []
        self._ring = threading.Lock()
        self._ring.acquire()
        self._size = 0

    def start(self, size: int) -> None:
        """Start so many threads."""
        self._size = size
        for _ in range(size):
            threading.Thread(target=self._run, daemon=True).start()

    def wait(self) -> bool:
        """Whether the job is done, after some patience."""
        self._ring.acquire(timeout=PATIENCE)
        return len(self._ended) == self._size

    def close(self) -> None:
        """Stop, and return once no thread touches the caller's tensors any more."""
        self._closed = True
        self._work.stop = 1
        while len(self._ended) < len(self._entered):
            self._ring.acquire(timeout=PATIENCE)

    def _run(self) -> None:
        self._entered.append(None)  # before the look: `close` either waits for this thread or keeps it out
        try:
            if not self._closed:
                library().refutable_advance(ctypes.byref(self._work))
        finally:
            self._ended.append(None)
            with suppress(RuntimeError):  # rung already
                self._ring.release()


def _watch(work: Job, threads: int, control: Control) -> None:
    """Let threads do the job, and pass on what the caller wants meanwhile."""
    crew = _Crew(work)
    try:
        crew.start(threads)
        while not crew.wait():
            if control.stop.is_set():
                work.stop = 1
            _tell(work, control)
        _tell(work, control)
    finally:
        insist(crew.close)


def _tell(work: Job, control: Control) -> None:
    if control.progress is not None:
        control.progress(work.taken)


def _operations(problem: Problem, state: State, until: int) -> float:
    k, d = state.w1.shape[1:]
    size = problem.batch_size if problem.stochastic and problem.batch_size else problem.samples
    left = float((until - state.steps).clamp_min(0).sum())
    return left * (4.0 * k * size * (d + 2) + 200)


def _tensors(problem: Problem, state: State) -> dict[str, Tensor]:
    found = {"x": problem.x, "y": problem.y, "step_size": problem.step_size, "streams": problem.streams}
    found |= {"steps": state.steps, "largest_loss": state.largest_loss}
    for what, networks in (("", state.networks), ("velocity ", state.velocity), ("history ", state.history)):
        if networks is not None:
            found |= {what + name: part for name, part in networks._asdict().items()}
    return found
