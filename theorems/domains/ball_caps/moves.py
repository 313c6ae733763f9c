"""Reductions of caps and atoms, simplest first, and structural variations. Directions stay unit vectors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.ball_caps.spheres import axis, on_sphere, projected
from refutable.theorems.domains.domain import Move
from refutable.theorems.domains.number_moves import NumberMoves, sealed
from refutable.theorems.exact.simplest import simpler_near
from refutable.theorems.instances import Instance

NUMBERS = NumberMoves(("depth", "values"), positive=("depth",))
MAX_ATOMS, MAX_DIMENSION = 6, 9
"""Nothing is added beyond these sizes."""


def _rows(rows: Sequence[Sequence[fmpq]]) -> Any:
    return sealed(np.array([list(row) for row in rows], dtype=object))


def _kept(instance: Instance, kept: Sequence[int]) -> Instance:
    u, y = instance["directions"], instance["values"]
    return instance.replace(directions=_rows([u[i] for i in kept]), values=sealed(np.array([y[i] for i in kept])))


def drop_atom(instance: Instance) -> Iterator[Instance]:
    """One atom alone, or one fewer."""
    n = len(instance["values"])
    if n > 2:
        yield from (_kept(instance, [i]) for i in range(n))
    for i in range(n) if n > 1 else ():
        yield _kept(instance, [j for j in range(n) if j != i])


def drop_coordinate(instance: Instance) -> Iterator[Instance]:
    """A lower dimension: the axes, or without a coordinate that is 0 in every direction."""
    u = instance["directions"]
    n, d = u.shape
    for smaller in range(1, d):
        yield instance.replace(directions=_axes(n, smaller))
    for c in range(d) if d > 1 else ():
        if all(row[c] == 0 for row in u):
            yield instance.replace(directions=sealed(np.delete(u, c, 1)))


def _axes(n: int, d: int) -> Any:
    return _rows([axis(d, (i // 2) % d, 1 - 2 * (i % 2)) for i in range(n)])


def plainer_directions(instance: Instance) -> Iterator[Instance]:
    """All directions along the axes, one of them along an axis, or with a plainer projection."""
    u = instance["directions"]
    n, d = u.shape
    yield instance.replace(directions=_axes(n, d))
    for i in range(n):
        if max(abs(c) for c in u[i]) < 1:
            for row in (axis(d, c, sign) for c in range(d) for sign in (1, -1)):
                yield instance.replace(directions=_with(u, i, row))
            yield from (instance.replace(directions=_with(u, i, row)) for row in _plainer(u[i]))


def _plainer(unit: Sequence[fmpq]) -> Iterator[list[fmpq]]:
    point = projected(unit)
    for c, value in enumerate(point or ()):
        for other in (fmpq(0), *simpler_near(value)):
            assert point is not None
            yield on_sphere([*point[:c], other, *point[c + 1 :]])


def _with(u: Any, i: int, row: Sequence[fmpq]) -> Any:
    return _rows([*u[:i], row, *u[i + 1 :]])


def unit_values(instance: Instance) -> Iterator[Instance]:
    """All values 1, or divided by the largest."""
    y = instance["values"]
    yield instance.replace(values=sealed(np.array([fmpq(1)] * len(y), dtype=object)))
    largest = max(abs(v) for v in y)
    if largest not in (0, 1):
        yield instance.replace(values=sealed(y / largest))


MOVES = (
    Move("drop an atom", drop_atom),
    Move("drop a coordinate", drop_coordinate),
    Move("plainer directions", plainer_directions),
    Move("unit values", unit_values),
    *NUMBERS.moves,
)


def other_depth(instance: Instance) -> Iterator[Instance]:
    """Twice or half the depth, a thousandth of it, and the cap's complement."""
    depth = instance["depth"]
    for other in dict.fromkeys((depth / 2, depth / 1024, 2 * depth, 2 - depth)):
        if other != depth:
            yield instance.replace(depth=other)


def other_dimension(instance: Instance) -> Iterator[Instance]:
    """One dimension more, with a 0 at the end of every direction, or one that no direction uses fewer."""
    u = instance["directions"]
    d = u.shape[1]
    if d < MAX_DIMENSION:
        yield instance.replace(directions=_rows([[*row, fmpq(0)] for row in u]))
    if d > 1 and all(row[-1] == 0 for row in u):
        yield instance.replace(directions=sealed(u[:, :-1].copy()))


def other_atoms(instance: Instance) -> Iterator[Instance]:
    """One atom opposite to another or at an axis, one fewer, one with the opposite value."""
    u, y = instance["directions"], instance["values"]
    n, d = u.shape
    if n < MAX_ATOMS:
        new = [[-c for c in u[0]], *(axis(d, c) for c in range(d))]
        for row in new:
            yield instance.replace(directions=_rows([*u, row]), values=sealed(np.array([*y, y[0]], dtype=object)))
    yield from (_kept(instance, [j for j in range(n) if j != i]) for i in range(n if n > 1 else 0))
    for i in range(n):
        if y[i] != 0:
            values = y.copy()
            values[i] = -y[i]
            yield instance.replace(values=sealed(values))


VARIATIONS = (
    Move("other depth", other_depth),
    Move("other dimension", other_dimension),
    Move("other atoms", other_atoms),
)
