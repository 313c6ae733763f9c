"""The hyperbolic profile of L layers: t = cosh^{L-1}(theta) sinh(theta), s = integral of sech^{L-2}, and H_L.

h_L(s) = p^{L-1} q with p' = p^{L-2} q, q' = p^{L-1}, p(0) = 1, q(0) = 0 has the solution p = cosh(theta),
q = sinh(theta), ds = sech^{L-2}(theta) dtheta; and H_L(t), the integral of the inverse of h_L, is
t s - sinh^2(theta)/2. With r = e^theta rational, t is rational, and s is rational for L = 4, 6 and otherwise a
rational plus a rational multiple of one logarithm (L = 2) or one arc tangent (odd L).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
from flint import arb, fmpq

from refutable.theorems.exact import Computed, Number, Real, as_real, compare, pi, to_float, working_precision

BRACKET = 8
"""The bracket that is tested is so many bits wider than the working precision."""
MOST_STEPS = 60
"""Of Newton's method in floats; it needs about ten."""
MOST_LOST = 4096
"""Of the bits that are added near theta = 0, where r - 1/r cancels."""
HUGE = 1e60
"""Beyond it, and below its inverse, asymptotic formulas start the root's refinement."""


def cosh_of(r: Any) -> Any:
    """cosh(theta) for r = e^theta."""
    return (r + _inverse(r)) / 2


def sinh_of(r: Any) -> Any:
    """sinh(theta) for r = e^theta."""
    return (r - _inverse(r)) / 2


def _inverse(r: Any) -> Any:
    return as_real(1) / r if isinstance(r, Real) else 1 / r


def ratio_of(r: Any, depth: int) -> Any:
    """t = cosh^{L-1} sinh."""
    return cosh_of(r) ** (depth - 1) * sinh_of(r)


def arc_rate(r: Any, depth: int) -> Any:
    """ds/dt = 1/(cosh^{2L-2} + (L-1) cosh^{2L-4} sinh^2)."""
    p, q = cosh_of(r), sinh_of(r)
    return _inverse(p ** (2 * depth - 2) + p ** (2 * depth - 4) * q * q * (depth - 1))


def rational_part(r: Any, depth: int) -> Any:
    """A in s = A + B base(r), by the reduction of the integral of sech^k."""
    total, up, down, k = r * 0, 1, 1, depth - 2
    p, q = cosh_of(r), sinh_of(r)
    while k >= 2:
        total = total + q / p ** (k - 1) * up / (down * (k - 1))
        up, down, k = up * (k - 2), down * (k - 1), k - 2
    return total


def base_coefficient(depth: int) -> fmpq:
    """B in s = A + B base(r): base is theta (L = 2) or the Gudermannian (odd L); 0 for even L >= 4."""
    factor, k = fmpq(1), depth - 2
    while k >= 2:
        factor, k = factor * fmpq(k - 2, k - 1), k - 2
    return factor


def _arc_ball(r: arb, depth: int) -> arb:
    """s in balls, for r > 0."""
    coefficient = base_coefficient(depth)
    base = r.log() if depth == 2 else 2 * r.atan() - arb.pi() / 2
    arc: arb = base * arb(coefficient) + rational_part(r, depth)
    return arc


def _at(name: str, r: Number, depth: int, value: Callable[[arb, int], arb]) -> Number:
    """A function of r as one enclosed number."""
    real = as_real(r)
    key = None if real.key is None else (name, depth, real.key)

    def enclosed(bits: int) -> arb:
        more, wanted = 0, bits
        while wanted > more:
            more, wanted = wanted, bits + _lost(real.approximate(wanted))
        with working_precision(more):
            return value(real.approximate(more), depth)

    return Computed(enclosed, key)


def _lost(r: arb) -> int:
    """Bits that r - 1/r loses: about log2(1/|theta|) for small theta, at most `MOST_LOST`."""
    size = abs(r - 1).upper()
    if not size.is_finite() or size == 0:
        return 0
    mantissa, exponent = size.man_exp()
    return min(max(0, -int(exponent) - int(mantissa).bit_length()), MOST_LOST)


def arc_of(r: Number, depth: int) -> Number:
    """s = integral of sech^{L-2} from 0 to log r; exactly odd in log r, and rational where it is known to be."""
    order = compare(r, fmpq(1))
    if order == 0:
        return fmpq(0)
    if order is not None and order < 0:
        return -arc_of(_inverse(r), depth)
    if isinstance(r, fmpq) and base_coefficient(depth) == 0:
        return fmpq(rational_part(r, depth))
    return _at("hyperbolic arc", r, depth, _arc_ball)


def energy_of(r: Number, depth: int) -> Number:
    """H_L(t) = t s - sinh^2(theta)/2 at t = cosh^{L-1} sinh; even in log r."""
    order = compare(r, fmpq(1))
    if order == 0:
        return fmpq(0)
    if order is not None and order < 0:
        return energy_of(_inverse(r), depth)
    if isinstance(r, fmpq) and base_coefficient(depth) == 0:
        return fmpq(ratio_of(r, depth) * rational_part(r, depth) - _half_square(sinh_of(r)))
    return _at("hyperbolic energy", r, depth, _energy_ball)


def _energy_ball(r: arb, depth: int) -> arb:
    value: arb = ratio_of(r, depth) * _arc_ball(r, depth) - _half_square(sinh_of(r))
    return value


def _half_square(q: Any) -> Any:
    """q^2/2 as a product: python-flint's powers of balls around 0 are not finite."""
    return q * q / 2


def arc_limit_factor(depth: int) -> tuple[fmpq, bool]:
    """s_max, the limit of s: a rational, and whether it is to be multiplied by pi. For L >= 3.

    Raises:
        ArithmeticError: for two layers s is not bounded.
    """
    if depth < 3:
        raise ArithmeticError("for two layers the integral of sech^0 has no limit")
    value, k = (fmpq(1) if depth % 2 == 0 else fmpq(1, 2)), (2 if depth % 2 == 0 else 1)
    while k < depth - 2:
        k += 2
        value = value * fmpq(k - 2, k - 1)
    return value, depth % 2 == 1


def arc_limit(depth: int) -> Number:
    """s_max = sqrt(pi)/2 Gamma((L-2)/2)/Gamma((L-1)/2) as a number, for L >= 3.

    Raises:
        ArithmeticError: for two layers s is not bounded.
    """
    factor, times_pi = arc_limit_factor(depth)
    return pi() * factor if times_pi else factor


@dataclass(frozen=True)
class Point:
    """A place theta = log r of the profile of ``depth`` layers; r is a rational or an enclosed number."""

    growth: Number
    depth: int

    @property
    def arc(self) -> Number:
        """s = h_L^{-1}(t)."""
        return arc_of(self.growth, self.depth)

    @property
    def energy(self) -> Number:
        """H_L(t) = t s - sinh^2(theta)/2."""
        return energy_of(self.growth, self.depth)

    @property
    def rate(self) -> Number:
        """ds/dt."""
        rate: Number = arc_rate(self.growth, self.depth)
        return rate

    @property
    def sinh_squared(self) -> Number:
        """sinh^2(theta)."""
        q = sinh_of(self.growth)
        return q * q  # type: ignore[no-any-return]


@lru_cache(maxsize=1024)
def inverse(t: fmpq, depth: int, proposal: fmpq | None = None) -> Point:
    """The only theta with cosh^{L-1} sinh = t: exact where r = e^theta is found to be rational, enclosed otherwise.

    Args:
        t: any rational.
        proposal: a guess of r, used only if it is exactly right.
    """
    if t == 0:
        return Point(fmpq(1), depth)
    if proposal is not None and proposal > 0 and ratio_of(proposal, depth) == t:
        return Point(proposal, depth)
    if t < 0:
        return Point(_reciprocal(inverse(-t, depth).growth), depth)
    guess = _guess(t, depth)
    if ratio_of(guess, depth) == t:
        return Point(guess, depth)
    return Point(Computed(lambda bits: _root(t, depth, bits), ("hyperbolic growth", depth, t)), depth)


def _reciprocal(r: Number) -> Number:
    found: Number = _inverse(r)
    return found


def _guess(t: fmpq, depth: int) -> fmpq:
    """A fraction of denominator at most 1000 near r, or 1."""
    r = float(_start(t, depth).exp().mid())
    if not r < HUGE:
        return fmpq(1)
    near = Fraction(r).limit_denominator(1000)
    return fmpq(near.numerator, near.denominator)


def _start(t: fmpq, depth: int) -> arb:
    """theta to about 10 digits, for t > 0 of any size."""
    if to_float(t) > HUGE:
        return arb(((arb(t).log() + depth * arb(2).log()) / depth).mid())
    if to_float(t) < 1 / HUGE:
        return arb(arb(t).mid())
    return arb(float(float_theta(np.array(to_float(t)), depth)))


def _root(t: fmpq, depth: int, bits: int) -> arb:
    """A ball around r > 1 with cosh^{L-1} sinh = t, from a sign change of this increasing function at its ends."""
    theta = _start(t, depth)
    for _ in range(max(2, bits.bit_length())):
        theta = _newton(arb(theta.mid()), t, depth)
    width = (1 + abs(theta.mid())) * arb(2) ** (BRACKET - bits)
    ends = [(arb(theta.mid()) + side * width).exp() for side in (-1, 1)]
    below, above = (ratio_of(arb(end), depth) - arb(t) for end in ends)
    if not (below < 0 and above > 0):
        return arb(1).union(2 * arb(t) + 2)  # sinh <= t, so that r = sinh + cosh <= 2 t + 1
    return ends[0].union(ends[1])


def _newton(theta: arb, t: fmpq, depth: int) -> arb:
    """One step for (L-1) log cosh + log sinh = log t, in log theta's place."""
    gap = (depth - 1) * theta.cosh().log() + theta.sinh().log() - arb(t).log()
    return theta - gap / ((depth - 1) * theta.tanh() + 1 / theta.tanh())


def float_theta(t: Any, depth: int) -> Any:
    """theta [any shape] with cosh^{L-1}(theta) sinh(theta) = t, in floats."""
    size = np.abs(t)
    safe = np.where(size > 0, size, 1.0)
    # Both ends are met: theta ~ t for small t, and log(2^L t)/L for large.
    theta = np.minimum(np.arcsinh(safe), (np.log(safe) + depth * np.log(2.0)) / depth + 1 / safe)
    theta = np.where(theta > 0, theta, np.arcsinh(safe))
    for _ in range(MOST_STEPS):
        gap = (depth - 1) * np.log(np.cosh(theta)) + np.log(np.sinh(theta)) - np.log(safe)
        theta = theta * np.exp(-gap / (theta * ((depth - 1) * np.tanh(theta) + 1 / np.tanh(theta))))
        if np.max(np.abs(gap), initial=0.0) < 1e-13:
            break
    return np.where(size > 0, np.sign(t) * theta, 0.0)


def float_arc(t: Any, depth: int) -> Any:
    """h_L^{-1}(t) [any shape] in floats."""
    theta = float_theta(t, depth)
    total, factor, k = np.zeros_like(theta), 1.0, depth - 2
    while k >= 2:
        total = total + factor * np.tanh(theta) / np.cosh(theta) ** (k - 2) / (k - 1)
        factor, k = factor * (k - 2) / (k - 1), k - 2
    return total + factor * (theta if k == 0 else 2 * np.arctan(np.tanh(theta / 2)))
