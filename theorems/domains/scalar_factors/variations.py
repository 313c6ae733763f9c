"""Structural variations of a product of weights, for a search by evolution."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.domain import Move
from refutable.theorems.domains.number_moves import sealed
from refutable.theorems.instances import Instance

MOST_WEIGHTS, MOST_STEPS = 6, 32
"""Nothing is made larger than this: larger runs take long to decide."""


def _weights(instance: Instance, weights: Any) -> Instance:
    return instance.replace(weights=sealed(np.array(weights, dtype=object)))


def other_number_of_weights(instance: Instance) -> Iterator[Instance]:
    """A weight 1 more, one of the weights doubled as two, or one fewer."""
    weights = list(instance["weights"])
    if len(weights) < MOST_WEIGHTS:
        yield _weights(instance, [*weights, fmpq(1)])
        for weight in weights:
            yield _weights(instance, [*weights, weight])
    if len(weights) > 2:
        for i in range(len(weights)):
            yield _weights(instance, weights[:i] + weights[i + 1 :])


def other_signs(instance: Instance) -> Iterator[Instance]:
    """One weight with the other sign."""
    weights = list(instance["weights"])
    for i in range(len(weights)):
        yield _weights(instance, [-w if i == j else w for j, w in enumerate(weights)])


def stretched(instance: Instance) -> Iterator[Instance]:
    """One weight twice as large and another half; or one alone; the product inverted."""
    weights = list(instance["weights"])
    for i in range(len(weights)):
        yield _weights(instance, [2 * w if i == j else w for j, w in enumerate(weights)])
        for k in range(len(weights)):
            if k != i:
                yield _weights(instance, [2 * w if j == i else w / 2 if j == k else w for j, w in enumerate(weights)])
    if all(weights):
        yield _weights(instance, [1 / w for w in weights])


def other_steps(instance: Instance) -> Iterator[Instance]:
    """A larger or smaller step; a longer or shorter run."""
    for factor in (fmpq(2), fmpq(1, 2), fmpq(9, 8), fmpq(7, 8)):
        yield instance.replace(step_size=instance["step_size"] * factor)
    steps = instance["steps"]
    if steps is not None:
        for other in dict.fromkeys((steps + 1, steps - 1, 2 * steps, steps // 2)):
            if other != steps and 1 <= other <= MOST_STEPS:
                yield instance.replace(steps=other)


VARIATIONS = (
    Move("other number of weights", other_number_of_weights),
    Move("other signs", other_signs),
    Move("stretch", stretched),
    Move("other steps", other_steps),
)
