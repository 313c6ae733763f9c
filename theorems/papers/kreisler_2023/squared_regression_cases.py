"""Small diagonal networks: minima, and states that refute what is false."""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq

from refutable.theorems.domains.diagonal_regression import DIAGONAL_REGRESSION
from refutable.theorems.instances import Instance
from refutable.theorems.records import Family, Range

Numbers = Sequence[fmpq | int]


def state(u: Numbers, v: Numbers, y: fmpq | int, step_size: fmpq | int = fmpq(1, 10), x: Numbers = (1,)) -> Instance:
    """One datum."""
    return DIAGONAL_REGRESSION.instance(u=list(u), v=list(v), x=[list(x)], y=[y], step_size=step_size)


def minimum(pairs: int = 1, weight: fmpq | int = 1, step_size: fmpq | int = fmpq(1, 4)) -> Instance:
    """A state at loss 0: weights (weight, 1) in every pair, one datum (1, ..., 1)."""
    w = fmpq(weight)
    return state([w] * pairs, [1] * pairs, (w * w - 1) * pairs, step_size, [1] * pairs)


MINIMA = Family(
    id="at-loss-zero",
    parameters={
        "pairs": Range(choices=(1, 2, 3)),
        "weight": Range(choices=(2, 1, fmpq(1, 2), 3)),
        "step_size": Range(choices=(fmpq(1, 4), fmpq(1, 10), 1)),
    },
    build=minimum,
    attains="equality",
    meaning="states at loss 0: a step changes nothing",
)

RISING = state((1,), (1,), 4)
"""u = v = 1, label 4: training lets the weights grow."""
LONG_STEP = state((1,), (1,), 4, 1)
"""The same with step size 1: (eta g)^2 = 64."""
TWO_PAIRS = state((1, 2), (1, 1), 1, fmpq(1, 20), (1, 1))
"""Two pairs of weights, one datum."""
FEWER_DATA = state((1, 4), (3, 1), 4, fmpq(7, 100), (2, 1))
"""One datum (2, 1), two pairs: both (eta g)^2 are below 2, yet the sharpness at the end of the flow rises by 7 %."""
