"""The supremum of |h_mu(v, t)|, h_mu(v, t) = sum_j mu_j relu(v.x_j - t), over all hyperplanes of the line or the plane.

For mu orthogonal to affine functions h_mu(v, .) vanishes beyond the data; it is piecewise linear in t, so that its
extremes lie at t = v.x_k. There it is F_k(v) = sum over v.r_j > 0 of mu_j v.r_j, r_j = x_j - x_k: piecewise linear in
v, with pieces bounded by the normals of the r_j. On a piece F_k(v) = v.m, largest in modulus at +-m/|m| if that lies in
the piece, else at one of its ends. All squares are rational.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flint import fmpq

Vector = tuple[fmpq, fmpq]

MAX_DATA, MAX_BITS = 100, 16_384
"""Exact work grows with the square of the number of data, and with the bits of sums over them."""
ZERO = fmpq(0)


def orthogonal(x: Any, multipliers: Any) -> bool:
    """Whether multipliers [n] are orthogonal to affine functions of x [n, d]."""
    moments = (sum((m * c for m, c in zip(multipliers, column, strict=True)), ZERO) for column in x.T)
    return sum(multipliers, ZERO) == 0 and all(moment == 0 for moment in moments)


def largest_square(x: Any, multipliers: Any) -> fmpq:
    """The square of sup |h_mu(v, t)|. x [n, d] with d <= 2, multipliers [n] orthogonal to affine functions.

    Raises:
        ArithmeticError: multipliers that are not orthogonal, d > 2, or too many data with a multiplier, or too long.
    """
    used = [j for j, m in enumerate(multipliers) if m != 0]
    _small(x[used], [multipliers[j] for j in used])
    if not orthogonal(x, multipliers):
        raise ArithmeticError(
            "the supremum over all hyperplanes is computed for multipliers orthogonal to affine functions; of others "
            "it can be infinite"
        )
    # Beyond data without a multiplier h is affine: it bends, and has its extremes, where multipliers are.
    points: list[Vector] = [(row[0], row[1] if len(row) == 2 else ZERO) for row in x[used]]
    mu = [multipliers[j] for j in used]
    return max((_at_point(points, mu, k) for k in range(len(points))), default=ZERO)


def _small(x: Any, multipliers: Sequence[fmpq]) -> None:
    n, d = x.shape
    if d > 2:
        raise ArithmeticError(f"the supremum over all hyperplanes is computed for at most two inputs, not for {d}")
    if n > MAX_DATA:
        raise ArithmeticError(f"the supremum over all hyperplanes of {n} data; at most {MAX_DATA} are enumerated")
    bits = sum(int(q.q).bit_length() for q in (*x.ravel(), *multipliers))
    if n * bits > MAX_DATA * MAX_BITS:
        raise ArithmeticError(
            f"the supremum over all hyperplanes of {n} data and multipliers with denominators of {bits} bits in all; "
            f"at most {MAX_DATA * MAX_BITS // n} are treated: use rounder numbers"
        )


def _at_point(points: Sequence[Vector], mu: Sequence[fmpq], k: int) -> fmpq:
    """The largest F_k(v)^2 over unit v: v goes once round, and each r_j counts for half a turn."""
    origin = points[k]
    pairs = [((p[0] - origin[0], p[1] - origin[1]), m) for p, m in zip(points, mu, strict=True) if p != origin]
    rows = [(r, (m * r[0], m * r[1])) for r, m in pairs]
    turns: dict[tuple[int, bool, fmpq], tuple[Vector, Vector]] = {}
    for r, term in rows:
        for normal, sign in (((r[1], -r[0]), 1), ((-r[1], r[0]), -1)):
            key = _angle(normal)
            before, change = turns.get(key, (normal, (ZERO, ZERO)))
            turns[key] = before, (change[0] + sign * term[0], change[1] + sign * term[1])
    if not turns:
        return ZERO
    return max(_round([turns[key] for key in sorted(turns)], rows))


def _round(turns: Sequence[tuple[Vector, Vector]], rows: Sequence[tuple[Vector, Vector]]) -> Iterator[fmpq]:
    """The largest F(v)^2 on each piece between consecutive normals."""
    low, ahead = turns[-1][0], turns[0][0]
    # A little beyond the last normal: its own rows count if they come in there.
    inside = (low[0] + ahead[0], low[1] + ahead[1]) if _cross(low, ahead) != 0 else (-low[1], low[0])
    active = [term for r, term in rows if _dot(inside, r) > 0]
    slope = (sum((t[0] for t in active), ZERO), sum((t[1] for t in active), ZERO))
    for high, change in turns:
        yield _on_piece(slope, low, high)
        low, slope = high, (slope[0] + change[0], slope[1] + change[1])


def _angle(v: Vector) -> tuple[int, bool, fmpq]:
    """Grows with the angle from 0 to a whole turn, and is equal for equal directions alone."""
    upper = v[1] > 0 or (v[1] == 0 and v[0] > 0)
    return (0 if upper else 1), v[1] != 0, -v[0] / v[1] if v[1] != 0 else ZERO


def _cross(a: Vector, b: Vector) -> fmpq:
    return a[0] * b[1] - a[1] * b[0]


def _dot(a: Vector, b: Vector) -> fmpq:
    return a[0] * b[0] + a[1] * b[1]


def _on_piece(slope: Vector, low: Vector, high: Vector) -> fmpq:
    """The largest (v.slope)^2 over unit v between two consecutive normals, at most half a turn apart."""
    if slope == (ZERO, ZERO):
        return ZERO
    if any(_cross(low, v) >= 0 and _cross(v, high) >= 0 for v in (slope, (-slope[0], -slope[1]))):
        return _dot(slope, slope)
    return max(_dot(end, slope) ** 2 / _dot(end, end) for end in (low, high))
