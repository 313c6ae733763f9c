"""Which Triton is installed, found without importing it, and what the kernel must know about it."""

from __future__ import annotations

import importlib.metadata
import re

OLDEST = (3, 6)
"""Oldest Triton whose language the kernel speaks."""
SMALL_BLOCKS = (3, 8)
"""Oldest Triton that multiplies doubles in blocks whose inner dimension is 4 or 8; before, it is at least 16."""


def installed() -> tuple[int, int] | None:
    """The first two numbers of the version; None if Triton is not installed."""
    found = _version()
    return None if found is None else _numbers(found)


def unfit() -> str | None:
    """What is wrong with the installed Triton, in words for a person; None if nothing is."""
    found = _version()
    if found is None:
        return "Triton is not installed; install it with: pip install 'refutable[cuda]'"
    if _numbers(found) < OLDEST:
        return f"Triton {found} is too old: the kernel needs {'.'.join(map(str, OLDEST))} or newer"
    return None


def least_inner() -> int:
    """Smallest inner dimension of a product of two blocks of doubles."""
    return 16 if (installed() or SMALL_BLOCKS) < SMALL_BLOCKS else 4


def _version() -> str | None:
    try:
        return importlib.metadata.version("triton")
    except importlib.metadata.PackageNotFoundError:
        return None


def _numbers(version: str) -> tuple[int, int]:
    parts = [int(part) for part in re.findall(r"\d+", version)[:2]]
    return parts[0], parts[1] if len(parts) > 1 else 0
