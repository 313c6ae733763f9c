"""Structural variations of a law and a point, for a search by evolution. Each keeps the law sensible."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.distribution.laws import LAWS
from refutable.theorems.domains.distribution.reading import law_numbers, law_of
from refutable.theorems.domains.domain import Move
from refutable.theorems.instances import Instance

MAX_ATOMS = 12
PLAIN: Mapping[str, Sequence[Sequence[int]]] = {
    "uniform": ((0, 1), (-1, 1)),
    "gaussian": ((0, 1),),
    "laplace": ((1,),),
    "exponential": ((1,),),
    "triangular": ((),),
    "beta": ((1, 2), (2, 2)),
    "grid": ((0, 1, 4), (-1, 1, 3)),
    "two-atoms": ((1,),),
    "ball": ((2,), (3,)),
    "empirical": ((-1, 1, 1), (0, 1)),
}
"""Parameters (atoms, for the empirical law) of the plainest members of each law."""


def _sealed(numbers: Sequence[fmpq]) -> Any:
    out = np.array(list(numbers), dtype=object)
    out.setflags(write=False)
    return out


def _with_law(instance: Instance, law: str, numbers: Sequence[fmpq], point: fmpq) -> Instance:
    """The law with these numbers at a point, with the least radius."""
    given = {"parameters": None, "atoms": None, "radius": None}
    if numbers:
        given["atoms" if law == "empirical" else "parameters"] = _sealed(numbers)
    return instance.replace(law=frozenset({law}), point=point, **given)


def change_law(instance: Instance) -> Iterator[Instance]:
    """Plain members of every other law, at the point and at the middle of their support."""
    for law, choices in PLAIN.items():
        if law not in instance["law"] and law in LAWS:
            for choice in choices:
                numbers = [fmpq(c) for c in choice]
                low, high = LAWS[law].support(numbers)
                middle = (low + high) / 2 if low is not None and high is not None else fmpq(1)
                for point in dict.fromkeys((instance["point"], middle)):
                    yield _with_law(instance, law, numbers, point)


def move_point(instance: Instance) -> Iterator[Instance]:
    """The point reflected in 0 and in the middle of the support, at the middle, and nearer to either end."""
    low, high = law_of(instance).support(law_numbers(instance))
    point = instance["point"]
    places = [-point]
    if low is not None and high is not None:
        places += [low + high - point, (low + high) / 2]
    places += [(point + 7 * end) / 8 for end in (low, high) if end is not None]
    for place in dict.fromkeys(places):
        if place != point:
            yield instance.replace(point=place)


def vary_atoms(instance: Instance) -> Iterator[Instance]:
    """Atoms of the empirical law: one twice, one fewer, one at the mean, one reflected."""
    if "empirical" not in instance["law"]:
        return
    atoms = list(instance["atoms"])
    varied = [atoms[:j] + atoms[j + 1 :] for j in range(len(atoms))] if len(atoms) > 1 else []
    varied += [[*atoms[:j], -a, *atoms[j + 1 :]] for j, a in enumerate(atoms)]
    if len(atoms) < MAX_ATOMS:
        varied += [[*atoms, a] for a in dict.fromkeys(atoms)]
        varied.append([*atoms, sum(atoms[1:], atoms[0]) / len(atoms)])
    yield from (_with_law(instance, "empirical", changed, instance["point"]) for changed in varied)


def scale_law(instance: Instance) -> Iterator[Instance]:
    """One number of the law, or the point, doubled or halved."""
    law, numbers = law_of(instance), list(law_numbers(instance))
    for factor in (fmpq(2), fmpq(1, 2)):
        for i, number in enumerate(numbers):
            changed = [*numbers[:i], factor * number, *numbers[i + 1 :]]
            if changed != numbers and not law.allowed(changed):
                yield _with_law(instance, law.id, changed, instance["point"])
        if instance["point"] != 0:
            yield instance.replace(point=factor * instance["point"])


def least_radius(instance: Instance) -> Iterator[Instance]:
    """The least radius in place of a given one."""
    if instance["radius"] is not None:
        yield instance.replace(radius=None)


VARIATIONS = (
    Move("least radius", least_radius),
    Move("change the law", change_law),
    Move("move the point", move_point),
    Move("vary the atoms", vary_atoms),
    Move("scale", scale_law),
)
