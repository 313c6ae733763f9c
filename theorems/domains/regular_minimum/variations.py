"""Structural variations of a regular minimum, for a search by evolution."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.domain import Move
from refutable.theorems.domains.number_moves import sealed
from refutable.theorems.domains.regular_minimum.moves import without_loss, without_parameter
from refutable.theorems.instances import Instance

MAX_LOSSES, MAX_PARAMETERS, MAX_STEPS = 5, 3, 4
"""Nothing is added beyond these sizes."""


def _stacked(parts: list[Any]) -> Any:
    out = np.empty((len(parts), *parts[0].shape), dtype=object)
    for i, part in enumerate(parts):
        out[i] = part
    return sealed(out)


def add_loss(instance: Instance) -> Iterator[Instance]:
    """A loss twice (the gradients centred anew); a flat one more."""
    losses, gradients = list(instance["hessians"]), instance["gradients"]
    if len(losses) >= MAX_LOSSES:
        return
    for i, loss in enumerate(losses):
        more = None if gradients is None else _centred([*gradients, gradients[i]])
        yield instance.replace(hessians=_stacked([*losses, loss]), gradients=more)
    flat = None if gradients is None else _stacked([*gradients, gradients[0] * fmpq(0)])
    yield instance.replace(hessians=_stacked([*losses, losses[0] * fmpq(0)]), gradients=flat)


def _centred(gradients: list[Any]) -> Any:
    stacked = np.array(gradients, dtype=object)
    return sealed(stacked - stacked.sum(axis=0) / fmpq(len(gradients)))


def drop_loss(instance: Instance) -> Iterator[Instance]:
    """One loss fewer."""
    n = len(instance["hessians"])
    yield from (without_loss(instance, i) for i in (range(n) if n > 1 else ()))


def merge_losses(instance: Instance) -> Iterator[Instance]:
    """Two Hessians both replaced by their mean, or one moved into the other: the mean of all stays."""
    losses = list(instance["hessians"])
    for i, j in combinations(range(len(losses)), 2):
        for first, second in (((losses[i] + losses[j]) / 2,) * 2, (losses[i] + losses[j], losses[j] * fmpq(0))):
            changed = [first if at == i else second if at == j else loss for at, loss in enumerate(losses)]
            yield instance.replace(hessians=_stacked(changed))


def flip_curvature(instance: Instance) -> Iterator[Instance]:
    """A loss with the other sign."""
    losses = list(instance["hessians"])
    for i, loss in enumerate(losses):
        yield instance.replace(hessians=_stacked([*losses[:i], -loss, *losses[i + 1 :]]))


def add_parameter(instance: Instance) -> Iterator[Instance]:
    """One more parameter, of curvature 0 or 1 in every loss or in the first only."""
    n, p, _ = instance["hessians"].shape
    if p >= MAX_PARAMETERS:
        return
    for curved in (0, 1, n):
        hessians = np.full((n, p + 1, p + 1), fmpq(0), dtype=object)
        hessians[:, :p, :p] = instance["hessians"]
        for i in range(curved):
            hessians[i, p, p] = fmpq(1)
        yield instance.replace(hessians=sealed(hessians), **_longer(instance, n))


def _longer(instance: Instance, n: int) -> dict[str, Any]:
    changed = {}
    if instance["displacement"] is not None:
        changed["displacement"] = sealed(np.array([*instance["displacement"], fmpq(1)], dtype=object))
    if instance["gradients"] is not None:
        column = np.array([fmpq((i == 0) - (i == n - 1)) for i in range(n)], dtype=object)
        changed["gradients"] = sealed(np.concatenate([instance["gradients"], column[:, None]], axis=1))
    return changed


def drop_parameter(instance: Instance) -> Iterator[Instance]:
    """One parameter fewer."""
    p = instance["hessians"].shape[-1]
    yield from (without_parameter(instance, c) for c in (range(p) if p > 1 else ()))


def axis_start(instance: Instance) -> Iterator[Instance]:
    """A start along one parameter only, or at the minimum."""
    v = instance["displacement"]
    if v is not None:
        for c in range(-1, len(v)):
            yield instance.replace(displacement=sealed(np.array([fmpq(int(i == c)) for i in range(len(v))])))


def other_schedule(instance: Instance) -> Iterator[Instance]:
    """Full batch or single losses; one loss more or fewer in a batch; one step more or fewer."""
    n, batch, steps = len(instance["hessians"]), instance["batch_size"], instance["steps"]
    for other in dict.fromkeys((1, batch - 1, batch + 1, n)):
        if other != batch and 1 <= other <= n:
            yield instance.replace(batch_size=other)
    for other in (steps - 1, steps + 1) if steps is not None else ():
        if 1 <= other <= MAX_STEPS:
            yield instance.replace(steps=other)


def other_step_size(instance: Instance) -> Iterator[Instance]:
    """The step size a little or much larger or smaller."""
    for factor in (fmpq(1, 2), fmpq(7, 8), fmpq(9, 8), fmpq(2)):
        yield instance.replace(step_size=instance["step_size"] * factor)


VARIATIONS = (
    Move("add a loss", add_loss),
    Move("drop a loss", drop_loss),
    Move("merge losses", merge_losses),
    Move("flip a curvature", flip_curvature),
    Move("add a parameter", add_parameter),
    Move("drop a parameter", drop_parameter),
    Move("start along an axis", axis_start),
    Move("other schedule", other_schedule),
    Move("other step size", other_step_size),
)
