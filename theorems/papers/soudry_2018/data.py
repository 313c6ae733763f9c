"""Data sets whose maximum margin problem is solved by eye, and families of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq

from refutable.theorems.domains.separable import SEPARABLE
from refutable.theorems.instances import Instance
from refutable.theorems.records import Family, Range

Row = Sequence[fmpq | int]


def state(
    x: Sequence[Row], w: Row, step_size: fmpq | int = 1, log_time: fmpq | int | None = 0, start: Row | None = None
) -> Instance:
    """Data, weights, step size, s = log t and where the flow started."""
    return SEPARABLE.instance(x=x, w=w, step_size=step_size, log_time=log_time, start=start)


DEGENERATE = ((1, 0), (1, 1))
"""Multipliers (1, 0): the second support vector has none, and w_2 grows like log log t."""
NOT_SPANNING = ((1, 0), (2, fmpq(3, 2)))
"""One support vector; the other datum moves w_2 for ever so little."""
UNEVEN = ((2, 1), (2, -3))
"""Support vectors with multipliers 3/16 and 1/16; the margin is 2."""


def single(length: fmpq | int, deviation: fmpq | int, log_time: fmpq | int = 0) -> Instance:
    """One datum c, step size 1/c^2 = alpha, weights so that x.w = s + deviation."""
    c, s = fmpq(length), fmpq(log_time)
    return state([[c]], [(s + fmpq(deviation)) / c], 1 / (c * c), s)


def even(pairs: int, height: fmpq, margin: fmpq, along: fmpq) -> Instance:
    """Data (gamma, +-h e_j), j = 1..pairs, with equal multipliers; weights on the axis of the maximum margin."""
    rows = [[margin, *(sign * height * (i == j) for i in range(pairs))] for j in range(pairs) for sign in (1, -1)]
    return state(rows, [along, *([fmpq(0)] * pairs)])


FAR_AHEAD = Family(
    id="far-ahead",
    parameters={
        "length": Range(choices=(fmpq(1), fmpq(2), fmpq(1, 2))),
        "deviation": Range(choices=(fmpq(1), fmpq(4), fmpq(8), fmpq(20))),
        "log_time": Range(choices=(fmpq(0), fmpq(3))),
    },
    build=single,
    attains="limit",
    reaches=fmpq(9999999, 10000000),
    meaning="one datum, x.w = s + z: |z| against e^{-z} + z",
)

EVEN_PAIRS = Family(
    id="even-pairs",
    parameters={
        "pairs": Range(choices=(1, 2)),
        "height": Range(choices=(fmpq(1), fmpq(1, 2), fmpq(3))),
        "margin": Range(choices=(fmpq(1), fmpq(2), fmpq(1, 2))),
        "along": Range(choices=(fmpq(0), fmpq(1), fmpq(-1, 3))),
    },
    build=even,
    attains="equality",
    meaning="support vectors in pairs about the axis, weights on the axis: all losses are equal",
)


def alone(row: Any, w: Any) -> Instance:
    """One datum, at any weights."""
    return state([row], w)


ONE_DATUM = Family(
    id="one-datum",
    parameters={
        "row": Range(choices=((1,), (2,), (fmpq(1, 2), 1), (1, -2, 2))),
        "w": Range(choices=(0, 1, -1)),
    },
    build=lambda row, w: alone(row, [fmpq(w)] * len(row)),
    attains="equality",
    meaning="a single datum",
)


def uneven(slopes: tuple[int, int], margin: fmpq, step_size: fmpq) -> Instance:
    """Data (gamma, a), (gamma, -b): multipliers b/(gamma^2 (a + b)) and a/(gamma^2 (a + b)); weights e_1."""
    a, b = slopes
    return state([[margin, a], [margin, -b]], (1, 0), step_size)


UNEVEN_PAIRS = Family(
    id="uneven-pairs",
    parameters={
        "slopes": Range(choices=((1, 3), (1, 1), (2, 1), (1, 7))),
        "margin": Range(choices=(fmpq(2), fmpq(1), fmpq(1, 2))),
        "step_size": Range(choices=(fmpq(1), fmpq(1, 3), fmpq(4))),
    },
    build=uneven,
    attains="equality",
    meaning="two support vectors on both sides of the axis, with multipliers in the ratio b : a",
)


def uneven_at(slopes: tuple[int, int], margin: fmpq, step_size: fmpq, log_time: fmpq) -> Instance:
    """The same at a time."""
    return uneven(slopes, margin, step_size).replace(log_time=fmpq(log_time))


UNEVEN_PAIRS_LATE = Family(
    id="uneven-pairs",
    parameters={**UNEVEN_PAIRS.parameters, "log_time": Range(choices=(fmpq(0), fmpq(5), fmpq(100)))},
    build=uneven_at,
    attains="equality",
    meaning="two support vectors on both sides of the axis, with multipliers in the ratio b : a",
)
