"""Data sets of every kind: rows of exact rationals, by family."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import NormalDist

from flint import fmpq

from refutable.strategies.shallow_relu.choosers import Chooser, dyadic, note, once_in, pick
from refutable.strategies.shallow_relu.demands import Demands
from refutable.strategies.shallow_relu.tables import available_tables, entry, table

Row = list[fmpq]
Rows = list[Row]

GRIDS = (1, 2, 4, 64)
"""Denominators of small data."""
SCALES = (0, 3, -3, 10, -10)
"""Exponents of the common scale of a data set."""
QUANTILES = tuple(fmpq(round(64 * NormalDist().inv_cdf(0.5 + i / 64)), 64) for i in range(32))


def standard_point(j: int, d: int) -> Row:
    """The j-th of a person's first points: -1, 1, -2, 2, ... along one axis after the other."""
    axis, ring = (j // 2) % d, 1 + j // (2 * d)
    return [fmpq((ring if j % 2 else -ring) if c == axis else 0) for c in range(d)]


def _uniform(chooser: Chooser, n: int, d: int) -> Rows:
    grid = pick(chooser, GRIDS)
    return [[c + dyadic(chooser, grid, 3) for c in standard_point(j, d)] for j in range(n)]


def _lattice(chooser: Chooser, n: int, d: int) -> Rows:
    return [[fmpq(chooser.integer(-2, 2)) for _ in range(d)] for _ in range(n)]


def _gaussian(chooser: Chooser, n: int, d: int) -> Rows:
    return [[_quantile(chooser.integer(-31, 31)) for _ in range(d)] for _ in range(n)]


def _quantile(position: int) -> fmpq:
    return QUANTILES[position] if position >= 0 else -QUANTILES[-position]


def _heavy_tailed(chooser: Chooser, n: int, d: int) -> Rows:
    return [[chooser.integer(-3, 3) * fmpq(2) ** (chooser.integer(0, 12) - 2) for _ in range(d)] for _ in range(n)]


def _clustered(chooser: Chooser, n: int, d: int) -> Rows:
    width = fmpq(1, pick(chooser, (64, 2**10, 2**20)))
    return [[2 * c + width * chooser.integer(-3, 3) for c in standard_point(j % 2, d)] for j in range(n)]


def _duplicated(chooser: Chooser, n: int, d: int) -> Rows:
    distinct = _uniform(chooser, (n + 1) // 2, d)
    return [list(distinct[j % len(distinct)]) for j in range(n)]


def _collinear(chooser: Chooser, n: int, d: int) -> Rows:
    foot = [fmpq(chooser.integer(-2, 2)) for _ in range(d)]
    along = [fmpq(chooser.integer(-2, 2)) for _ in range(d - 1)] + [fmpq(1)]
    places = [standard_point(j, 1)[0] + dyadic(chooser, 4, 3) for j in range(n)]
    return [[f + t * a for f, a in zip(foot, along, strict=True)] for t in places]


def _two_atoms(chooser: Chooser, n: int, d: int) -> Rows:
    atoms = _uniform(chooser, 2, d)
    return [list(atoms[j if j < 2 else chooser.integer(0, 1)]) for j in range(n)]


def _sphere(chooser: Chooser, n: int, d: int) -> Rows:
    radius = pick(chooser, (fmpq(1), fmpq(3, 4), fmpq(2)))
    return [[radius * c for c in _unit_vector(chooser, d, j)] for j in range(n)]


def _unit_vector(chooser: Chooser, d: int, j: int) -> Row:
    """Rational points of the sphere by stereographic projection from a pole, alternating between two poles."""
    foot = [dyadic(chooser, 2, 2) for _ in range(d - 1)]
    square = sum((u * u for u in foot), fmpq(0))
    pole = (square - 1) / (square + 1) * (1 if j % 2 == 0 else -1)
    return [pole, *(2 * u / (square + 1) for u in foot)]


def _outlier(chooser: Chooser, n: int, d: int) -> Rows:
    rows = _uniform(chooser, n, d)
    return [*rows[:-1], [64 * c for c in rows[-1]]]


def _real(name: str) -> Callable[[Chooser, int, int], Rows]:
    def rows(chooser: Chooser, n: int, d: int) -> Rows:
        height, width = table(name).shape
        columns = [chooser.integer(0, width - 1) for _ in range(d)]
        return [[entry(name, row, c) for c in columns] for row in _indices(chooser, n, height)]

    return rows


def _indices(chooser: Chooser, n: int, height: int) -> list[int]:
    return [chooser.integer(0, height - 1) for _ in range(n)]


FAMILIES: Mapping[str, Callable[[Chooser, int, int], Rows]] = {
    "uniform": _uniform,
    "lattice": _lattice,
    "two atoms": _two_atoms,
    "gaussian": _gaussian,
    "heavy-tailed": _heavy_tailed,
    "clustered": _clustered,
    "duplicated": _duplicated,
    "collinear": _collinear,
    "sphere": _sphere,
    "outlier": _outlier,
    "digits": _real("digits"),
    "diabetes": _real("diabetes"),
}
"""Families by name, the simplest first."""


def offered_families(tables: bool = True) -> tuple[str, ...]:
    """The families that can be drawn here; the real tables only with ``tables`` and scikit-learn."""
    absent = {"digits", "diabetes"} - set(available_tables() if tables else ())
    return tuple(name for name in FAMILIES if name not in absent)


def inputs(chooser: Chooser, n: int, d: int, wanted: Demands, tables: bool = True) -> Rows:
    """n data in R^d of some family; rows of real tables only with ``tables``."""
    family = pick(chooser, offered_families(tables))
    rows = FAMILIES[family](chooser, n, d)
    if once_in(chooser, 8):
        shift = fmpq(chooser.integer(-8, 8))
        rows = [[row[0] + shift, *row[1:]] for row in rows]
    if once_in(chooser, 8):
        rows = scaled(rows, fmpq(2) ** pick(chooser, SCALES))
    rows = separated(rows) if wanted.distinct else rows
    rows = widened(rows) if wanted.wide else rows
    _note(family, rows)
    return rows


def scaled(rows: Rows, factor: fmpq) -> Rows:
    """All data times a factor."""
    return [[factor * c for c in row] for row in rows]


def separated(rows: Rows) -> Rows:
    """The same data with repeated points moved along the first axis until all differ."""
    seen: set[tuple[fmpq, ...]] = set()
    out: Rows = []
    for row in rows:
        moved = list(row)
        while tuple(moved) in seen:
            moved[0] += 1
        seen.add(tuple(moved))
        out.append(moved)
    return out


def widened(rows: Rows) -> Rows:
    """The same data, doubled until some coordinate reaches 1 (all at 0: the first point moves to 1)."""
    if all(c == 0 for row in rows for c in row):
        return [[fmpq(1), *rows[0][1:]], *rows[1:]]
    while max(abs(c) for row in rows for c in row) < 1:
        rows = scaled(rows, fmpq(2))
    return rows


def _note(family: str, rows: Rows) -> None:
    n, d = len(rows), len(rows[0])
    distinct = len({tuple(row) for row in rows})
    note(f"data: {family}")
    note("inputs: " + ("d = 1" if d == 1 else "d > n" if d > n else "d > 1"))
    if n == 1:
        note("data: one point")
    elif distinct < n:
        note("data: all points coincide" if distinct == 1 else "data: some points coincide")
