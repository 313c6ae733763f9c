"""The largest root of a rational polynomial all of whose roots are real, between two rationals."""

from __future__ import annotations

from itertools import pairwise

from flint import fmpq, fmpq_poly

from refutable.theorems.exact.root_bounds import rounded_up, sqrt_above

GUARD = 8


def largest_root(polynomial: fmpq_poly, bits: int, start: fmpq | None = None) -> tuple[fmpq, fmpq]:
    """(lower, upper) with lower < the largest root <= upper = lower (1 + 2^-bits), nearly.

    Newton's method from above never passes the largest root; how many roots lie above a number is counted by
    Descartes' rule, which is exact where all roots are real. So roots that nearly coincide need no separation.

    Args:
        polynomial: all roots real, the largest positive; not constant.
        bits: relative width.
        start: not below the largest root; a bound from the coefficients by default.
    """
    poly = _simple(polynomial)
    slope = poly.derivative()
    upper = _bound(poly) if start is None else start
    while True:
        lower = upper * (1 - fmpq(1, 2**bits))
        if upper > 0 and roots_above(poly, lower):
            return lower, upper
        steepness = slope(upper)
        step = poly(upper) / steepness if steepness else fmpq(0)
        upper = min(lower, rounded_up(upper - step, bits + GUARD)) if upper > 0 else lower


def roots_above(polynomial: fmpq_poly, x: fmpq) -> int:
    """How many roots are larger than x, for a polynomial all of whose roots are real."""
    signs = [c > 0 for c in polynomial(fmpq_poly([x, 1])).coeffs() if c != 0]
    return sum(before != after for before, after in pairwise(signs))


def _simple(polynomial: fmpq_poly) -> fmpq_poly:
    """The same roots, each once."""
    repeated = polynomial.gcd(polynomial.derivative())
    return polynomial if repeated.degree() == 0 else polynomial // repeated


def _bound(polynomial: fmpq_poly) -> fmpq:
    """The root of the sum of the squares of all roots."""
    *_, after, before, leading = [fmpq(0), *polynomial.coeffs()]
    total = before / leading
    return sqrt_above(total * total - 2 * after / leading)
