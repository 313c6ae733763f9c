"""The first gain at which a root of the mean iteration reaches the unit circle, exactly or in certified balls.

With z = exp(i theta), x = theta/2 and u = cos(x)^2 a root on the circle means E cos((2k+1) x) = 0 and
a E sin((2k+1) x) = 2 sin(x), the delay k being random. As cos((2k+1) x) = cos(x) C_k(u) and
sin((2k+1) x) = sin(x) S_k(u), that is theta = pi (u = 0) or E C_k(u) = 0, with a = 2 / E S_k(u). So the first crossing
is 2 over the largest E S_k(u) at u = 0 and at the roots of a rational polynomial in (0, 1). It is positive, since
large gains are unstable: the constant coefficient of the polynomial of the iteration is the product of its roots.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from flint import arb, fmpq, fmpq_poly

from refutable.theorems.domains.delayed_iteration import delay_threshold
from refutable.theorems.exact import Computed, Number, as_real, compare, text, working_precision
from refutable.theorems.exact.polynomials import cosine_multiples, real_roots, sine_multiples
from refutable.theorems.ops.exact import ExactOps

GUARD = 64
"""Bits beyond those asked for: the polynomials in u have large coefficients of both signs."""


def first_crossing(probabilities: Sequence[fmpq], at_pi: bool = True) -> Number:
    """The least a > 0 with a root on the circle, for the law P(delay = k) = probabilities[k].

    Args:
        probabilities: they sum to 1.
        at_pi: False leaves theta = pi out, which is wrong in general.

    Raises:
        ArithmeticError: without theta = pi there is no crossing; or two candidates for it cannot be told apart.
    """
    return _first_crossing(tuple(probabilities), at_pi)


@lru_cache(maxsize=4096)
def _first_crossing(probabilities: tuple[fmpq, ...], at_pi: bool) -> Number:
    only = [delay for delay, p in enumerate(probabilities) if p == 1]
    if only and at_pi:
        exact = as_real(delay_threshold(ExactOps(), only[0])).exact()
        return delay_threshold(ExactOps(), only[0]) if exact is None else exact
    equation, sines = (_mean(table(len(probabilities)), probabilities) for table in (cosine_multiples, sine_multiples))
    rational, others = _candidates(equation, sines)
    if at_pi:
        rational.append(sines(fmpq(0)))
    plain = max(rational, default=fmpq(0))
    if others:
        key = ("largest mean sine", tuple(text(p) for p in probabilities))
        largest = Computed(lambda bits: _largest(others, sines, bits), key)
        order = compare(largest, plain)
        if order is None:
            raise ArithmeticError("two angles at which a root may reach the unit circle first cannot be told apart")
        if order == 1:
            return Computed(lambda bits: 2 / largest.approximate(bits), ("first crossing", at_pi, *key))
    if plain <= 0:
        raise ArithmeticError("no root reaches the unit circle at an angle below pi")
    return 2 / plain


def _mean(table: list[fmpq_poly], probabilities: tuple[fmpq, ...]) -> fmpq_poly:
    return sum((p * poly for p, poly in zip(probabilities, table, strict=False)), fmpq_poly([]))


def _candidates(equation: fmpq_poly, sines: fmpq_poly) -> tuple[list[fmpq], list[fmpq_poly]]:
    """Rational values of the mean sine at roots in (0, 1), and irreducible factors at whose roots it is irrational.

    On the roots of an irreducible factor a polynomial is rational only where its remainder is constant.
    """
    rational: list[fmpq] = []
    others: list[fmpq_poly] = []
    if equation.degree() < 1:
        return rational, others
    for integral, _ in equation.numer().factor()[1]:
        factor = fmpq_poly(integral)
        if not _roots(factor, 64):
            continue
        remainder = sines % factor
        if remainder.degree() < 1:
            rational.append(remainder[0])
        else:
            others.append(factor)
    return rational, others


def _roots(factor: fmpq_poly, bits: int) -> list[arb]:
    """Balls around the roots in (0, 1), of which there is none at the ends."""
    while True:
        with working_precision(bits + GUARD):
            real = real_roots(factor)
            if not any(root.contains(0) or root.contains(1) for root in real) or factor[0] == 0:
                return [root for root in real if 0 < root < 1]
        bits *= 2


def _largest(factors: list[fmpq_poly], sines: fmpq_poly, bits: int) -> arb:
    values = [_value(sines, root) for factor in factors for root in _roots(factor, bits)]
    largest = values[0]
    for value in values[1:]:
        largest = largest.max(value)
    return largest


def _value(poly: fmpq_poly, at: arb) -> arb:
    total = arb(0)
    for coefficient in reversed(poly.coeffs()):
        total = total * at + arb(coefficient)
    return total
