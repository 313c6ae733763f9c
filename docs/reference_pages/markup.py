"""Markdown of plain texts, tables and formulas, safe for whatever a record or a docstring says."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence

from refutable.verify.report import mathml

_SIGNS = str.maketrans({sign: f"&#{ord(sign)};" for sign in "\\`*_{}[]()#+-!|~^:$\"'"})
_CODE = re.compile(r"(``.+?``|`[^`]+`)")


def plain(text: str) -> str:
    """Text that Markdown shows as it is written."""
    return html.escape(text, quote=False).translate(_SIGNS)


def prose(text: str) -> str:
    """Text whose parts in back quotes are code."""
    return "".join(code(part.strip("`")) if part.startswith("`") else plain(part) for part in _CODE.split(text))


def code(text: str) -> str:
    """Inline code, also inside a table."""
    return f"<code>{plain(text)}</code>"


def linked(text: str, link: str) -> str:
    """Text that leads to an address; the text alone where there is none."""
    return f"[{plain(text)}]({link})" if link else plain(text)


def formula(latex: str) -> str:
    """A displayed formula as MathML: browsers draw it without fonts or scripts from elsewhere."""
    return f'<div class="formula" tabindex="0">{mathml.formula(latex)}</div>'


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table of cells that are Markdown already, with blank lines around it; no row, no table.

    Columns after the first that say nothing are left out.
    """
    body = [[cell.replace("\n", " ").replace("|", "&#124;") for cell in row] for row in rows]
    kept = [c for c in range(len(header)) if c == 0 or any(row[c] for row in body)]
    if body:
        yield ""
        yield _row([header[c] for c in kept])
        yield _row(["---"] * len(kept))
        yield from (_row([row[c] for c in kept]) for row in body)
        yield ""


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def fence(text: str, language: str = "text") -> str:
    """A code block."""
    return f"\n```{language}\n{text.rstrip()}\n```\n"


def page(title: str, lines: Iterable[str]) -> str:
    """A page of that title."""
    return "\n".join([f"# {title}", "", *lines]) + "\n"
