"""Ctrl-C is noted once, stops who runs, and raises when it is pressed again."""

from __future__ import annotations

import signal
import threading

import pytest

from refutable.strategies.engine.interrupts import ctrl_c_noted
from refutable.strategies.engine.problem import Control


def test_the_first_press_stops_and_the_second_raises() -> None:
    control = Control()
    with ctrl_c_noted() as presses:
        presses.stops(control)
        signal.raise_signal(signal.SIGINT)
        assert presses.pressed
        assert control.stop.is_set()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_who_starts_after_the_press_stops_at_once() -> None:
    late = Control()
    with ctrl_c_noted() as presses:
        signal.raise_signal(signal.SIGINT)
        presses.stops(late)
    assert late.stop.is_set()


def test_an_inner_block_shares_the_presses_and_the_usual_handler_returns_after_the_outer_one() -> None:
    usual = signal.getsignal(signal.SIGINT)
    with ctrl_c_noted() as outer:
        with ctrl_c_noted() as inner:
            signal.raise_signal(signal.SIGINT)
        assert inner is outer
        assert outer.pressed
        assert signal.getsignal(signal.SIGINT) is not usual
    assert signal.getsignal(signal.SIGINT) is usual
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_somebody_elses_handler_is_left_alone() -> None:
    heard = []
    usual = signal.signal(signal.SIGINT, lambda number, frame: heard.append(number))
    try:
        with ctrl_c_noted() as presses:
            signal.raise_signal(signal.SIGINT)
        assert heard == [signal.SIGINT]
        assert not presses.pressed
    finally:
        signal.signal(signal.SIGINT, usual)


def test_other_threads_have_presses_of_their_own() -> None:
    found = []

    def work() -> None:
        with ctrl_c_noted() as presses:
            found.append(presses)

    with ctrl_c_noted() as presses:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert found[0] is not presses
