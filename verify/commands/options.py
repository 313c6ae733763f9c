"""Types of command-line options: what is refused is refused in words."""

from __future__ import annotations

import argparse
import math

from refutable.verify.commands.output import complain


def whole(written: str) -> int:
    """A whole number."""
    try:
        return int(written)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a whole number, not {written!r:.40}") from None


def positive(written: str) -> int:
    """A whole number that is at least 1."""
    value = whole(written)
    if value < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value


def seconds(written: str) -> float:
    """A time, at most a million seconds."""
    try:
        value = float(written)
    except ValueError:
        value = math.nan
    if not 0 < value <= 1e6:
        raise argparse.ArgumentTypeError("must be a positive number of seconds, at most a million")
    return value


def parts(written: str, known: tuple[str, ...]) -> list[str]:
    """The names in a list with commas; [] after a complaint where one is unknown, or none is given."""
    wanted = [name.strip() for name in written.split(",") if name.strip()]
    unknown = [name for name in wanted if name not in known]
    if unknown or not wanted:
        complain(f"unknown part {', '.join(map(repr, unknown)) or 'of no name'}; the parts are {', '.join(known)}")
        return []
    return wanted
