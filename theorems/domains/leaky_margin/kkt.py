"""Points of the max-margin problem with every margin 1, built exactly from a choice of slopes."""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq, fmpq_mat

Vector = Sequence[fmpq]
Matrix = Sequence[Vector]


def all_margins_one(x: Matrix, y: Vector, a: Vector, slopes: Matrix) -> tuple[list[fmpq], list[list[fmpq]]] | None:
    """Multipliers [n] and weights [m, d] with y_i sum_j a_j g_ji w_j.x_i = 1 for all i; None if there are not just one.

    w_j = a_j sum_i lambda_i y_i g_ji x_i makes these equations linear in the multipliers: whether the slopes [m, n] are
    those of the network, and the multipliers nonnegative, is for the caller to see.
    """
    n = len(y)
    outputs = fmpq_mat(n, n)
    for i in range(n):
        for k in range(n):
            shared = sum((q * q * g[i] * g[k] for q, g in zip(a, slopes, strict=True)), fmpq(0))
            outputs[i, k] = y[i] * y[k] * _dot(x[i], x[k]) * shared
    try:
        solved = outputs.solve(fmpq_mat(n, 1, [fmpq(1)] * n))
    except ZeroDivisionError:
        return None
    multipliers = [solved[i, 0] for i in range(n)]
    weights = [
        [q * sum((multipliers[i] * y[i] * g[i] * x[i][c] for i in range(n)), fmpq(0)) for c in range(len(x[0]))]
        for q, g in zip(a, slopes, strict=True)
    ]
    return multipliers, weights


def own_slopes(x: Matrix, weights: Matrix, slope: fmpq) -> list[list[fmpq]]:
    """1 where w_j.x_i >= 0, gamma elsewhere [m, n]."""
    return [[fmpq(1) if _dot(w, row) >= 0 else slope for row in x] for w in weights]


def agreeing_slopes(y: Vector, a: Vector, slope: fmpq) -> list[list[fmpq]]:
    """1 where a_j y_i > 0, gamma elsewhere [m, n]."""
    return [[fmpq(1) if q * label > 0 else slope for label in y] for q in a]


def _dot(p: Vector, q: Vector) -> fmpq:
    return sum((b * c for b, c in zip(p, q, strict=True)), fmpq(0))
