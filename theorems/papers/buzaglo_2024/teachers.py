"""Small teachers and students: those whose bound is attained, and those that false bounds miss."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

from flint import fmpq

from refutable.theorems.domains.quantised_network import QUANTISED_NETWORK
from refutable.theorems.instances import Instance
from refutable.theorems.records import Family, Range

BINARY, TERNARY, SIGNS = (0, 1), (-1, 0, 1), (-1, 1)
CORNERS = tuple(product(SIGNS, repeat=2))
"""The four points with coordinates -1 and 1."""
GRID = tuple(product((-2, -1, 0, 1, 2), repeat=2))


def network(
    values: Sequence[Any],
    inputs: Sequence[Sequence[Any]],
    teacher: tuple[Sequence[Sequence[Any]], Sequence[Any], Sequence[Any], Any],
    width: int,
    **other: Any,
) -> Instance:
    """A teacher (weights, biases, output weights, output bias) and the width of its students."""
    parameters = dict(zip(("weights", "biases", "output_weights", "output_bias"), teacher, strict=True))
    return QUANTISED_NETWORK.instance(values=values, inputs=inputs, width=width, **parameters, **other)


def rectifier(high: int = 1, dimension: int = 1, form: str = "plain") -> Instance:
    """Values 0 and 1, one hidden unit: x is labelled 1 where its first coordinate is > 0; no other network does that.

    Args:
        high: inputs have coordinates from 1 - high to 1; the more, the less is left to chance.
        dimension: of the inputs; a convolution has windows of one coordinate fewer.
        form: "plain", "scaled", "convolutional" or "scaled-convolutional".
    """
    kernel = max(1, dimension - 1) if "convolutional" in form else None
    width = kernel or dimension
    extra: dict[str, Any] = {"kernel": kernel}
    if "scaled" in form:
        extra |= {"scales": [1], "output_scale": 1 if kernel else None}
    points = tuple(product(range(1 - high, 2), repeat=dimension))
    return network(BINARY, points, ([[1] + [0] * (width - 1)], [0], [1], 0), 1, **extra)


RECTIFIER = Family(
    id="one-rectifier",
    parameters={
        "high": Range(choices=(1, 2, 3)),
        "dimension": Range(choices=(1, 2)),
        "form": Range(choices=("plain", "scaled", "convolutional", "scaled-convolutional")),
    },
    build=rectifier,
    attains="equality",
    meaning="values 0 and 1, one hidden unit: only the teacher's own parameters give its labels",
)

MINUS_RECTIFIER = ([[1, 1]], [-1], [-1], 1)
"""1{1 - relu(x1 + x2 - 1) > 0}."""
NO_ZERO = network(SIGNS, [(0, -2), (0, 1), (0, 2), (2, 0)], MINUS_RECTIFIER, 2)
TENT = ([[1], [-1]], [0, 0], [1, 1], -1)
"""1{|x| > 1}."""


LINE = ((-2,), (-1,), (0,), (1,), (2,))


def sampled(epsilon: fmpq, delta: fmpq, samples: int) -> Instance:
    """The ternary teacher 1{1 - relu(x - 1) > 0} on five points, students of one hidden unit, and a sample."""
    teacher = ([[1]], [-1], [-1], 1)
    return network(TERNARY, LINE, teacher, 1, epsilon=epsilon, delta=delta, samples=samples)
