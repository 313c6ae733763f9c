"""The regions of a network with two inputs, ready to be drawn: a square around the data, in units of its side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from flint import fmpq

from refutable.strategies.regions.arrangement import Line, Point, point
from refutable.strategies.regions.planes import on_polygon, value_of
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.exact import to_float
from refutable.theorems.instances import Instance

ZERO = fmpq(0)
MARGIN = fmpq(3, 20)
"""Around the data, in parts of their extent."""
MOST = 150
"""Neurons that can be drawn: more lines than that are no picture."""
Where = tuple[float, float]
Side = Literal["yes", "no", "none"]


@dataclass(frozen=True)
class Picture:
    """What to draw; positions in the unit square, the second upwards.

    Attributes:
        cells: polygons with one activation pattern each.
        above, below: the parts of the cells where f is above or below the level.
        border: segments on which f changes its side.
        data: positions with the label's side of the level; ``none`` without labels.
        decision, linear: how many regions there are in the square.
        window: the square in words.
    """

    cells: tuple[tuple[Where, ...], ...]
    above: tuple[tuple[Where, ...], ...]
    below: tuple[tuple[Where, ...], ...]
    border: tuple[tuple[Where, Where], ...]
    data: tuple[tuple[Where, Side], ...]
    decision: int
    linear: int
    window: str


def drawable(instance: Instance) -> None:
    """Nothing, where the regions of a shallow network can be drawn.

    Raises:
        ValueError: no shallow network, not two inputs, or more than `MOST` neurons.
    """
    if instance.domain != SHALLOW_RELU.id:
        raise ValueError(f"regions are drawn of shallow networks; this is a {instance.domain} instance")
    k, d = instance["w1"].shape
    if d != 2:
        raise ValueError(f"this network has {d} input{'s' if d > 1 else ''}; regions are drawn for two")
    if k > MOST:
        raise ValueError(f"this network has {k} neurons; regions are drawn for at most {MOST}")


def pictured(instance: Instance, level: fmpq = ZERO) -> Picture:
    """The regions of a shallow network in a square around its data, found exactly.

    Raises:
        ValueError: not two inputs, or more than `MOST` neurons.
    """
    drawable(instance)
    (s, t), side = _window(instance["x"])
    lines = [
        Line(b + row[0] * s + row[1] * t, row[0] * side, row[1] * side)
        for row, b in zip(instance["w1"], instance["b1"], strict=True)
    ]
    weights = list(instance["w2"])
    bias = (instance["b2"] if instance["b2"] is not None else ZERO) - level
    corners = [point(fmpq(a), fmpq(b)) for a, b in ((0, 0), (1, 0), (1, 1), (0, 1))]
    plane = on_polygon(corners, lines, weights, bias)
    exact = value_of(lines, weights, bias)
    heights = {corner: to_float(exact(corner)) for corner in plane.signs}
    parts = {sign: [_part(cell, heights, sign) for cell in plane.cells] for sign in (1, -1)}
    data = tuple(
        ((to_float((row[0] - s) / side), to_float((row[1] - t) / side)), _side(instance["y"], j, level))
        for j, row in enumerate(instance["x"])
    )
    return Picture(
        tuple(tuple(corner.near for corner in cell) for cell in plane.cells),
        tuple(part for part in parts[1] if len(part) > 2),
        tuple(part for part in parts[-1] if len(part) > 2),
        tuple(edge for cell in plane.cells for edge in _zeros(cell, heights)),
        data,
        plane.decision_regions,
        plane.linear_regions,
        f"x1 from {_short(s)} to {_short(s + side)}, x2 from {_short(t)} to {_short(t + side)}",
    )


def _window(x: Any) -> tuple[tuple[fmpq, fmpq], fmpq]:
    """Lower left corner and side of a square around the data."""
    low = [min(row[c] for row in x) for c in range(2)]
    high = [max(row[c] for row in x) for c in range(2)]
    extent = max(high[0] - low[0], high[1] - low[1]) or fmpq(1)
    side = extent * (1 + 2 * MARGIN)
    return ((low[0] + high[0] - side) / 2, (low[1] + high[1] - side) / 2), side


def _side(y: Any, place: int, level: fmpq) -> Side:
    if y is None or y[place] == level:
        return "none"
    return "yes" if y[place] > level else "no"


def _part(cell: tuple[Point, ...], heights: dict[Point, float], sign: int) -> tuple[Where, ...]:
    """The part of a cell where f, affine there, has a sign."""
    out: list[Where] = []
    for corner, following in zip(cell, (*cell[1:], cell[0]), strict=True):
        here, there = sign * heights[corner], sign * heights[following]
        if here >= 0:
            out.append(corner.near)
        if here * there < 0:
            out.append(_between(corner, following, here / (here - there)))
    return tuple(out) if any(sign * heights[corner] > 0 for corner in cell) else ()


def _zeros(cell: tuple[Point, ...], heights: dict[Point, float]) -> list[tuple[Where, Where]]:
    """The segment on which f is 0 and changes its sign, if the cell has one."""
    values = [heights[corner] for corner in cell]
    if not (max(values) > 0 > min(values)):
        return []
    ends: list[Where] = [corner.near for corner, value in zip(cell, values, strict=True) if value == 0]
    for corner, following in zip(cell, (*cell[1:], cell[0]), strict=True):
        here, there = heights[corner], heights[following]
        if here * there < 0:
            ends.append(_between(corner, following, here / (here - there)))
    return [(ends[0], ends[1])] if len(ends) == 2 else []


def _between(one: Point, other: Point, share: float) -> Where:
    (s, t), (u, v) = one.near, other.near
    return s + share * (u - s), t + share * (v - t)


def _short(x: fmpq) -> str:
    return f"{to_float(x):.3g}"
