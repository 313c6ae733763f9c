"""Reductions of a state of gradient descent on a product of weights, simplest first."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from flint import fmpq

from refutable.theorems.domains.domain import Move
from refutable.theorems.domains.number_moves import NumberMoves, sealed
from refutable.theorems.exact.simplest import simplest_between
from refutable.theorems.instances import Instance

WIDTHS = tuple(fmpq(1, 2**bits) for bits in (2, 5, 8, 12, 20))
"""Relative distances within which a step size is proposed for changed weights."""


def product(instance: Instance) -> fmpq:
    """w_1 ... w_D."""
    value = fmpq(1)
    for weight in instance["weights"]:
        value *= weight
    return value


def refit(before: Instance, after: Instance) -> Iterator[Instance]:
    """``after`` as it is; with p = 1 restored where it was; with a plain step size that leaves eta |p - 1| alike."""
    yield after
    old, new = product(before), product(after)
    if old == 1 and new not in (0, 1):
        yield from _rescaled(before, after, new)
    elif old != 1 and new not in (old, 1):
        step_size = before["step_size"] * abs((old - 1) / (new - 1))
        for width in WIDTHS:
            yield after.replace(step_size=simplest_between(step_size * (1 - width), step_size))
            yield after.replace(step_size=simplest_between(step_size, step_size * (1 + width)))


def _rescaled(before: Instance, after: Instance, by: fmpq) -> Iterator[Instance]:
    """One of the weights that did not change divided by the product."""
    if len(before["weights"]) != len(after["weights"]):
        return
    for i, weight in enumerate(after["weights"]):
        if weight == before["weights"][i]:
            yield _with(after, i, weight / by)


def _with(instance: Instance, index: int, value: fmpq) -> Instance:
    weights = instance["weights"].copy()
    weights[index] = value
    return instance.replace(weights=sealed(weights))


def fewer_weights(instance: Instance) -> Iterator[Instance]:
    """One weight fewer; also multiplied into another one."""
    weights = instance["weights"]
    for i in range(len(weights)):
        rest = sealed(np.delete(weights, i))
        yield from refit(instance, instance.replace(weights=rest))
        for j in range(len(rest)):
            yield _with(instance.replace(weights=rest), j, rest[j] * weights[i])


def fewer_steps(instance: Instance) -> Iterator[Instance]:
    """No number of steps, or a shorter run."""
    steps = instance["steps"]
    if steps is not None:
        yield instance.replace(steps=None)
        for shorter in sorted({1, 2, 3, steps // 2, steps - 1}):
            if 0 < shorter < steps:
                yield instance.replace(steps=shorter)


def one_weight(instance: Instance) -> Iterator[Instance]:
    """One weight set to 1."""
    for i, weight in enumerate(instance["weights"]):
        if weight != 1:
            yield from refit(instance, _with(instance, i, fmpq(1)))


def equal_weights(instance: Instance) -> Iterator[Instance]:
    """All weights 1, or equal to one of them."""
    weights = instance["weights"]
    for weight in dict.fromkeys((fmpq(1), *weights)):
        yield from refit(instance, instance.replace(weights=sealed(np.full(len(weights), weight, dtype=object))))


def positive_weights(instance: Instance) -> Iterator[Instance]:
    """All weights positive; or one."""
    if any(weight < 0 for weight in instance["weights"]):
        yield instance.replace(weights=sealed(abs(instance["weights"])))
        for i, weight in enumerate(instance["weights"]):
            if weight < 0:
                yield _with(instance, i, -weight)


NUMBERS = NumberMoves(("weights",), refit=refit, jointly=("weights", "step_size"))
STEP_SIZE = NumberMoves(("step_size",), positive=("step_size",))

MOVES = (
    Move("fewer weights", fewer_weights),
    Move("fewer steps", fewer_steps),
    Move("positive weights", positive_weights),
    Move("equal weights", equal_weights),
    Move("a weight one", one_weight),
    *NUMBERS.moves,
    Move("simplify the step size", STEP_SIZE.simplify),
)
