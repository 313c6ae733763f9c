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


def own_labels(instance: Instance) -> Iterator[Instance]:
    """Labels y_j := f(x_j)."""
    if instance["y"] is not None:
        yield instance.replace(y=None)


def zero_entry(instance: Instance) -> Iterator[Instance]:
    """One number set to 0."""
    if instance["b2"] is not None and instance["b2"] != 0:
        yield instance.replace(b2=fmpq(0))
    for name in _arrays(instance):
        for index, value in np.ndenumerate(instance[name]):
            if value != 0:
                yield _with_entry(instance, name, index, fmpq(0))


def simpler_entry(instance: Instance) -> Iterator[Instance]:
    """One number replaced by a simpler one nearby: nearest integer, half-integer, or fewer binary digits."""
    for simpler in simpler_numbers(instance["b2"]) if instance["b2"] is not None else ():
        yield instance.replace(b2=simpler)
    for name in _arrays(instance):
        for index, value in np.ndenumerate(instance[name]):
            for simpler in simpler_numbers(value):
                yield _with_entry(instance, name, index, simpler)


def simpler_numbers(value: fmpq) -> Iterator[fmpq]:
    """Rationals near ``value`` with smaller denominators."""
    for denominator in (1, 2, 4, 16, 256, 2**16):
        if value.q <= denominator:
            return
        yield fmpq((value * denominator + fmpq(1, 2)).floor(), denominator)


def simpler_step_size(instance: Instance) -> Iterator[Instance]:
    """The step size rounded down to a fraction of small denominator, or to fewer binary digits."""
    value = instance["step_size"]
    for denominator in (1, 2, 10, 100, 1000, 2**16, 2**24) if value is not None else ():
        simpler = fmpq((value * denominator).floor(), denominator)
        if value.q > denominator and simpler > 0:
            yield instance.replace(step_size=simpler)


def _arrays(instance: Instance) -> tuple[str, ...]:
    return NETWORK_ARRAYS if instance["y"] is None else (*NETWORK_ARRAYS, "y")


def _with_entry(instance: Instance, name: str, index: tuple[int, ...], value: fmpq) -> Instance:
    array = instance[name].copy()
    array[index] = value
    return instance.replace(**{name: _sealed(array)})


MOVES = (
    Move("drop neuron", drop_neuron),
    Move("drop datum", drop_datum),
    Move("drop coordinate", drop_coordinate),
    Move("own labels", own_labels),
    Move("zero an entry", zero_entry),
    Move("simplify an entry", simpler_entry),
    Move("simplify the step size", simpler_step_size),
)
