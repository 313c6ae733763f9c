"""Reductions of a law and a point, simplest first. Each keeps the law sensible."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from flint import fmpq

from refutable.theorems.domains.domain import Move
from refutable.theorems.domains.number_moves import NumberMoves, sealed
from refutable.theorems.instances import Instance

NUMBERS = NumberMoves(("point", "radius", "parameters", "atoms"))


def drop_atom(instance: Instance) -> Iterator[Instance]:
    """One atom fewer."""
    atoms = instance["atoms"]
    for j in range(len(atoms)) if atoms is not None and len(atoms) > 1 else ():
        yield instance.replace(atoms=sealed(np.delete(atoms, j, 0)))


def drop_radius(instance: Instance) -> Iterator[Instance]:
    """The least radius instead of a given one."""
    if instance["radius"] is not None:
        yield instance.replace(radius=None)


def small_integer(instance: Instance) -> Iterator[Instance]:
    """One number set to 1 or -1, or an integer brought one nearer to 0."""
    for place, value in NUMBERS.places(instance):
        if abs(value) > 1:
            yield NUMBERS.put(instance, place, fmpq(1 if value > 0 else -1))
            if value.q == 1:
                yield NUMBERS.put(instance, place, value - (1 if value > 0 else -1))


def shift(instance: Instance) -> Iterator[Instance]:
    """Atoms and point moved together so that one atom, or the point, lies at 0; or all of them mirrored."""
    atoms, point = instance["atoms"], instance["point"]
    if atoms is None:
        return
    for q in dict.fromkeys((*atoms, point)):
        yield instance.replace(atoms=sealed(atoms - q), point=point - q)
    yield instance.replace(atoms=sealed(-atoms), point=-point)


MOVES = (
    Move("drop atom", drop_atom),
    Move("drop radius", drop_radius),
    *NUMBERS.moves[:2],
    Move("shift", shift),
    Move("small integer", small_integer),
    *NUMBERS.moves[2:],
)
