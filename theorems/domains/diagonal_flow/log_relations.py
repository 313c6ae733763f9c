"""Integral relations between logarithms of rationals, decided without multiplying powers out.

Numbers of a coprime base have logarithms that are independent over the rationals (unique factorisation), so that a sum
of integers times log rho_i is 0 exactly if its coefficient of every element of a base of the rho_i is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import gcd

from flint import fmpq


def coprime_base(numbers: Iterable[int]) -> tuple[int, ...]:
    """Integers above 1 without common divisors in pairs, whose products of powers are all of these positive integers.

    Bach, Driscoll, Shallit (1993): split by common divisors until there are none.
    """
    base: list[int] = []
    waiting = [n for n in set(numbers) if n > 1]
    while waiting:
        n = waiting.pop()
        for place, c in enumerate(base):
            common = gcd(n, c)
            if common > 1:
                base.pop(place)
                waiting += [part for part in (common, c // common, n // common) if part > 1]
                break
        else:
            base.append(n)
    return tuple(base)


def exponent(n: int, c: int) -> int:
    """The power of c > 1 that divides n > 0."""
    count = 0
    while n % c == 0:
        n, count = n // c, count + 1
    return count


def logarithms_vanish(rho: Sequence[fmpq], relations: Iterable[Sequence[int]]) -> bool:
    """Whether sum_i a_i log rho_i = 0 for every row a of integers, rho > 0."""
    rows = tuple(relations)
    if not rows or all(r == 1 for r in rho):
        return True
    for c in coprime_base(int(part) for r in rho for part in (r.p, r.q)):
        powers = [exponent(int(r.p), c) - exponent(int(r.q), c) for r in rho]
        if any(sum(a * e for a, e in zip(row, powers, strict=True)) for row in rows):
            return False
    return True
