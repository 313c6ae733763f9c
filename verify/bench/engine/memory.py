"""Peak memory of a piece of work, beyond what was in use before."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from pathlib import Path

STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def peak(work: Callable[[], object]) -> int | None:
    """Bytes on Linux, None elsewhere; free memory that Python keeps is given back first and so is counted again."""
    _give_back()
    try:
        CLEAR.write_text("5", encoding="ascii")  # the peak starts anew from here
        before = _kilobytes("VmRSS")
    except OSError:
        return None
    work()
    return max(0, _kilobytes("VmHWM") - before) * 1024


def _kilobytes(name: str) -> int:
    for line in STATUS.read_text(encoding="ascii", errors="replace").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    raise OSError(f"{STATUS} does not say {name}")


def _give_back() -> None:
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (OSError, AttributeError, TypeError):
        return  # another C library
