"""What `refutable picture` decides and writes: verdicts of each end point, a page, a picture, a document."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from refutable.strategies.charts import Chart
from refutable.verify.keeping.whole_files import write_whole

if TYPE_CHECKING:
    from refutable.strategies.pictures import Row, Table

FORMAT = "refutable-picture/1"
LOWER, UPPER, BOUND = "lower", "upper", "bound"


@dataclass(frozen=True)
class Decided:
    """What is certain of one end point with the labels that it produces itself.

    Attributes:
        verdicts: by statement; {} for a network that died or diverged.
        certified: how many of them by certified floats; the others exactly.
        statements: what each is about.
    """

    verdicts: Mapping[str, str]
    certified: int
    statements: Mapping[str, str]

    @property
    def violated(self) -> bool:
        """Whether a theorem fails here. A network sharper than 2/eta violates none: it has not come to rest."""
        return "violated" in (self.verdicts.get(LOWER), self.verdicts.get(BOUND))

    @property
    def word(self) -> str:
        """``chain``, ``lower``, or what is wrong."""
        if not self.verdicts:
            return "-"
        if self.violated:
            return "VIOLATED"
        if self.verdicts[LOWER] != "holds":
            return self.verdicts[LOWER]
        return "chain" if self.verdicts[UPPER] == "holds" else "lower"


def decided(table: Table) -> list[Decided]:
    """Every end point decided, by error bounds where they suffice and exactly where not; [] after Ctrl-C."""
    from refutable.strategies.pictures import statements

    claims = statements()
    said = {id: claim.statement for id, claim in claims.items()}
    if table.interrupted:
        return []
    return [_decided(table, row, list(claims.values()), said) for row in range(len(table.rows))]


def _decided(table: Table, row: int, claims: list[Any], said: Mapping[str, str]) -> Decided:
    from refutable.verify.sweep import sweep_all

    if not table.rows[row].shown:
        return Decided({}, 0, said)
    found = sweep_all(claims, table.fields(row))
    verdicts = {id: next(iter(+one.counts)) for id, one in zip(said, found, strict=True)}
    if verdicts[UPPER] == "violated":  # no theorem says that it holds: gradient descent has not settled
        verdicts[UPPER] = "fails"
    return Decided(verdicts, sum(one.certified for one in found), said)


def document(table: Table, found: list[Decided]) -> dict[str, Any]:
    """The numbers and the verdicts, JSON-ready; what is not finite is null."""
    from refutable.verify.witnesses import versions

    verdicts = [dict(one.verdicts) for one in found] or [{}] * len(table.rows)
    return {
        "format": FORMAT,
        "data": table.data.origin,
        "samples": len(table.data.y),
        "inputs": table.data.x.shape[1],
        "plan": asdict(table.plan),
        "interrupted": table.interrupted,
        "outcomes": table.counts(),
        "networks": [{**_numbers(row), "verdicts": verdict} for row, verdict in zip(table.rows, verdicts, strict=True)],
        "statements": dict(found[0].statements) if found else {},
        "versions": versions(),
    }


def _numbers(row: Row) -> dict[str, Any]:
    values = {**asdict(row), "bound": row.bound}
    return {name: None if _unsaid(value) else value for name, value in values.items()}


def _unsaid(value: object) -> bool:
    """Whether JSON has no such number."""
    return isinstance(value, float) and not math.isfinite(value)


def written(path: Path, table: Table, found: list[Decided]) -> None:
    """Write the page, picture or document that the suffix of ``path`` asks for.

    Raises:
        OSError: it cannot be written; the message says why.
    """
    if path.suffix == ".json":
        write_whole(path, json.dumps(document(table, found), indent=2, allow_nan=False) + "\n")
        return
    from refutable.strategies.pictures import step_size_charts
    from refutable.verify.report.svg import standalone

    charts = step_size_charts(table)
    write_whole(path, standalone(charts[0]) if path.suffix == ".svg" else page(table, found, charts))


def page(table: Table, found: list[Decided], charts: tuple[Chart, ...]) -> str:
    """One HTML page that needs nothing else: the charts with their descriptions, and the table."""
    from refutable.verify.report.figures import figure
    from refutable.verify.report.markup import Markup, element
    from refutable.verify.report.svg import palette, style_sheet

    title = "Sharpness against step size"
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", f"{title} (refutable)"),
        Markup(f"<style>{palette()}{_page_style()}{style_sheet()}</style>"),
    )
    lead = (
        f"{table.data.origin}; two-layer networks of {table.plan.neurons} ReLU neurons, trained by gradient descent on "
        f"the squared loss for at most {table.plan.steps:,} steps, from the same weights at every step size."
    )
    body = element(
        "body",
        element("header", element("h1", title), element("p", lead)),
        element("main", [figure(chart) for chart in charts], _table(table, found), _reading(found)),
    )
    return f"<!DOCTYPE html>\n{element('html', head, body, lang='en')}\n"


def _page_style() -> str:
    return (Path(__file__).parents[1] / "report" / "style.css").read_text(encoding="utf-8")


def _table(table: Table, found: list[Decided]) -> Any:
    from refutable.verify.report.parts import table as html_table

    header = ("step size", "2/eta", "sharpness", "1 + 2||f||", "part of 2/eta", "loss", "ended", "decided")
    words = [one.word for one in found] or ["-"] * len(table.rows)
    return html_table(
        "Each network where its training ended",
        header,
        [cells(row, word) for row, word in zip(table.rows, words, strict=True)],
        range(1, 6),
    )


def cells(row: Row, word: str) -> tuple[str, ...]:
    """One line of the table, 2/eta and sharpness with the digits that tell them apart; last, what was decided."""
    if not row.shown:
        return f"{row.step_size:g}", f"{row.edge:.6g}", "", "", "", f"{row.loss:.1e}", row.outcome, word
    digits = _digits(row)
    numbers = f"{row.bound:.4g}", f"{row.bound / row.edge:.3f}", f"{row.loss:.1e}"
    return f"{row.step_size:g}", f"{row.edge:.{digits}g}", f"{row.sharpness:.{digits}g}", *numbers, row.ended, word


def _digits(row: Row) -> int:
    from refutable.verify.report.numbers import DIGITS, telling_apart

    return DIGITS[0] if row.edge == row.sharpness else telling_apart(repr(row.edge), repr(row.sharpness))


def _reading(found: list[Decided]) -> Any:
    from refutable.verify.report.markup import element

    text = (
        "Numbers are floating-point measurements of where training ended. The last column says what was decided, by "
        "error bounds or exactly, of the network with the labels that it produces itself: “chain” is "
        "1 + 2||f|| ≤ sharpness ≤ 2/eta; “lower” is its first half alone, for a network that is sharper than 2/eta, "
        "where gradient descent would not stay."
    )
    return element("p", text if found else "Training was interrupted; nothing was decided.")
