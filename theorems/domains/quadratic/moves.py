"""Reductions of a family of quadratic losses, simplest first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.domain import Move
from refutable.theorems.domains.number_moves import NumberMoves, sealed
from refutable.theorems.exact import to_float
from refutable.theorems.exact.simplest import simplest_between
from refutable.theorems.instances import Instance

WIDTHS = tuple(fmpq(1, 2**bits) for bits in (8, 20, 34))


def refit(before: Instance, after: Instance) -> Iterator[Instance]:
    """``after``, then with simple step sizes next to 2 / sharpness and to the old step size times sharpness."""
    yield after
    old, new = _sharpness(before), _sharpness(after)
    if not (0 < old < np.inf and 0 < new < np.inf):
        return
    # Rationals: the floats 2 / new and old / new overflow for tiny Hessians.
    sharper = fmpq(*new.as_integer_ratio())
    edge = 2 / sharper
    kept = after["step_size"] * fmpq(*old.as_integer_ratio()) / sharper
    for top in (edge, kept):
        for width in WIDTHS:
            for low, high in ((width, WIDTHS[-1]), (0, width)):
                yield after.replace(step_size=simplest_between(top * (1 - low), top * (1 + high)))


@np.errstate(over="ignore", invalid="ignore")
def _sharpness(instance: Instance) -> float:
    mean = np.vectorize(to_float, otypes=[np.float64])(instance["hessians"]).mean(axis=0)
    return float(np.linalg.eigvalsh(mean)[-1]) if np.isfinite(mean).all() else float("inf")


def fewer_steps(instance: Instance) -> Iterator[Instance]:
    """One step, or one fewer."""
    for steps in sorted({1, instance["steps"] - 1}):
        if 1 <= steps < instance["steps"]:
            yield instance.replace(steps=steps)


def drop_loss(instance: Instance) -> Iterator[Instance]:
    """One loss fewer (never below the batch size)."""
    n = len(instance["hessians"])
    for i in range(n) if n > max(1, instance["batch_size"] or 1) else ():
        yield from refit(instance, instance.replace(hessians=sealed(np.delete(instance["hessians"], i, 0))))


def smaller_batch(instance: Instance) -> Iterator[Instance]:
    """The full batch, or batches of one."""
    if instance["batch_size"] is not None:
        yield instance.replace(batch_size=None)
    if instance["batch_size"] not in (None, 1):
        yield instance.replace(batch_size=1)


def drop_parameter(instance: Instance) -> Iterator[Instance]:
    """One parameter fewer."""
    p = len(instance["displacement"])
    for c in range(p) if p > 1 else ():
        hessians = np.delete(np.delete(instance["hessians"], c, 1), c, 2)
        displacement = np.delete(instance["displacement"], c, 0)
        yield from refit(instance, instance.replace(hessians=sealed(hessians), displacement=sealed(displacement)))


def common_scale(instance: Instance) -> Iterator[Instance]:
    """Hessians over c with the step size times c (the same steps), or the displacement over c."""
    for c in _sizes(instance["hessians"]):
        yield instance.replace(hessians=sealed(instance["hessians"] / c), step_size=instance["step_size"] * c)
    for c in (instance["step_size"], instance["step_size"] / 2):
        if c != 1:
            yield instance.replace(hessians=sealed(instance["hessians"] * c), step_size=instance["step_size"] / c)
    for c in _sizes(instance["displacement"]):
        yield instance.replace(displacement=sealed(instance["displacement"] / c))


def _sizes(array: Any) -> list[fmpq]:
    return [q for q in sorted({abs(q) for q in array.ravel()}, reverse=True) if q not in (0, 1)]


def diagonal(instance: Instance) -> Iterator[Instance]:
    """All Hessians cut down to their diagonal."""
    hessians = instance["hessians"] * np.eye(len(instance["displacement"]), dtype=np.int64).astype(object)
    yield from refit(instance, instance.replace(hessians=sealed(hessians)))


NUMBERS = NumberMoves(
    ("hessians", "displacement"), refit, jointly=("hessians", "displacement"), symmetric=("hessians",)
)
STEP_SIZE = NumberMoves(("step_size",), positive=("step_size",))


def simpler_step_size(instance: Instance) -> Iterator[Instance]:
    """The step size replaced by a plainer fraction nearby."""
    yield from STEP_SIZE.simplify(instance)
    yield from refit(instance, instance)


MOVES = (
    Move("fewer steps", fewer_steps),
    Move("drop a loss", drop_loss),
    Move("smaller batch", smaller_batch),
    Move("drop a parameter", drop_parameter),
    Move("diagonal", diagonal),
    NUMBERS.moves[0],
    Move("common scale", common_scale),
    *NUMBERS.moves[1:],
    Move("simplify the step size", simpler_step_size),
)
