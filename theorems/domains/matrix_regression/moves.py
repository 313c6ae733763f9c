"""Reductions and variations of a state. A state that training reaches stays one, an interpolating one interpolates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.domain import Move
from refutable.theorems.domains.matrix_regression.row_space import exact_projection
from refutable.theorems.domains.number_moves import NumberMoves, sealed
from refutable.theorems.instances import Instance

MAX_ADDED = 3
"""No hidden unit is added beyond so many."""


def labels(instance: Instance) -> Any:
    """X beta [n]."""
    after = instance["last"] if instance["middle"] is None else instance["middle"] @ instance["last"]
    return sealed(instance["x"] @ (instance["first"] @ after))


def refitted(before: Instance, after: Instance) -> Iterator[Instance]:
    """``after`` as it is, labelled by its network, and with a first layer that training reaches from its start."""
    yield after
    yield after.replace(y=labels(after))
    moved = after["first"] - after["first_start"]
    near = after.replace(first=sealed(after["first"] - exact_projection(after["x"]) @ moved))
    yield near
    yield near.replace(y=labels(near))


def drop_datum(instance: Instance) -> Iterator[Instance]:
    """One datum fewer."""
    n = len(instance["y"])
    for j in range(n) if n > 1 else ():
        names = [name for name in ("x", "y", "sample_weights") if instance[name] is not None]
        yield from refitted(instance, instance.replace(**{k: sealed(np.delete(instance[k], j, 0)) for k in names}))


def drop_input(instance: Instance) -> Iterator[Instance]:
    """One input fewer."""
    d = instance["x"].shape[1]
    for i in range(d) if d > 1 else ():
        changes = {name: sealed(np.delete(instance[name], i, 0)) for name in ("first", "first_start")}
        yield from refitted(instance, instance.replace(**changes, x=sealed(np.delete(instance["x"], i, 1))))


_UNIT_AXES = {
    "first": (1,),
    "first_start": (1,),
    "middle": (0, 1),
    "middle_start": (0, 1),
    "last": (0,),
    "last_start": (0,),
}


def drop_unit(instance: Instance) -> Iterator[Instance]:
    """One hidden unit of every width fewer."""
    h = len(instance["last"])
    for i in range(h) if h > 1 else ():
        changes = {}
        for name, axes in _UNIT_AXES.items():
            value = instance[name]
            for axis in axes if value is not None else ():
                value = np.delete(value, i, axis)
            changes[name] = value if value is None else sealed(value)
        yield from refitted(instance, instance.replace(**changes))


def merge_layers(instance: Instance) -> Iterator[Instance]:
    """Two layers: without W_2, or with W_2 w_3 as the last one."""
    if instance["middle"] is None:
        return
    without = instance.replace(middle=None, middle_start=None)
    yield from refitted(instance, without)
    last, start = (sealed(instance["middle" + s] @ instance["last" + s]) for s in ("", "_start"))
    yield from refitted(instance, without.replace(last=last, last_start=start))


def forget(instance: Instance) -> Iterator[Instance]:
    """Without weights of the data, without a step."""
    for name in ("sample_weights", "step_size"):
        if instance[name] is not None:
            yield instance.replace(**{name: None})


NUMBERS = NumberMoves(
    ("first", "middle", "last", "first_start", "middle_start", "last_start", "x", "y", "step_size"),
    refit=refitted,
    positive=("step_size",),
)

MOVES = (
    Move("merge layers", merge_layers),
    Move("drop a hidden unit", drop_unit),
    Move("drop an input", drop_input),
    Move("drop a datum", drop_datum),
    Move("forget a field", forget),
    *NUMBERS.moves,
)


def add_unit(instance: Instance) -> Iterator[Instance]:
    """A hidden unit twice."""
    h = len(instance["last"])
    for i in range(h) if h < MAX_ADDED else ():
        changes = {}
        for name, axes in _UNIT_AXES.items():
            value = instance[name]
            for axis in axes if value is not None else ():
                value = np.concatenate([value, np.take(value, [i], axis=axis)], axis=axis)
            changes[name] = value if value is None else sealed(value)
        yield from refitted(instance, instance.replace(**changes))


def rescale(instance: Instance) -> Iterator[Instance]:
    """Labels, starts or the last layer doubled, halved or negated."""
    for factor in (fmpq(2), fmpq(1, 2), fmpq(-1)):
        for name in ("y", "first_start", "last"):
            yield from refitted(instance, instance.replace(**{name: sealed(instance[name] * factor)}))


VARIATIONS = (
    Move("a hidden unit twice", add_unit),
    Move("drop a hidden unit", drop_unit),
    Move("drop a datum", drop_datum),
    Move("rescale", rescale),
)
