"""Small linear networks: where the bounds are attained, and states that refute what is false."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.matrix_regression import MATRIX_REGRESSION
from refutable.theorems.instances import Instance
from refutable.theorems.records import Family, Range

Number = fmpq | int
Rows = Sequence[Sequence[Number]]
HALF = fmpq(1, 2)


def _array(values: Any) -> Any:
    source = np.array(values, dtype=object)
    out = np.empty(source.shape, dtype=object)
    for index, value in np.ndenumerate(source):
        out[index] = fmpq(value)
    return out


def network(
    w1: Rows,
    last: Sequence[Number],
    start: Rows,
    last_start: Sequence[Number],
    w2: Rows | None = None,
    middle_start: Rows | None = None,
    labels: Sequence[Number] = (),
    step_size: Number | None = None,
) -> Instance:
    """One datum, the first unit vector, with the network's own prediction as its label where none is given."""
    later = _array(last) if w2 is None else _array(w2) @ _array(last)
    beta = _array(w1) @ later
    x = [[fmpq(i == 0) for i in range(len(w1))]]
    return MATRIX_REGRESSION.instance(
        first=_array(w1), middle=None if w2 is None else _array(w2), last=_array(last), first_start=_array(start),
        middle_start=None if w2 is None else _array(middle_start or w2), last_start=_array(last_start), x=x,
        y=list(labels) or [beta[0]], step_size=step_size,
    )  # fmt: skip


def attained(reach: Number, last: Number, middle: Number, width: int, layers: int) -> Instance:
    """P W_1(0) has one entry, and later layers carry it along their top singular vectors."""
    spare = width == 2
    rows: Rows = [[2, 1], [reach, 0]] if spare else [[2], [reach]]
    first: Rows = [[1, 0], [reach, 0]] if spare else [[1], [reach]]
    end = [last, 0] if spare else [last]
    if layers == 2:
        return network(rows, end, first, end)
    return network(rows, end, first, end, [[middle, 0], [0, 1]] if spare else [[middle]])


ATTAINED = Family(
    id="one-direction",
    parameters={
        "reach": Range(choices=(1, 2, HALF)),
        "last": Range(choices=(2, 1, -3)),
        "middle": Range(choices=(2, 1, 3)),
        "width": Range(choices=(1, 2)),
        "layers": Range(choices=(2, 3)),
    },
    build=attained,
    attains="equality",
    meaning="the part of W_1(0) out of reach has rank one, and later layers carry it along their top singular vectors",
)

GROWN = network([[2], [1]], [2], [[HALF], [1]], [1])
"""Two layers: beta = (4, 2), the interpolator of least norm is (4, 0)."""
DEEPER = network([[2], [1]], [2], [[HALF], [1]], [1], [[2]], [[1]])
"""Three layers: beta = (8, 4)."""
BALANCED_DEEPER = network([[3], [4]], [5], [[1], [4]], [5], [[5]], [[5]])
"""Three layers of norm 5: beta = (75, 100), and the bound by its norm is attained."""
LATER_LARGER = network([[1], [1]], [4], [[0], [1]], [4])
"""The last layer is larger than the first: beta = (4, 4)."""
OFF_ROW_SPACE = network([[2], [3]], [2], [[HALF], [1]], [1])
"""W_1 moved along the second input, which no datum has."""
NOT_FITTED = network([[2], [1]], [2], [[HALF], [1]], [1], labels=[-5])
"""beta = (4, 2), label -5: it does not interpolate."""
STEPPING = network([[1], [1]], [2], [[1], [1]], [2], labels=[0], step_size=fmpq(1, 10))
"""Two layers, label 0: a step shrinks both."""
