"""The hyperplanes x_k.u = 0 of few data in few dimensions: their cells, and those of all their intersections.

Restriction and deletion (Zaslavsky, 1975): the cells that a further plane cuts in two are those of the other planes
within it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from flint import fmpq, fmpq_mat

Row = tuple[fmpq, ...]
Rows = tuple[Row, ...]

ZERO, ONE = fmpq(0), fmpq(1)


@dataclass(frozen=True)
class Piece:
    """A cell of an intersection L of planes; L = R^d for the cells of the arrangement itself.

    Attributes:
        active: the data with x.u > 0 inside it.
        projector: the orthogonal projection onto L [d, d].
        full: L = R^d.
    """

    active: tuple[int, ...]
    projector: Rows
    full: bool


def dot(a: Sequence[fmpq], b: Sequence[fmpq]) -> fmpq:
    """The inner product."""
    return sum((p * q for p, q in zip(a, b, strict=True)), ZERO)


def _signs(rows: Sequence[Row], point: Row) -> tuple[int, ...]:
    heights = (dot(row, point) for row in rows)
    return tuple(1 if h > 0 else -1 if h < 0 else 0 for h in heights)


def _planes(rows: Rows) -> Rows:
    """One normal of each plane: rows divided by their first nonzero entry."""
    scaled = (
        tuple(c / first for c in row) for row in rows for first in [next((c for c in row if c != 0), None)] if first
    )
    return tuple(dict.fromkeys(scaled))


def _within(normal: Row) -> list[Row]:
    """A basis of the plane with that normal."""
    pivot = next(i for i, c in enumerate(normal) if c != 0)
    basis = []
    for j in range(len(normal)):
        if j != pivot:
            entries = [ZERO] * len(normal)
            entries[j], entries[pivot] = ONE, -normal[j] / normal[pivot]
            basis.append(tuple(entries))
    return basis


def _lifted(basis: Sequence[Row], point: Row, dimension: int) -> Row:
    return tuple(sum((q * b[i] for q, b in zip(point, basis, strict=True)), ZERO) for i in range(dimension))


@lru_cache(maxsize=4096)
def interior_points(rows: Rows, dimension: int) -> Rows:
    """A point inside each cell of the planes with normals ``rows`` [n, d]; rows of zeros are no planes."""
    planes = _planes(rows)
    if not planes:
        return ((ZERO,) * dimension,)
    *others, last = planes
    rest = tuple(others)
    basis = _within(last)
    inner = interior_points(tuple(tuple(dot(row, b) for b in basis) for row in rest), dimension - 1)
    cut = [side for q in inner for side in _both_sides(rest, last, _lifted(basis, q, dimension))]
    halved = {_signs(rest, p) for p in cut}
    whole = [p for p in interior_points(rest, dimension) if _signs(rest, p) not in halved]
    return (*whole, *cut)


def _both_sides(rest: Rows, last: Row, point: Row) -> Iterator[Row]:
    """Points on both sides of a plane, near one of its own that lies on no other."""
    step = ONE
    for row in rest:
        height, slope = abs(dot(row, point)), abs(dot(row, last))
        if slope != 0:
            step = min(step, height / (2 * slope))
    for sign in (1, -1):
        yield tuple(p + sign * step * c for p, c in zip(point, last, strict=True))


def patterns(rows: Rows) -> tuple[tuple[int, ...], ...]:
    """The activation patterns 1[x_k.u > 0] of the cells, in a fixed order."""
    found = (tuple(int(s > 0) for s in _signs(rows, p)) for p in interior_points(rows, len(rows[0])))
    return tuple(sorted(found, reverse=True))


def all_patterns(rows: Rows) -> frozenset[tuple[int, ...]]:
    """The activation patterns 1[x_k.u >= 0] of all u, those on the planes included; each as its data with x_k.u < 0."""
    # at -u the data with x.u < 0 are those with x.u > 0 at u, and every cell of an intersection has its mirror image
    return frozenset(piece.active for piece in pieces(rows)) | {()}


@lru_cache(maxsize=512)
def pieces(rows: Rows) -> tuple[Piece, ...]:
    """The cells of all intersections of planes but {0}, the arrangement's own first."""
    dimension = len(rows[0])
    found: list[Piece] = []
    seen: set[tuple[int, ...]] = set()
    planes = _planes(rows)
    for size in range(min(dimension, len(planes) + 1)):
        for chosen in combinations(planes, size):
            basis = _null_space(chosen, dimension)
            vanishing = tuple(k for k, row in enumerate(rows) if all(dot(row, b) == 0 for b in basis))
            if len(basis) != dimension - size or vanishing in seen:
                continue
            seen.add(vanishing)
            found += _cells_within(rows, basis, dimension)
    return tuple(found)


def _null_space(normals: Sequence[Row], dimension: int) -> list[Row]:
    basis = [tuple(ONE if i == j else ZERO for j in range(dimension)) for i in range(dimension)]
    for normal in normals:
        heights = tuple(dot(normal, b) for b in basis)
        if any(h != 0 for h in heights):
            basis = [_lifted(basis, coefficients, dimension) for coefficients in _within(heights)]
    return basis


def _cells_within(rows: Rows, basis: list[Row], dimension: int) -> Iterator[Piece]:
    projector = _projector(basis, dimension)
    inner = tuple(tuple(dot(row, b) for b in basis) for row in rows)
    for q in interior_points(inner, len(basis)):
        active = tuple(k for k, row in enumerate(inner) if dot(row, q) > 0)
        yield Piece(active, projector, len(basis) == dimension)


def _projector(basis: list[Row], dimension: int) -> Rows:
    size = len(basis)
    b = fmpq_mat(size, dimension, [c for row in basis for c in row])
    p = b.transpose() * (b * b.transpose()).inv() * b
    return tuple(tuple(p[i, j] for j in range(dimension)) for i in range(dimension))
