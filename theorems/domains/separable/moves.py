"""Reductions and variations of data and weights."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.domain import Move
from refutable.theorems.domains.number_moves import NumberMoves, sealed
from refutable.theorems.instances import Instance

MAX_ADDED_DATA, MAX_ADDED_INPUTS = 5, 3
"""Nothing is added beyond so many."""
VECTORS = ("w", "start")


def _without(array: Any, index: int, axis: int) -> Any:
    return sealed(np.delete(array, index, axis))


def drop_datum(instance: Instance) -> Iterator[Instance]:
    """One datum fewer."""
    n = len(instance["x"])
    for i in range(n) if n > 1 else ():
        yield instance.replace(x=_without(instance["x"], i, 0))


def drop_input(instance: Instance) -> Iterator[Instance]:
    """One input and its weight fewer."""
    d = len(instance["w"])
    for j in range(d) if d > 1 else ():
        vectors = {name: _without(instance[name], j, 0) for name in VECTORS if instance[name] is not None}
        yield instance.replace(x=_without(instance["x"], j, 1), **vectors)


def plain(instance: Instance) -> Iterator[Instance]:
    """Start from 0; weights 0; step size 1; time 1; no time at all."""
    zero = sealed(np.full(len(instance["w"]), fmpq(0), dtype=object))
    if instance["start"] is not None:
        yield instance.replace(start=None)
    yield instance.replace(w=zero)
    yield instance.replace(step_size=fmpq(1))
    if instance["log_time"] is not None:
        yield instance.replace(log_time=None)
        yield instance.replace(log_time=fmpq(0))


NUMBERS = NumberMoves(("x", "w", "step_size", "log_time", "start"), positive=("step_size",))

MOVES = (
    Move("drop a datum", drop_datum),
    Move("drop an input", drop_input),
    Move("plain", plain),
    *NUMBERS.moves,
)


def add_datum(instance: Instance) -> Iterator[Instance]:
    """One datum twice, twice as long, or turned; or a unit vector more."""
    x = instance["x"]
    if len(x) >= MAX_ADDED_DATA:
        return
    for row in x:
        for other in (row, 2 * row, *_turned(row)):
            yield instance.replace(x=sealed(np.concatenate([x, other[None, :]])))
    for j in range(x.shape[1]):
        unit = np.array([fmpq(i == j) for i in range(x.shape[1])], dtype=object)
        yield instance.replace(x=sealed(np.concatenate([x, unit[None, :]])))


def _turned(row: Any) -> Iterator[Any]:
    for j in range(len(row)):
        other = row.copy()
        other[j] = -other[j]
        yield other


def add_input(instance: Instance) -> Iterator[Instance]:
    """One more input, that is 0 for all data, or 1 for one, with weight 0."""
    x = instance["x"]
    if x.shape[1] >= MAX_ADDED_INPUTS:
        return
    for seen in range(-1, len(x)):
        column = np.array([[fmpq(i == seen)] for i in range(len(x))], dtype=object)
        vectors = {
            name: sealed(np.concatenate([instance[name], np.array([fmpq(0)], dtype=object)]))
            for name in VECTORS
            if instance[name] is not None
        }
        yield instance.replace(x=sealed(np.concatenate([x, column], 1)), **vectors)


def scale(instance: Instance) -> Iterator[Instance]:
    """Data, a datum, weights or step size twice or half as large; a later or earlier time; weights along a datum."""
    x, w, s = instance["x"], instance["w"], instance["log_time"]
    for factor in (fmpq(2), fmpq(1, 2)):
        yield instance.replace(x=sealed(x * factor))
        yield instance.replace(w=sealed(w * factor))
        yield instance.replace(step_size=instance["step_size"] * factor)
        for i in range(len(x)):
            rows = x.copy()
            rows[i] = rows[i] * factor
            yield instance.replace(x=sealed(rows))
    for row in x:
        yield instance.replace(w=sealed(w + row))
        yield instance.replace(w=sealed(w - row))
    if s is not None:
        yield from (instance.replace(log_time=other) for other in (s + 1, s - 1, 2 * s))


VARIATIONS = (
    Move("add a datum", add_datum),
    Move("drop a datum", drop_datum),
    Move("add an input", add_input),
    Move("drop an input", drop_input),
    Move("scale", scale),
)
