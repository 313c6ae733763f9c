"""What pictures say in numbers: the weight g against exact arithmetic, descriptions against direct computation."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from refutable.strategies.charts import Chart
from refutable.strategies.pictures import theory
from refutable.strategies.shallow_relu.pictures.curves import norm_chart, sharpness_chart
from refutable.strategies.shallow_relu.pictures.labelled import Labelled, digits, mnist
from refutable.strategies.shallow_relu.pictures.profile import weight_on
from refutable.strategies.shallow_relu.pictures.step_sizes import Plan, Row, Table
from refutable.strategies.shallow_relu.pictures.theory import INPUTS, trained

DATA: dict[str, list[Fraction]] = {
    "atoms": [Fraction(0), Fraction(1)],
    "not symmetric": [Fraction(-3, 2), Fraction(-1, 4), Fraction(1, 8), Fraction(5, 2), Fraction(3)],
    "tied": [Fraction(-1), Fraction(1, 2), Fraction(1, 2), Fraction(1, 2), Fraction(2)],
    "far from 0": [Fraction(10), Fraction(11), Fraction(14)],
}


def weight_squared(at: Fraction, data: list[Fraction]) -> Fraction:
    """min over both sides of P^4 E[distance | side]^2 (1 + E[X | side]^2), sides without the point itself."""
    sides = []
    for side in ([x for x in data if x < at], [x for x in data if x > at]):
        if not side:
            return Fraction(0)
        part = Fraction(len(side), len(data))
        mean = sum(side, Fraction(0)) / len(side)
        sides.append(part**4 * (at - mean) ** 2 * (1 + mean**2))
    return min(sides)


def asked(data: list[Fraction]) -> list[Fraction]:
    """Data, points just beside them, in between and outside."""
    hair = Fraction(1, 2**30)
    places = [x + sign * hair for x in data for sign in (-1, 0, 1)]
    between = [(a + b) / 2 for a, b in zip(sorted(data), sorted(data)[1:], strict=False)]
    return sorted({*places, *between, min(data) - 1, max(data) + 1})


@pytest.mark.parametrize("name", DATA)
def test_the_weight_is_that_of_exact_arithmetic_on_and_beside_data(name: str) -> None:
    data = DATA[name]
    points = asked(data)
    found = weight_on(np.array([float(p) for p in points]), np.array([float(x) for x in data]))
    expected = [math.sqrt(weight_squared(p, data)) for p in points]
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-18)
    assert any(value > 0 for p, value in zip(points, expected, strict=True) if p in data) == (len(set(data)) > 2)


def test_a_datum_lies_on_neither_side_of_itself() -> None:
    """X = -1, 0, 2 at 0: on the left 1/9 * 1 * sqrt 2, on the right 1/9 * 2 * sqrt 5."""
    assert weight_on(np.array([0.0]), np.array([-1.0, 0.0, 2.0])) == pytest.approx([math.sqrt(2) / 9])


def row(step_size: float, sharpness: float, norm: float, outcome: str = "converged") -> Row:
    return Row(step_size, 0, 2 / step_size, sharpness, norm, 0.0, outcome, 10, False)


def table(*rows: Row) -> Table:
    data = Labelled(np.zeros((1, 1)), np.zeros(1), "none")
    return Table(data, Plan(1, tuple(sorted({one.step_size for one in rows}))), rows, {}, False)


MADE = table(
    row(0.1, 5.0, 0.5),
    row(0.1, 6.0, 1.9),
    row(0.25, 7.99, 2.8),  # within 1 % of 8: the first step size at which one is
    row(0.25, 3.0, 0.25),
    row(0.5, 3.999, 1.2),
    row(0.5, math.nan, math.nan, "diverged"),
)


def test_networks_are_counted_from_the_step_size_on_at_which_the_first_is_at_the_edge() -> None:
    said = sharpness_chart(MADE).description
    assert "From a step size of 0.25 on, 2 of 3 networks are within 1 % of that line." in said
    assert "None is within 1 % of that line." in sharpness_chart(table(row(0.1, 5.0, 0.5))).description
    assert "No network converged." in sharpness_chart(table(row(0.5, 1.0, 1.0, "dead"))).description


def test_the_nearest_norm_is_the_one_with_the_largest_part_of_its_bound() -> None:
    # 1.9 / 9.5 = 0.2, 2.8 / 3.5 = 0.8, 1.2 / 1.5 = 0.8; a fourth, 1.35 / 1.5 = 0.9, is the nearest.
    assert "the nearest reaches 0.8 of it" in norm_chart(MADE).description
    nearer = replace(MADE, rows=(*MADE.rows, row(0.5, 3.9, 1.35)))
    assert "the nearest reaches 0.9 of it" in norm_chart(nearer).description


def test_the_theorys_descriptions_count_what_was_trained() -> None:
    sharp, *_ = theory("shallow-relu")
    rows = [one for one in trained().rows if one.converged]
    near = [one for one in rows if one.sharpness > 0.99 * 2 / one.step_size]
    first = min(one.step_size for one in near)
    beyond = [one for one in rows if one.step_size >= first]
    assert f"From a step size of {first:g} on, {len(near)} of {len(beyond)} networks" in sharp.description


def titled(start: str) -> list[Chart]:
    return [chart for chart in theory("shallow-relu") if chart.title.startswith(start)]


def test_the_jumps_are_told_with_their_bound() -> None:
    pictures = titled("f'' at eta = ")
    assert len(pictures) == 2
    for chart in pictures:
        eta = Fraction(chart.title.removeprefix("f'' at eta = "))
        told = re.search(r"\|\|f\|\| = (\S+), at most 1/eta - 1/2 = (\S+)\.$", chart.description)
        assert told is not None
        norm, bound = map(float, told.groups())
        assert bound == pytest.approx(float(1 / eta - Fraction(1, 2)), rel=1e-3)
        assert norm < bound
        [jumps] = [series for series in chart.series if series.kind == "stems"]
        assert f"The jumps of f' at {len(jumps.x)} knots" in chart.description
        data = [Fraction(x) for x in INPUTS]
        weighted = sum(
            abs(y) * math.sqrt(weight_squared(Fraction(x), data)) for x, y in zip(jumps.x, jumps.y, strict=True)
        )
        assert weighted == pytest.approx(norm, rel=1e-3)


def test_the_largest_weight_is_told_with_its_place() -> None:
    [chart] = titled("The weight g")
    told = re.search(r"largest, (\S+), at (\S+):", chart.description)
    assert told is not None
    largest, at = map(float, told.groups())
    data = [Fraction(x) for x in INPUTS]
    fine = [Fraction(k, 2000) for k in range(-2000, 2001)]
    best = max(fine, key=lambda x: weight_squared(x, data))
    assert largest == pytest.approx(math.sqrt(weight_squared(best, data)), rel=0.02)
    assert at == pytest.approx(float(best), abs=0.02)


def test_the_first_class_is_labelled_minus_one(folder: Path) -> None:
    """Images of class 3 are dark, those of class 5 bright."""
    for classes, dark in (((3, 5), -1.0), ((5, 3), 1.0)):
        found = mnist(folder, classes, 8, 0)
        brightness = found.x.mean(axis=1)
        assert sorted(found.y) == [-1.0] * 4 + [1.0] * 4
        assert (brightness[found.y == dark] < 0.4).all()
        assert (brightness[found.y == -dark] > 0.6).all()


def test_digits_are_labelled_by_their_class() -> None:
    """Zeros have an empty middle, ones are dark there."""
    pytest.importorskip("sklearn")
    found = digits((0, 1), 40, 0)
    middle = found.x.reshape(-1, 8, 8)[:, 3:5, 3:5].mean(axis=(1, 2))
    assert middle[found.y == -1].mean() < 0.3 < 0.6 < middle[found.y == 1].mean()
