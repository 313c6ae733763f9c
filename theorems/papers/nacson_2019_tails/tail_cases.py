"""Small data sets with known multipliers, for losses of other tails."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq

from refutable.theorems.domains.tail_margins import TAIL_MARGINS
from refutable.theorems.instances import Instance
from refutable.theorems.records import Family, Range


def data(x: Sequence[Sequence[Any]], exponent: Any = 2, level: Any = 10, frozen: Any = None) -> Instance:
    """Rows x, nu, u_min^nu, the frozen component."""
    return TAIL_MARGINS.instance(x=[list(row) for row in x], exponent=exponent, level=level, frozen=frozen)


def uneven(exponent: Any = 2, level: Any = 10, times: int = 3) -> Instance:
    """(1, 1) and (1, -times): multipliers times/(times + 1) and 1/(times + 1), margin 1."""
    return data([[1, 1], [1, -times]], exponent, level)


UNEVEN_FAR = Family(
    id="uneven-data-far-out",
    parameters={
        "exponent": Range(choices=(fmpq(2), fmpq(1), fmpq(1, 2), fmpq(3))),
        "times": Range(choices=(3, 2, 7)),
        "digits": Range(2, 8),
    },
    build=lambda exponent, times, digits: uneven(exponent, fmpq(10) ** int(digits.p), int(times)),
    attains="limit",
    reaches=fmpq(9999999, 10000000),
    meaning="two data with multipliers in the ratio 3 : 1 and others, at levels up to 10^8",
)

HALF = uneven(fmpq(1, 2), 10)
"""nu = 1/2."""
SQUARE = uneven(2, 10)
"""nu = 2."""
FAR_SQUARE = uneven(2, 10**4)
"""nu = 2, far out."""
LOPSIDED = uneven(1, 10, 9)
"""Multipliers 9/10 and 1/10."""
NARROW = data([[1, "1/10"], [1, "-3/10"]], 1, 10)
"""nu = 1, data close together: the weights lean far from what."""
FROZEN = data([[1, 1], [1, -3]], 2, 10, 1)
"""nu = 2 with a component 1 of w that no datum sees."""
STEEP = uneven(fmpq(1, 4), 1, 9)
"""nu = 1/4, multipliers 9/10 and 1/10, near the start of the curve."""
