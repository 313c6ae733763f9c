"""Lines within a convex polygon: the cells they cut it into, exactly.

A polygon is cut line by line. On which side of a line a vertex lies is proposed in floats and, where their rounding
could matter, decided in rationals; new vertices are exact. No grid: every cell is found, however thin.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from flint import fmpq

from refutable.theorems.exact import to_float

ROUNDING = 2.0**-48
"""A float sum of three products of rounded numbers is off by less than this times the sum of their moduli."""
TINY = 1e-290
"""Below it products may underflow, and coordinates and coefficients have rounded to few digits or to 0."""


@dataclass(frozen=True, eq=False)
class Point:
    """A vertex, known exactly; equal only to itself, so that cells share their vertices."""

    s: fmpq
    t: fmpq
    near: tuple[float, float]


def point(s: fmpq, t: fmpq) -> Point:
    """The vertex at exact coordinates."""
    return Point(s, t, (to_float(s), to_float(t)))


@dataclass(frozen=True)
class Line:
    """The zeros of c + a s + b t."""

    c: fmpq
    a: fmpq
    b: fmpq
    near: tuple[float, float, float] = field(init=False)

    def __post_init__(self) -> None:
        """Keep the floats beside the rationals."""
        object.__setattr__(self, "near", (to_float(self.c), to_float(self.a), to_float(self.b)))

    @property
    def proper(self) -> bool:
        """Whether it is a line: c + a s + b t is not constant."""
        return self.a != 0 or self.b != 0

    def at(self, where: Point) -> fmpq:
        """c + a s + b t, exactly."""
        return self.c + self.a * where.s + self.b * where.t

    def side(self, where: Point) -> int:
        """The sign of c + a s + b t, decided exactly."""
        (c, a, b), (s, t) = self.near, where.near
        first, second = a * s, b * t
        value = c + first + second
        unsure = ROUNDING * (abs(c) + abs(first) + abs(second)) + TINY * (1 + abs(a) + abs(b))
        if unsure < abs(value) < 1e290:
            return 1 if value > 0 else -1
        exact = self.at(where)
        return (exact > 0) - (exact < 0)


Cell = tuple[Point, ...]
"""A convex polygon's vertices in order."""


class TooManyLines(ValueError):
    """More lines cross the polygon than can be treated; the message says how many."""


class TooManyCells(ValueError):
    """More cells than were asked for."""


MOST_LINES = 300
"""So many lines cut a polygon into up to 45,000 cells, in seconds."""


def cells(polygon: Sequence[Point], lines: Iterable[Line], most: int | None = None) -> list[Cell]:
    """The cells that lines cut a convex polygon into.

    Args:
        polygon: its vertices in order.
        lines: any lines.
        most: cells at most; None: any number.

    Raises:
        TooManyLines: more than `MOST_LINES` lines cross it.
        TooManyCells: there are more than ``most``.
    """
    start: Cell = tuple(polygon)
    crossing = [line for line in lines if line.proper and _crosses(line, start)]
    if len(crossing) > MOST_LINES:
        raise TooManyLines(f"{len(crossing)} lines cross the polygon; at most {MOST_LINES} can be treated")
    found = [start]
    for line in crossing:
        found = _cut(found, line)
        if most is not None and len(found) > most:
            raise TooManyCells(f"there are more than {most} cells")
    return found


def _crosses(line: Line, cell: Cell) -> bool:
    sides = {line.side(corner) for corner in cell}
    return 1 in sides and -1 in sides


def _cut(found: list[Cell], line: Line) -> list[Cell]:
    sides: dict[Point, int] = {}
    new: dict[frozenset[Point], Point] = {}
    out: list[Cell] = []
    for cell in found:
        signs = []
        for corner in cell:
            if corner not in sides:
                sides[corner] = line.side(corner)
            signs.append(sides[corner])
        if 1 in signs and -1 in signs:
            out += _halves(cell, signs, line, new)
        else:
            out.append(cell)
    return out


def _halves(cell: Cell, signs: list[int], line: Line, new: dict[frozenset[Point], Point]) -> list[Cell]:
    """Both parts of a cell; ``new`` holds vertices by the edge they are on, so that neighbours share them."""
    above: list[Point] = []
    below: list[Point] = []
    for at, (corner, sign) in enumerate(zip(cell, signs, strict=True)):
        if sign >= 0:
            above.append(corner)
        if sign <= 0:
            below.append(corner)
        following, next_sign = cell[(at + 1) % len(cell)], signs[(at + 1) % len(cell)]
        if sign * next_sign < 0:
            edge = frozenset((corner, following))
            if edge not in new:
                new[edge] = _meeting(corner, following, line)
            above.append(new[edge])
            below.append(new[edge])
    return [tuple(above), tuple(below)]


def _meeting(one: Point, other: Point, line: Line) -> Point:
    """Where a line meets an edge whose ends are on different sides of it."""
    first, second = line.at(one), line.at(other)
    share = first / (first - second)
    return point(one.s + share * (other.s - one.s), one.t + share * (other.t - one.t))
