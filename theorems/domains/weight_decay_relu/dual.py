"""The largest z.(Xu)_+ over the unit ball, exactly: one candidate a cell of each intersection of planes.

On a cone where the same data are active z.(Xu)_+ = g.u with g = sum of z_k x_k over them. A maximum over the unit
sphere that lies inside a cell of an intersection L of planes is the direction of the projection of that cell's g onto
L. Every candidate is a direction, so the largest value among them is the maximum.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flint import fmpq

from refutable.theorems.domains.weight_decay_relu.arrangement import ZERO, Row, Rows, dot, pieces


@dataclass(frozen=True)
class Candidate:
    """A direction with a positive sign z.(Xu)_+.

    Attributes:
        direction: u [d], of any length > 0.
        sign: 1, or -1 where z.(Xu)_+ < 0.
        square: (z.(Xu)_+)^2 / |u|^2.
        full: from a cell of the arrangement itself, not of an intersection of planes.
    """

    direction: Row
    sign: int
    square: fmpq
    full: bool


def pairing(rows: Rows, z: Sequence[fmpq], u: Row) -> fmpq:
    """z.(Xu)_+."""
    return sum((weight * h for weight, row in zip(z, rows, strict=True) for h in [dot(row, u)] if h > 0), ZERO)


def candidates(rows: Rows, z: Sequence[fmpq]) -> Iterator[Candidate]:
    """Directions among which those of the largest |z.(Xu)_+| / |u| are."""
    for piece in pieces(rows):
        gradient = tuple(sum((z[k] * rows[k][i] for k in piece.active), ZERO) for i in range(len(rows[0])))
        towards = tuple(dot(row, gradient) for row in piece.projector)
        if all(c == 0 for c in towards):
            continue
        for sign in (1, -1):
            u = tuple(sign * c for c in towards)
            value = sign * pairing(rows, z, u)
            if value > 0:
                yield Candidate(u, sign, value * value / dot(u, u), piece.full)


def dual_norm_square(rows: Rows, z: Sequence[fmpq]) -> fmpq:
    """The square of the largest |z.(Xu)_+| over |u| <= 1."""
    return max((c.square for c in candidates(rows, z)), default=ZERO)


def touching(rows: Rows, z: Sequence[fmpq]) -> list[Candidate]:
    """The candidates of largest value, one a direction and sign."""
    found = list(candidates(rows, z))
    largest = max((c.square for c in found), default=ZERO)
    kept: list[Candidate] = []
    for c in found:
        if c.square == largest and not any(c.sign == k.sign and _same_ray(c.direction, k.direction) for k in kept):
            kept.append(c)
    return kept


def _same_ray(u: Row, v: Row) -> bool:
    inner = dot(u, v)
    return bool(inner > 0 and inner * inner == dot(u, u) * dot(v, v))
