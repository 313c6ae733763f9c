"""Numbers that a page counts together: cases by size over kinds of evidence, and shares of cases in percent."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from refutable.strategies.charts import Chart
from refutable.verify.report import figures
from refutable.verify.report.documents import BINS, Evidence
from refutable.verify.report.markup import Markup
from refutable.verify.report.sizes import size_table
from tests.report.reading_html import Page

EVIDENCE = (
    Evidence("bound", "drawn", by_size={"k=2 n=3": (0.5, 7), "k=1 n=1": (0.25, 2)}),
    Evidence("bound", "swept", by_size={"k=2 n=3": (0.75, 100)}),
    Evidence("bound", "trained-mass", by_size={"k=2 n=3": (0.625, 30)}),
)


def test_cases_of_one_size_are_added_up_over_kinds() -> None:
    shown = size_table("bound", EVIDENCE, {})
    assert shown is not None
    cells = [data for tag, data in Page(str(shown)).texts if tag in ("td", "th")]
    rows = {cells[i]: cells[i : i + 4] for i in range(len(cells)) if cells[i].startswith("k=")}
    assert rows["k=2 n=3"] == ["k=2 n=3", "0.75", "swept", "137"]
    assert rows["k=1 n=1"] == ["k=1 n=1", "0.25", "drawn", "2"]


@pytest.fixture
def charts(monkeypatch: pytest.MonkeyPatch) -> list[Chart]:
    seen: list[Chart] = []
    draw: Callable[[Chart], Markup] = figures.figure

    def noted(chart: Chart) -> Markup:
        seen.append(chart)
        return draw(chart)

    monkeypatch.setattr(figures, "figure", noted)
    return seen


def test_a_histogram_shows_percent_of_each_kinds_own_cases(charts: list[Chart]) -> None:
    few, many = [0] * BINS, [0] * BINS
    few[3], few[19] = 1, 3
    many[0], many[10], many[19] = 150, 30, 20
    assert figures.histogram("bound", [Evidence("bound", "drawn", ratios=few), Evidence("bound", "swept", ratios=many)])
    [chart] = charts
    assert chart.y.label == "share of cases, %"
    drawn, swept = chart.series
    assert {x: y for x, y in zip(drawn.x, drawn.y, strict=True) if y} == {0.175: 25.0, 0.975: 75.0}
    assert {x: y for x, y in zip(swept.x, swept.y, strict=True) if y} == {0.025: 75.0, 0.525: 15.0, 0.975: 10.0}
    assert "(drawn 4, swept 200 cases;" in chart.description
