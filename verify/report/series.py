"""One series of a chart as SVG: lines, steps, areas, stems, points and their markers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from refutable.strategies.charts import Chart, Series
from refutable.verify.report.scales import Scale

Point = tuple[float, float]
SPARSE = 8
"""Markers along each line after the first, so that lines differ by more than their colour."""
SHAPES = ("circle", "diamond", "square", "triangle", "plus", "cross")
_SHAPE_OF = {
    "data": "circle",
    "left": "square",
    "right": "triangle",
    "knot": "cross",
    "weight": "diamond",
    "other": "plus",
    "faint": "circle",
}
_OUTLINES = {
    "diamond": "m0 -5l5 5l-5 5l-5 -5z",
    "square": "m-3.5 -3.5h7v7h-7z",
    "triangle": "m0 -4.5l4.5 8h-9z",
    "plus": "m-5 0h10m-5 -5v10",
    "cross": "m-4 -4l8 8m0 -8l-8 8",
}
OPEN = ("plus", "cross")
_BACK_TO_FRONT = {"area": 0, "steps": 1, "line": 1, "stems": 2, "points": 3}


def number(value: float) -> str:
    """A coordinate, in at most two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def drawn_series(chart: Chart, x: Scale, y: Scale) -> str:
    """All series, those in the background first."""
    order = sorted(range(len(chart.series)), key=lambda i: _depth(chart.series[i]))
    return "".join(_series(chart.series[i], shape(chart, i), x, y) for i in order)


def sign(chart: Chart, place: int, x: float, y: float) -> str:
    """What stands for a series in the legend: 22 units wide, about (x + 11, y)."""
    series, kind = chart.series[place], shape(chart, place)
    if series.kind == "area":
        body = f'<path class="area" d="M{number(x)} {number(y + 5)}h22v-10h-22z"/>'
    else:
        dashed = " dashed" if series.dashed else ""
        line = f'<path class="stroke{dashed}" d="M{number(x)} {number(y)}h22"/>' if series.kind != "points" else ""
        body = line + (_marker(kind, (x + 11, y)) if kind else "")
    return f'<g class="{series.role}">{body}</g>'


def shape(chart: Chart, place: int) -> str:
    """The marker of the series at that place; "" for lines that have none (the first, dashed and faint ones)."""
    series = chart.series[place]
    if series.kind in ("line", "steps"):
        before = sum(s.kind in ("line", "steps") for s in chart.series[:place])
        return SHAPES[(before - 1) % len(SHAPES)] if before and not series.dashed and series.role != "faint" else ""
    before = sum(s.kind == series.kind and s.role == series.role for s in chart.series[:place])
    first = SHAPES.index(_SHAPE_OF[series.role])
    return SHAPES[(first + before) % len(SHAPES)]


def _depth(series: Series) -> tuple[bool, int]:
    return series.role != "faint", _BACK_TO_FRONT[series.kind]


def _series(series: Series, marker: str, x: Scale, y: Scale) -> str:
    points = [(x(a), y(b)) for a, b in zip(series.x, series.y, strict=True)]
    if not points:
        return ""
    zero = y.start if y.log else y(min(max(0.0, y.low), y.high))
    body = _KINDS[series.kind](points, marker, zero, " dashed" if series.dashed else "")
    return f'<g class="{series.role}">{body}</g>'


def _line(points: Sequence[Point], marker: str, zero: float, dashed: str) -> str:
    if len(set(points)) == 1:
        return _marker("circle", points[0])
    path = f'<path class="stroke{dashed}" d="M{_joined(points)}"/>'
    every = max(1, len(points) // SPARSE)
    return path + (_points(points[every // 2 :: every], marker, zero, dashed) if marker else "")


def _steps(points: Sequence[Point], marker: str, zero: float, dashed: str) -> str:
    corners = [points[0]]
    for (_, before), (across, up) in pairwise(points):
        corners += [(across, before), (across, up)]
    return _line(corners, marker, zero, dashed)


def _area(points: Sequence[Point], marker: str, zero: float, dashed: str) -> str:
    closed = [(points[0][0], zero), *points, (points[-1][0], zero)]
    return f'<path class="area" d="M{_joined(closed)}Z"/>'


def _stems(points: Sequence[Point], marker: str, zero: float, dashed: str) -> str:
    path = "".join(f"M{number(across)} {number(zero)}V{number(up)}" for across, up in points)
    return f'<path class="stroke{dashed}" d="{path}"/>' + _points(points, marker, zero, dashed)


def _points(points: Sequence[Point], marker: str, zero: float, dashed: str) -> str:
    return "".join(_marker(marker, point) for point in points)


_KINDS: dict[str, Callable[[Sequence[Point], str, float, str], str]] = {
    "line": _line,
    "steps": _steps,
    "area": _area,
    "stems": _stems,
    "points": _points,
}


def _joined(points: Sequence[Point]) -> str:
    return "L".join(f"{number(a)} {number(b)}" for a, b in points)


def _marker(kind: str, point: Point) -> str:
    x, y = map(number, point)
    if kind == "circle":
        return f'<circle class="point" cx="{x}" cy="{y}" r="3.5"/>'
    return f'<path class="point{" open" if kind in OPEN else ""}" d="M{x} {y}{_OUTLINES[kind]}"/>'
