"""Small data sets for normalised gradient descent: equality, and states that refute what is false."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq

from refutable.theorems.domains.normalised_descent import NORMALISED_DESCENT
from refutable.theorems.instances import Instance
from refutable.theorems.records import Family, Range


def state(x: Sequence[Sequence[Any]], w: Sequence[Any], step_size: Any = 1, steps: int = 1) -> Instance:
    """Rows x, a state w, one step size, a number of steps."""
    return NORMALISED_DESCENT.instance(x=[list(row) for row in x], w=list(w), step_size=step_size, steps=steps)


def opposite(bits: fmpq | int = 12, step_size: fmpq | int = 1) -> Instance:
    """Two opposite data, w near 0: log L = log(2 cosh w), whose second derivative is 1 at 0."""
    return state([[1], [-1]], [fmpq(1, 2 ** int(bits))], step_size)


OPPOSITE = Family(
    id="opposite-data",
    parameters={"step_size": Range(choices=(fmpq(1), fmpq(1, 2), fmpq(3, 2))), "bits": Range(2, 13)},
    build=lambda step_size, bits: opposite(bits, step_size),
    attains="limit",
    reaches=fmpq(9999999, 10000000),
    meaning="two opposite unit data, w = 2^-bits: the curvature of log L tends to 1",
)

ONE_DATUM = Family(
    id="one-datum",
    parameters={
        "length": Range(choices=(fmpq(1), fmpq(1, 2), fmpq(3, 5))),
        "bits": Range(4, 24),
    },
    build=lambda length, bits: state([[length]], [0], fmpq(1, 2 ** int(bits))),
    attains="limit",
    reaches=fmpq(9999999, 10000000),
    meaning="one datum: log L is linear, and the second order vanishes with the step size",
)

TURNED = state([["4/5", "3/5"], ["-4/5", "3/5"]], ["1/2", 0])
"""Two unit data, margin 3/5, at a state with uneven losses."""
LONGER = state([[4, 3], [-4, 3]], ["1/10", 0])
"""The same data five times as long."""
UNEVEN_RUN = state([[1], ["1/10"]], [0])
"""Data of lengths 1 and 1/10, from 0: one step."""
LOSING_RUN = state([[1], ["1/5"]], [0], steps=20)
"""Data of lengths 1 and 1/5, from 0: twenty steps."""
SIX_STEPS = state([[1], ["1/2"]], [0], steps=6)
"""Data of lengths 1 and 1/2, from 0: six steps."""
SHORT_RUN = state([["1/2"]], [0], "1/2")
"""One datum of length 1/2, from 0: one step."""
FAR_START = state([["1/2"]], [-3])
"""The same from -3."""
