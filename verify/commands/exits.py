"""Exit codes of `check`: one verdict's code, and the gravest of several."""

from __future__ import annotations

from collections.abc import Iterable

HOLDS, VIOLATED, MISUSE, VACUOUS, UNDECIDED, INTERRUPTED = 0, 1, 2, 3, 4, 130
CODES = {"holds": HOLDS, "violated": VIOLATED, "vacuous": VACUOUS, "undecided": UNDECIDED, "agrees": UNDECIDED}
GRAVITY = (MISUSE, VIOLATED, UNDECIDED, VACUOUS, HOLDS)


def gravest(codes: Iterable[int]) -> int | None:
    """The gravest of some codes, None for none."""
    found = set(codes)
    return next((code for code in GRAVITY if code in found), None)
