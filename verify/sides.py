"""Both sides of a comparison as text: exact where rational, else decimals that enclose the number."""

from __future__ import annotations

from typing import TypedDict

from flint import fmpq

from refutable.theorems.exact import Real, enclosure, text
from refutable.theorems.exact.rationals import to_float

DIGITS = 30
LONGEST = 40
OPPOSITE = {"<=": ">", "<": ">=", "==": "!="}


class Bounds(TypedDict):
    """A number between two others, as strings; equal strings "p/q" are the exact number."""

    lower: str
    upper: str


def exact(value: fmpq | Real) -> fmpq | None:
    """The number as a rational, if it is known to be one."""
    return value if isinstance(value, fmpq) else value.exact()


def bounds(value: fmpq | Real | None, digits: int = DIGITS) -> Bounds | None:
    """The number as exact rational or enclosing decimals; None for a side that is no scalar."""
    if value is None:
        return None
    rational = exact(value)
    if rational is not None:
        return {"lower": text(rational), "upper": text(rational)}
    assert isinstance(value, Real)
    lower, upper = enclosure(value.ball(digits * 4 + 16), digits)
    return {"lower": lower, "upper": upper}


def canonical(value: fmpq | Real | None, digits: int = DIGITS) -> str:
    """One string per number, for digests: p/q, or the decimal rounded to ``digits``."""
    if value is None:
        return "-"
    rational = exact(value)
    if rational is not None:
        return text(rational)
    assert isinstance(value, Real)
    return str(value.ball(digits * 4 + 136).str(digits, radius=False))


def shown(value: fmpq | Real | None, longest: int = LONGEST) -> str:
    """The number for people: exact where that is short, else 12 digits after an approximation sign."""
    if value is None:
        return "?"
    rational = exact(value)
    if rational is None:
        assert isinstance(value, Real)
        return "~" + str(value.ball(96).str(12, radius=False))
    written = text(rational)
    return written if len(written) <= longest else f"~{to_float(rational):.12g}"


def relation(left: fmpq | Real, operator: str, right: fmpq | Real, truth: bool | None) -> str:
    """Both sides with the sign that is true between them: "7 > 2" for a false 7 <= 2; "<=?" where undecided."""
    sign = OPPOSITE[operator] if truth is False else operator if truth else f"{operator}?"
    return f"{shown(left)} {sign} {shown(right)}"
