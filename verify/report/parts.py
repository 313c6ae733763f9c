"""Recurring parts of a report's page: tables in scrolling regions, folds, verdicts, statements, lists of facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from refutable.verify.report.markup import Markup, element, together
from refutable.verify.report.mathml import formula
from refutable.verify.report.words import MARKS, TONES

LONG_FORMULA = 60


def table(
    caption: str, header: Sequence[object], rows: Iterable[Sequence[object]], numeric: Iterable[int] = ()
) -> Markup:
    """A table whose first column names the rows; it scrolls by itself where it is too wide.

    Args:
        numeric: columns aligned to the right.
    """
    right = frozenset(numeric)
    kinds = ["n" if place in right else None for place in range(len(header))]
    head = element(
        "tr", (element("th", cell, scope="col", class_=kind) for cell, kind in zip(header, kinds, strict=True))
    )
    body = (_row(row, kinds) for row in rows)
    whole = element("table", element("caption", caption), element("thead", head), element("tbody", body))
    return element("div", whole, class_="scroll", role="region", aria_label=caption, tabindex="0")


def _row(row: Sequence[object], kinds: Sequence[str | None]) -> Markup:
    first, *rest = row
    cells = (element("td", cell, class_=kind) for cell, kind in zip(rest, kinds[1:], strict=True))
    return element("tr", element("th", first, scope="row"), cells)


def fold(heading: str, level: int, *children: object, summary: str = "", anchor: str | None = None) -> Markup:
    """A part that opens and closes; its heading stays in the outline.

    Args:
        anchor: id of what is inside: a link to it opens the fold.
    """
    note = element("span", summary, class_="soft") if summary else None
    inside = element("div", children, id=anchor, class_="inside") if anchor else children
    return element("details", element("summary", element(f"h{level}", heading), " ", note), inside)


def verdict(word: str) -> Markup:
    """A verdict: a sign, its word, a colour."""
    sign = element("span", MARKS.get(word, "·"), aria_hidden="true")
    return element("span", sign, " ", word, class_=f"verdict {TONES.get(word, 'warn')}")


def statement(words: str, latex: str) -> Markup:
    """A statement in words and in mathematics."""
    if not latex:
        return element("p", words)
    focus = {"tabindex": "0", "role": "group", "aria_label": "formula"} if len(latex) > LONG_FORMULA else {}
    return together(element("p", words), element("div", formula(latex), class_="math", **focus))


def facts(pairs: Iterable[tuple[str, object]]) -> Markup:
    """Names and values; empty values are left out."""
    kept = [(name, value) for name, value in pairs if value not in ("", None)]
    return element("dl", (element("div", element("dt", name), element("dd", value)) for name, value in kept))


def listed(items: Iterable[object]) -> Markup:
    """A list."""
    return element("ul", (element("li", item) for item in items))


def absent(what: str) -> Markup:
    """Says that the document does not have a part."""
    return element("p", f"{what}: not in this document.", class_="soft")
