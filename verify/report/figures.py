"""Figures of a report: charts with their captions, histograms of tightness, drawings of instances."""

from __future__ import annotations

from collections.abc import Sequence

from refutable.strategies.charts import Axis, Chart, Role, Series
from refutable.theorems.instances import canonical_json
from refutable.verify.reading import instance_of
from refutable.verify.report.documents import BINS, Evidence
from refutable.verify.report.fields import Fields
from refutable.verify.report.markup import Markup, element
from refutable.verify.report.scales import ChartError
from refutable.verify.report.svg import svg
from refutable.verify.report.words import KIND_NAMES

LONGEST_INSTANCE = 6_000
"""Characters of an instance's JSON up to which it is drawn."""
MOST_DRAWINGS = 1000
"""Drawings on one page."""
_ROLES: dict[str, Role] = {
    "drawn": "left",
    "constructed": "knot",
    "trained-relabelled": "right",
    "trained-converged": "weight",
    "trained-mass": "data",
    "swept": "other",
}


def figure(chart: Chart) -> Markup:
    """A chart with its title and description under it; why not, where it cannot be drawn."""
    try:
        picture = Markup(svg(chart))
    except ChartError as problem:
        return element("p", f"Not drawn: {problem}", class_="soft")
    caption = element("figcaption", element("b", chart.title), " ", chart.description)
    return element("figure", picture, caption)


def histogram(claim: str, evidence: Sequence[Evidence]) -> Markup | None:
    """How left/right is distributed where the claim held, by kind of evidence; None without cases."""
    shown = [e for e in evidence if sum(e.ratios) > 0]
    if not shown:
        return None
    middles = tuple((i + 0.5) / BINS for i in range(BINS))
    series = tuple(
        Series(
            KIND_NAMES.get(e.kind, e.kind),
            middles,
            tuple(100 * count / sum(e.ratios) for count in e.ratios),
            "line",
            _ROLES.get(e.kind, "other"),
        )
        for e in shown
    )
    cases = ", ".join(f"{KIND_NAMES.get(e.kind, e.kind)} {sum(e.ratios)}" for e in shown)
    return figure(
        Chart(
            f"How tight {claim} was",
            f"Share of cases by left/right in twentieths, where it held ({cases} cases; equalities not counted).",
            Axis("left/right (1: equality)", low=0.0, high=1.0),
            Axis("share of cases, %", low=0.0),
            series,
        )
    )


def bar(value: float | None) -> Markup | None:
    """A ratio between 0 and 1 as a bar, for the eye alone: its number stands beside it."""
    if value is None:
        return None
    width = f"width:{100 * min(1.0, max(0.0, value)):.1f}%"
    return element("span", element("span", style=width), class_="bar", aria_hidden="true")


class Pictures:
    """What can be drawn of instances and of the theory of a domain; nothing if pictures are not wanted."""

    def __init__(self, wanted: bool = True, most: int = MOST_DRAWINGS) -> None:
        self._wanted = wanted
        self._left = most

    def instance(self, document: Fields) -> Markup | None:
        """An instance's drawing; None where there is none to make."""
        if not self._wanted or not document.values or not self._left:
            return None
        if len(canonical_json(dict(document.values))) > LONGEST_INSTANCE:
            return None
        self._left -= 1
        from refutable.strategies.pictures import drawing

        try:
            instance = instance_of(document.values, document.where)
            chart = drawing(instance.domain, instance)
            return figure(chart) if chart is not None else None
        except (ValueError, ArithmeticError) as problem:
            return element("p", f"Not drawn: {problem}", class_="soft")

    def theory(self, domain: str) -> list[Markup]:
        """The pictures of a domain's theory."""
        if not self._wanted:
            return []
        from refutable.strategies.pictures import theory

        return [figure(chart) for chart in theory(domain)]
