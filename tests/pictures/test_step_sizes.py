"""Charts across step sizes: numbers against exact ones, and no point outside the bounds that it is shown with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from refutable.strategies.pictures import across_step_sizes, statements, step_size_charts, theory
from refutable.strategies.shallow_relu.pictures.labelled import Labelled
from refutable.strategies.shallow_relu.pictures.profile import weight_breaks, weight_on
from refutable.strategies.shallow_relu.pictures.step_sizes import Plan, PlanError, Table
from refutable.strategies.shallow_relu.pictures.theory import INPUTS, instance, trained
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.exact import as_real
from refutable.verify.decide import decide


@pytest.fixture(scope="module")
def table() -> Table:
    """The networks of the theory's picture."""
    return trained()


@pytest.fixture(scope="module")
def plane() -> Table:
    """Two inputs, and a step size at which training diverges."""
    x = np.random.default_rng(2).uniform(-1, 1, (5, 2))
    return across_step_sizes(Labelled(x, np.sin(3 * x[:, 0]), "five points"), Plan(8, (0.05, 0.3, 50.0), 2, 3000))


def converged(table: Table) -> Iterator[int]:
    return (i for i, row in enumerate(table.rows) if row.converged)


def test_most_networks_of_the_theory_converge_also_at_the_edge(table: Table) -> None:
    rest = [table.rows[i] for i in converged(table)]
    assert len(rest) >= 0.8 * len(table.rows)
    assert len({row.step_size for row in rest}) >= 8
    assert any(row.sharpness > 0.98 * row.edge for row in rest)
    assert any(row.sharpness < 0.5 * row.edge for row in rest)


@pytest.mark.parametrize("network", [0, 3])
def test_shown_points_lie_between_their_bounds_exactly(table: Table, network: int) -> None:
    of_one = [i for i in converged(table) if table.rows[i].network == network]
    for i in (of_one[0], of_one[len(of_one) // 2], of_one[-1]):
        for id, claim in statements().items():
            assert decide(claim, instance(table, i)).verdict == "holds", (id, i)


def test_floats_are_those_of_exact_arithmetic(table: Table, plane: Table) -> None:
    cases = [(table, i) for i in list(converged(table))[::9]] + [(plane, 0), (plane, 3)]
    for of, i in cases:
        row = of.rows[i]
        view = SHALLOW_RELU.view(instance(of, i))
        assert row.sharpness == pytest.approx(float(as_real(view["sharpness"])), rel=1e-9)
        assert row.norm == pytest.approx(float(as_real(view["stability_norm"])), rel=1e-9)
        assert row.bound == 1 + 2 * row.norm
        assert row.edge == 2 / row.step_size


def test_charts_show_the_converged_networks_and_no_others(table: Table) -> None:
    sharp, norm, *pictures = theory("shallow-relu")
    rest = [table.rows[i] for i in converged(table)]
    by_name = {series.name: series for series in sharp.series}
    assert by_name["sharpness"].y == tuple(row.sharpness for row in rest)
    assert by_name["1 + 2 ||f||, its lower bound"].y == tuple(row.bound for row in rest)
    edge = by_name["2/eta, the edge of stability"]
    assert all(y == 2 / x for x, y in zip(edge.x, edge.y, strict=True))
    points = next(series for series in norm.series if series.kind == "points")
    assert sorted(points.y) == sorted(row.norm for row in rest)
    assert all(y < x for x, y in zip(points.x, points.y, strict=True))
    assert {series.kind for chart in pictures for series in chart.series} >= {"line", "stems", "area", "points"}


def test_the_jumps_weighted_by_g_sum_to_the_norm() -> None:
    """Of f'' and g as drawn: the sum over knots of |jump| g, g read off its chart."""
    sharp, _, *pictures = theory("shallow-relu")
    weight = pictures[-1].series[0]
    seconds = [chart for chart in pictures if chart.title.startswith("f''")]
    assert len(seconds) == 2
    for chart in seconds:
        stems = chart.series[0]
        drawn = float(np.abs(stems.y) @ np.interp(stems.x, weight.x, weight.y))
        said = float(chart.description.partition("||f|| = ")[2].partition(",")[0])
        # g jumps at data, where knots like to be: the drawing, interpolated there, is no more than near.
        assert drawn == pytest.approx(said, rel=0.25)
    assert sharp.description.endswith(".")


def test_what_diverged_is_counted_and_not_drawn(plane: Table) -> None:
    counts = plane.counts()
    assert sum(counts.values()) == 6
    gone = [row for row in plane.rows if row.step_size == 50.0]
    assert all(row.outcome in ("diverged", "dead") for row in gone)
    for chart in step_size_charts(plane):
        assert all(x < 50 or series.role == "right" for series in chart.series for x in series.x)
        assert np.isfinite([y for series in chart.series for y in series.y]).all()
    assert f"{counts['converged']} converged" in step_size_charts(plane)[0].description


def test_networks_still_moving_are_faint(plane: Table) -> None:
    rows = tuple(replace(row, outcome="unconverged", loss=0.1) for row in plane.rows[:2])
    sharp, norm = step_size_charts(replace(plane, rows=rows))
    shown = {series.name: series for series in sharp.series if series.x}
    assert shown["still moving: sharpness"].role == "faint"
    assert not norm.series[1].x
    assert "No network converged" in sharp.description


def test_a_network_counts_as_fitted_only_below_the_edge(plane: Table) -> None:
    row = replace(plane.rows[0], outcome="unconverged", loss=1e-9)
    below, above = (replace(row, sharpness=row.edge * part) for part in (0.999, 1.001))
    assert (below.fitted, above.fitted, replace(below, loss=1e-7).fitted) == (True, False, False)
    sharp, _ = step_size_charts(replace(plane, rows=(below, above)))
    shown = {series.name: series.y for series in sharp.series}
    assert shown["sharpness, loss below 1e-08"] == (below.sharpness,)
    assert shown["sharper than 2/eta: sharpness"] == (above.sharpness,)
    assert "still moving: sharpness" not in shown
    said = "of the unconverged 1 with a loss below 1e-08 and no sharper than 2/eta, 1 sharper than 2/eta"
    assert said in sharp.description
    assert (below.ended, above.ended) == ("loss < 1e-08, no sharper than 2/eta", "loss < 1e-08, sharper than 2/eta")


@pytest.mark.parametrize("steps", [10, 299, 301, 1000])
def test_no_network_takes_more_steps_than_it_may(steps: int) -> None:
    x = np.random.default_rng(3).uniform(-1, 1, (4, 1))
    rows = across_step_sizes(Labelled(x, x[:, 0] ** 2, "a parabola"), Plan(6, (0.05, 0.3), 2, steps)).rows
    assert 0 < max(row.steps for row in rows) <= steps


def test_points_that_a_logarithm_does_not_have_are_left_out(plane: Table) -> None:
    good = replace(plane.rows[0], outcome="converged")
    dull = replace(good, norm=0.0)
    for rows in ((dull,), (dull, good)):
        norm = step_size_charts(replace(plane, rows=rows))[1]
        assert min((*norm.series[1].x, *norm.series[1].y), default=1) > 0
        assert "Left out: 1 with a norm or a bound of 0" in norm.description
        assert len(norm.series[1].x) == len(rows) - 1


def test_the_maximum_of_the_weight_is_exact() -> None:
    """Against a grid of a million points."""
    x = np.array(INPUTS)
    fine = np.linspace(x.min(), x.max(), 10**6)
    values = weight_on(fine, x)
    breaks = weight_breaks(x)
    assert weight_on(breaks, x).max() == pytest.approx(values.max(), rel=1e-5)
    assert weight_on(breaks, x).max() >= values.max()
    assert f"largest, {values.max():.3g}, at {fine[values.argmax()]:.3g}" in theory("shallow-relu")[-1].description


def test_step_sizes_are_chosen_around_the_edge() -> None:
    x = np.random.default_rng(3).uniform(-1, 1, (4, 1))
    found = across_step_sizes(Labelled(x, x[:, 0] ** 2, "a parabola"), Plan(6, 5, 1, 1000))
    edges = [row.edge for row in found.rows]
    assert len(edges) == 5
    assert edges == sorted(edges, reverse=True)
    assert edges[-1] < found.rows[0].sharpness < edges[0]


@pytest.mark.parametrize("changes", [{"step_sizes": ()}, {"step_sizes": (0.1, -1.0)}, {"networks": 0}, {"steps": 0},
                                     {"step_sizes": 900, "networks": 2}, {"step_sizes": (float("inf"),)}])  # fmt: skip
def test_plans_without_sense_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(PlanError):
        replace(Plan(), **changes)
