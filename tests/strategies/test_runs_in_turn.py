"""States of several runs, one run after the other."""

from __future__ import annotations

from collections.abc import Iterator

from refutable.strategies.supply import IDLE_RUNS, in_turn
from refutable.theorems.domains.delayed_iteration import DELAYED_ITERATION
from refutable.theorems.instances import Instance

STATE = DELAYED_ITERATION.instance(curvature=1, step_size=1, delay=0)


def test_states_come_run_by_run_and_no_more_than_wanted() -> None:
    asked = []

    def run(number: int) -> Iterator[tuple[int, Instance]]:
        for step in (0, 5, 10):
            asked.append((number, step))
            yield step, STATE

    found = list(in_turn(run, 5, 7, "a dynamics"))
    assert [state.run for state in found] == [0, 0, 0, 1, 1]
    assert found[4].origin == "a dynamics, seed 7, run 1, step 5"
    assert asked == [(0, 0), (0, 5), (0, 10), (1, 0), (1, 5)]


def test_runs_without_states_are_passed_over() -> None:
    found = list(in_turn(lambda number: [(1, STATE)] if number % 3 == 2 else [], 2, 0, ""))
    assert [state.run for state in found] == [2, 5]


def test_a_dynamics_without_any_state_ends() -> None:
    tried = []
    assert list(in_turn(lambda number: tried.append(number) or [], 4, 0, "")) == []  # type: ignore[func-returns-value]
    assert len(tried) == IDLE_RUNS
