"""The supremum of |h_mu(v, t)|, h_mu(v, t) = sum_j mu_j relu(v.x_j - t), over all hyperplanes of the line or the plane.

For mu orthogonal to affine functions h_mu(v, .) vanishes beyond the data; it is piecewise linear in t, so that its
extremes lie at t = v.x_k. There it is F_k(v) = sum over v.r_j > 0 of mu_j v.r_j, r_j = x_j - x_k: piecewise linear in
v, with pieces bounded by the normals of the r_j. On a piece F_k(v) = v.m, largest in modulus at +-m/|m| if that lies in
the piece, else at one of its ends. All squares are rational.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cmp_to_key
from typing import Any

from flint import fmpq

Vector = tuple[fmpq, fmpq]

MAX_DATA = 100
"""Exact work grows with the cube of the number of data."""
ZERO = fmpq(0)


def largest_square(x: Any, multipliers: Any) -> fmpq:
    """The square of sup |h_mu(v, t)|. x [n, d] with d <= 2, multipliers [n] orthogonal to affine functions.

    Raises:
        ArithmeticError: d > 2 or too many data.
    """
    n, d = x.shape
    if d > 2:
        raise ArithmeticError(f"the supremum over all hyperplanes is computed for at most two inputs, not for {d}")
    if n > MAX_DATA:
        raise ArithmeticError(f"the supremum over all hyperplanes of {n} data; at most {MAX_DATA} are enumerated")
    points: list[Vector] = [(row[0], row[1] if d == 2 else ZERO) for row in x]
    return max((_at_point(points, list(multipliers), k) for k in range(n)), default=ZERO)


def _at_point(points: Sequence[Vector], mu: Sequence[fmpq], k: int) -> fmpq:
    """The largest F_k(v)^2 over unit v."""
    origin = points[k]
    pairs = [((p[0] - origin[0], p[1] - origin[1]), m) for p, m in zip(points, mu, strict=True) if p != origin]
    rows = [(r, m) for r, m in pairs if m != 0]
    return max((_on_piece(rows, low, high) for low, high in _pieces([r for r, _ in rows])), default=ZERO)


def _pieces(rows: Sequence[Vector]) -> Iterator[tuple[Vector, Vector]]:
    """Consecutive normals, counter-clockwise once round; no two are more than half a turn apart."""
    ends: list[Vector] = []
    for normal in sorted((n for r in rows for n in ((-r[1], r[0]), (r[1], -r[0]))), key=cmp_to_key(_by_angle)):
        if not ends or _by_angle(ends[-1], normal) != 0:
            ends.append(normal)
    yield from zip(ends, [*ends[1:], *ends[:1]], strict=True)


def _half(v: Vector) -> int:
    return 0 if v[1] > 0 or (v[1] == 0 and v[0] > 0) else 1


def _cross(a: Vector, b: Vector) -> fmpq:
    return a[0] * b[1] - a[1] * b[0]


def _dot(a: Vector, b: Vector) -> fmpq:
    return a[0] * b[0] + a[1] * b[1]


def _by_angle(a: Vector, b: Vector) -> int:
    if _half(a) != _half(b):
        return _half(a) - _half(b)
    turn = _cross(a, b)
    return 0 if turn == 0 else -1 if turn > 0 else 1


def _on_piece(rows: Sequence[tuple[Vector, fmpq]], low: Vector, high: Vector) -> fmpq:
    """The largest F(v)^2 over unit v between two consecutive normals."""
    # Half a turn: all r are parallel, and a quarter of a turn from low lies inside.
    inside = (low[0] + high[0], low[1] + high[1]) if _cross(low, high) != 0 else (-low[1], low[0])
    # Normals of different lengths: their sum still lies between them.
    active = [(r, m) for r, m in rows if _dot(inside, r) > 0]
    slope = (sum((m * r[0] for r, m in active), ZERO), sum((m * r[1] for r, m in active), ZERO))
    if slope == (ZERO, ZERO):
        return ZERO
    if any(_cross(low, v) >= 0 and _cross(v, high) >= 0 for v in (slope, (-slope[0], -slope[1]))):
        return _dot(slope, slope)
    return max(_dot(end, slope) ** 2 / _dot(end, end) for end in (low, high))
