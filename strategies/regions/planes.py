"""A network on a plane: its cells with one activation pattern each, and its decision regions, exactly.

On a cell f is affine, so that its signs at the vertices say all. A *decision region* is a connected part on which f
does not change its sign, and is not 0 everywhere: a component of {f >= 0} with a point where f > 0, or of {f <= 0}
with a point where f < 0. On a segment that is a maximal subinterval of one sign, zeros ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import fmpq

from refutable.strategies.regions.arrangement import TINY, Cell, Line, Point, cells, point
from refutable.theorems.exact import to_float

ZERO, ONE = fmpq(0), fmpq(1)
UNIT = (point(ZERO, ZERO), point(ONE, ZERO), point(ZERO, ONE))
"""The triangle whose corners are three data, in coordinates x_0 + s (x_1 - x_0) + t (x_2 - x_0)."""
ROUNDING = 2.0**-50


@dataclass(frozen=True)
class Plane:
    """Cells of a polygon, and the sign of f at each of their vertices."""

    cells: tuple[Cell, ...]
    signs: dict[Point, int]

    @property
    def linear_regions(self) -> int:
        """Cells with one activation pattern each."""
        return len(self.cells)

    @property
    def decision_regions(self) -> int:
        """See the module; 1 where f vanishes everywhere."""
        return max(1, self.regions_of(1) + self.regions_of(-1))

    def regions_of(self, sign: int) -> int:
        """Decision regions on which f is positive (1) or negative (-1) somewhere."""
        groups = _Groups()
        for cell in self.cells:
            corners = [corner for corner in cell if self.signs[corner] * sign >= 0]
            for corner in corners[1:]:
                groups.join(corners[0], corner)
            # Within a convex cell the points with f >= 0 are one convex piece.
        return len({groups.of(corner) for corner, found in self.signs.items() if found == sign})


class _Groups:
    """Which vertices are connected."""

    def __init__(self) -> None:
        self._parent: dict[Point, Point] = {}

    def of(self, one: Point) -> Point:
        """The vertex that stands for the group."""
        root = one
        while (above := self._parent.get(root, root)) is not root:
            root = above
        while one is not root:
            self._parent[one], one = root, self._parent.get(one, root)
        return root

    def join(self, one: Point, other: Point) -> None:
        """Make two groups one."""
        first, second = self.of(one), self.of(other)
        if first is not second:
            self._parent[first] = second


def triangle(corners: Sequence[Sequence[fmpq]], weights: Sequence[fmpq], bias: fmpq, most: int | None = None) -> Plane:
    """The network on the triangle between three data.

    Args:
        corners: pre-activations [3, k] at the three data.
        weights: output weights [k].
        bias: output bias.
        most: cells at most; None: any number.

    Raises:
        TooManyLines, TooManyCells: see `arrangement.cells`.
    """
    first, second, third = corners
    lines = [Line(z0, z1 - z0, z2 - z0) for z0, z1, z2 in zip(first, second, third, strict=True)]
    return on_polygon(UNIT, lines, weights, bias, most)


def on_polygon(
    polygon: Sequence[Point], lines: Sequence[Line], weights: Sequence[fmpq], bias: fmpq, most: int | None = None
) -> Plane:
    """The network on a convex polygon; ``lines`` are its pre-activations [k]. ``most`` as in `arrangement.cells`."""
    found = tuple(cells(polygon, lines, most))
    corners = list(dict.fromkeys(corner for cell in found for corner in cell))
    return Plane(found, _signs(corners, lines, weights, bias))


def _signs(corners: list[Point], lines: Sequence[Line], weights: Sequence[fmpq], bias: fmpq) -> dict[Point, int]:
    """Signs of f: floats where their rounding cannot matter, rationals elsewhere."""
    value, bound = _proposed(corners, lines, weights, bias)
    with np.errstate(invalid="ignore"):
        sure = np.isfinite(value) & (np.abs(value) > bound)
    exact = value_of(lines, weights, bias)
    out = {}
    for corner, certain, proposal in zip(corners, sure, value, strict=True):
        found = proposal if certain else exact(corner)
        out[corner] = int(found > 0) - int(found < 0)
    return out


def _proposed(corners: list[Point], lines: Sequence[Line], weights: Sequence[fmpq], bias: fmpq) -> tuple[Any, Any]:
    """f at the corners in floats, and a bound on what rounding did to it."""
    at = np.array([(1.0, *corner.near) for corner in corners])
    rows = np.array([line.near for line in lines]).reshape(-1, 3)
    outputs, shift = np.abs([to_float(w) for w in weights]), to_float(bias)
    signed = np.array([to_float(w) for w in weights])
    with np.errstate(over="ignore", invalid="ignore"):
        value = np.maximum(at @ rows.T, 0.0) @ signed + shift
        moduli = np.abs(at) @ np.abs(rows.T)
        size = moduli @ outputs + abs(shift)
        # What underflow took from a coordinate is multiplied by slopes and weights, from a weight by pre-activations.
        lost = TINY * (1 + (1 + np.abs(rows).sum(-1)) @ outputs + moduli.sum(-1))
    return value, ROUNDING * (8 + len(rows)) * size + lost


def value_of(lines: Sequence[Line], weights: Sequence[fmpq], bias: fmpq) -> Callable[[Point], fmpq]:
    """f at a vertex, exactly."""

    def value(where: Point) -> fmpq:
        total = bias
        for line, weight in zip(lines, weights, strict=True):
            z = line.at(where)
            if z > 0:
                total = total + weight * z
        return total

    return value
