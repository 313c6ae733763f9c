"""Small data sets for stochastic gradient descent: equality, and states that refute what is false."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq

from refutable.theorems.domains.minibatch_descent import MINIBATCH_DESCENT
from refutable.theorems.instances import Instance
from refutable.theorems.records import Family, Range


def state(
    x: Sequence[Sequence[Any]], w: Sequence[Any], step_size: Any = 1, batch_size: int = 1, time: Any = 100
) -> Instance:
    """Rows x, a state w, step size, batch size, a time."""
    return MINIBATCH_DESCENT.instance(
        x=[list(row) for row in x], w=list(w), step_size=step_size, batch_size=batch_size, time=time
    )


def one_datum(bits: fmpq | int = 1, length: fmpq | int = 1) -> Instance:
    """One datum at w = 0, where the logistic loss has its largest curvature; step size 2^-bits / length^2."""
    c = fmpq(length)
    return state([[c]], [0], fmpq(1, 2 ** int(bits)) / (c * c))


ONE_DATUM = Family(
    id="one-datum",
    parameters={"length": Range(choices=(fmpq(1), fmpq(2), fmpq(1, 3))), "bits": Range(1, 8)},
    build=lambda length, bits: one_datum(bits, length),
    attains="limit",
    reaches=fmpq(99999999, 100000000),
    meaning="one datum at w = 0, step sizes tending to 0: the bound is right to second order",
)

LONG_STEP = one_datum(0)
"""One datum, step size 1."""
FLAT = state([["1/20", 1], ["1/20", -1]], [0, 0], 1)
"""Margin 1/20 between two nearly opposite data, batches of one: each step undoes what the other datum needs."""
TWO = state([[1, 1], [1, -1]], [0, 0], "1/4", 2)
"""Two orthogonal data, margin 1, both in the batch."""
FAR = state([[2, 1], [2, -1]], [0, 0], "1/4")
"""Two data of margin 2."""
FAR_UNEVEN = FAR.replace(w=state([[1, 1]], [0, 1])["w"])
"""The same at w = (0, 1): margins 1 and -1."""
BEYOND = state([[1, 0], [2, 1]], [-1, -1], 1)
"""A support vector and a datum of margin 2, whose loss at (-1, -1) is large."""
UNUSED = state([[1, 0], [1, 1]], [0, 0])
"""Two support vectors, the second with multiplier 0."""
EVEN = state([[1, 0], [0, 1]], [0, 0], 1)
"""Two orthonormal data at w = 0: every batch's gradient is as large as it may be."""
EVEN_PAIR = EVEN.replace(batch_size=2)
"""The same with two draws a batch."""
