"""Named caps and atoms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq

from refutable.theorems.domains.ball_caps import BALL_CAPS
from refutable.theorems.domains.ball_caps.spheres import axis
from refutable.theorems.instances import Instance
from refutable.theorems.records import Family, Range

DEPTHS = tuple(fmpq(1, 2**bits) for bits in (2, 4, 1, 10, 25, 40))


def cap(d: int, depth: Any) -> Instance:
    """One atom of value 1 along the first axis of R^d."""
    return atoms([axis(d, 0)], depth)


def atoms(directions: Sequence[Sequence[Any]], depth: Any, values: Sequence[Any] | None = None) -> Instance:
    """Atoms in these directions, of value 1 unless others are given."""
    heights = [1] * len(directions) if values is None else values
    return BALL_CAPS.instance(directions=directions, values=heights, depth=depth)


def axes(d: int, count: int, depth: Any) -> Instance:
    """Atoms of values 1, -2, 3, -4, ... along e_1, -e_1, e_2, -e_2, ..."""
    rows = [axis(d, i // 2, 1 - 2 * (i % 2)) for i in range(count)]
    return atoms(rows, depth, [(i + 1) * (1 - 2 * (i % 2)) for i in range(count)])


SHRINKING_CAPS = Family(
    id="shrinking-caps",
    parameters={"d": Range(choices=(3, 2, 1, 5, 4, 8)), "depth": Range(choices=DEPTHS)},
    build=cap,
    attains="limit",
    reaches=fmpq(10**9 - 1, 10**9),
    meaning="a cap that shrinks towards the sphere",
)
SHRINKING_ATOMS = Family(
    id="shrinking-atoms",
    parameters={
        "shape": Range(choices=((2, 4), (3, 6), (2, 1), (5, 10), (3, 2))),
        "depth": Range(choices=DEPTHS),
    },
    build=lambda shape, depth: axes(shape[0], shape[1], depth),
    attains="limit",
    reaches=fmpq(10**9 - 1, 10**9),
    meaning="atoms along the axes that grow steeper and narrower",
)
