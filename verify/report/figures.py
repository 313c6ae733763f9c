"""Figures of a report: charts with their captions, histograms of tightness, drawings of instances."""

from __future__ import annotations

import math
from collections.abc import Sequence

from refutable.strategies.charts import Axis, Chart, Role, Series
from refutable.theorems.catalogue import domain
from refutable.theorems.instances import canonical_json
from refutable.verify.keeping.sizes import sizes
from refutable.verify.reading import instance_of
from refutable.verify.report.documents import BINS, Evidence
from refutable.verify.report.fields import Fields
from refutable.verify.report.markup import Markup, element
from refutable.verify.report.scales import ChartError
from refutable.verify.report.svg import svg
from refutable.verify.report.words import KIND_NAMES

LONGEST_INSTANCE = 6_000
"""Characters of an instance's JSON up to which it is drawn."""
LARGEST_INSTANCE = 10_000
"""Inputs times neurons times data (or what sizes a domain has) up to which an instance is drawn."""
MOST_DRAWINGS = 1000
"""Drawings on one page, equal ones counted."""
MOST_WORK = 400_000
"""Sizes of the different instances drawn on one page, together; a small one counts as `LEAST_WORK`."""
LEAST_WORK = 1_000
LONG = "the instance is too large"
_ROLES: dict[str, Role] = {
    "drawn": "left",
    "constructed": "knot",
    "trained-relabelled": "right",
    "trained-converged": "weight",
    "trained-mass": "data",
    "visited": "left",
    "integrated": "other",
    "swept": "other",
}


def figure(chart: Chart) -> Markup:
    """A chart with its title and description under it; why not, where it cannot be drawn."""
    try:
        picture = Markup(svg(chart))
    except ChartError as problem:
        return _undrawn(str(problem))
    caption = element("figcaption", element("b", chart.title), " ", chart.description)
    return element("figure", picture, caption)


def _undrawn(why: str) -> Markup:
    return element("p", f"Not drawn: {why}.", class_="soft")


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

    def __init__(self, wanted: bool = True, most: int = MOST_DRAWINGS, work: int = MOST_WORK) -> None:
        self._wanted = wanted
        self._left = most
        self._work = work
        self._drawn: dict[str, Markup] = {}

    @property
    def wanted(self) -> bool:
        """Whether pictures are wanted at all."""
        return self._wanted

    def instance(self, document: Fields) -> Markup | None:
        """An instance's drawing, or why there is none; None where none is wanted."""
        if not self._wanted or not document.values or not self._left:
            return None
        self._left -= 1
        key = canonical_json(dict(document.values))
        if key not in self._drawn:
            self._drawn[key] = self._picture(document) if len(key) <= LONGEST_INSTANCE else _undrawn(LONG)
        return self._drawn[key]

    def _picture(self, document: Fields) -> Markup:
        from refutable.strategies.pictures import drawing, undrawn

        try:
            instance = instance_of(document.values, document.where)
            size = math.prod(sizes(domain(instance.domain), instance).values())
            if size > LARGEST_INSTANCE:
                return _undrawn(LONG)
            if self._work < max(size, LEAST_WORK):
                return _undrawn("the page has enough drawings")
            self._work -= max(size, LEAST_WORK)
            chart = drawing(instance.domain, instance)
            return figure(chart) if chart is not None else _undrawn(undrawn(instance.domain))
        except (ValueError, ArithmeticError) as problem:
            return _undrawn(str(problem))

    def theory(self, domain: str) -> list[Markup]:
        """The pictures of a domain's theory."""
        if not self._wanted:
            return []
        from refutable.strategies.pictures import theory

        return [figure(chart) for chart in theory(domain)]
