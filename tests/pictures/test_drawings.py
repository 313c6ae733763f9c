"""Drawings show what the network is: f, knots, jumps and hyperplanes against direct computation."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from refutable.strategies.charts import Chart, Series
from refutable.strategies.pictures import DRAWINGS, drawing, theory, undrawn
from refutable.theorems.catalogue import DOMAINS, instance
from refutable.theorems.domains.delayed_iteration import DELAYED_ITERATION
from refutable.theorems.domains.distribution import DISTRIBUTION
from refutable.theorems.exact import as_real


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


def test_a_density_shows_its_network() -> None:
    network = {"w1": [[1]], "b1": [0], "w2": [1], "b2": 0, "x": [[1], [2]], "y": None}
    alone = drawing("shallow-relu", instance("shallow-relu", **network))
    density = {"scale": 1, "radius_squared": 4, "power": 0, "variance": None}
    assert drawing("shallow-relu-density", instance("shallow-relu-density", **network, **density)) == alone


def test_quadratic_losses_show_their_curvature_against_the_edge() -> None:
    hessians = [[[1, 1], [1, 1]], [[5, -1], [-1, 5]]]  # of eigenvalues 2, 0 and 6, 4; their mean: 3, 3
    raw = {"displacement": [1, 1], "batch_size": None, "steps": 1}
    chart = drawing("quadratic", instance("quadratic", hessians=hessians, step_size="4/5", **raw))
    assert chart is not None
    assert named(chart, "eigenvalues of their mean").y == pytest.approx((3, 3))
    assert sorted(named(chart, "eigenvalues of the single ones").y) == pytest.approx([0, 2, 4, 6])
    assert named(chart, "2/eta").y == (2.5, 2.5)
    assert "2 of 2 above the line 2/eta = 2.5" in chart.description


@pytest.mark.parametrize(("delay", "step_size"), [(0, "3/2"), (1, "9/10"), (2, "5/8"), (7, "1/20")])
def test_a_delayed_iteration_shows_its_roots(delay: int, step_size: str) -> None:
    found = instance("delayed-iteration", curvature=1, step_size=step_size, delay=delay)
    chart, gain = drawing("delayed-iteration", found), float(Fraction(step_size))
    assert chart is not None
    shown = named(chart, "roots")
    roots = [complex(x, y) for x, y in zip(shown.x, shown.y, strict=True)]
    assert len(roots) == delay + 1
    for root in roots:
        assert root ** (delay + 1) - root**delay + gain == pytest.approx(0, abs=1e-9)
    inside = DELAYED_ITERATION.view(found)["roots_in_disc"]
    assert ("; 0 not inside" in chart.description) == bool(inside)


def test_layers_show_their_singular_values() -> None:
    layers = [[[3, 0], [0, 1]], [[0, 2], [2, 0]]]
    chart = drawing("deep-linear", instance("deep-linear", layers=layers, loss_scale=1, inputs=None))
    assert chart is not None
    assert named(chart, "of the layers").y == pytest.approx((3, 1, 2, 2))
    assert named(chart, "of the product").y == pytest.approx((6, 2))
    assert "flatter than 12" in chart.description


def test_a_law_shows_its_weight_and_the_point() -> None:
    """Of the uniform law on [-1, 1], whose moments are one integral each."""
    law = {"law": ["uniform"], "parameters": [-1, 1], "atoms": None, "radius": None}
    chart = drawing("distribution", instance("distribution", **law, point="1/3"))
    assert chart is not None
    weight, [own] = named(chart, "g"), named(chart, "g at the point").y

    def side(t: float) -> float:
        return 0.0 if t >= 1 else (1 - t) ** 2 / 4 * math.hypot((1 - t) / 2, (1 - t * t) / 4)

    for at, value in zip((*weight.x, 1 / 3), (*weight.y, own), strict=True):
        assert value == pytest.approx(0.0 if abs(at) >= 1 else min(side(at), side(-at)), abs=1e-12)


def test_atoms_show_the_weight_of_the_data() -> None:
    raw = {"law": ["empirical"], "parameters": None, "radius": None}
    found = instance("distribution", **raw, atoms=[-1, "1/2", 3], point=1)
    chart = drawing("distribution", found)
    assert chart is not None
    assert named(chart, "atoms").x == (-1.0, 0.5, 3.0)
    exact = float(as_real(DISTRIBUTION.view(found)["weight"]))
    assert named(chart, "g at the point").y == pytest.approx((exact,))


@pytest.mark.parametrize("parameters", [(-1, "1/1000000"), (0, "1" + "0" * 400)])
def test_a_law_far_from_its_scale_is_not_drawn(parameters: tuple[object, ...]) -> None:
    raw = {"law": ["gaussian"], "parameters": parameters, "atoms": None, "radius": None}
    assert drawing("distribution", instance("distribution", **raw, point="1/2")) is None


def test_networks_of_other_domains_are_drawn_as_functions() -> None:
    decayed = instance("decayed-line", output_weights=[1, -1], input_weights=["3/5", "-3/5"], biases=["-4/5", "-4/5"],
                       x=[3, -3], force=[1, 1], decay=1, bias_decay=1)  # fmt: skip
    chart = drawing("decayed-line", decayed)
    assert chart is not None
    assert sorted(named(chart, "knots").x) == pytest.approx([-4 / 3, 4 / 3])
    assert sorted(named(chart, "data").y) == pytest.approx([-1.0, 1.0])
    layer = instance("output-layer", slopes=[1, 2], biases=[0, -2], start=[0, 0], x=[2], y=[5], multipliers=[1],
                     rival=[0, 0])  # fmt: skip
    chart = drawing("output-layer", layer)
    assert chart is not None
    f = named(chart, "f")
    # c = Phi^T nu = (2, 2)
    np.testing.assert_allclose(f.y, [2 * max(x, 0) + 2 * max(2 * x - 2, 0) for x in f.x], atol=1e-12)


def test_separable_data_with_their_directions() -> None:
    values = {"x": [[1, 1], [2, -1], [3, 2]], "w": ["1/2", 1], "step_size": 1, "log_time": None, "start": None}
    chart = drawing("separable", instance("separable", **values))
    assert chart is not None
    assert named(chart, "support vectors").x == (1.0, 2.0)
    direction = named(chart, "w_hat")
    assert direction.y[1] / direction.x[1] == pytest.approx(1 / 2)  # (2/3, 1/3)
    assert drawing("separable", instance("separable", **{**values, "x": [[1], [2]], "w": [1]})) is None
    assert drawing("separable", instance("separable", **{**values, "x": [[1, 0], [-1, 0]]})) is None


def test_every_domain_has_drawings_and_says_why_it_has_none() -> None:
    without = {
        "ball-caps",
        "finite-prior",
        "gaussian-bumps",
        "homogeneous-network",
        "iterated-margins",
        "leaky-margin",
        "margin-surface",
        "margin-table",
        "matrix-regression",
        "minibatch-descent",
        "multiclass-margins",
        "multilinear-flow",
        "normalised-descent",
        "pyramid",
        "quantised-network",
        "regular-minimum",
        "shallow-plus-deep",
        "tail-margins",
        "tensor-network",
    }
    assert set(DRAWINGS) == set(DOMAINS) - without
    assert undrawn("ball-caps") == "there is no picture of such an instance"
    assert "one input or two" in undrawn("shallow-relu-density")
    assert drawing("no-such-domain", instance("delayed-iteration", curvature=1, step_size=1, delay=0)) is None
    assert theory("quadratic") == theory("no-such-domain") == ()
