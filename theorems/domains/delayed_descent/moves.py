"""Reductions and structural variations of SGD with delay on quadratic losses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.delay_variations import other_delay
from refutable.theorems.domains.domain import Move
from refutable.theorems.domains.number_moves import NumberMoves, sealed
from refutable.theorems.exact.simplest import simpler_near
from refutable.theorems.instances import Instance

MOST_ADDED_LOSSES = 3
"""Nothing is added beyond so many losses."""


def without_comparison(instance: Instance) -> Iterator[Instance]:
    """Without the gain and the direction to compare with."""
    for name in ("gain", "direction"):
        if instance[name] is not None:
            yield instance.replace(**{name: None})


def shorter_delay(instance: Instance) -> Iterator[Instance]:
    """Smaller delays, shortest first."""
    for shorter in sorted({0, 1, instance["delay"] // 2, instance["delay"] - 1}):
        if 0 <= shorter < instance["delay"]:
            yield instance.replace(delay=shorter)


def drop_loss(instance: Instance) -> Iterator[Instance]:
    """One loss fewer, or their mean alone."""
    n = len(instance["hessians"])
    if n > 1:
        yield instance.replace(hessians=sealed(instance["hessians"].mean(axis=0)[None]))
        for i in range(n):
            yield instance.replace(hessians=sealed(np.delete(instance["hessians"], i, 0)))


def drop_parameter(instance: Instance) -> Iterator[Instance]:
    """One parameter fewer."""
    p = instance["hessians"].shape[-1]
    for c in range(p) if p > 1 else ():
        hessians = np.delete(np.delete(instance["hessians"], c, 1), c, 2)
        direction = instance["direction"]
        if direction is not None:
            direction = sealed(np.delete(direction, c, 0))
        yield instance.replace(hessians=sealed(hessians), direction=direction)


def diagonal(instance: Instance) -> Iterator[Instance]:
    """All Hessians cut down to their diagonal."""
    p = instance["hessians"].shape[-1]
    yield instance.replace(hessians=sealed(instance["hessians"] * np.eye(p, dtype=np.int64).astype(object)))


def common_scale(instance: Instance) -> Iterator[Instance]:
    """Hessians over c with the step size times c: the same steps."""
    sizes = {abs(q) for q in instance["hessians"].ravel()} | {1 / instance["step_size"]}
    for c in sorted(sizes - {fmpq(0), fmpq(1)}):
        yield instance.replace(hessians=sealed(instance["hessians"] / c), step_size=instance["step_size"] * c)


def plainer_gain(instance: Instance) -> Iterator[Instance]:
    """A plainer gain to compare with."""
    if instance["gain"] is not None:
        for gain in simpler_near(instance["gain"]):
            yield instance.replace(gain=gain)


def add_loss(instance: Instance) -> Iterator[Instance]:
    """A flat loss more, a loss twice, or one loss split into two that differ, of the same mean."""
    hessians = list(instance["hessians"])
    if len(hessians) < MOST_ADDED_LOSSES:
        yield _with(instance, [*hessians, hessians[0] * fmpq(0)])
        for h in hessians:
            yield _with(instance, [*hessians, h])
        if len(hessians) == 1:
            yield _with(instance, [hessians[0] * fmpq(0), hessians[0] * fmpq(2)])


def _with(instance: Instance, hessians: list[Any]) -> Instance:
    stacked = np.empty((len(hessians), *hessians[0].shape), dtype=object)
    for i, hessian in enumerate(hessians):
        stacked[i] = hessian
    return instance.replace(hessians=sealed(stacked))


def other_step_size(instance: Instance) -> Iterator[Instance]:
    """Half or twice the step size."""
    for factor in (fmpq(1, 2), fmpq(2)):
        yield instance.replace(step_size=instance["step_size"] * factor)


NUMBERS = NumberMoves(("hessians", "direction"), symmetric=("hessians",))
STEP_SIZE = NumberMoves(("step_size",), positive=("step_size",))

MOVES = (
    Move("drop the comparison", without_comparison),
    Move("shorten the delay", shorter_delay),
    Move("drop a loss", drop_loss),
    Move("drop a parameter", drop_parameter),
    Move("diagonal", diagonal),
    NUMBERS.moves[0],
    Move("common scale", common_scale),
    *NUMBERS.moves[1:],
    Move("plainer gain", plainer_gain),
    Move("simplify the step size", STEP_SIZE.simplify),
)
VARIATIONS = (
    Move("other delay", other_delay),
    Move("add a loss", add_loss),
    Move("drop a loss", drop_loss),
    Move("other step size", other_step_size),
)
