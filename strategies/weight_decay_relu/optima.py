"""Exact optima of the convex program, built backwards: from a dual point to the labels that make it one.

With beta = max over |u| <= 1 of |z.(Xu)_+|, any nonnegative multiples of the directions where it is attained are
optimal for the labels z + f: they are feasible and complementary to z.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isqrt

from flint import fmpq

from refutable.theorems.domains.weight_decay_relu.arrangement import ZERO, Row, Rows, dot
from refutable.theorems.domains.weight_decay_relu.dual import Candidate, dual_norm_square, touching
from refutable.theorems.exact import sqrt_exact

SCALE = 2**30


@dataclass(frozen=True)
class Optimum:
    """Data, penalty, dual point and convex point that are optimal together."""

    x: Rows
    y: Row
    penalty: fmpq
    z: Row
    v: tuple[Row, ...]
    signs: tuple[fmpq, ...]
    patterns: tuple[Row, ...]


def root_below(q: fmpq) -> fmpq:
    """sqrt(q), or a rational at most 2^-30 sqrt(q) below it."""
    exact = sqrt_exact(q)
    if exact is not None:
        return exact
    # sqrt(p/r) = sqrt(p r)/r, so that tiny numbers keep their leading digits
    return fmpq(isqrt(int(q.p * q.q) * SCALE * SCALE), int(q.q) * SCALE)


def feasible_share(x: Rows, z: Row, beta: fmpq) -> fmpq:
    """A factor that makes z feasible, the largest up to rounding; 1 where all of them do."""
    square = dual_norm_square(x, z)
    return fmpq(1) if square == 0 else root_below(beta * beta / square)


def optimum(
    x: Rows, z: Row, beta: fmpq, squares: Sequence[fmpq], shares: tuple[fmpq, fmpq] = (fmpq(1), fmpq(1))
) -> Optimum:
    """An optimum on these inputs; on their first coordinates, where the largest value is no rational.

    Args:
        x: inputs [n, d].
        z: the direction of the dual point.
        beta: the penalty.
        squares: square roots of the lengths of the convex vectors.
        shares: of beta that each side of scalar inputs gets.
    """
    found = touching(x, z) if len(x[0]) > 1 else []
    norms = [sqrt_exact(dot(c.direction, c.direction)) for c in found]
    largest = sqrt_exact(found[0].square) if found else None
    if largest is None or any(norm is None for norm in norms):
        return _scalar(tuple(row[:1] for row in x), z, beta, squares, shares)
    dual = tuple(q * beta / largest for q in z)
    chosen = [(c, norm) for c, norm in zip(found, norms, strict=True) if norm is not None]
    return _with_vectors(x, dual, beta, _vectors(chosen, squares))


def _vectors(chosen: Sequence[tuple[Candidate, fmpq]], squares: Sequence[fmpq]) -> list[tuple[Row, fmpq]]:
    """Multiples of the directions, with their signs."""
    sized = zip(chosen, squares, strict=False)
    return [(tuple(q * s * s / norm for q in c.direction), fmpq(c.sign)) for (c, norm), s in sized]


def _scalar(x: Rows, z: Row, beta: fmpq, squares: Sequence[fmpq], shares: tuple[fmpq, fmpq]) -> Optimum:
    """Scalar inputs: the data with x > 0 and those with x < 0 are scaled each to a share of beta."""
    dual = list(z)
    vectors: list[tuple[Row, fmpq]] = []
    for side, share, square in zip((1, -1), shares, squares, strict=False):
        on = [k for k, row in enumerate(x) if side * row[0] > 0]
        total = sum((z[k] * abs(x[k][0]) for k in on), ZERO)
        if total == 0:
            continue
        for k in on:
            dual[k] = z[k] * beta * share / abs(total)
        if share == 1:
            vectors.append(((side * square * square,), fmpq(1 if total > 0 else -1)))
    return _with_vectors(x, tuple(dual), beta, vectors)


def unconstrained(x: Rows, z: Row, square: fmpq) -> Optimum:
    """Scalar inputs: one vector with every datum active, and the penalty that its pairing makes; no network is as good.

    z_k x_k >= 0 on both sides, so z is feasible: each side alone is paired with less.
    """
    inputs = tuple(row[:1] for row in x)
    dual = tuple(abs(q) if row[0] > 0 else -abs(q) for row, q in zip(inputs, z, strict=True))
    paired = dot(dual, [row[0] for row in inputs])
    length = square * square if paired != 0 else ZERO
    labels = tuple(q + length * row[0] for row, q in zip(inputs, dual, strict=True))
    return Optimum(inputs, labels, paired or fmpq(1), dual, ((length,),), (fmpq(1),), ((fmpq(1),) * len(x),))


def _with_vectors(x: Rows, z: Row, beta: fmpq, vectors: list[tuple[Row, fmpq]]) -> Optimum:
    vectors = vectors or [((ZERO,) * len(x[0]), fmpq(1))]
    patterns = tuple(tuple(fmpq(int(dot(row, v) >= 0)) for row in x) for v, _ in vectors)
    labels = tuple(
        weight + sum((sign * max(dot(row, v), ZERO) for v, sign in vectors), ZERO)
        for row, weight in zip(x, z, strict=True)
    )
    return Optimum(x, labels, beta, z, tuple(v for v, _ in vectors), tuple(s for _, s in vectors), patterns)
