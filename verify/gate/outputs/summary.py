"""A gate as short Markdown, for the summary of a CI job ($GITHUB_STEP_SUMMARY)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from refutable.verify.gate.outputs.wording import Part, evidence, explanation, tally, tightest, verdict_word
from refutable.verify.reading import printable

LARGEST = 60_000
"""Bytes of a summary; GitHub refuses more than 1 MiB for a step."""
LARGEST_TABLE = 30_000
MOST_PROBLEMS, LONGEST_PROBLEM = 100, 500
LARGEST_BLOCK = 8_000
LONGEST_CELL, LONGEST_ID = 200, 60
HEADER = ("claim", "expected", "verdict", "evidence", "tightest")
_SPECIAL = re.compile(r"([\\`*_\[\]<>&|~$#])")
_ELSEWHERE = "; the JSON document of the gate has everything."


def markdown(document: Mapping[str, Any]) -> str:
    """One line of verdict, a table of the claims, and a section for each claim that is not as claimed.

    Everything that a claims file wrote is escaped. At most about 60 KB: what is left out is counted in a line.
    """
    claims = document["claims"]
    failed = any(not claim["as_claimed"] and claim["verdict"] != "incomplete" for claim in claims)
    said = "as claimed" if document["as_claimed"] else "NOT as claimed" if failed else "not tried to the end"
    head = f"### refutable gate: {said}"
    parts = [head, "", escaped(tally(document)), ""]
    if claims:
        parts += [*_table(claims), ""]
    used = sum(_size(part) for part in parts)
    failing = [claim for claim in claims if not claim["as_claimed"]]
    for shown, claim in enumerate(failing):
        section = "\n".join(_section(claim))
        used += _size(section)
        if used > LARGEST:
            parts.append(f"{len(failing) - shown} more claims are not as claimed{_ELSEWHERE}")
            break
        parts.append(section)
    return "\n".join(parts).rstrip("\n") + "\n"


def append(document: Mapping[str, Any], path: Path) -> None:
    """Add the Markdown to a file, which need not exist. Raises OSError: it cannot be written."""
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(markdown(document))


def append_problems(problems: Sequence[str], path: Path) -> None:
    """Add why a gate could not even begin to a file. Raises OSError: it cannot be written."""
    shown = [line[:LONGEST_PROBLEM] for line in problems[:MOST_PROBLEMS]]
    left = len(problems) - len(shown)
    more = [f"{left} more lines"] if left else []
    lines = ["### refutable gate: error", "", "Nothing was tried.", "", *fenced([*shown, *more])]
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write("\n".join(lines) + "\n")


def escaped(text: str, longest: int = LONGEST_CELL) -> str:
    """Text for a line or a cell of Markdown: nothing in it is markup, and it is one line."""
    clean = printable(" ".join(text.split()))
    clean = clean if len(clean) <= longest else f"{clean[: longest - 3]}..."
    return _SPECIAL.sub(r"\\\1", clean)


def fenced(lines: Sequence[str]) -> list[str]:
    """The lines as a block of code, whatever stands in them."""
    text = "\n".join(printable(line) for line in lines)
    if len(text) > LARGEST_BLOCK:
        text = f"{text[:LARGEST_BLOCK]}\n... ({len(text):,} characters)"
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}text", text, fence]


def _table(claims: Sequence[Part]) -> list[str]:
    lines = [_line(HEADER), _line(["---"] * len(HEADER))]
    shown, used = 0, 0
    for row in _rows(claims):
        used += _size(row)
        if used > LARGEST_TABLE:
            break
        lines.append(row)
        shown += 1
    left = len(claims) - shown
    return [*lines, "", f"{left} more claims are not in this table{_ELSEWHERE}"] if left else lines


def _rows(claims: Sequence[Part]) -> Iterator[str]:
    """A line for each claim in the order of the file; what fails comes first where not all have room."""
    if len(claims) > LARGEST_TABLE // 200:
        claims = sorted(claims, key=lambda claim: bool(claim["as_claimed"]))
    for claim in claims:
        verdict = escaped(verdict_word(claim))
        if not claim["as_claimed"]:
            verdict = f"**{verdict}**"
        names = escaped(claim["id"], LONGEST_ID), escaped(claim["expected"])
        yield _line([*names, verdict, escaped(evidence(claim)), escaped(tightest(claim))])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _section(claim: Part) -> list[str]:
    lines = [f"#### {escaped(claim['id'], LONGEST_ID)}: {escaped(verdict_word(claim))}", ""]
    lines += [f"{escaped(claim['file'])}, line {claim['line']}. Claimed: {escaped(claim['statement'], 500)}", ""]
    if claim["expected"] == "refuted":
        lines += [f"Listed as refuted: {escaped(claim['reason'], 500)}", ""]
    return [*lines, *fenced(explanation(claim)), ""]


def _size(text: str) -> int:
    return len(text.encode()) + 1
