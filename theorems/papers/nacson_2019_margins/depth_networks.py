"""Networks of least norm at a margin, and others."""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq

from refutable.theorems.domains.shallow_plus_deep import SHALLOW_PLUS_DEEP
from refutable.theorems.domains.shallow_plus_deep.moves import optimal
from refutable.theorems.instances import Instance
from refutable.theorems.records import Family, Range

Numbers = Sequence[fmpq | int]


def network(margin: fmpq | int, data: Numbers, shallow: Numbers, factors: Numbers, depth: int = 3) -> Instance:
    """Any weights."""
    return SHALLOW_PLUS_DEEP.instance(data=data, margin=margin, depth=depth, shallow=shallow, factors=factors)


def least(factors: Numbers, depth: int = 3, margin: fmpq | int = 1) -> Instance:
    """The network of least norm with these factors, at data that suit it."""
    return optimal(network(margin, [1] * len(factors), [1] * len(factors), factors, depth))


def compared(factors: Numbers, depth: int, shallow: Numbers, other: Numbers) -> Instance:
    """The same beside another network."""
    drawn = least(factors, depth)
    other_shallow = [fmpq(t) for t in shallow]
    return SHALLOW_PLUS_DEEP.instance(**{**drawn.values, "other_shallow": other_shallow, "other_factors": list(other)})


def least_of(factor: fmpq, depth: int) -> Instance:
    """One coordinate."""
    return least((factor,), depth)


LARGE_FACTORS = Family(
    "large-factors",
    {"factor": Range(choices=(2, 5, 10, 100)), "depth": Range(choices=(4, 3))},
    least_of,
    "limit",
    1 - fmpq(1, 2 * 10**8),
    "one coordinate, large factors: the linear part is worth less and less",
)
