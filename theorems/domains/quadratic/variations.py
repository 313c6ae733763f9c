"""Structural variations of quadratic losses, for a search by evolution."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.domain import Move
from refutable.theorems.instances import Instance

MAX_LOSSES, MAX_PARAMETERS, MAX_STEPS = 5, 4, 4
"""Nothing is added beyond these sizes: sequences of batches are enumerated."""


def _sealed(a: Any) -> Any:
    a.setflags(write=False)
    return a


def _with_losses(instance: Instance, hessians: list[Any]) -> Instance:
    batch = instance["batch_size"]
    stacked = np.empty((len(hessians), *hessians[0].shape), dtype=object)
    for i, hessian in enumerate(hessians):
        stacked[i] = hessian
    return instance.replace(hessians=_sealed(stacked), batch_size=None if batch is None else min(batch, len(hessians)))


def add_loss(instance: Instance) -> Iterator[Instance]:
    """A loss twice; a flat one more."""
    losses = list(instance["hessians"])
    if len(losses) < MAX_LOSSES:
        for loss in losses:
            yield _with_losses(instance, [*losses, loss])
        yield _with_losses(instance, [*losses, losses[0] * fmpq(0)])


def drop_loss(instance: Instance) -> Iterator[Instance]:
    """One loss fewer."""
    losses = list(instance["hessians"])
    for i in range(len(losses)) if len(losses) > 1 else ():
        yield _with_losses(instance, losses[:i] + losses[i + 1 :])


def merge_losses(instance: Instance) -> Iterator[Instance]:
    """Two losses both replaced by their mean: the mean of all stays."""
    losses = list(instance["hessians"])
    for i, j in combinations(range(len(losses)), 2):
        mean = (losses[i] + losses[j]) / 2
        yield _with_losses(instance, [mean if at in (i, j) else loss for at, loss in enumerate(losses)])


def flip_curvature(instance: Instance) -> Iterator[Instance]:
    """A loss with the other sign."""
    losses = list(instance["hessians"])
    for i, loss in enumerate(losses):
        yield _with_losses(instance, [*losses[:i], -loss, *losses[i + 1 :]])


def add_parameter(instance: Instance) -> Iterator[Instance]:
    """One more parameter, of curvature 0 or 1 in every loss, displaced by 0 or 1."""
    n, p, _ = instance["hessians"].shape
    if p >= MAX_PARAMETERS:
        return
    for curvature, displaced in ((1, 0), (0, 1), (1, 1)):
        hessians = np.full((n, p + 1, p + 1), fmpq(0), dtype=object)
        hessians[:, :p, :p] = instance["hessians"]
        hessians[:, p, p] = fmpq(curvature)
        displacement = np.array([*instance["displacement"], fmpq(displaced)], dtype=object)
        yield instance.replace(hessians=_sealed(hessians), displacement=_sealed(displacement))


def drop_parameter(instance: Instance) -> Iterator[Instance]:
    """One parameter fewer."""
    p = len(instance["displacement"])
    for c in range(p) if p > 1 else ():
        hessians = np.delete(np.delete(instance["hessians"], c, 1), c, 2)
        displacement = np.delete(instance["displacement"], c, 0)
        yield instance.replace(hessians=_sealed(hessians), displacement=_sealed(displacement))


def axis_start(instance: Instance) -> Iterator[Instance]:
    """A start along one parameter only; one with another sign in one parameter."""
    v = instance["displacement"]
    for c, value in enumerate(v):
        axis = np.array([fmpq(int(i == c)) for i in range(len(v))], dtype=object)
        yield instance.replace(displacement=_sealed(axis))
        flipped = v.copy()
        flipped[c] = -value
        yield instance.replace(displacement=_sealed(flipped))


def other_schedule(instance: Instance) -> Iterator[Instance]:
    """Full batch or single losses; one step more or fewer; as many steps as losses."""
    n, batch, steps = len(instance["hessians"]), instance["batch_size"], instance["steps"]
    yield from (instance.replace(batch_size=other) for other in (None, 1) if other != batch)
    for other in dict.fromkeys((steps - 1, steps + 1, n)):
        if other != steps and 1 <= other <= MAX_STEPS:
            yield instance.replace(steps=other)


VARIATIONS = (
    Move("add a loss", add_loss),
    Move("drop a loss", drop_loss),
    Move("merge losses", merge_losses),
    Move("flip a curvature", flip_curvature),
    Move("add a parameter", add_parameter),
    Move("drop a parameter", drop_parameter),
    Move("start along an axis", axis_start),
    Move("other schedule", other_schedule),
)
