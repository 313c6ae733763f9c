"""The picture of an instance shows the predictors."""

from __future__ import annotations

from refutable.strategies.pictures import drawing
from refutable.theorems.papers.azulay_2021.neuron_cases import MOVED, rival


def test_the_picture_shows_three_predictors() -> None:
    chart = drawing("hidden-linear", rival(MOVED, "20/9", 1))
    assert chart is not None
    assert {s.name: s.y for s in chart.series} == {"theta": (20 / 9, 5 / 3), "theta_0": (0.0, 1.0), "v": (20 / 9, 1.0)}
    assert "largest residual is 2.222" in chart.description


def test_numbers_beyond_floats_have_no_picture() -> None:
    assert drawing("hidden-linear", rival(MOVED, "1" + "0" * 400, 1)) is None
