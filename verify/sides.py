"""Both sides of a comparison as text: exact where rational, else decimals that enclose the number."""

from __future__ import annotations

from typing import TypedDict

from flint import fmpq

from refutable.theorems.exact import Real, enclosure, text
from refutable.theorems.exact.rationals import to_float
from refutable.verify.decide import Outcome

DIGITS = 30
LONGEST = 40
COMPARISONS = ("<=", "<", "==")


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


def comparison(outcome: Outcome) -> str:
    """The headline of an outcome: "225/32 <= 225/32", with the sign that is true where it is violated."""
    headline = outcome.headline
    if headline is None:
        return ""
    operator = outcome.operators[0]
    if operator not in COMPARISONS or headline.left is None:
        return outcome.labels[0]
    if headline.truth is False:
        operator = {"<=": ">", "<": ">=", "==": "!="}[operator]
    elif headline.truth is None:
        operator = f"{operator}?"
    return f"{shown(headline.left)} {operator} {shown(headline.right)}"


def ratio(outcome: Outcome) -> float | None:
    """Tightness left/right of an inequality's headline; None for identities and where it says nothing."""
    if not outcome.operators or outcome.operators[0] not in ("<=", "<"):
        return None
    value = outcome.tightness
    return None if value is None or value != value or value in (float("inf"), float("-inf")) else value
