"""Exact numbers as people read them, and comparisons of two of them."""

from __future__ import annotations

import re
from decimal import Context, Decimal
from fractions import Fraction

from refutable.verify.report.fields import Fields

SHORT = 12
ABOUT = "≈ "
DIGITS = (6, 9, 12, 16, 20, 30)
_WRITTEN = re.compile(r"-?\d{1,2000}(\.\d{1,2000})?([eE][-+]?\d{1,4})?(/\d{1,2000})?", re.ASCII)
_SIGNS = {"<=": "≤", "<": "<", "==": "=", ">=": "≥", ">": ">"}
_OPPOSITE = {"<=": ">", "<": "≥", "==": "≠", ">=": "<", ">": "≤"}


def exact(written: str) -> Fraction | None:
    """The rational that a text such as "1/2", "0.5" or "5e-1" writes; None for anything else."""
    if not _WRITTEN.fullmatch(written) or ("/" in written and (not written.split("/")[1].strip("0"))):
        return None
    top, _, bottom = written.partition("/")
    return Fraction(top) / Fraction(bottom or 1)


def ratio(value: float | None, decimals: int = 4) -> str:
    """A tightness left/right: at most so many decimals, never rounded up to 1; an en dash where there is none."""
    if value is None:
        return "–"
    if value < 1 and float(f"{value:.{decimals}f}") == 1:
        return f"1 − {1 - value:.0e}"
    return f"{value:.{decimals}f}".rstrip("0").rstrip(".") or "0"


def comparison(headline: Fields, violated: bool) -> str:
    """A decided comparison: "≈ 0.233295 > ≈ 0.0161128", with the sign that is true; "" where there are no sides.

    As many digits are shown as tell the sides apart, up to 30.
    """
    left, right = _enclosed(headline.object("left")), _enclosed(headline.object("right"))
    if not left or not right:
        return ""
    operator = headline.text("operator")
    sign = "=" if headline.flag("touching") else (_OPPOSITE if violated else _SIGNS).get(operator, operator)
    digits = DIGITS[0] if sign in "=≤≥" else telling_apart(left[0], right[0])
    return f"{_written(left, digits)} {sign} {_written(right, digits)}"


def telling_apart(left: str, right: str) -> int:
    """How many digits it takes to see that two numbers differ."""
    a, b = exact(left), exact(right)
    if a is None or b is None:
        return DIGITS[0]
    return next((digits for digits in DIGITS if _decimal(a, digits) != _decimal(b, digits)), DIGITS[-1])


def _enclosed(side: Fields) -> tuple[str, str] | None:
    lower, upper = side.text("lower"), side.text("upper")
    return (lower, upper) if lower and upper else None


def _written(side: tuple[str, str], digits: int) -> str:
    lower, upper = side
    if lower == upper and len(lower) <= SHORT:
        return lower
    value = exact(lower)
    return f"{ABOUT}{_decimal(value, digits)}" if value is not None else lower[: 2 * SHORT]


def _decimal(value: Fraction, digits: int) -> str:
    rounded = Context(prec=digits).divide(Decimal(value.numerator), Decimal(value.denominator))
    return f"{rounded.normalize(Context(prec=digits)):g}".replace("-", "−")
