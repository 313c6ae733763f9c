"""The pyramid on nested grids in [-2, 2]^2: multipliers that bound every shallow network's norm, and cheap networks.

Multipliers are equal at data that mirror images in the axes and diagonals carry into each other; they were found in
floats, by a linear programme, and are exact as written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.pyramid import PYRAMID
from refutable.theorems.domains.pyramid.ridges import largest_square
from refutable.theorems.domains.pyramid.splines import pyramid, ridge_spline
from refutable.theorems.instances import Instance
from refutable.theorems.records import Family, Range

ZERO = fmpq(0)
REACH = 2


@dataclass(frozen=True)
class Certificate:
    """Multipliers on the grid of one spacing, by orbit, and the norm that they certify.

    Attributes:
        spacing: of the grid.
        bound: every shallow network that fits the pyramid on the grid has sum_i |w2_i| |w1_i| >= bound.
        thousandths: 1000 times the multiplier at (a, b), 0 <= a <= b, in lexicographic order; the one at (2, 2) makes
            the sum 0.
    """

    spacing: fmpq
    bound: fmpq
    thousandths: tuple[int, ...]


CERTIFICATES = (
    Certificate(fmpq(2), fmpq(141, 100), (1414, -336)),
    Certificate(fmpq(1), fmpq(618, 100), (6200, -1964, 774, -1007, 534)),
    Certificate(
        fmpq(1, 2),
        fmpq(1242, 100),
        (204, 6329, -2774, 2316, -1972, -7251, -361, 1457, -82, 2096, -429, 296, 18, -414),
    ),
)
"""The coarsest grid first; each holds the one before."""


def grid(spacing: fmpq) -> list[tuple[fmpq, fmpq]]:
    """The points of [-2, 2]^2 whose coordinates are multiples of ``spacing``."""
    count = int(REACH / spacing)
    axis = [spacing * i for i in range(-count, count + 1)]
    return [(a, b) for a in axis for b in axis]


def multipliers(certificate: Certificate) -> list[fmpq]:
    """mu_j at the points of `grid`; orthogonal to affine functions."""
    points = [(min(abs(a), abs(b)), max(abs(a), abs(b))) for a, b in grid(certificate.spacing)]
    orbits = sorted(set(points))
    values = {orbit: fmpq(m, 1000) for orbit, m in zip(orbits, certificate.thousandths, strict=False)}
    corner = orbits[-1]
    values[corner] = -sum((values[one] for one in points if one != corner), ZERO) / 4
    return [values[one] for one in points]


@cache
def certified(certificate: Certificate) -> tuple[fmpq, fmpq]:
    """sum_j mu_j p(x_j), and the square of sup |h_mu|."""
    x = np.array(grid(certificate.spacing), dtype=object)
    mu = multipliers(certificate)
    return sum((m * p for m, p in zip(mu, pyramid(x), strict=True)), ZERO), largest_square(x, mu)


def covered(x: Any) -> list[Certificate]:
    """The certificates whose grids are among the data x [n, d]."""
    places = {tuple(row) for row in x}
    return [found for found in CERTIFICATES if places.issuperset(grid(found.spacing))] if x.shape[1] == 2 else []


Neurons = Sequence[tuple[tuple[int, int], int, fmpq]]
"""Direction, place t and output weight of neurons relu(v.x - t)."""
COARSE: Neurons = (((-1, 1), 0, fmpq(-1, 2)), ((1, 1), 0, fmpq(-1, 2)))
MIDDLE: Neurons = (
    *(((a, b), 0, fmpq(-1, 3)) for a, b in ((-2, 1), (-1, 2), (1, 2), (2, 1))),
    *(((a, b), t, fmpq(1, 3)) for a, b in ((-1, 1), (1, 1), (0, 1), (1, 0)) for t in (-1, 1)),
)


def on_grid(spacing: Any = 2) -> Instance:
    """The pyramid on a grid with the multipliers, and a network that fits it: for spacings 2 and 1 a cheapest one."""
    found = next(one for one in CERTIFICATES if one.spacing == spacing)
    x = np.array(grid(found.spacing), dtype=object)
    half, third = fmpq(1, 2), fmpq(1, 3)
    fitted: dict[str, Any] | None
    if spacing == 2:
        fitted = _network(COARSE, (ZERO, half), fmpq(1))
    elif spacing == 1:
        fitted = _network(MIDDLE, (-third, ZERO), -third)
    else:
        fitted = ridge_spline(x, pyramid(x), [fmpq(1), fmpq(1, 16)])
    assert fitted is not None
    return PYRAMID.instance(x=grid(found.spacing), multipliers=multipliers(found), **fitted)


def _network(neurons: Neurons, slope: tuple[fmpq, fmpq], offset: fmpq) -> dict[str, Any]:
    return {
        "w1": [list(v) for v, _, _ in neurons],
        "b1": [-t for _, t, _ in neurons],
        "w2": [weight for _, _, weight in neurons],
        "slope": list(slope),
        "offset": offset,
    }


GRIDS = Family(
    id="grids",
    parameters={"spacing": Range(choices=(fmpq(2), fmpq(1), fmpq(1, 2)))},
    build=on_grid,
    attains="interior",
    meaning="nested grids with the multipliers that certify 1.41, 6.18 and 12.42 for every shallow network",
)
