"""Reductions and variations of a state. A state at loss 0 stays at loss 0: its labels follow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.domain import Move
from refutable.theorems.domains.number_moves import NumberMoves, sealed
from refutable.theorems.instances import Instance

MAX_ADDED = 4
"""Nothing is added beyond so many weight pairs."""


def labels(instance: Instance) -> Any:
    """X(u^2 - v^2) [n]."""
    u, v = instance["u"], instance["v"]
    return sealed(np.asarray(instance["x"] @ (u * u - v * v), dtype=object))


def refitted(before: Instance, after: Instance) -> Iterator[Instance]:
    """``after`` as it is; where the loss was 0, also with the labels that make it 0."""
    yield after
    if (before["y"] == labels(before)).all():
        yield after.replace(y=labels(after))


def drop_pair(instance: Instance) -> Iterator[Instance]:
    """One input and its weights fewer."""
    d = len(instance["u"])
    for i in range(d) if d > 1 else ():
        u, v = (sealed(np.delete(instance[name], i)) for name in ("u", "v"))
        yield from refitted(instance, instance.replace(u=u, v=v, x=sealed(np.delete(instance["x"], i, 1))))


def drop_datum(instance: Instance) -> Iterator[Instance]:
    """One datum fewer."""
    n = len(instance["y"])
    for j in range(n) if n > 1 else ():
        yield instance.replace(x=sealed(np.delete(instance["x"], j, 0)), y=sealed(np.delete(instance["y"], j)))


def even(instance: Instance) -> Iterator[Instance]:
    """v := u; all weights as the first; step size 1."""
    first = sealed(np.full(len(instance["u"]), instance["u"][0], dtype=object))
    yield from refitted(instance, instance.replace(v=instance["u"]))
    yield from refitted(instance, instance.replace(u=first))
    yield from refitted(instance, instance.replace(u=first, v=first))
    yield instance.replace(step_size=fmpq(1))


NUMBERS = NumberMoves(
    ("u", "v", "x", "y", "step_size"), refit=refitted, jointly=("u", "v", "x", "y"), positive=("step_size",)
)

MOVES = (
    Move("drop a weight pair", drop_pair),
    Move("drop a datum", drop_datum),
    Move("even weights", even),
    *NUMBERS.moves,
)


def add_pair(instance: Instance) -> Iterator[Instance]:
    """A weight pair twice; one more with weights 1 that the data do not see, or see alike."""
    u, v, x = instance["u"], instance["v"], instance["x"]
    if len(u) >= MAX_ADDED:
        return
    for i in range(len(u)):
        column = x[:, i : i + 1]
        yield instance.replace(u=_append(u, u[i]), v=_append(v, v[i]), x=sealed(np.concatenate([x, column], 1)))
    for seen in (0, 1):
        column = np.full((len(x), 1), fmpq(seen), dtype=object)
        yield instance.replace(u=_append(u, fmpq(1)), v=_append(v, fmpq(1)), x=sealed(np.concatenate([x, column], 1)))


def _append(array: Any, value: fmpq) -> Any:
    return sealed(np.concatenate([array, np.array([value], dtype=object)]))


def add_datum(instance: Instance) -> Iterator[Instance]:
    """One more datum: a unit vector, with label 1."""
    x, y = instance["x"], instance["y"]
    for i in range(x.shape[1]) if len(x) < x.shape[1] else ():
        row = np.full((1, x.shape[1]), fmpq(0), dtype=object)
        row[0, i] = fmpq(1)
        yield instance.replace(x=sealed(np.concatenate([x, row])), y=_append(y, fmpq(1)))


def mirror(instance: Instance) -> Iterator[Instance]:
    """u and v exchanged; labels negated; step size doubled or halved; the labels of the network."""
    yield instance.replace(u=instance["v"], v=instance["u"])
    yield instance.replace(y=sealed(-instance["y"]))
    for factor in (fmpq(2), fmpq(1, 2)):
        yield instance.replace(step_size=instance["step_size"] * factor)
        yield instance.replace(y=sealed(instance["y"] * factor))
    yield instance.replace(y=labels(instance))


VARIATIONS = (
    Move("add a weight pair", add_pair),
    Move("drop a weight pair", drop_pair),
    Move("add a datum", add_datum),
    Move("drop a datum", drop_datum),
    Move("mirror", mirror),
)
