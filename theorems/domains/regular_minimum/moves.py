"""Reductions of a regular minimum, simplest first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.domain import Move
from refutable.theorems.domains.number_moves import NumberMoves, sealed
from refutable.theorems.domains.regular_minimum.edge import float_threshold
from refutable.theorems.exact.simplest import simplest_between
from refutable.theorems.instances import Instance

WIDTHS = tuple(fmpq(1, 2**bits) for bits in (8, 20, 34))


def refit(before: Instance, after: Instance) -> Iterator[Instance]:
    """``after``, then with plain step sizes next to its threshold and as far from it as before."""
    yield after
    old, new = float_threshold(before), float_threshold(after)
    if not (0 < old < np.inf and 0 < new < np.inf):
        return
    edge = fmpq(*new.as_integer_ratio())
    kept = before["step_size"] * edge / fmpq(*old.as_integer_ratio())
    for top in (edge, kept):
        for width in WIDTHS:
            for low, high in ((width, WIDTHS[-1]), (0, width)):
                yield after.replace(step_size=simplest_between(top * (1 - low), top * (1 + high)))


def fewer_steps(instance: Instance) -> Iterator[Instance]:
    """No trajectory; one step; one fewer."""
    steps = instance["steps"]
    if steps is not None:
        yield instance.replace(steps=None)
        yield from (instance.replace(steps=fewer) for fewer in sorted({1, steps - 1}) if 1 <= fewer < steps)


def fewer_facts(instance: Instance) -> Iterator[Instance]:
    """No gradients, or no displacement."""
    if instance["gradients"] is not None:
        yield instance.replace(gradients=None)
    if instance["displacement"] is not None and instance["steps"] is None:
        yield instance.replace(displacement=None)


def without_loss(instance: Instance, i: int) -> Instance:
    """One loss fewer; the gradients are centred anew, the batch is not larger than what is left."""
    gradients = instance["gradients"]
    n = len(instance["hessians"])
    if gradients is not None:
        left = np.delete(gradients, i, 0)
        gradients = sealed(left - left.sum(axis=0) / fmpq(n - 1))
    return instance.replace(
        hessians=sealed(np.delete(instance["hessians"], i, 0)),
        gradients=gradients,
        batch_size=min(instance["batch_size"], n - 1),
    )


def drop_loss(instance: Instance) -> Iterator[Instance]:
    """One loss fewer."""
    n = len(instance["hessians"])
    for i in range(n) if n > 1 else ():
        yield from refit(instance, without_loss(instance, i))


def smaller_batch(instance: Instance) -> Iterator[Instance]:
    """Batches of one, or of one loss fewer."""
    size = instance["batch_size"]
    for smaller in sorted({1, size - 1}):
        if 1 <= smaller < size:
            yield from refit(instance, instance.replace(batch_size=smaller))


def without_parameter(instance: Instance, c: int) -> Instance:
    """One parameter fewer."""
    changed: dict[str, Any] = {"hessians": np.delete(np.delete(instance["hessians"], c, 1), c, 2)}
    for name in ("gradients", "displacement"):
        if instance[name] is not None:
            changed[name] = np.delete(instance[name], c, -1)
    return instance.replace(**{name: sealed(array) for name, array in changed.items()})


def drop_parameter(instance: Instance) -> Iterator[Instance]:
    """One parameter fewer."""
    p = instance["hessians"].shape[-1]
    for c in range(p) if p > 1 else ():
        yield from refit(instance, without_parameter(instance, c))


def common_scale(instance: Instance) -> Iterator[Instance]:
    """Hessians over c with the step size times c (the same steps), or gradients or the displacement over c."""
    for c in _sizes(instance["hessians"]):
        yield instance.replace(hessians=sealed(instance["hessians"] / c), step_size=instance["step_size"] * c)
    if instance["step_size"] != 1:
        scaled = instance["hessians"] * instance["step_size"]
        yield instance.replace(hessians=sealed(scaled), step_size=fmpq(1))
    for name in ("gradients", "displacement"):
        for c in _sizes(instance[name]) if instance[name] is not None else ():
            yield instance.replace(**{name: sealed(instance[name] / c)})


def _sizes(array: Any) -> list[fmpq]:
    return [q for q in sorted({abs(q) for q in array.ravel()}, reverse=True) if q not in (0, 1)][:4]


def diagonal(instance: Instance) -> Iterator[Instance]:
    """All Hessians cut down to their diagonal."""
    identity = np.eye(instance["hessians"].shape[-1], dtype=np.int64).astype(object)
    yield from refit(instance, instance.replace(hessians=sealed(instance["hessians"] * identity)))


ARRAYS = ("hessians", "displacement")
NUMBERS = NumberMoves(ARRAYS, refit, jointly=ARRAYS, symmetric=("hessians",))
STEP_SIZE = NumberMoves(("step_size",), positive=("step_size",))


def mirrored_gradients(instance: Instance) -> Iterator[Instance]:
    """Gradients of plain sizes that sum to 0: two losses take 1 and -1 in one parameter."""
    if instance["gradients"] is None:
        return
    n, p = instance["gradients"].shape
    for c in range(p):
        for i in range(1, n):
            gradients = np.full((n, p), fmpq(0), dtype=object)
            gradients[0, c], gradients[i, c] = fmpq(1), fmpq(-1)
            if tuple(gradients.ravel()) < tuple(abs(g) for g in instance["gradients"].ravel()):
                yield instance.replace(gradients=sealed(gradients))


def rounded_gradients(instance: Instance) -> Iterator[Instance]:
    """All but the last gradient rounded to plain fractions; the last one is minus their sum."""
    gradients = instance["gradients"]
    if gradients is None:
        return
    for denominator in (1, 2, 4, 16):
        rounded = np.array(
            [[fmpq((q * denominator + fmpq(1, 2)).floor(), denominator) for q in row] for row in gradients],
            dtype=object,
        )
        rounded[-1] = rounded[-1] - rounded.sum(axis=0)
        if not (rounded == gradients).all():
            yield instance.replace(gradients=sealed(rounded))


def simpler_step_size(instance: Instance) -> Iterator[Instance]:
    """The step size replaced by a plainer fraction nearby, or next to the threshold."""
    yield from STEP_SIZE.simplify(instance)
    yield from refit(instance, instance)


MOVES = (
    Move("fewer steps", fewer_steps),
    Move("fewer facts", fewer_facts),
    Move("drop a loss", drop_loss),
    Move("smaller batch", smaller_batch),
    Move("drop a parameter", drop_parameter),
    Move("diagonal", diagonal),
    NUMBERS.moves[0],
    Move("common scale", common_scale),
    *NUMBERS.moves[1:],
    Move("plain gradients", mirrored_gradients),
    Move("round the gradients", rounded_gradients),
    Move("simplify the step size", simpler_step_size),
)
