"""Rational points of the unit sphere, by stereographic projection from (0, ..., 0, -1)."""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq


def on_sphere(point: Sequence[fmpq]) -> list[fmpq]:
    """The unit vector (2 p, 1 - |p|^2)/(1 + |p|^2) of R^d for p in R^(d-1); (0, ..., 0, 1) for p = 0."""
    square = sum((c * c for c in point), fmpq(0))
    return [*(2 * c / (1 + square) for c in point), (1 - square) / (1 + square)]


def projected(unit: Sequence[fmpq]) -> list[fmpq] | None:
    """The p with `on_sphere` (p) = u; None at (0, ..., 0, -1)."""
    last = 1 + unit[-1]
    return None if last == 0 else [c / last for c in unit[:-1]]


def axis(d: int, index: int, sign: int = 1) -> list[fmpq]:
    """The unit vector +-e_index of R^d."""
    return [fmpq(sign if c == index else 0) for c in range(d)]
