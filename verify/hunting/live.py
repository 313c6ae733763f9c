"""The line that a terminal shows while a hunt runs: rewritten in place, erased at its end."""

from __future__ import annotations

import shutil
import time
from types import TracebackType
from typing import TextIO

from refutable.verify.hunting.printing import float_ratio
from refutable.verify.hunting.results import Options, Progress

INTERVAL = 0.2
"""Seconds between two lines at least."""
ERASE = "\r\x1b[K"


class LiveLine:
    """A listener that shows progress on ``stream`` if that is a terminal, and says nothing otherwise."""

    def __init__(self, stream: TextIO, options: Options) -> None:
        self.stream, self.options = stream, options
        self._live, self._shown = stream.isatty(), 0.0

    def __enter__(self) -> LiveLine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown:
            self._write(ERASE)

    def __call__(self, progress: Progress) -> None:
        """Show where the hunt stands, unless something was shown a moment ago."""
        now = time.monotonic()
        if self._live and now - self._shown >= INTERVAL:
            self._shown = now
            width = shutil.get_terminal_size().columns - 1
            self._write(ERASE + line(progress, self.options)[:width])

    def _write(self, text: str) -> None:
        try:
            self.stream.write(text)
            self.stream.flush()
        except OSError:  # the terminal is gone; the hunt need not be
            self._live = False


def line(progress: Progress, options: Options) -> str:
    """Progress in one line: phase, what is left, evaluations and their rate, best ratio and who found it, certified."""
    rate = f" ({progress.evaluations / progress.seconds:,.0f}/s)" if progress.seconds > 0 else ""
    parts = [progress.phase, *_left(progress, options), f"{progress.evaluations:,} evaluations{rate}"]
    if progress.proposed is not None:
        leader = f" by {progress.leader}" if progress.leader else ""
        parts.append(f"best ratio {float_ratio(progress.proposed)}{leader}")
    if progress.certified is not None:
        parts.append(f"certified {float_ratio(progress.certified)}")
    return "   ".join(parts)


def _left(progress: Progress, options: Options) -> list[str]:
    if progress.phase == "shrinking":
        return []
    if options.evaluations is not None:
        return [f"{max(0, options.evaluations - progress.evaluations):,} left"]
    if options.seconds is None:
        return []
    return [f"{max(0.0, options.seconds - progress.seconds):.0f} s left"]
