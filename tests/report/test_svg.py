"""Charts as SVG: coordinates, ticks, and data that have no range."""

from __future__ import annotations

import math
from xml.etree import ElementTree

import pytest

from refutable.strategies.charts import Axis, Chart, Series
from refutable.verify.report.scales import ChartError, Scale, scale
from refutable.verify.report.svg import standalone, svg

SVG = "{http://www.w3.org/2000/svg}"


def _chart(*series: Series, x: Axis | None = None, y: Axis | None = None, **more: object) -> Chart:
    return Chart("A title", "What one sees", x or Axis("x"), y or Axis("y"), series, **more)  # type: ignore[arg-type]


def _points(chart: Chart) -> list[tuple[float, float]]:
    drawn = ElementTree.fromstring(svg(chart)).iter(f"{SVG}circle")
    inner = [circle for circle in drawn if circle.get("class") == "point"]
    return [(float(c.get("cx", "nan")), float(c.get("cy", "nan"))) for c in inner]


def test_a_linear_scale_is_affine() -> None:
    to = scale(Axis("x", low=0, high=10), [], 100, 200, 0.05)
    assert [to(v) for v in (0, 2.5, 10)] == [100, 125, 200]


def test_a_log_scale_gives_equal_ratios_equal_room() -> None:
    to = scale(Axis("x", log=True, low=1, high=1000), [], 0, 300, 0.05)
    assert [to(v) for v in (1, 10, 100, 1000)] == pytest.approx([0, 100, 200, 300])


def test_padding_leaves_fixed_ends_alone() -> None:
    to = scale(Axis("x", low=0), [1.0, 10.0], 0, 1, 0.1)
    assert (to.low, to.high) == (0, pytest.approx(11))


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 6, ["0", "1", "2", "3", "4", "5", "6"]),
        (0, 1, ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        (-10, 10, ["−10", "−5", "0", "5", "10"]),
        (1e7, 2e7, ["1.0", "1.2", "1.4", "1.6", "1.8", "2.0"]),
        (0, 3e-9, ["0", "0.5", "1.0", "1.5", "2.0", "2.5", "3.0"]),
    ],
)
def test_linear_ticks_are_round(low: float, high: float, expected: list[str]) -> None:
    assert [label for _, label in Scale(low, high, False, 0, 1).ticks()] == expected


def test_the_power_that_labels_leave_out_stands_at_the_axis() -> None:
    drawn = svg(_chart(Series("", (0.0, 2.0), (0.0, 3e-9))))
    assert "y (×10⁻⁹)" in drawn


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (1, 1e4, ["10⁰", "10¹", "10²", "10³", "10⁴"]),
        (1e-12, 1, ["10⁻¹²", "10⁻⁹", "10⁻⁶", "10⁻³", "10⁰"]),
        (1, 9, ["1", "2", "5"]),
        (3, 4, ["3", "3.2", "3.4", "3.6", "3.8", "4"]),
    ],
)
def test_log_ticks_are_powers_or_round(low: float, high: float, expected: list[str]) -> None:
    assert [label for _, label in Scale(low, high, True, 0, 1).ticks()] == expected


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("low", [1e-300, 1e-9, 0.3, 7.0, 1e12, 1e280])
@pytest.mark.parametrize("factor", [1 + 1e-9, 1.5, 1e3, 1e20])
def test_ticks_lie_in_range_in_order_with_labels_of_their_own(log: bool, low: float, factor: float) -> None:
    ticks = Scale(low, low * factor, log, 0, 1).ticks()
    values = [value for value, _ in ticks]
    assert 1 <= len(ticks) <= 13
    assert values == sorted(set(values))
    assert len({label for _, label in ticks}) == len(ticks)
    room = 1e-8 * low * (1 if log else factor - 1)
    assert all(low - room <= value <= low * factor * (1 + 1e-8) for value in values)


def test_points_stand_where_their_numbers_say() -> None:
    chart = _chart(
        Series("", (0.0, 5.0, 10.0), (0.0, 1.0, 4.0), "points", "data"),
        x=Axis("x", low=0, high=10),
        y=Axis("y", low=0, high=4),
    )
    (x0, y0), (x1, y1), (x2, y2) = _points(chart)
    assert x1 - x0 == pytest.approx(x2 - x1, abs=0.02)
    assert (y0 - y1) / (y0 - y2) == pytest.approx(1 / 4, abs=1e-3)
    assert y2 < y0


def test_stems_start_at_zero() -> None:
    chart = _chart(Series("", (1.0, 2.0), (-1.0, 3.0), "stems"), y=Axis("y", low=-1, high=3))
    path = next(p for p in ElementTree.fromstring(svg(chart)).iter(f"{SVG}path") if p.get("class") == "stroke")
    frame = next(p for p in ElementTree.fromstring(svg(chart)).iter(f"{SVG}path") if p.get("class") == "frame")
    top, bottom = (float(v) for v in _numbers(frame.get("d", ""))[1:3])
    assert _numbers(path.get("d", ""))[1] == pytest.approx(bottom + (top - bottom) / 4, abs=0.02)


def _numbers(path: str) -> list[float]:
    for letter in "MVHLZmz":
        path = path.replace(letter, " ")
    return [float(word) for word in path.split()]


@pytest.mark.parametrize(
    "series",
    [
        (),
        (Series("a", (), ()),),
        (Series("a", (3.0,), (1e-9,), "points"),),
        (Series("a", (3.0,), (0.0,)),),
        (Series("a", (1.0, 1.0), (5.0, 5.0)),),
        (Series("a", (1e300, -1e300), (5e-324, 0.0)),),
        (Series("a", (1.0, 1.0 + 2**-52), (0.0, 1.0), "area"),),
    ],
)
@pytest.mark.parametrize("log", [False, True])
def test_data_without_a_range_are_drawn(series: tuple[Series, ...], log: bool) -> None:
    positive = tuple(Series(s.name, tuple(map(abs, s.x)), s.y, s.kind) for s in series) if log else series
    drawn = svg(_chart(*positive, x=Axis("x", log=log)))
    assert "nan" not in drawn
    assert "inf" not in drawn
    tree = ElementTree.fromstring(drawn)
    inside = tree.find(f"{SVG}svg")
    marks = [] if inside is None else [e for e in inside.iter() if e.tag != f"{SVG}g" and e is not inside]
    assert bool(marks) == any(s.x for s in series)
    assert ("no data" in drawn) != any(s.x for s in series)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(ChartError, match="cannot be drawn"):
        svg(_chart(Series("a", (0.0, 1.0), (0.0, value))))


def test_a_log_axis_refuses_zero_and_a_range_must_not_be_empty() -> None:
    with pytest.raises(ChartError, match="logarithmic"):
        svg(_chart(Series("a", (0.0,), (1.0,)), x=Axis("x", log=True)))
    with pytest.raises(ChartError, match="not below"):
        svg(_chart(x=Axis("x", low=2, high=1)))
    with pytest.raises(ChartError, match="too wide"):
        svg(_chart(Series("a", (-1.7e308, 1.7e308), (1.0, 2.0))))
    with pytest.raises(ChartError, match="as many"):
        svg(_chart(Series("a", (1.0, 2.0), (1.0,))))


def test_texts_are_escaped_and_the_picture_is_named() -> None:
    chart = Chart("<b>", "a & b", Axis("<x>"), Axis("\"y'"), (Series("</svg>", (1.0,), (1.0,)),), ((1.0, "<mark>"),))
    tree = ElementTree.fromstring(svg(chart))
    assert tree.get("role") == "img"
    assert [tree.findtext(f"{SVG}title"), tree.findtext(f"{SVG}desc")] == ["<b>", "a & b"]
    assert {"<x>", "\"y'", "</svg>", "<mark>"} <= {e.text for e in tree.iter(f"{SVG}text")}


def test_marks_that_touch_stand_in_rows_and_all_have_their_line() -> None:
    marks = tuple((1 + i / 100, f"label {i}") for i in range(5))
    tree = ElementTree.fromstring(svg(_chart(Series("", (0.0, 2.0), (0.0, 1.0)), marks=marks)))
    labels = [e for e in tree.iter(f"{SVG}text") if e.get("class") == "mark"]
    assert len({e.get("y") for e in labels}) == len(labels) == 3
    assert sum(e.get("class") == "marked" for e in tree.iter(f"{SVG}path")) == 5


def test_lines_differ_by_more_than_their_colour() -> None:
    ramp = tuple(float(i) for i in range(20))
    drawn = svg(_chart(*(Series(f"s{i}", ramp, tuple(i + v for v in ramp)) for i in range(4))))
    groups = [g for g in ElementTree.fromstring(drawn).iter(f"{SVG}g") if len(g) and g[0].get("class") == "stroke"]
    kinds = {(g[1].tag, (g[1].get("d") or "").partition("m")[2]) if len(g) > 1 else None for g in groups}
    assert len(kinds) == 4


def test_a_standalone_picture_is_a_document_with_title_and_colours() -> None:
    whole = standalone(_chart(Series("a", (0.0, 1.0), (0.0, 1.0))))
    tree = ElementTree.fromstring(whole)
    style = tree.find(f"{SVG}style")
    assert style is not None
    assert "prefers-color-scheme: dark" in (style.text or "")
    assert "A title" in [e.text for e in tree.iter(f"{SVG}text")]
