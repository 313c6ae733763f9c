"""The pyramid near a vertex, where its gradient is largest; and hats: data on a line, where duality is exact."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.pyramid import PYRAMID
from refutable.theorems.domains.pyramid.splines import pyramid, ridge_spline
from refutable.theorems.instances import Instance
from refutable.theorems.records import Family, Range

DISTANCES = tuple(fmpq(1, 2**bits) for bits in (3, 5, 2, 12, 20, 40))


def near_vertex(d: int = 1, distance: Any = fmpq(1, 8), copies: int = 1, step_size: Any = None) -> Instance:
    """Data at one place inside the pyramid, at l1-distance about ``distance`` from (1, 0, ..., 0), no coordinate 0."""
    gap = fmpq(distance)
    rest = [gap / (4 * d)] * (d - 1)
    row = [1 - gap, *rest]
    return PYRAMID.instance(x=[row] * copies, step_size=step_size)


NEAR_VERTEX = Family(
    id="near-a-vertex",
    parameters={"d": Range(choices=(1, 2, 3, 5)), "distance": Range(choices=DISTANCES), "copies": Range(1, 3)},
    build=lambda d, distance, copies: near_vertex(d, distance, int(copies), fmpq(2, 2 * d + 3)),
    attains="limit",
    reaches=fmpq(10**9 - 1, 10**9),
    meaning="data near a vertex of the pyramid, where the gradient is largest",
)


def hat(direction: Sequence[Any] = (1,), tail: Any = 2, extra: Sequence[Any] = ()) -> Instance:
    """Data s u on a line, where p is relu(1 - |s|): bends at -1, 0, 1, and multipliers whose h there is 1, -1, 1.

    Args:
        direction: a unit vector; u is that vector over its l1-norm.
        tail: T > 1; h falls from 1 at +-1 to 0 at +-T.
        extra: further places s, with multiplier 0.
    """
    unit = [fmpq(c) for c in direction]
    length = sum((abs(c) for c in unit), fmpq(0))
    end = fmpq(tail)
    fall = 1 / (end - 1)
    places = [-end, fmpq(-1), fmpq(0), fmpq(1), end, *(fmpq(s) for s in extra)]
    multipliers = [fall, -2 - fall, fmpq(4), -2 - fall, fall, *([fmpq(0)] * len(extra))]
    rows = [[s * c / length for c in unit] for s in places]
    x = np.array(rows, dtype=object)
    fitted = ridge_spline(x, pyramid(x), unit)
    assert fitted is not None
    return PYRAMID.instance(x=rows, multipliers=multipliers, **fitted)


def roof(direction: Sequence[Any] = (1,)) -> Instance:
    """Three data on a line, at -1, 0, 1: one bend, multipliers -1, 2, -1."""
    unit = [fmpq(c) for c in direction]
    length = sum((abs(c) for c in unit), fmpq(0))
    rows = [[s * c / length for c in unit] for s in (fmpq(-1), fmpq(0), fmpq(1))]
    x = np.array(rows, dtype=object)
    fitted = ridge_spline(x, pyramid(x), unit)
    assert fitted is not None
    return PYRAMID.instance(x=rows, multipliers=[-1, 2, -1], **fitted)


HATS = Family(
    id="hats",
    parameters={
        "direction": Range(choices=((1,), (1, 0), (fmpq(3, 5), fmpq(4, 5)), (fmpq(-5, 13), fmpq(12, 13)))),
        "tail": Range(choices=(2, 3, fmpq(5, 4), 65)),
        "extra": Range(choices=((), (fmpq(1, 2),), (fmpq(-1, 3), fmpq(1, 3), fmpq(7, 4)))),
    },
    build=hat,
    attains="equality",
    meaning="data on a line through the pyramid's apex: the spline is the cheapest network, its bends the certificate",
)
