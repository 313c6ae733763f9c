"""Both sides of a comparison as text: exact where rational, else decimals that enclose the number."""

from __future__ import annotations

from typing import TypedDict

from flint import fmpq

from refutable.theorems.exact import Real, enclosure, text
from refutable.theorems.exact.rationals import MAX_DIGITS, MAX_EXPONENT, ball_bounds, to_float

DIGITS = 30
LONGEST = 40
BITS = 128
"""Bits kept of a side too long to be read back."""
EXTREME = 4000
"""Numbers beyond 10^4000, or below 10^-4000 and too long, are enclosed by that power of ten."""
OPPOSITE = {"<=": ">", "<": ">=", "==": "!="}


class Bounds(TypedDict):
    """A number between two others, as strings that can be read back; equal strings "p/q" are the exact number."""

    lower: str
    upper: str


def exact(value: fmpq | Real) -> fmpq | None:
    """The number as a rational, if it is known to be one."""
    return value if isinstance(value, fmpq) else value.exact()


def bounds(value: fmpq | Real | None, digits: int = DIGITS) -> Bounds | None:
    """The number as exact rational, or between two decimals or shorter rationals where it is irrational or too long.

    None for a side that is no scalar, or too large to be written down.
    """
    if value is None:
        return None
    rational = exact(value)
    if rational is not None:
        return _written(rational, rational) if _readable(rational) else _shortened(rational, rational)
    assert isinstance(value, Real)
    ball = value.ball(digits * 4 + 16)
    if ball.is_finite() and any(map(_beyond_decimals, ends := ball_bounds(ball))):
        return _shortened(*ends)
    lower, upper = enclosure(ball, digits)
    return {"lower": lower, "upper": upper}


def _readable(q: fmpq) -> bool:
    return len(text(q)) <= MAX_DIGITS


def _beyond_decimals(q: fmpq) -> bool:
    """Whether a decimal of q needs an exponent (of ten) that is too far from 0 to be read back."""
    return q != 0 and abs(q.p.bit_length() - q.q.bit_length()) > 3 * MAX_EXPONENT


def _shortened(low: fmpq, high: fmpq) -> Bounds | None:
    below, above = _below(low), _below(-high)
    return None if below is None or above is None else _written(below, -above)


def _written(low: fmpq, high: fmpq) -> Bounds:
    return {"lower": text(low), "upper": text(high)}


def _below(q: fmpq) -> fmpq | None:
    """A readable rational at most q, relatively within 2^(1 - BITS) of it unless q is extreme; None: there is none."""
    if q == 0:
        return q
    unit = fmpq(2) ** (q.p.bit_length() - q.q.bit_length() - BITS)
    below = fmpq((q / unit).floor()) * unit
    if _readable(below):
        return below
    if abs(q) < 1:
        return fmpq(0) if q > 0 else -(fmpq(10) ** -EXTREME)
    return fmpq(10) ** EXTREME if q > 0 else None


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
