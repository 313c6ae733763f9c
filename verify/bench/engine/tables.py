"""Results as text for a terminal and as Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from refutable.verify.bench.engine import machine as machines
from refutable.verify.bench.engine.cases import Absent, Measured, Row
from refutable.verify.bench.engine.comparison import KEYS
from refutable.verify.bench.engine.figures import multiple, percent
from refutable.verify.bench.figures import table

CONDITIONS = (
    "Methods take turns, round after round, in one process; a ratio is the median over rounds of the ratio within a",
    "round, its spread half the distance of the quartiles. The share of the peak is the best rate times the nominal",
    "4nk(d + 1) + 4nk operations over the measured peak of multiply-adds; what is reduced by QR does fewer.",
)
Before = Mapping[tuple[str, ...], dict[str, Any]]
"""Rows of a comparison by key."""


def before_of(comparison: dict[str, Any] | None) -> Before:
    """The comparison's rows by key."""
    rows = [] if comparison is None else comparison["rows"]
    return {tuple(str(row[key]) for key in KEYS): row for row in rows}


def text(measured: Measured, before: Before) -> list[str]:
    """A part for the terminal."""
    header, rows = _cells(measured, before)
    out = [f"{measured.part.id}: {measured.part.meaning} (took {measured.seconds:.0f} s)"]
    out += table(header, _blanked(rows)) if rows else ["  nothing was measured"]
    out += [f"  {line}" for line in measured.part.remarks(measured.part.summary(measured.rows))]
    return [*out, *(f"  not measured: {line}" for line in _absent(measured.absent)), ""]


def markdown(machine: dict[str, Any], parts: list[Measured], comparison: dict[str, Any] | None) -> str:
    """The whole run."""
    before = before_of(comparison)
    out = ["# refutable bench engine", "", machines.line(machine), "", *CONDITIONS]
    for measured in parts:
        header, rows = _cells(measured, before)
        out += ["", f"## {measured.part.id}", "", f"{_escaped(measured.part.meaning)}.", ""]
        out += [_line(header), _line(["---"] * len(header)), *(_line(row) for row in _blanked(rows))]
        notes = measured.part.remarks(measured.part.summary(measured.rows))
        notes += [f"not measured: {line}" for line in _absent(measured.absent)]
        out += ["", *(f"- {_escaped(note)}" for note in notes)] if notes else []
    verdict = comparison_lines(comparison)
    return "\n".join([*out, "", "## Against the baseline", "", *(f"- {_escaped(line)}" for line in verdict), ""])


def comparison_lines(comparison: dict[str, Any] | None) -> list[str]:
    """What became of the baseline's ratios."""
    if comparison is None:
        return ["no baseline"]
    about = f"{comparison['baseline']} ({comparison['machine']})"
    worse = [row for row in comparison["rows"] if row["worse"]]
    out = [
        f"{comparison['compared']} ratios compared with {about}, {comparison['not_in_baseline']} are not in it; "
        f"{len(worse)} worse by more than {comparison['factor']:g}x, {len(comparison['gone'])} gone"
    ]
    out += [
        f"worse: {row['part']}, {row['case']}, {row['method']}: {multiple(row['ratio'])} of {row['reference']}, "
        f"was {multiple(row['baseline'])}"
        for row in worse
    ]
    out += [
        f"gone: {row['part']}, {row['case']}, {row['method']}: no ratio to {row['reference']}"
        for row in comparison["gone"]
    ]
    return out + [
        f"failed: {row['part']}, {row['case'] or 'a case'}, {row['method']}: {row['reason']}"
        for row in comparison["failed"]
    ]


def _cells(measured: Measured, before: Before) -> tuple[list[str], list[list[str]]]:
    known = [before.get(_key(measured, row)) for row in measured.rows]
    header = ["case", "method", *(column.header for column in measured.part.columns), "spread"]
    rows = []
    for row, old in zip(measured.rows, known, strict=True):
        cells = [column.text(row.get(column.key)) for column in measured.part.columns]
        rows.append([row["case"], row["method"], *cells, _spread(row), _old(old)])
    if not any(known):
        return header, [row[:-1] for row in rows]
    return [*header, "baseline"], rows


def _key(measured: Measured, row: Row) -> tuple[str, ...]:
    return tuple(str({"part": measured.part.id, **row}[key]) for key in KEYS)


def _old(row: dict[str, Any] | None) -> str:
    return "" if row is None else multiple(row["baseline"]) + (" WORSE" if row["worse"] else "")


def _spread(row: Row) -> str:
    """Half the distance of the quartiles, relative to the median."""
    of_rate = row["ratio"] is None or row["method"] == row["reference"]
    name, rounds = ("rate", row["rounds"]) if of_rate else ("ratio", row["ratio_rounds"])
    if rounds < 2 or not row[name]:
        return "one round" if rounds < 2 else "-"
    low, high = row[f"{name}_quartiles"]
    return percent(round((high - low) / 2 / row[name], 2))


def _blanked(rows: list[list[str]]) -> list[list[str]]:
    """The case only where it begins."""
    return [
        ["" if i and row[0] == rows[i - 1][0] else row[0], *row[1:]] for i, row in enumerate(rows)
    ]  # fmt: skip


def _absent(absent: list[Absent]) -> list[str]:
    """One line a method and reason, with the cases it concerns."""
    cases: dict[tuple[str, str], list[str]] = {}
    for one in absent:
        cases.setdefault((one.method, one.reason), []).append(one.case)
    return [
        f"{method}: {reason}" + (f" (on {'; '.join(found)})" if any(found) else "")
        for (method, reason), found in cases.items()
    ]


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(_escaped(cell) for cell in cells) + " |"


def _escaped(cell: str) -> str:
    return cell.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")
