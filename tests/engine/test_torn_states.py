"""Ctrl-C that raises in the midst of a backend leaves every network after a whole number of steps."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from types import FrameType
from typing import Any

import pytest
import torch
from torch import Tensor

from refutable.strategies.engine import reference, torch_batched
from refutable.strategies.engine.interrupts import insist
from refutable.strategies.engine.problem import Backend, Control, Problem, State
from tests.engine.drawn_problems import drawn, same

STEPS = 4


def interrupted(act: Callable[[], None], file: str | None, line: int) -> bool:
    """Act, with KeyboardInterrupt raised before the line-th line run in that file; whether it was raised."""
    left = line

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal left
        if frame.f_code.co_filename != file:
            return None
        if event == "line":
            left -= 1
            if left == 0:
                raise KeyboardInterrupt
        return trace

    usual = sys.gettrace()
    sys.settrace(trace)
    try:
        act()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(usual)
    return False


def of_row(state: State, row: int) -> list[Tensor]:
    groups = (state.networks, state.velocity, state.history, (state.largest_loss,))
    return [part[row] for group in groups if group is not None for part in group]


@pytest.mark.parametrize("module", [reference, torch_batched])
def test_ctrl_c_at_any_line(module: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    backend: Backend = reference.ReferenceBackend() if module is reference else torch_batched.TorchBackend()
    monkeypatch.setattr(torch_batched, "LOOK", 1)
    problem, begin = drawn(2, 2, 3, 4, delay=2, momentum=0.5)
    problem = replace(problem, step_size=problem.step_size * 5)
    wanted = stages(backend, problem, begin)
    line, torn = 0, set()
    while True:
        line += 1
        found = same(begin)
        if not interrupted(partial(backend.advance, problem, found, STEPS, Control()), module.__file__, line):
            break
        for row, step in enumerate(found.steps.tolist()):
            if not all(map(torch.equal, of_row(found, row), of_row(wanted[step], row))):
                torn.add(line)
    assert line > 50
    assert torn == set()


def stages(backend: Backend, problem: Problem, begin: State) -> list[State]:
    """The state after each number of steps."""
    found = [same(begin)]
    for step in range(1, STEPS + 1):
        found.append(same(found[-1]))
        backend.advance(problem, found[-1], step, Control())
    return found


def test_what_is_insisted_on_is_done_and_ctrl_c_is_raised_afterwards() -> None:
    written: list[int] = []
    hindrances = [KeyboardInterrupt(), KeyboardInterrupt()]

    def write() -> None:
        written.append(1)
        if hindrances:
            raise hindrances.pop()
        written.append(2)

    with pytest.raises(KeyboardInterrupt):
        insist(write)
    assert written == [1, 1, 1, 2]
    insist(lambda: written.append(3))
    assert written[-1] == 3
