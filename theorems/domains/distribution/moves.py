"""Reductions of a law and a point, simplest first. Each keeps the law sensible."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.distribution.reading import law_numbers, law_of
from refutable.theorems.domains.domain import Move
from refutable.theorems.instances import Instance


def drop_atom(instance: Instance) -> Iterator[Instance]:
    """One atom fewer."""
    atoms = instance["atoms"]
    for j in range(len(atoms)) if atoms is not None and len(atoms) > 1 else ():
        yield instance.replace(atoms=_sealed(np.delete(atoms, j, 0)))


def drop_radius(instance: Instance) -> Iterator[Instance]:
    """The least radius instead of a given one."""
    if instance["radius"] is not None:
        yield instance.replace(radius=None)


def simpler_number(instance: Instance) -> Iterator[Instance]:
    """One number replaced by a simpler one nearby, where the law still makes sense."""
    for name in ("point", "radius"):
        if instance[name] is not None:
            yield from (instance.replace(**{name: q}) for q in _simpler(instance[name]))
    for name in ("parameters", "atoms"):
        for index, value in enumerate(() if instance[name] is None else instance[name]):
            yield from _sensible(instance, name, index, value)


def _sensible(instance: Instance, name: str, index: int, value: fmpq) -> Iterator[Instance]:
    for simpler in _simpler(value):
        array = instance[name].copy()
        array[index] = simpler
        candidate = instance.replace(**{name: _sealed(array)})
        if not law_of(candidate).allowed(law_numbers(candidate)):
            yield candidate


def _simpler(value: fmpq) -> Iterator[fmpq]:
    """0, 1, -1, a neighbour towards 0 for integers, and nearby rationals of smaller denominator."""
    if value != 0:
        yield fmpq(0)
    if abs(value) > 1:
        yield fmpq(1 if value > 0 else -1)
        if value.q == 1:
            yield value - (1 if value > 0 else -1)
    for denominator in (1, 2, 3, 4, 8, 64, 2**16):
        if value.q > denominator:
            yield fmpq((value * denominator + fmpq(1, 2)).floor(), denominator)


def _sealed(a: Any) -> Any:
    a.setflags(write=False)
    return a


MOVES = (
    Move("drop atom", drop_atom),
    Move("drop radius", drop_radius),
    Move("simplify a number", simpler_number),
)
