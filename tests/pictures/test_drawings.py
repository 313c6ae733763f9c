"""Drawings show what the network is: f, knots, jumps and hyperplanes against direct computation."""

from __future__ import annotations

import numpy as np
import pytest

from refutable.strategies.charts import Chart, Series
from refutable.strategies.pictures import drawing, theory
from refutable.theorems.catalogue import instance


def named(chart: Chart, name: str) -> Series:
    return next(series for series in chart.series if series.name == name)


def value(x: float) -> float:
    """3 relu(5 x) + 2 relu(1 - 5 x) - 1, by hand."""
    return 3 * max(5 * x, 0.0) + 2 * max(1 - 5 * x, 0.0) - 1


def test_a_function_with_its_knots_and_jumps() -> None:
    chart = drawing("shallow-relu", instance("shallow-relu", w1=[[5], [-5]], b1=[0, 1], w2=[3, 2], b2=-1,
                                             x=[["-3/4"], ["3/4"], ["1/2"]], y=None))  # fmt: skip
    assert chart is not None
    f = named(chart, "f")
    np.testing.assert_allclose(f.y, [value(x) for x in f.x], rtol=1e-12)
    knots = named(chart, "knots")
    assert sorted(zip(knots.x, knots.y, strict=True)) == [(0.0, value(0.0)), (0.2, value(0.2))]
    assert dict(chart.marks) == {0.0: "+15", 0.2: "+10"}
    assert named(chart, "data").y == tuple(value(x) for x in (-0.75, 0.75, 0.5))
    assert "+15 at 0, +10 at 0.2" in chart.description


def test_labels_are_shown_where_there_are_some() -> None:
    chart = drawing("shallow-relu", instance("shallow-relu", w1=[[1]], b1=[0], w2=[1], b2=0, x=[[1], [2]], y=[7, 8]))
    assert chart is not None
    assert named(chart, "data").y == (7.0, 8.0)


def test_a_knot_far_away_is_counted_not_drawn() -> None:
    far = instance("shallow-relu", w1=[[1], [1]], b1=[0, -1000], w2=[1, 1], b2=0, x=[[-1], [1]], y=None)
    chart = drawing("shallow-relu", far)
    assert chart is not None
    assert named(chart, "knots").x == (0.0,)
    assert "1 more knot lies outside" in chart.description


def test_hyperplanes_in_the_plane() -> None:
    w1, b1 = [[5, 1], [-5, 2], [0, 1]], [0.0, 1.0, 0.25]
    found = instance("shallow-relu", w1=w1, b1=[0, 1, "1/4"], w2=[3, -3, -1], b2=0,
                     x=[["-3/4", 1], ["3/4", 0], [0, "1/2"]], y=None)  # fmt: skip
    chart = drawing("shallow-relu", found)
    assert chart is not None
    lines = [series for series in chart.series if series.role == "knot"]
    strokes = [series for series in chart.series if series.role == "faint"]
    assert len(lines) == len(strokes) == 3
    for row, bias, line, stroke in zip(w1, b1, lines, strokes, strict=True):
        on = [row[0] * x + row[1] * y + bias for x, y in zip(line.x, line.y, strict=True)]
        assert on == pytest.approx([0, 0], abs=1e-9)
        assert row[0] * stroke.x[1] + row[1] * stroke.y[1] + bias > 0
    assert f"{3 * np.hypot(5, 1):+.4g}" in chart.description


@pytest.mark.parametrize("field", ["x", "w1"])
def test_there_is_no_picture_of_three_inputs_or_of_what_floats_cannot_hold(field: str) -> None:
    spatial = instance("shallow-relu", w1=[[1, 2, 3]], b1=[0], w2=[1], b2=0, x=[[1, 1, 1]], y=None)
    assert drawing("shallow-relu", spatial) is None
    raw = {"x": [[1], [2]], "w1": [[1]], field: [["1" + "0" * 400], [1]][: 2 if field == "x" else 1]}
    assert drawing("shallow-relu", instance("shallow-relu", **raw, b1=[0], w2=[1], b2=0, y=None)) is None


def test_other_domains_have_no_pictures() -> None:
    other = instance("quadratic", **QUADRATIC)
    assert drawing("quadratic", other) is None
    assert theory("quadratic") == theory("no-such-domain") == ()


QUADRATIC = {"hessians": [[[1]]], "displacement": [1], "step_size": "1/2", "batch_size": None, "steps": 1}
