"""The shift t with (a_1 + t) ... (a_D + t) = 1 and all factors positive: closed forms, and certified balls.

On t > -min a the product increases from 0 without bound, so that there is exactly one such t.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import reduce
from math import gcd, lcm

from flint import arb, fmpq

from refutable.theorems.exact import Computed, Number, as_real, sqrt, working_precision

START_BITS = 64
NEWTON_STEPS = 200
"""Each step of Newton's method gains digits or passes a kink of a nearly piecewise linear function: few are needed."""
LONGEST_DENOMINATOR = 2**12
"""Bits of the common denominator up to which a shift is tried for being rational."""
WIDENINGS = 24


def product_shift(values: Sequence[Number]) -> Number:
    """The shift of exactly defined numbers: a rational or surd where a closed form is known, else certified balls.

    Two lists of rationals that differ by order only have shifts that are known to be equal.
    """
    if not all(isinstance(value, fmpq) for value in values):
        return _of_reals(values)
    rationals = sorted(fmpq(value) for value in values)  # type: ignore[arg-type]
    least = rationals[0]
    return _of_gaps(tuple(value - least for value in rationals)) - least


def _of_gaps(gaps: tuple[fmpq, ...]) -> Number:
    """The shift s > 0 of sorted numbers, the first of which is 0."""
    counts = Counter(gaps)
    common = reduce(gcd, counts.values())
    distinct = [gap for gap in sorted(counts) for _ in range(counts[gap] // common)]
    if len(distinct) == 1:
        return fmpq(1)
    if len(distinct) == 2:
        gap = distinct[1]
        return (sqrt(gap * gap + 4) - gap) / 2
    shift = Computed(lambda bits: _enclosed([arb(gap) for gap in distinct], bits), ("product shift", tuple(distinct)))
    return _rational(shift, distinct) or shift


def _rational(shift: Computed, gaps: Sequence[fmpq]) -> fmpq | None:
    """The shift if it is rational.

    With the gaps' common denominator N, N times the shift solves a monic equation in integers: rational, it is one.
    """
    common = reduce(lcm, (int(gap.q) for gap in gaps))
    if common.bit_length() > LONGEST_DENOMINATOR:
        return None
    middle = shift.ball(common.bit_length() + 16).mid().fmpq()
    guess = fmpq((middle * common + fmpq(1, 2)).floor(), common)
    product = fmpq(1)
    for gap in gaps:
        product *= gap + guess
    return guess if product == 1 else None


def _of_reals(values: Sequence[Number]) -> Computed:
    reals = [as_real(value) for value in values]
    keys = tuple(real.key for real in reals)
    key = None if None in keys else ("product shift", keys)
    return Computed(lambda bits: _enclosed([real.approximate(bits) for real in reals], bits), key)


def _enclosed(balls: Sequence[arb], bits: int) -> arb:
    """A ball with the shift of all numbers in ``balls``; an infinite one where ``bits`` do not suffice."""
    unknown = arb(0, "inf")
    if not all(ball.is_finite() for ball in balls):
        return unknown
    middles = [ball.mid() for ball in balls]
    least = min(middles)
    gaps = [(middle - least).mid() for middle in middles]
    size = _newton(gaps, bits)
    shift = (size - least).mid()
    slopes = [1 / (size + gap) for gap in gaps]
    moved = sum((ball.rad() * slope for ball, slope in zip(balls, slopes, strict=True)), arb(0)) / sum(slopes, arb(0))
    margin = (size * arb(2) ** (8 - bits) + 2 * moved).mid()
    for _ in range(WIDENINGS):
        low, high = (shift - margin).mid(), (shift + margin).mid()
        if _product(balls, low, below=True) < 1 and _product(balls, high, below=False) > 1:
            return low.union(high)
        margin = 4 * margin
    return unknown


def _product(balls: Sequence[arb], shift: arb, below: bool) -> arb:
    """The product at a shift; NaN, which compares with nothing, where a factor may fail to be positive."""
    factors = [ball + shift for ball in balls]
    if below and any(factor < 0 for factor in factors):
        return arb(0)  # the product of positive factors starts further to the right
    if not all(factor > 0 for factor in factors):
        return arb("nan")
    return _multiplied(factors)


def _multiplied(factors: Sequence[arb]) -> arb:
    product = arb(1)
    for factor in factors:
        product *= factor
    return product


def _newton(gaps: Sequence[arb], bits: int) -> arb:
    """s > 0 near the solution of prod(s + gap) = 1: Newton's method for log s from 0, then polishing of s.

    The logarithm of the product is convex and increasing in log s: the steps never pass the solution.
    """
    size = arb(1)
    with working_precision(START_BITS):
        for _ in range(NEWTON_STEPS):
            factors = [size + gap for gap in gaps]
            step = _multiplied(factors).log() / sum((size / factor for factor in factors), arb(0))
            size = (size * (-step).exp()).mid()
            if abs(step) < arb(2) ** -40:
                break
    for _ in range((bits // 32).bit_length()):
        factors = [size + gap for gap in gaps]
        product = _multiplied(factors)
        slope = product * sum((1 / factor for factor in factors), arb(0))
        size = (size - (product - 1) / slope).mid()
    return size
