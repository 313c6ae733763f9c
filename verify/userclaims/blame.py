"""Where in a user's file something went wrong."""

from __future__ import annotations

import traceback


def line_of(problem: BaseException, file: str) -> str:
    """The line of the innermost frame in ``file``, as ", line 3"; "" if none is in it."""
    lines = [frame.lineno for frame in traceback.extract_tb(problem.__traceback__) if frame.filename == file]
    return f", line {lines[-1]}" if lines else ""
