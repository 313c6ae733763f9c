"""Threads of the native kernel: the same bits, and an end when one is asked for."""

from __future__ import annotations

import signal
import threading

import pytest
import torch

from refutable.strategies.engine.native import NATIVE
from refutable.strategies.engine.problem import Control, State
from tests.engine.drawn_problems import drawn, needs_native, same

pytestmark = needs_native

FOREVER = 10**12


def assert_identical(a: State, b: State) -> None:
    for one, other in zip((*a.networks, a.steps, a.largest_loss), (*b.networks, b.steps, b.largest_loss), strict=True):
        assert torch.equal(one, other)


@pytest.mark.parametrize("threads", [2, 3, 100])
def test_threads_change_no_bit(threads: int) -> None:
    problem, state = drawn(7, 3, 40, 50, batch_size=30, momentum=0.5)
    alone, together = same(state), same(state)
    NATIVE.advance(problem, alone, 500, Control())
    NATIVE.advance(problem, together, 500, Control(threads=threads))
    assert_identical(alone, together)


def test_one_thread_of_many_steps_agrees_with_many_short_runs() -> None:
    """Long runs leave the calling thread, short ones do not."""
    problem, state = drawn(1, 2, 8, 10)
    long, short = same(state), same(state)
    NATIVE.advance(problem, long, 60_000, Control())
    for goal in range(10_000, 70_000, 10_000):
        NATIVE.advance(problem, short, goal, Control())
    assert_identical(long, short)


@pytest.mark.parametrize("threads", [1, 2])
def test_stop_ends_it_after_whole_steps(threads: int) -> None:
    problem, state = drawn(3, 2, 8, 10)
    stopped, again = same(state), same(state)
    control = Control(threads=threads)
    control.progress = lambda done: control.stop.set() if done else None
    NATIVE.advance(problem, stopped, FOREVER, control)
    reached = stopped.steps.tolist()
    assert 0 < max(reached) < FOREVER
    goal = max(reached)
    if goal < 3_000_000:
        NATIVE.advance(problem, again, goal, Control(threads=2))
        NATIVE.advance(problem, stopped, goal, Control(threads=2))
        assert_identical(stopped, again)


def test_a_run_stopped_before_it_begins_does_nothing() -> None:
    problem, state = drawn(1, 2, 3, 4)
    control, before = Control(), same(state)
    control.stop.set()
    NATIVE.advance(problem, state, 100, control)
    assert_identical(state, before)


@pytest.mark.parametrize("attempt", range(10))
def test_ctrl_c_leaves_every_network_after_whole_steps(attempt: int) -> None:
    """Nobody works on once the interrupt is out; it may come at any point of the waiting, so it comes often."""
    problem, state = drawn(2, 1, 8, 10)
    begun, at_work = same(state), threading.Event()

    def press() -> None:
        at_work.wait()
        signal.raise_signal(signal.SIGINT)

    presser = threading.Thread(target=press)
    presser.start()
    with pytest.raises(KeyboardInterrupt):
        NATIVE.advance(problem, state, FOREVER, Control(progress=lambda done: done and at_work.set(), threads=2))
    presser.join()
    left = same(state)
    assert 0 < int(left.steps.max()) < FOREVER
    assert state.finite.all()
    assert not torch.equal(state.w1, begun.w1)
    goal = int(left.steps.max()) + 1
    NATIVE.advance(problem, state, goal, Control())
    assert state.steps.tolist() == [goal] * 2


def test_an_error_of_the_caller_ends_the_threads() -> None:
    problem, state = drawn(2, 1, 8, 10)

    def tell(done: int) -> None:
        raise RuntimeError(done)

    with pytest.raises(RuntimeError):
        NATIVE.advance(problem, state, FOREVER, Control(progress=tell, threads=2))
    reached = state.steps.clone()
    NATIVE.advance(problem, state, 1, Control())
    assert torch.equal(state.steps, reached.clamp_min(1))


def test_progress_ends_with_all_steps() -> None:
    for networks, steps in ((2, 10), (4, 100_000)):
        problem, state = drawn(networks, 1, 8, 10)
        told: list[int] = []
        NATIVE.advance(problem, state, steps, Control(progress=told.append, threads=2))
        assert told == sorted(told)
        assert told[-1] == networks * steps
