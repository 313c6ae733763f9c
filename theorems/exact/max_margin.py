"""The maximum margin direction of separable rows, exactly: support sets are enumerated.

argmin |w|^2 subject to x_n.w >= 1 has multipliers a_n >= 0 with w = sum_n a_n x_n, and a_n = 0 where x_n.w > 1. By
Caratheodory's theorem some choice of multipliers sits on linearly independent rows S, where a_S = (X_S X_S^T)^{-1} 1:
trying every such S finds w, and the three conditions prove it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

from flint import fmpq, fmpq_mat

Row = Sequence[fmpq]

MAX_WORK = 200_000
"""Larger problems are refused: each possible support set of k rows is an exact linear system, work about k^2."""


@dataclass(frozen=True)
class MaxMargin:
    """w = argmin |w|^2 subject to x_n.w >= 1, with a proof.

    Attributes:
        direction: w [d].
        multipliers: a [n] >= 0 with w = sum a_n x_n, zero outside independent support vectors; sum a_n = |w|^2.
        support: the rows with x_n.w = 1: all support vectors.
        positive: the rows with a_n > 0.
    """

    direction: tuple[fmpq, ...]
    multipliers: tuple[fmpq, ...]
    support: tuple[int, ...]
    positive: tuple[int, ...]

    @property
    def squared_norm(self) -> fmpq:
        """|w|^2 = 1 / gamma^2, gamma the margin."""
        return _dot(self.direction, self.direction)


def max_margin(rows: Sequence[Row]) -> MaxMargin | None:
    """The maximum margin problem of rows [n][d], labels absorbed; None where they are not separable.

    Raises:
        ValueError: no rows, or more support sets than can be tried.
    """
    n, d = len(rows), len(rows[0]) if rows else 0
    if not n or not d:
        raise ValueError("no rows, or rows of no entries")
    if sum(comb(n, k) * k * k for k in range(1, min(n, d) + 1)) > MAX_WORK:
        raise ValueError(f"{n} rows of {d} entries have too many possible support sets; use fewer")
    gram = [[_dot(a, b) for b in rows] for a in rows]
    for size in range(1, min(n, d) + 1):
        for chosen in combinations(range(n), size):
            multipliers = _multipliers(gram, chosen)
            if multipliers is not None and _separates(gram, chosen, multipliers):
                return _proved(rows, gram, chosen, multipliers)
    return None


def _dot(a: Row, b: Row) -> fmpq:
    return sum((x * y for x, y in zip(a, b, strict=True)), fmpq(0))


def _multipliers(gram: list[list[fmpq]], chosen: tuple[int, ...]) -> list[fmpq] | None:
    """Positive solutions of (X_S X_S^T) a = 1, or None."""
    k = len(chosen)
    matrix = fmpq_mat(k, k, [gram[i][j] for i in chosen for j in chosen])
    try:
        solved = matrix.solve(fmpq_mat(k, 1, [fmpq(1)] * k))
    except ZeroDivisionError:  # dependent rows
        return None
    found = [solved[i, 0] for i in range(k)]
    return found if all(a > 0 for a in found) else None


def _separates(gram: list[list[fmpq]], chosen: tuple[int, ...], multipliers: list[fmpq]) -> bool:
    return all(sum((a * row[i] for a, i in zip(multipliers, chosen, strict=True)), fmpq(0)) >= 1 for row in gram)


def _proved(rows: Sequence[Row], gram: list[list[fmpq]], chosen: tuple[int, ...], multipliers: list[fmpq]) -> MaxMargin:
    weight = dict(zip(chosen, multipliers, strict=True))
    full = tuple(weight.get(i, fmpq(0)) for i in range(len(rows)))
    direction = tuple(sum((a * rows[i][c] for i, a in weight.items()), fmpq(0)) for c in range(len(rows[0])))
    support = tuple(i for i, row in enumerate(rows) if _dot(row, direction) == 1)
    return MaxMargin(direction, full, support, chosen)
