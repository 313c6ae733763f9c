"""Rational numbers: reading what people write, printing canonically, and exact roots."""

import math
import numbers
import re
from fractions import Fraction

import numpy as np
from flint import arb, fmpq, fmpz

__all__ = [
    "NumberError",
    "Rational",
    "ball_bounds",
    "enclosure",
    "fraction",
    "is_square",
    "rational",
    "root_exact",
    "sqrt_exact",
    "text",
    "to_float",
]

Rational = fmpq

MAX_DIGITS = 4300
MAX_EXPONENT = 400
_TOO_LARGE = 10**MAX_DIGITS
_QUOTIENT = re.compile(r"([+-]?[0-9]+)(?:/([0-9]+))?")
_DECIMAL = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]+))?")


class NumberError(ValueError):
    """A value that is not an exactly readable number; the message says where and what to write instead."""


def rational(value: object, where: str = "") -> fmpq:
    """Read `value` as an exact rational.

    Args:
        value: an integer, a Fraction, a float (its exact binary value), a numpy number, or a string
            "p/q", "-3", "0.125", "1e-30" (decimal strings are exact decimals).
        where: the name of the place the value comes from, for the error message.

    Raises:
        NumberError: not a finite number, a boolean, a zero denominator, more than 4300 digits,
            or an exponent beyond +-400.
    """
    if isinstance(value, fmpq):
        return value
    if isinstance(value, fmpz):
        return fmpq(value)
    if isinstance(value, (bool, np.bool_)):
        raise _refuse(where, f"{value} is a truth value; write 0 or 1")
    if isinstance(value, str):
        return _from_string(value, where)
    if isinstance(value, (float, np.floating)):
        return _from_float(value, where)
    if isinstance(value, numbers.Rational):
        return _from_integers(int(value.numerator), int(value.denominator), where)
    raise _refuse(where, f"{_shown(value)} is not a number; write an integer, a float or a string such as '2/3'")


def _refuse(where: str, problem: str) -> NumberError:
    return NumberError(f"{where}: {problem}" if where else problem)


def _shown(value: object) -> str:
    if isinstance(value, str):
        return repr(value if len(value) <= 40 else value[:37] + "...")
    return f"a {type(value).__name__}"


def _from_integers(p: int, q: int, where: str) -> fmpq:
    if abs(p) >= _TOO_LARGE or q >= _TOO_LARGE:
        raise _refuse(where, f"a number with more than {MAX_DIGITS} digits; shorten it")
    return fmpq(p, q)


def _from_float(value: float | np.floating, where: str) -> fmpq:
    if not np.isfinite(value):
        raise _refuse(where, f"{value} is not a finite number; remove or replace it")
    return fmpq(*value.as_integer_ratio())


def _from_string(value: str, where: str) -> fmpq:
    if sum(map(str.isdigit, value)) > MAX_DIGITS:
        raise _refuse(where, f"a number with more than {MAX_DIGITS} digits; shorten it")
    written = value.strip()
    if quotient := _QUOTIENT.fullmatch(written):
        return _from_quotient(quotient, value, where)
    decimal = _DECIMAL.fullmatch(written)
    if decimal is None or not (decimal[2] or decimal[3]):
        raise _refuse(where, f"{_shown(value)} is not a finite number; write it like '2/3', '-3', '0.125' or '1e-30'")
    return _from_decimal(decimal, value, where)


def _from_quotient(match: re.Match[str], value: str, where: str) -> fmpq:
    denominator = int(match[2] or "1")
    if denominator == 0:
        raise _refuse(where, f"{_shown(value)} divides by zero; write a nonzero denominator")
    return fmpq(int(match[1]), denominator)


def _from_decimal(match: re.Match[str], value: str, where: str) -> fmpq:
    sign, whole, part, exponent = match[1], match[2] or "", match[3] or "", match[4] or "0"
    if len(exponent.lstrip("+-0")) > 3 or abs(int(exponent)) > MAX_EXPONENT:
        raise _refuse(where, f"{_shown(value)}: exponents beyond +-{MAX_EXPONENT} are refused; write a smaller one")
    power = int(exponent) - len(part)
    number = int(sign + (whole + part or "0"))
    return fmpq(number * 10**power) if power >= 0 else fmpq(number, 10**-power)


def text(q: fmpq) -> str:
    """The canonical string of a rational: "p/q" in lowest terms, or "p"."""
    return q.str()


def fraction(q: fmpq) -> Fraction:
    """The same rational as a standard-library Fraction."""
    return Fraction(int(q.p), int(q.q))


def to_float(q: fmpq) -> float:
    """The nearest float64 (correctly rounded; beyond the range, an infinity of the same sign)."""
    try:
        return int(q.p) / int(q.q)
    except OverflowError:
        return math.inf if q > 0 else -math.inf


def is_square(q: fmpq) -> bool:
    """Whether q is the square of a rational."""
    return bool(q >= 0 and q.p.is_square() and q.q.is_square())


def sqrt_exact(q: fmpq) -> fmpq | None:
    """The nonnegative rational square root of q, or None when q has none."""
    return fmpq(q.p.isqrt(), q.q.isqrt()) if is_square(q) else None


def root_exact(q: fmpq, m: int) -> fmpq | None:
    """The nonnegative rational m-th root of q >= 0, or None when it is irrational.

    Raises:
        ValueError: q < 0 or m < 1.
    """
    if q < 0 or m < 1:
        raise ValueError(f"the root of order {m} of {text(q)}: need a nonnegative number and an order of at least 1")
    p, d = _integer_root(q.p, m), _integer_root(q.q, m)
    return None if p is None or d is None else fmpq(p, d)


def _integer_root(n: fmpz, m: int) -> fmpz | None:
    if n <= 1:
        return n
    if m >= n.bit_length():
        return None
    root = n.root(m)
    return root if root**m == n else None


def ball_bounds(ball: arb) -> tuple[fmpq, fmpq]:
    """The exact end points of a finite ball.

    Raises:
        ValueError: the ball is not finite.
    """
    if not ball.is_finite():
        raise ValueError("the ball is not finite: it has no rational end points")
    middle, radius = ball.mid().fmpq(), ball.rad().fmpq()
    return middle - radius, middle + radius


def enclosure(ball: arb, digits: int = 20) -> tuple[str, str]:
    """Decimal strings (lower, upper) with lower <= number <= upper for every number of the ball.

    Rounded outward to `digits` significant digits; ("-inf", "inf") for a ball that is not finite.
    """
    if not ball.is_finite():
        return "-inf", "inf"
    lower, upper = ball_bounds(ball)
    return _round_down(lower, digits), _negated(_round_down(-upper, digits))


def _round_down(q: fmpq, digits: int) -> str:
    """The greatest decimal of `digits` significant digits that is at most q (up to one unit)."""
    if q == 0:
        return "0"
    exponent = _magnitude(q) - digits + 1
    scaled = q / fmpq(10) ** exponent if exponent >= 0 else q * fmpq(10) ** -exponent
    mantissa = int(scaled.floor())
    while mantissa % 10 == 0:
        mantissa, exponent = mantissa // 10, exponent + 1
    return _positional(mantissa, exponent)


def _magnitude(q: fmpq) -> int:
    """An integer within one of log10 |q|."""
    bits = q.p.bit_length() - q.q.bit_length()
    return math.floor(bits * math.log10(2))


def _positional(mantissa: int, exponent: int) -> str:
    sign, figures = "-" if mantissa < 0 else "", str(abs(mantissa))
    point = len(figures) + exponent
    if not -4 <= point <= 25:
        rest = "." + figures[1:] if len(figures) > 1 else ""
        return f"{sign}{figures[0]}{rest}e{point - 1}"
    if exponent >= 0:
        return sign + figures + "0" * exponent
    if point <= 0:
        return sign + "0." + "0" * -point + figures
    return f"{sign}{figures[:point]}.{figures[point:]}"


def _negated(decimal: str) -> str:
    if decimal == "0":
        return decimal
    return decimal[1:] if decimal.startswith("-") else "-" + decimal
