"""Small homogeneous networks: aligned ones, where the smoothed margin stands still, and counterexamples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq

from refutable.theorems.domains.homogeneous_network import HOMOGENEOUS_NETWORK
from refutable.theorems.instances import Instance
from refutable.theorems.records import Family, Range

Row = Sequence[fmpq | int]


def network(
    w1: Sequence[Row], w2: Row, data: Sequence[Row], labels: Row = (), slope: fmpq | int = 1, middle: Any = None,
    bias: fmpq | int | None = None,
) -> Instance:  # fmt: skip
    """Labels 1 unless given; linear unless a slope is given."""
    return HOMOGENEOUS_NETWORK.instance(
        w1=w1, w2=w2, x=data, y=labels or [1] * len(data), slope=slope, middle=middle, bias=bias
    )


def aligned(size: fmpq | int, depth: int, slope: fmpq | int) -> Instance:
    """One datum (3, 4), one unit a layer, all layers of equal norm: the weights are parallel to the gradient."""
    middle = [[[size]]] * (depth - 2) or None
    return network([[size * fmpq(3, 5), size * fmpq(4, 5)]], [size], [[3, 4]], slope=slope, middle=middle)


ALIGNED = Family(
    "aligned",
    {
        "size": Range(choices=(fmpq(1), fmpq(2), fmpq(1, 2), fmpq(5, 4))),
        "depth": Range(choices=(2, 3, 4)),
        "slope": Range(choices=(fmpq(1), fmpq(0), fmpq(1, 10))),
    },
    aligned,
    "equality",
    meaning="one datum, weights parallel to the gradient: the network grows along its direction",
)

MISSED = network([[1]], [1], [[1], [1]], labels=(-1, -1))
"""w2 w1 x with w1 = w2 = 1 and the data 1, 1 labelled -1: margins -1, -1, loss 5.4."""
UNEVEN = network([[1]], [1], [[1], [10]])
"""The same weights, margins 1 and 10."""
BIASED = network([[1]], [1], [[1]], bias=2)
"""w2 w1 x + b with w1 = w2 = 1, b = 2: margin 3."""
CONFLICT = network([[1, 1]], [1], [[1, 0], [-4, 6]])
"""w2 (w1 . x), margins 1 and 2 whose data pull apart."""
