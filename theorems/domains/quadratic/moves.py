"""Reductions of a family of quadratic losses, simplest first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.domain import Move
from refutable.theorems.domains.shallow_relu.moves import simpler_numbers
from refutable.theorems.instances import Instance


def _sealed(a: Any) -> Any:
    a.setflags(write=False)
    return a


def fewer_steps(instance: Instance) -> Iterator[Instance]:
    """One step, or one fewer."""
    for steps in sorted({1, instance["steps"] - 1}):
        if 1 <= steps < instance["steps"]:
            yield instance.replace(steps=steps)


def drop_loss(instance: Instance) -> Iterator[Instance]:
    """One loss fewer (never below the batch size)."""
    n = len(instance["hessians"])
    for i in range(n) if n > max(1, instance["batch_size"] or 1) else ():
        yield instance.replace(hessians=_sealed(np.delete(instance["hessians"], i, 0)))


def smaller_batch(instance: Instance) -> Iterator[Instance]:
    """Batches of one."""
    if instance["batch_size"] not in (None, 1):
        yield instance.replace(batch_size=1)


def drop_parameter(instance: Instance) -> Iterator[Instance]:
    """One parameter fewer."""
    p = len(instance["displacement"])
    for c in range(p) if p > 1 else ():
        hessians = np.delete(np.delete(instance["hessians"], c, 1), c, 2)
        displacement = np.delete(instance["displacement"], c, 0)
        yield instance.replace(hessians=_sealed(hessians), displacement=_sealed(displacement))


def simpler_entry(instance: Instance) -> Iterator[Instance]:
    """One number, with its mirror image, set to 0 or replaced by one with a smaller denominator."""
    for index, value in np.ndenumerate(instance["hessians"]):
        i, a, b = index
        for simpler in _simpler(value) if a <= b else ():
            hessians = instance["hessians"].copy()
            hessians[i, a, b] = hessians[i, b, a] = simpler
            yield instance.replace(hessians=_sealed(hessians))
    for index, value in np.ndenumerate(instance["displacement"]):
        for simpler in _simpler(value):
            displacement = instance["displacement"].copy()
            displacement[index] = simpler
            yield instance.replace(displacement=_sealed(displacement))


def simpler_step_size(instance: Instance) -> Iterator[Instance]:
    """A step size with a smaller denominator."""
    for simpler in simpler_numbers(instance["step_size"]):
        if simpler > 0:
            yield instance.replace(step_size=simpler)


def _simpler(value: fmpq) -> Iterator[fmpq]:
    if value != 0:
        yield fmpq(0)
    yield from simpler_numbers(value)


MOVES = (
    Move("fewer steps", fewer_steps),
    Move("drop a loss", drop_loss),
    Move("smaller batch", smaller_batch),
    Move("drop a parameter", drop_parameter),
    Move("simplify an entry", simpler_entry),
    Move("simplify the step size", simpler_step_size),
)
