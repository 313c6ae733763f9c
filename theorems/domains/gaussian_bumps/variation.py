"""Certified total variation on [0, infinity) of sums of A_i/s_i q(r/s_i) exp(-r^2/(2 s_i^2)), q a polynomial.

An interval on which the derivative keeps its sign adds the difference of the end values. One on which it changes sign
and is itself monotone has one turning point, which interval Newton steps enclose. Others are halved; a short one adds
at least the difference and at most its length times the largest derivative. Beyond the last interval each term is
monotone and adds at most its value there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from flint import arb, arb_poly, fmpq

from refutable.theorems.exact import Computed, Real, working_precision
from refutable.theorems.exact.reals import Order

FIRST_PIECES = 16
"""Intervals before any halving."""
NEWTON_STEPS = 12
SPARE_BITS = 8
GUARD_BITS = 48
COARSE_BITS = 24
"""A comparison tries these first."""
Point = Sequence[tuple[arb, arb]]
"""For each term its u = r/s and exp(-u^2/2)."""


@dataclass(frozen=True)
class Profile:
    """The profile q(u) e^(-u^2/2) of one term.

    Attributes:
        value: coefficients of q, constant term first.
        monotone_from: every term is monotone from this u on.
    """

    value: tuple[int, ...]
    monotone_from: int


class TotalVariation(Computed):
    """A total variation, or a rational multiple: most comparisons need but a coarse enclosure."""

    def _order(self, other: Real, max_bits: int) -> Order | None:
        own, its = self.approximate(COARSE_BITS), other.approximate(COARSE_BITS + GUARD_BITS)
        if own < its:
            return -1
        return 1 if own > its else None


def slope_of(q: Sequence[int]) -> tuple[int, ...]:
    """Coefficients of q' - u q: the derivative of q(u) e^(-u^2/2) is that times e^(-u^2/2)."""
    derivative = [*(i * c for i, c in enumerate(q) if i), 0, 0]
    return tuple(a - b for a, b in zip(derivative, (0, *q), strict=True))


@lru_cache(maxsize=4096)
def total_variation(profile: Profile, amplitudes: tuple[fmpq, ...], widths: tuple[fmpq, ...], bits: int) -> arb:
    """The total variation on [0, infinity), to about ``bits`` bits."""
    with working_precision(bits + GUARD_BITS):
        return _total_variation(profile, amplitudes, widths, bits)


def _total_variation(profile: Profile, amplitudes: Sequence[fmpq], widths: Sequence[fmpq], bits: int) -> arb:
    end = max(widths) * (profile.monotone_from + int((2 * bits) ** 0.5) + 1)
    curve = _Curve(profile.value, amplitudes, widths, end / FIRST_PIECES / fmpq(2) ** (bits // 2))
    places = [curve.end_at(end * i / FIRST_PIECES) for i in range(FIRST_PIECES + 1)]
    at_least = sum((abs(curve.at(b.point) - curve.at(a.point)) for a, b in pairwise(places)), arb(0))
    spare = at_least.abs_lower() * arb(2) ** -(bits + SPARE_BITS)
    total = sum((curve.variation(a, b, spare) for a, b in pairwise(places)), arb(0))
    at_end = curve.terms_at(arb(end))
    most = sum((abs(value) for value in at_end), arb(0))
    return total + abs(sum(at_end, arb(0))).union(most)


@dataclass(frozen=True)
class _End:
    """An end of an interval."""

    place: fmpq
    point: Point


class _Curve:
    """One sum with its first two derivatives."""

    def __init__(
        self, value: Sequence[int], amplitudes: Sequence[fmpq], widths: Sequence[fmpq], shortest: fmpq
    ) -> None:
        orders = (value, slope_of(value), slope_of(slope_of(value)))
        self.polynomials = [arb_poly(list(order)) for order in orders]
        self.inverses = [arb(1 / s) for s in widths]
        self.factors = [
            [arb(a / s ** (order + 1)) for a, s in zip(amplitudes, widths, strict=True)] for order in range(3)
        ]
        self.shortest = shortest

    def point(self, r: arb) -> Point:
        """What every derivative at r needs."""
        scaled = [r * inverse for inverse in self.inverses]
        return [(u, (-u * u / 2).exp()) for u in scaled]

    def at(self, point: Point, order: int = 0) -> arb:
        """The derivative of this order."""
        polynomial, total = self.polynomials[order], arb(0)
        for factor, (u, decay) in zip(self.factors[order], point, strict=True):
            total += factor * polynomial(u) * decay
        return total

    def terms_at(self, r: arb) -> list[arb]:
        """The value of each term."""
        rows = zip(self.factors[0], self.point(r), strict=True)
        return [factor * self.polynomials[0](u) * decay for factor, (u, decay) in rows]

    def end_at(self, r: fmpq) -> _End:
        """An end of an interval."""
        return _End(r, self.point(arb(r)))

    def variation(self, low: _End, high: _End, spare: arb) -> arb:
        """The total variation between two ends; an interval that adds at most ``spare`` is not looked into."""
        total, pieces = arb(0), [(low, high)]
        while pieces:
            a, b = pieces.pop()
            added = self.known(a, b, spare)
            if added is None:
                middle = self.end_at((a.place + b.place) / 2)
                pieces += [(middle, b), (a, middle)]
            else:
                total += added
        return total

    def known(self, a: _End, b: _End, spare: arb) -> arb | None:
        """The total variation between two ends; None where the interval must be halved."""
        length, inside = b.place - a.place, arb(a.place).union(arb(b.place))
        around = self.point(inside)
        slope = self.at(around, 1)
        if not slope.contains(0):
            return abs(self.at(b.point) - self.at(a.point))
        if abs(slope).upper() * arb(length) < spare:
            return self.short(a.point, b.point, abs(slope).upper() * arb(length))
        bend = self.at(around, 2)
        middle = arb(inside.mid())
        slope = self.at(self.point(middle), 1) + bend * (inside - middle)
        if not slope.contains(0):
            return abs(self.at(b.point) - self.at(a.point))
        turning = self.turning_point(a.point, b.point, inside, bend)
        if turning is not None:
            return self.through(a.point, b.point, turning)
        return None if length > self.shortest else self.short(a.point, b.point, abs(slope).upper() * arb(length))

    def short(self, first: Point, last: Point, most: arb) -> arb:
        """At least the difference of the end values, at most length times the largest derivative."""
        return abs(self.at(last) - self.at(first)).union(most)

    def through(self, first: Point, last: Point, turning: arb) -> arb:
        """Up to the one turning point and on from it."""
        top = self.at(self.point(turning))
        return abs(top - self.at(first)) + abs(self.at(last) - top)

    def turning_point(self, first: Point, last: Point, inside: arb, bend: arb) -> arb | None:
        """The one zero of the derivative inside, enclosed; None where it is not known that there is just one."""
        if bend.contains(0) or not self.at(first, 1) * self.at(last, 1) < 0:
            return None
        for _ in range(NEWTON_STEPS):
            middle = arb(inside.mid())
            step = (middle - self.at(self.point(middle), 1) / self.at(self.point(inside), 2)).intersection(inside)
            if not step.rad() < inside.rad() / 2:
                return step
            inside = step
        return inside
