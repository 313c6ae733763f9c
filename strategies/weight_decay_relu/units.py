"""Rational unit vectors, and data along turned axes on which the best directions of the dual are rational."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations, product

from flint import fmpq

from refutable.strategies.coded_choices import Choices
from refutable.theorems.domains.ball_caps.spheres import axis, on_sphere
from refutable.theorems.domains.weight_decay_relu.arrangement import Row

LENGTHS = (fmpq(1), fmpq(2), fmpq(1, 2), fmpq(3), fmpq(1, 3), fmpq(5, 4))
QUARTERS = tuple(fmpq(j, 4) for j in range(-8, 9))
LEGS: Mapping[int, tuple[tuple[int, ...], ...]] = {
    1: ((1,),),
    2: ((3, 4), (4, 3), (5, 12), (15, 8)),
    3: ((1, 2, 2), (2, 1, 2), (2, 3, 6), (6, 2, 3), (4, 4, 7)),
}
"""Numbers whose squares sum to a square."""


def _simple(d: int) -> Iterator[Row]:
    """Along the axes, then along legs in every order with all signs."""
    for c, sign in product(range(d), (1, -1)):
        yield tuple(axis(d, c, sign))
    for legs in (LEGS[2][0], LEGS[2][2]) if d == 2 else ((1, 2, 2), (3, 4, 0)) if d == 3 else ():
        length = fmpq(sum(q * q for q in legs)).numer().isqrt()
        for order, signs in product(sorted(set(permutations(legs))), product((1, -1), repeat=d)):
            yield tuple(fmpq(s * q, length) for s, q in zip(signs, order, strict=True))


def _units(d: int) -> tuple[Row, ...]:
    projected = (tuple(on_sphere(list(point))) for point in product(QUARTERS, repeat=d - 1)) if d > 1 else ()
    return tuple(dict.fromkeys((*_simple(d), *projected)))


UNITS: Mapping[int, tuple[Row, ...]] = {d: _units(d) for d in (1, 2, 3)}
"""Unit vectors of R^d, the simplest first."""


def _frame(*rows: Sequence[int], over: int) -> tuple[Row, ...]:
    return tuple(tuple(fmpq(q, over) for q in row) for row in rows)


FRAMES: Mapping[int, tuple[tuple[Row, ...], ...]] = {
    1: (_frame((1,), over=1),),
    2: (
        _frame((1, 0), (0, 1), over=1),
        _frame((3, 4), (-4, 3), over=5),
        _frame((12, 5), (-5, 12), over=13),
    ),
    3: (
        _frame((1, 0, 0), (0, 1, 0), (0, 0, 1), over=1),
        _frame((1, 2, 2), (2, 1, -2), (2, -2, 1), over=3),
        _frame((3, 4, 0), (-4, 3, 0), (0, 0, 5), over=5),
    ),
}
"""Orthonormal rows."""


def turned_axes(choices: Choices, n: int, d: int) -> tuple[list[Row], list[fmpq]]:
    """At most 2 d data along orthogonal directions, with a dual point whose largest z.(Xu)_+ is mostly rational.

    Of z_k |x_k| one number a direction counts: they are legs, so that the best u are rational. Now and then a datum has
    the other sign, or a smaller z_k.
    """
    n = min(n, 2 * d)
    frame, legs = choices.among(FRAMES[d]), choices.among(LEGS[min(n, d)])
    turn, sign = choices.below(2), 1 - 2 * choices.below(2)
    x, z = [], []
    for k in range(n):
        side = 1 if (k // d + turn) % 2 == 0 else -1
        length, share = choices.among(LENGTHS), choices.among(SHARES)
        x.append(tuple(side * length * c for c in frame[k % d]))
        z.append(sign * share * legs[k % d] / length)
    return x, z


SHARES = (fmpq(1), fmpq(1), fmpq(1), fmpq(1), fmpq(1), fmpq(1, 2), fmpq(-1), fmpq(0))
