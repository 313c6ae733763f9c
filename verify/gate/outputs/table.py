"""The table of a gate in the terminal, with what is not as claimed under it."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from refutable.verify.gate.outputs.wording import (
    COLUMNS,
    Part,
    cell,
    counterexample,
    explanation,
    mutants_cell,
    replay_lines,
    tally,
    tightest,
    verdict_word,
)
from refutable.verify.reading import printable

HEADER = ("claim", "source", "expected", *COLUMNS, "mutants", "tightest", "verdict")
NUMERIC = range(3, 3 + len(COLUMNS) + 2)
NAMES = 2
"""The first columns hold names, which are cut where the table is too wide and no column is empty any more."""
SHORTEST_NAME, LONGEST_NAME = 12, 40
LONGEST_ID = 60
LONGEST_LINE = 1000
UNREMARKABLE = ("hunt",)
"""Kinds of evidence whose notes are for the JSON document, where all is well."""
"""Longer lines are cut: the JSON document has all of them."""
WHOLE = "replay it: "
"""How lines begin that are to be copied; they are never broken."""
NOTES = (
    "drawn, built, trained, mass, swept, hunt, own: decisions in favour (own: your instances and networks); mutants:",
    "  false variants refuted / that must be; tightest: largest left/right. '-' was not tried, '!' is not as claimed.",
)


def render(document: Mapping[str, Any], width: int = 160) -> list[str]:
    """The table of a gate document, its tally, what is not as claimed and why, and remarks.

    Args:
        width: the most columns of a line; commands to copy may be longer.
    """
    claims = document["claims"]
    lines = [*_table(claims, width), ""] if claims else []
    lines += _paragraph(tally(document), width, "")
    for claim in claims:
        if not claim["as_claimed"]:
            lines += ["", *_failure(claim, width)]
    remarks = [line for claim in claims for line in _remarks(claim, width)]
    gone = document["info"].get("gone") or []
    remarks += _paragraph(f"in the baseline, and claimed no longer: {', '.join(gone)}", width, "") if gone else []
    lines += ["", *remarks] if remarks else []
    notes = [piece for note in NOTES for piece in _paragraph(note, width, "")]
    return [*lines, "", *notes] if claims else lines


def _table(claims: Sequence[Part], width: int) -> list[str]:
    rows = [HEADER, *(_row(claim) for claim in claims)]
    columns = list(range(len(HEADER)))
    if sum(_widths(rows, columns)) + 2 * len(HEADER) > width:
        columns = [c for c in columns if c not in NUMERIC or any(row[c] != "-" for row in rows[1:])]
    widths = _widths(rows, columns)
    spare = width - sum(widths[NAMES:]) - 2 * (len(columns) - 1)
    widths[:NAMES] = _shared(widths[:NAMES], spare)
    lines = [_aligned(row, columns, widths) for row in rows]
    lines.insert(1, "-" * max(map(len, lines)))
    return lines


def _widths(rows: Sequence[Sequence[str]], columns: Sequence[int]) -> list[int]:
    widest = [max(len(row[c]) for row in rows) for c in columns]
    return [*(min(wide, LONGEST_NAME) for wide in widest[:NAMES]), *widest[NAMES:]]


def _shared(wanted: Sequence[int], spare: int) -> list[int]:
    """Widths of the two columns of names within ``spare``: what one leaves, the other gets."""
    first, second = wanted
    half = max(SHORTEST_NAME, spare // 2)
    if first + second <= spare:
        return [first, second]
    if first <= half:
        return [first, max(SHORTEST_NAME, spare - first)]
    return [max(SHORTEST_NAME, spare - min(second, half)), min(second, half)]


def _aligned(row: Sequence[str], columns: Sequence[int], widths: Sequence[int]) -> str:
    cells = [
        row[column].rjust(wide) if column in NUMERIC else _cut(row[column], wide).ljust(wide)
        for column, wide in zip(columns, widths, strict=True)
    ]
    return "  ".join(cells).rstrip()


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 3] + "..."


def _row(claim: Part) -> tuple[str, ...]:
    changed = " (changed)" if claim["changed"] else ""
    return (
        printable(claim["id"]),
        printable(claim["source"]) + changed,
        printable(claim["expected"]),
        *(cell(claim, column) for column in COLUMNS),
        mutants_cell(claim),
        printable(tightest(claim)),
        printable(verdict_word(claim)),
    )


def _failure(claim: Part, width: int) -> list[str]:
    """A claim that is not as claimed: where it stands, what it says, why it fails."""
    head = f"{_cut(claim['id'], LONGEST_ID)} ({claim['file']}:{claim['line']}): {verdict_word(claim)}"
    lines = _paragraph(head, width, "")
    lines += _paragraph(f"claimed: {claim['statement']}", width, "  ")
    if claim["expected"] == "refuted":
        lines += _paragraph(f"listed as refuted: {claim['reason']}", width, "  ")
    for line in explanation(claim):
        lines += _paragraph(line, width, "  ")
    return lines


def _remarks(claim: Part, width: int) -> list[str]:
    """What is worth saying of a claim all the same."""
    said: list[str] = []
    copied: list[str] = []
    if claim["as_claimed"] and claim["expected"] == "refuted":
        found = counterexample(claim)
        said.append(f"refuted as listed: {claim['reason']}" + (f" ({found['comparison']})" if found else ""))
        copied = [] if found is None else replay_lines(found)
    for item in claim["items"]:
        allowed = item["passed"] and item["verdict"] in claim["allow"]
        said += [f"{item['kind']}: {item['verdict']}, as the file allows"] if allowed else []
        plain = item["passed"] and not allowed and item["kind"] in UNREMARKABLE
        said += [] if plain else [f"{item['kind']}: {note}" for note in item["notes"]]
    lines = [line for text in said for line in _paragraph(f"{_cut(claim['id'], LONGEST_ID)}: {text}", width, "")]
    return [*lines, *(line for text in copied for line in _paragraph(text, width, "  "))]


def _paragraph(text: str, width: int, indent: str) -> list[str]:
    """Printable text in lines of at most ``width``; what its own line begins with in blanks is kept."""
    clean = printable(text)
    copied = clean.lstrip(" ").startswith(WHOLE)
    if len(clean) > LONGEST_LINE and not copied:
        clean = f"{clean[:LONGEST_LINE]}... ({len(clean):,} characters)"
    begin = indent + clean[: len(clean) - len(clean.lstrip(" "))]
    if len(indent) + len(clean) <= width or copied:
        return [(indent + clean).rstrip()]
    return textwrap.wrap(
        clean.strip(),
        max(width, 40),
        initial_indent=begin,
        subsequent_indent=begin + "    ",
        break_on_hyphens=False,
    )
