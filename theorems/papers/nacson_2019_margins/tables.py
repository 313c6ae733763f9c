"""Tables of margins: nearly tight ones, and counterexamples."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from flint import fmpq

from refutable.theorems.domains.margin_table import MARGIN_TABLE
from refutable.theorems.exact.simplest import simplest_between
from refutable.theorems.instances import Instance
from refutable.theorems.records import Family, Range

FAR = 50
"""A margin whose loss is below 10^-21."""
LOW = -3
"""A least margin."""
NEARNESS = tuple(fmpq(1, 10**k) for k in (1, 3, 7))


def table(*rows: Sequence[Any], norm: fmpq | int = 1, degree: int = 1, slack: fmpq | int | None = None) -> Instance:
    """Row 0 is the parameter under test."""
    return MARGIN_TABLE.instance(margins=[list(row) for row in rows], norm=norm, degree=degree, slack=slack)


def just_below(value: float, distance: fmpq) -> fmpq:
    """A plain fraction between value - distance and value - distance/2."""
    exact = fmpq(*value.as_integer_ratio())
    return simplest_between(exact - distance, exact - distance / 2)


def traded(data: int, distance: fmpq, norm: fmpq | int = 1) -> Instance:
    """One margin lower by nearly log N, the others far away, against N equal margins 1."""
    scale = fmpq(norm)
    lower = 1 - just_below(math.log(data), distance) / scale
    return table([lower, *[FAR] * (data - 1)], [1] * data, norm=norm)


def traded_second(data: int, distance: fmpq) -> Instance:
    """The least margin alike; the second lower by nearly log(N - 1), the others far away, against N - 1 equal ones."""
    lower = 1 - just_below(math.log(data - 1), distance)
    return table([LOW, lower, *[FAR] * (data - 2)], [LOW, *[1] * (data - 1)])


def traded_logistic(data: int, margin: int, distance: fmpq) -> Instance:
    """The same for the logistic loss: the margin falls by nearly gamma* + log((1 + e^-gamma*)^N - 1)."""
    fall = margin + math.log(math.expm1(data * math.log1p(math.exp(-margin))))
    return table([margin - just_below(fall, distance), *[FAR] * (data - 1)], [margin] * data)


ONE_FOR_ALL = Family(
    "one-for-all",
    {"data": Range(choices=(2, 5, 10, 3)), "distance": Range(choices=NEARNESS)},
    traded,
    "limit",
    1 - fmpq(1, 5 * 10**6),
    "N equal margins against one that is lower by nearly log N while all others are far away",
)
SECOND_FOR_ALL = Family(
    "second-for-all",
    {"data": Range(choices=(3, 6, 11, 4)), "distance": Range(choices=NEARNESS)},
    traded_second,
    "limit",
    1 - fmpq(1, 5 * 10**6),
    "one least margin for both; behind it N - 1 equal margins against one lower by nearly log(N - 1), the others far "
    "away",
)
