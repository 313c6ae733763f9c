"""What was seen of solutions with an ODE solver: residuals against error bounds, published settings as pictures."""

from __future__ import annotations

from collections.abc import Sequence

from refutable.strategies.charts import Axis, Chart, Role, Series
from refutable.verify.reading import ReadError
from refutable.verify.report.documents import TheoremRun
from refutable.verify.report.fields import Fields
from refutable.verify.report.figures import figure
from refutable.verify.report.markup import Markup, element, together
from refutable.verify.report.parts import statement, table
from refutable.verify.standing import SOLVED

HEADER = ("statement", "agree", "suspect", "undecided", "residual", "error bound", "false variants suspect")
ROLES: tuple[Role, ...] = ("left", "right", "knot", "weight", "data", "other")
NOTE = (
    "Solutions of a differential equation, in floats. The residual shown is the one nearest to its error bound, which "
    "is estimated from a second, coarser solve. Agreement supports no verdict."
)


def seen_with_a_solver(theorem: TheoremRun, pictures: bool) -> Markup | None:
    """Statements about solutions with their residuals, and the published setting; None where there is neither."""
    rows = theorem.entry.objects(SOLVED)
    if not rows and not theorem.settings:
        return None
    words = {one.text("id"): one for one in theorem.record.objects(SOLVED)}
    said = [_said(one, words.get(one.text("claim"))) for one in rows]
    return element(
        "section",
        element("h3", "Seen with an ODE solver"),
        element("p", NOTE, class_="soft") if rows else None,
        said,
        table(f"Solutions for {theorem.id}", HEADER, [_row(one, theorem) for one in rows], range(1, 7))
        if rows
        else None,
        [_setting(one) for one in theorem.settings] if pictures else None,
        class_="claim",
    )


def _said(row: Fields, record: Fields | None) -> Markup:
    latex = record.text("latex") if record else ""
    return together(element("h4", row.text("claim")), statement(row.text("statement"), latex))


def _row(row: Fields, theorem: TheoremRun) -> Sequence[object]:
    found = theorem.evidence.get((row.text("claim"), SOLVED))
    if found is None:
        raise ReadError(f"{row.where}: no event about {row.text('claim')!r:.60}; was the document edited?")
    counts = found.counts
    decoys = row.count_by_name("decoys")
    return (
        row.text("claim"),
        *(counts[word] for word in ("agrees", "suspect", "undecided")),
        _small(row.number("residual")),
        _small(row.number("bound")),
        f"{sum(count > 0 for count in decoys.values())} of {len(decoys)}",
    )


def _small(value: float | None) -> str:
    return "–" if value is None else f"{value:.1e}"


def _setting(event: Fields) -> Markup:
    """A published setting: lines are predictions, points what the solver reached."""
    series: list[Series] = []
    for place, curve in enumerate(event.objects("curves")):
        role = ROLES[place % len(ROLES)]
        series.append(Series(curve.text("name"), *_points(curve, "predicted"), "line", role))
        series.append(Series(f"{curve.text('name')}, solved", *_points(curve, SOLVED), "points", role))
    x, y = (Axis(event.object(axis).text("label"), log=event.object(axis).flag("logarithmic")) for axis in ("x", "y"))
    apart = f" Lines: predicted; points: solved; they differ by at most {_small(event.number('apart'))} of their size."
    return figure(Chart(event.text("heading"), event.text("explanation") + apart, x, y, tuple(series)))


def _points(curve: Fields, name: str) -> tuple[tuple[float, ...], tuple[float, ...]]:
    pairs = curve.pairs(name)
    return tuple(x for x, _ in pairs), tuple(y for _, y in pairs)
