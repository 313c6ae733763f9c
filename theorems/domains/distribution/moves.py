"""Reductions of a law and a point, simplest first. Each keeps the law sensible."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

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


UNITS: Mapping[str, tuple[int, ...]] = {
    "uniform": (1, 1), "gaussian": (1, 1), "laplace": (1,), "exponential": (-1,), "grid": (1, 1, 0), "two-atoms": (1,),
    "empirical": (),
}  # fmt: skip
"""Powers of the unit of X in which a law's parameters are; laws without a unit are not named."""
SIZES = tuple(fmpq(1, 10**zeros) for zeros in (0, 1, 2, 3, 4, 6, 8))
WIDTHS = tuple(fmpq(1, 2**bits) for bits in (2, 4, 6, 8, 10))


def change_unit(instance: Instance) -> Iterator[Instance]:
    """Parameters, atoms, point and radius in another unit, also rounded; the largest one becomes 1, 1/10, ...

    Or any other of them becomes 1, or all of them become whole.
    """
    numbers = _in_unit(instance)
    if not numbers:
        return
    scales = [size / max(numbers) for size in SIZES] + [1 / q for q in numbers]
    scales.append(fmpq(math.lcm(*(int(q.q) for q in numbers))))
    for c in dict.fromkeys(scales):
        if c != 1:
            candidate = scaled(instance, c)
            yield candidate
            for width in WIDTHS:
                yield from NUMBERS.round_within(candidate, width)


def _powers(instance: Instance) -> tuple[int, ...] | None:
    (law,) = instance["law"]
    return UNITS.get(law)


def _in_unit(instance: Instance) -> list[fmpq]:
    """Sizes of all nonzero numbers in units of X or of one over it; none where the law has no unit."""
    powers = _powers(instance)
    if powers is None:
        return []
    numbers = [q**power for q, power in zip(_entries(instance, "parameters"), powers, strict=True) if power and q != 0]
    numbers += [*_entries(instance, "atoms"), instance["point"]]
    numbers += [] if instance["radius"] is None else [instance["radius"]]
    return sorted({abs(q) for q in numbers if q != 0}, reverse=True)


def _entries(instance: Instance, name: str) -> list[fmpq]:
    return [] if instance[name] is None else list(instance[name])


def scaled(instance: Instance, c: fmpq) -> Instance:
    """The law of c X, with the point and the radius times c, for a law that `UNITS` names."""
    powers = _powers(instance) or ()
    changes: dict[str, Any] = {name: instance[name] * c for name in ("point", "radius") if instance[name] is not None}
    if instance["atoms"] is not None:
        changes["atoms"] = sealed(instance["atoms"] * c)
    if instance["parameters"] is not None:
        factors = np.array([c**power for power in powers], dtype=object)
        changes["parameters"] = sealed(instance["parameters"] * factors)
    return instance.replace(**changes)


MOVES = (
    Move("drop atom", drop_atom),
    Move("drop radius", drop_radius),
    *NUMBERS.moves[:2],
    Move("change the unit", change_unit),
    Move("shift", shift),
    Move("small integer", small_integer),
    *NUMBERS.moves[2:],
)
