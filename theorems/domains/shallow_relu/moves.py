"""Reductions of a shallow network instance, simplest first. Each keeps the instance well formed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.domain import Move
from refutable.theorems.instances import Instance

NETWORK_ARRAYS = ("w1", "b1", "w2", "x")


def _sealed(a: Any) -> Any:
    a.setflags(write=False)
    return a


def drop_neuron(instance: Instance) -> Iterator[Instance]:
    """One neuron fewer."""
    k = len(instance["b1"])
    for i in range(k) if k > 1 else ():
        yield instance.replace(**{name: _sealed(np.delete(instance[name], i, 0)) for name in ("w1", "b1", "w2")})


def drop_datum(instance: Instance) -> Iterator[Instance]:
    """One datum fewer (never below the batch size)."""
    n = len(instance["x"])
    for j in range(n) if n > max(1, instance["batch_size"] or 1) else ():
        changes = {"x": _sealed(np.delete(instance["x"], j, 0))}
        if instance["y"] is not None:
            changes["y"] = _sealed(np.delete(instance["y"], j, 0))
        yield instance.replace(**changes)


def drop_coordinate(instance: Instance) -> Iterator[Instance]:
    """One input dimension fewer."""
    d = instance["x"].shape[1]
    for c in range(d) if d > 1 else ():
        yield instance.replace(**{name: _sealed(np.delete(instance[name], c, 1)) for name in ("w1", "x")})


def zero_entry(instance: Instance) -> Iterator[Instance]:
    """One number set to 0."""
    for name in NETWORK_ARRAYS:
        for index, value in np.ndenumerate(instance[name]):
            if value != 0:
                yield _with_entry(instance, name, index, fmpq(0))


def simpler_entry(instance: Instance) -> Iterator[Instance]:
    """One number replaced by a simpler one nearby: nearest integer, half-integer, or fewer binary digits."""
    for name in NETWORK_ARRAYS:
        for index, value in np.ndenumerate(instance[name]):
            for simpler in simpler_numbers(value):
                yield _with_entry(instance, name, index, simpler)


def simpler_numbers(value: fmpq) -> Iterator[fmpq]:
    """Rationals near ``value`` with smaller denominators."""
    for denominator in (1, 2, 4, 16, 256, 2**16):
        if value.q <= denominator:
            return
        yield fmpq((value * denominator + fmpq(1, 2)).floor(), denominator)


def _with_entry(instance: Instance, name: str, index: tuple[int, ...], value: fmpq) -> Instance:
    array = instance[name].copy()
    array[index] = value
    return instance.replace(**{name: _sealed(array)})


MOVES = (
    Move("drop neuron", drop_neuron),
    Move("drop datum", drop_datum),
    Move("drop coordinate", drop_coordinate),
    Move("zero an entry", zero_entry),
    Move("simplify an entry", simpler_entry),
)
