"""Charts as plain data: what is drawn, not how. Reports turn them into pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SeriesKind = Literal["line", "points", "stems", "steps", "area"]
Role = Literal["left", "right", "data", "knot", "weight", "other", "faint"]
"""What a series stands for, so that the same thing has the same colour in every chart: the smaller and the larger
side of a bound, data, knots, the weight g."""


@dataclass(frozen=True)
class Axis:
    """One axis; ``low`` and ``high`` None: from the data."""

    label: str
    log: bool = False
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Series:
    """Points (x[i], y[i]) with a name for the legend.

    Attributes:
        kind: line, points, stems (vertical lines from 0), steps (constant until the next x), area (from 0 to y).
        dashed: of lines.
    """

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    kind: SeriesKind = "line"
    role: Role = "other"
    dashed: bool = False


@dataclass(frozen=True)
class Chart:
    """One picture.

    Attributes:
        title: a few words.
        description: what one sees, in one or two sentences, for those who cannot see it.
        marks: vertical lines with a label: (x, label).
    """

    title: str
    description: str
    x: Axis
    y: Axis
    series: tuple[Series, ...]
    marks: tuple[tuple[float, str], ...] = ()
