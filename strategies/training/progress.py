"""A one-line progress bar for waits a person would notice."""

from __future__ import annotations

import sys
import time
from typing import TextIO


class ProgressBar:
    """Draws on a terminal, and only once the wait has passed a threshold; silent everywhere else.

    Args:
        title: what is being waited for.
        stream: where to draw; standard error by default.
        patience: seconds before the bar appears.
    """

    def __init__(self, title: str, stream: TextIO | None = None, patience: float = 2.0) -> None:
        """Start the clock."""
        self._title, self._patience = title, patience
        self._stream = sys.stderr if stream is None else stream
        self._start = time.monotonic()
        self._drawn = False

    def __call__(self, done: int, total: int) -> None:
        """Say that ``done`` of ``total`` steps are done."""
        if not self._stream.isatty() or time.monotonic() - self._start < self._patience:
            return
        filled = round(24 * done / max(total, 1))
        bar = "#" * filled + "." * (24 - filled)
        self._stream.write(f"\r{self._title} [{bar}] {done}/{total} steps")
        self._stream.flush()
        self._drawn = True

    def close(self) -> None:
        """Wipe the line, if one was drawn."""
        if self._drawn:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._drawn = False
