"""Charts as SVG: `svg` for pages that bring the style sheet, `standalone` as a file of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from refutable.strategies.charts import Chart
from refutable.verify.report.scales import ChartError, Scale, scale
from refutable.verify.report.series import drawn_series, number, sign
from refutable.verify.report.text import escaped, power_of_ten

WIDTH, PLOT_HEIGHT, RIGHT, LINE = 400.0, 205.0, 14.0, 17.0
"""The picture's width, the height of its plot, the margin to the right and the height of a line of text."""
LETTER = 6.9
"""The width of a letter, about."""
MARK_ROWS = 3
EDGE = 5.0
"""How far markers may stand out of the frame."""


@dataclass(frozen=True)
class Frame:
    """Where the plot lies in the picture, and its scales."""

    left: float
    right: float
    top: float
    bottom: float
    x: Scale
    y: Scale


@dataclass(frozen=True)
class Mark:
    """A vertical line, its label, where that starts and in which row from the top (-1: no room)."""

    at: float
    label: str
    start: float
    row: int


def svg(chart: Chart) -> str:
    """The chart as an ``<svg>`` element for a page that has `style_sheet()`; no ids, so it may stand there twice.

    Raises:
        ChartError: numbers that cannot be drawn (see `scales.scale`), x and y of different lengths.
    """
    return _drawn(chart, titled=False)


def standalone(chart: Chart) -> str:
    """The chart as a whole SVG document with its title and its colours, light and dark. Raises as `svg`."""
    style = f"<style>{palette()}{style_sheet()}.chart {{ background: var(--paper); }}</style>"
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + _drawn(chart, titled=True, style=style) + "\n"


@cache
def style_sheet() -> str:
    """The CSS of charts; it needs the colours of `palette()`."""
    return (Path(__file__).parent / "chart.css").read_text(encoding="utf-8")


@cache
def palette() -> str:
    """The colours as CSS variables, for light and dark."""
    return (Path(__file__).parent / "palette.css").read_text(encoding="utf-8")


def _drawn(chart: Chart, titled: bool, style: str = "") -> str:
    title = LINE + 4 if titled else 0.0
    frame, marks = _laid_out(chart, title + LINE + 6)
    key, key_height = _key(chart, frame.left, frame.bottom + 2 * LINE + 10)
    size = f"{number(WIDTH)} {number(frame.bottom + 2 * LINE + 6 + key_height)}"
    width, height = size.split()
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" aria-label="{escaped(chart.title)}" '
        f'viewBox="0 0 {size}" width="{width}" height="{height}">',
        f"<title>{escaped(chart.title)}</title><desc>{escaped(chart.description)}</desc>{style}",
        _text("title", 4, LINE - 2, chart.title) if titled else "",
        _text("axis", 4, title + LINE - 3, _labelled(chart.y.label, frame.y)),
        _axes(chart, frame),
        _marks(marks, frame, title + LINE + 2),
        _inside(chart, frame),
        key,
        "</svg>",
    ]
    return "".join(parts)


def _laid_out(chart: Chart, head: float) -> tuple[Frame, list[Mark]]:
    """The frame, under ``head`` and the rows of marks it needs, as wide as the labels beside it leave."""
    for series in chart.series:
        if len(series.x) != len(series.y):
            raise ChartError(f"series {series.name!r} has {len(series.x)} x and {len(series.y)} y; give as many")
    up = [v for s in chart.series for v in s.y]
    from_zero = any(s.kind in ("stems", "area") for s in chart.series)
    y = scale(chart.y, up, PLOT_HEIGHT, 0.0, 0.06, zero=from_zero)
    left = max(40.0, 14 + LETTER * max((len(label) for _, label in y.ticks()), default=0))
    across = [v for s in chart.series for v in s.x] + [at for at, _ in chart.marks]
    x = scale(chart.x, across, left, WIDTH - RIGHT, 0.03)
    marks = _placed(chart, x)
    top = head + LINE * (1 + max((mark.row for mark in marks), default=-1))
    bottom = top + PLOT_HEIGHT
    return Frame(left, WIDTH - RIGHT, top, bottom, x, Scale(y.low, y.high, y.log, bottom, top)), marks


def _labelled(label: str, values: Scale) -> str:
    return f"{label} (×{power_of_ten(values.power)})" if values.power else label


def _text(kind: str, x: float, y: float, text: str, anchor: str = "") -> str:
    where = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text class="{kind}" x="{number(x)}" y="{number(y)}"{where}>{escaped(text)}</text>'


def _axes(chart: Chart, frame: Frame) -> str:
    left, right, top, bottom = (number(v) for v in (frame.left, frame.right, frame.top, frame.bottom))
    out = []
    for value, label in frame.y.ticks():
        at = frame.y(value)
        out.append(f'<path class="grid" d="M{left} {number(at)}H{right}"/>')
        out.append(_text("tick", frame.left - 6, at + 4, label, "end"))
    for value, label in _apart(frame.x):
        at = frame.x(value)
        out.append(f'<path class="grid" d="M{number(at)} {top}V{bottom}"/>')
        out.append(_text("tick", at, frame.bottom + LINE - 1, label, "middle"))
    middle = (frame.left + frame.right) / 2
    out.append(_text("axis", middle, frame.bottom + 2 * LINE, _labelled(chart.x.label, frame.x), "middle"))
    out.append(f'<path class="frame" d="M{left} {top}V{bottom}H{right}"/>')
    return "".join(out)


def _apart(x: Scale) -> list[tuple[float, str]]:
    """The ticks of a horizontal axis whose labels do not touch."""
    kept: list[tuple[float, str]] = []
    free = -WIDTH
    for value, label in x.ticks():
        half = LETTER * len(label) / 2
        if x(value) - half >= free:
            kept.append((value, label))
            free = x(value) + half + LETTER
    return kept


def _placed(chart: Chart, x: Scale) -> list[Mark]:
    """The marks within the range, their labels in rows where they do not touch."""
    placed: list[Mark] = []
    free = [-WIDTH] * MARK_ROWS
    for at, label in sorted(chart.marks):
        if not x.low <= at <= x.high:
            continue
        width = LETTER * len(label)
        start = max(2.0, min(x(at) - width / 2, WIDTH - 2 - width))
        row = next((r for r in range(MARK_ROWS) if start >= free[r]), -1) if label else -1
        if row >= 0:
            free[row] = start + width + LETTER
        placed.append(Mark(x(at), label, start, row))
    return placed


def _marks(marks: Sequence[Mark], frame: Frame, first: float) -> str:
    out = []
    for mark in marks:
        base = first + (mark.row + 1) * LINE - 4
        top = base + 3 if mark.row >= 0 else frame.top
        out.append(f'<path class="marked" d="M{number(mark.at)} {number(top)}V{number(frame.bottom)}"/>')
        if mark.row >= 0:
            out.append(_text("mark", mark.start, base, mark.label))
    return "".join(out)


def _inside(chart: Chart, frame: Frame) -> str:
    """The series, cut off at the frame: a nested svg clips without an id."""
    if not any(s.x for s in chart.series):
        return _text("tick", (frame.left + frame.right) / 2, (frame.top + frame.bottom) / 2, "no data", "middle")
    left, top = number(frame.left - EDGE), number(frame.top - EDGE)
    width, height = number(frame.right - frame.left + 2 * EDGE), number(PLOT_HEIGHT + 2 * EDGE)
    at = f'x="{left}" y="{top}" width="{width}" height="{height}" viewBox="{left} {top} {width} {height}"'
    return f'<svg {at} overflow="hidden" aria-hidden="true">{drawn_series(chart, frame.x, frame.y)}</svg>'


def _key(chart: Chart, left: float, top: float) -> tuple[str, float]:
    """The legend in rows, from ``top`` down, and its height; series without a name are left out."""
    out: list[str] = []
    across, down = left, top
    for place, series in enumerate(chart.series):
        if not series.name:
            continue
        width = 42 + LETTER * len(series.name)
        if across > left and across + width > WIDTH:
            across, down = left, down + LINE
        middle = down + LINE / 2
        out.append(sign(chart, place, across, middle) + _text("name", across + 28, middle + 4.5, series.name))
        across += width
    return "".join(out), (down - top + LINE + 8 if out else 0.0)
