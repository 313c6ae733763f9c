"""Rationals on either side of a square root, and rounding up to few digits."""

from flint import fmpq

__all__ = ["rounded_up", "sqrt_above", "sqrt_below"]


def sqrt_below(q: fmpq, bits: int = 96) -> fmpq:
    """A rational r >= 0 with r^2 <= q, within 2^-bits of sqrt(q) relatively; sqrt(q) itself for a square.

    Raises:
        ValueError: q < 0.
    """
    if q < 0:
        raise ValueError(f"the square root of {q.str()}: need a nonnegative number")
    if q.p.is_square() and q.q.is_square():
        return fmpq(q.p.isqrt(), q.q.isqrt())
    unit = _unit(q, bits)
    return fmpq((q / (unit * unit)).floor().isqrt()) * unit


def sqrt_above(q: fmpq, bits: int = 96) -> fmpq:
    """A rational r with r^2 >= q, within 2^-bits of sqrt(q) relatively; sqrt(q) itself for a square.

    Raises:
        ValueError: q < 0.
    """
    below = sqrt_below(q, bits)
    return below if below * below == q else below + _unit(q, bits)


def rounded_up(q: fmpq, bits: int = 64) -> fmpq:
    """A dyadic rational in [q, q + 2^-bits |q|]; 0 for 0."""
    if q == 0:
        return q
    unit = fmpq(2) ** (_magnitude(q) - 1 - bits)
    return fmpq((q / unit).ceil()) * unit


def _unit(q: fmpq, bits: int) -> fmpq:
    """A power of two below 2^-bits sqrt(q)."""
    return fmpq(2) ** (_magnitude(q) // 2 - 2 - bits)


def _magnitude(q: fmpq) -> int:
    """An integer e with 2^(e - 1) < |q| < 2^(e + 1)."""
    return int(q.p.bit_length()) - int(q.q.bit_length())
