"""Ctrl-C as a request: it is noted, and what is being trained stops after a whole step, fit to be gone on from."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from refutable.strategies.engine.problem import Control


class Presses:
    """Whether Ctrl-C was pressed, and who is to stop then."""

    def __init__(self) -> None:
        self.pressed = False
        self._control: Control | None = None

    def stops(self, control: Control) -> None:
        """Let this backend stop at Ctrl-C, at once if it was pressed before."""
        self._control = control
        if self.pressed:
            control.stop.set()

    def press(self) -> None:
        """Note Ctrl-C.

        Raises:
            KeyboardInterrupt: it was pressed before: whoever asks twice does not want to wait.
        """
        if self.pressed:
            raise KeyboardInterrupt
        self.pressed = True
        if self._control is not None:
            self._control.stop.set()


def insist(act: Callable[[], None]) -> None:
    """Act, beginning again when Ctrl-C comes between; it is raised at the end.

    Args:
        act: what must not be left half done; beginning it again must do no harm.
    """
    interrupted = False
    while True:
        try:
            act()
            break
        except KeyboardInterrupt:
            interrupted = True
    if interrupted:
        raise KeyboardInterrupt


_outermost: list[Presses] = []


@contextmanager
def ctrl_c_noted() -> Iterator[Presses]:
    """Note Ctrl-C instead of raising KeyboardInterrupt, where this thread may and nobody else handles it.

    Inside another such block, that one's presses.
    """
    if threading.current_thread() is not threading.main_thread():
        yield Presses()
        return
    if _outermost:
        yield _outermost[0]
        return
    usual, presses = signal.getsignal(signal.SIGINT), Presses()

    def note(number: int, frame: FrameType | None) -> None:
        presses.press()

    if usual is not signal.default_int_handler:
        yield presses
        return
    _outermost.append(presses)
    signal.signal(signal.SIGINT, note)
    try:
        yield presses
    finally:
        signal.signal(signal.SIGINT, usual)
        _outermost.clear()
