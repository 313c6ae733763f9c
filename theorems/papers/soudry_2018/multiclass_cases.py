"""Small data of three classes whose multipliers are known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq

from refutable.theorems.domains.multiclass_margins import MULTICLASS_MARGINS
from refutable.theorems.instances import Instance
from refutable.theorems.records import Family, Range


def data(
    x: Sequence[Sequence[Any]],
    labels: Sequence[int],
    step_size: Any = 1,
    time: Any = 10,
    exponentials: Sequence[Sequence[Any]] = (),
    classes: int = 3,
) -> Instance:
    """Rows x with labels; exponentials 1 unless given."""
    z = [list(row) for row in exponentials] or [[1] * (classes - 1)] * len(x)
    return MULTICLASS_MARGINS.instance(
        x=[list(row) for row in x], labels=list(labels), exponentials=z, step_size=step_size, time=time
    )


def orthogonal(n: int = 2, length: Any = 1, step_size: Any = 2, classes: int = 3) -> Instance:
    """n orthogonal data of the classes 1, 2, ... in turn: every multiplier is 1/(classes length^2)."""
    rows = [[length if i == j else 0 for j in range(n)] for i in range(n)]
    return data(rows, [1 + i % classes for i in range(n)], step_size, classes=classes)


ORTHOGONAL = Family(
    id="orthogonal-data",
    parameters={
        "n": Range(choices=(2, 1, 3)),
        "length": Range(choices=(fmpq(1), fmpq(2), fmpq(1, 3))),
        "step_size": Range(choices=(fmpq(2), fmpq(1), fmpq(1, 5))),
        "classes": Range(choices=(3, 2, 4)),
    },
    build=orthogonal,
    attains="equality",
    meaning="orthogonal data of one length: all multipliers are equal",
)

OBLIQUE = data([[1, 0], ["1/2", 1]], [1, 2], 2, 10, [[1, 2], ["1/2", 1]])
"""Two data of different classes that are not orthogonal: uneven multipliers."""
BEYOND = data([[1, 0], [4, 1]], [1, 2], 2, 100, [[1, 2], ["1/2", 1000]])
"""Four pairs, three of them support vectors, one beyond the margin."""
UNUSED = data([[1, 0], [1, 1]], [1, 1], classes=2)
"""Two data of one class: both pairs are support vectors, the second with multiplier 0."""
LONG = data([[2, 0], [0, 1]], [1, 2], 2, 10, [[1, 2], ["1/2", 1]])
"""Orthogonal data of lengths 2 and 1."""
