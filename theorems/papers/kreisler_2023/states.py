"""States of gradient descent on a product of weights, written briefly, and families of them."""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq

from refutable.theorems.domains.scalar_factors import SCALAR_FACTORS
from refutable.theorems.instances import Instance
from refutable.theorems.records import Family, Range

Written = fmpq | int | float | str
"""A rational, or how one is written: 3/2, 0.06; a float is the binary fraction that it is."""


def state(weights: Sequence[Written], step_size: Written = 1, steps: int | None = None) -> Instance:
    """Weights and a step size; ``steps`` for statements about runs."""
    return SCALAR_FACTORS.instance(weights=list(weights), step_size=step_size, steps=steps)


def minimum(first: fmpq, others: int) -> Instance:
    """A minimum: a weight, so many ones, and the reciprocal of the weight."""
    return state([first, *[1] * others, 1 / first])


MINIMA = Family(
    "minima",
    {
        "first": Range(choices=tuple(fmpq(p, q) for p, q in ((2, 1), (1, 1), (5, 2), (3, 1), (1, 7), (20, 1)))),
        "others": Range(0, 3),
    },
    lambda first, others: minimum(first, int(others)),
    "equality",
    meaning="w = (a, 1, ..., 1, 1/a): phi and the sharpness are a^2 + 1/a^2 + number of ones",
)


def balanced(weight: fmpq, step_size: fmpq, size: fmpq) -> Instance:
    """Equal weights."""
    return state([weight] * int(size), step_size)


BALANCED = Family(
    "balanced",
    {
        "weight": Range(choices=(fmpq(1, 2), fmpq(3, 4), fmpq(1), fmpq(1, 5))),
        "step_size": Range(choices=(fmpq(1, 2), fmpq(1, 4), fmpq(2, 3))),
        "size": Range(2, 4),
    },
    balanced,
    "equality",
    meaning="equal weights stay equal: phi is D before and after the step",
)

CONVERGENTS = tuple(fmpq(p, q) for p, q in ((7, 5), (41, 29), (239, 169), (1393, 985), (8119, 5741), (47321, 33461)))
"""Continued fraction of sqrt 2 from below."""


def at_root_two(stretch: fmpq, gain: fmpq, product: fmpq) -> Instance:
    """Two weights of a given product, stretched against each other, and a step of a given size * |p - 1|."""
    return state((stretch, product / stretch), gain / abs(product - 1))


AT_ROOT_TWO = Family(
    "nearly-sqrt-2",
    {
        "stretch": Range(choices=(fmpq(2), fmpq(4), fmpq(3), fmpq(5))),
        "gain": Range(choices=CONVERGENTS),
        "product": Range(choices=(fmpq(2), fmpq(1, 2), fmpq(3), fmpq(1, 9))),
    },
    at_root_two,
    "limit",
    reaches=fmpq(10**7 - 1, 10**7),
    meaning="step size * |p - 1| is a rational just below sqrt 2: the balance nearly changes its sign alone",
)


def at_edge(share: fmpq, least: fmpq) -> Instance:
    """Weights (2 h, h) near the saddle at 0 and a step a little below 2 sqrt 2 / phi."""
    weights = (2 * least, least)
    gap = weights[0] ** 2 - weights[1] ** 2
    # phi = sqrt(gap^2 + 4) <= 2 + gap^2 / 4
    return state(weights, 2 * share / (2 + gap * gap / 4))


AT_EDGE = Family(
    "edge-near-the-saddle",
    {"share": Range(choices=CONVERGENTS), "least": Range(choices=tuple(fmpq(1, 4**k) for k in range(1, 7)))},
    at_edge,
    "limit",
    reaches=fmpq(10**6 - 1, 10**6),
    meaning="two small weights and step size * phi just below 2 sqrt 2: the balance nearly changes its sign alone",
)
