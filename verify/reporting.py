"""The report of a run: the table in the terminal and the same as one JSON document. Reads events only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from refutable.verify.intervals import Frequency
from refutable.verify.standing import KINDS, VERDICTS, Event, Standing, order, standings

FORMAT = "refutable-report/1"
HEADER = (
    "theorem", "source", "status", "drawn", "built", "relab", "conv", "mass", "visit", "ode", "swept", "forms",
    "tightest", "trained", "resol", "mutants", "verdict",
)  # fmt: skip
NUMERIC = range(3, 16)
SOURCE_WIDTH = 17
NOTES = (
    "held is evidence, never a proof. Cases are decided exactly (drawn, built, relab, visit; conv at end points of",
    "  runs) or by floats with certified error bounds (conv at exact minima; mass and swept, near ties exactly);",
    "  forms are identities proved symbolically. For a proved theorem, drawn and relabelled points test",
    "  our encoding more than the theorem.",
    "counts are decisions, summed over the claims of a theorem (claim by claim in the JSON report).",
    "drawn: random; built: equality families; relab: trained, then labelled by the network; conv: trained until",
    "  converged; mass: relab in very great numbers; visit: states that runs of a dynamics pass; ode: solutions of a",
    "  differential equation in floats, which agree within the solver's error and support no verdict; swept: random;",
    "  tightest: largest left/right of a headline that held; trained: the same on trained minima alone; resol:",
    "  smallest 1 - c for which the bound times c was refuted; mutants: false variants refuted / tried.",
    "  '.' does not apply, '-' was not collected.",
)


def render_table(events: Sequence[Event], errors: Sequence[tuple[str, str]]) -> list[str]:
    """The table of a run, with footnotes.

    Args:
        events: of all tests, in any order.
        errors: theorem id and test of each failure that left no event.
    """
    rows = standings(events, errors)
    cells = [HEADER, *(_row(row) for row in rows)]
    widths = [max(len(line[c]) for line in cells) for c in range(len(HEADER))]
    lines = [_aligned(line, widths) for line in cells]
    lines.insert(1, "-" * max(map(len, lines)))
    return [*lines, "", _tally(rows), *_remarks(rows), "", *NOTES]


def _aligned(line: Sequence[str], widths: Sequence[int]) -> str:
    cells = [
        cell.rjust(width) if column in NUMERIC else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(line, widths, strict=True))
    ]
    return "  ".join(cells).rstrip()


def _row(row: Standing) -> tuple[str, ...]:
    source = row.cited if len(row.cited) <= SOURCE_WIDTH else row.cited[: SOURCE_WIDTH - 3] + "..."
    return (
        row.theorem,
        source,
        row.status,
        *(_count(row, kind) for kind in KINDS),
        _ratio(row.tightest),
        _ratio(row.tightest_trained, 3),
        row.resolution or ("." if _says(row, "not_tight") else "-"),
        f"{row.killed}/{row.mutants}",
        row.verdict.upper(),
    )


def _count(row: Standing, kind: str) -> str:
    """Supporting cases of a kind; others are named in remarks."""
    if kind in _says(row, "not_applicable"):
        return "."
    if kind == "symbolic":
        return f"{row.proved}/{row.forms}" if row.forms else "-"
    return str(row.supporting(kind)) if kind in row.counts and row.supporting(kind) else "-"


def _ratio(value: float | None, decimals: int = 6) -> str:
    """At most that many decimals, never rounded up to 1."""
    if value is None:
        return "-"
    if value < 1 and float(f"{value:.{decimals}f}") == 1:
        return "1-" + f"{1 - value:.0e}"
    return f"{value:.{decimals}f}".rstrip("0").rstrip(".") or "0"


def _says(row: Standing, key: str) -> Any:
    return (row.record or {}).get(key) or {}


def _tally(rows: Sequence[Standing]) -> str:
    verdicts = [row.verdict for row in rows]
    counted = [f"{verdicts.count(v)} {v}" for v in VERDICTS if v in verdicts]
    return f"{len(rows)} theorem{'s' if len(rows) != 1 else ''}: {', '.join(counted)}"


def _remarks(rows: Sequence[Standing]) -> list[str]:
    """What the table cannot show, one line each."""
    lines = []
    for row in rows:
        lines += [f"{row.theorem}: {text}" for text in _remarks_on(row)]
    for text in sorted({text for row in rows for text in row.missing}):
        lines.append(f"evidence not collected: {text} ({', '.join(r.theorem for r in rows if text in r.missing)})")
    return lines


def _remarks_on(row: Standing) -> list[str]:
    out = [f"witness {path}" for path in sorted(row.witnesses)]
    out += [_frequency(kind, found) for kind, found in row.frequencies.items()]
    if row.survivors:
        out.append(f"not refuted: mutant {', '.join(row.survivors)}")
    if _says(row, "not_tight"):
        out.append(f"not known tight: {_says(row, 'not_tight')}")
    if row.links["violated"]:
        out.append("a step of its proof is refuted")
    out += [_solved(one) for one in row.solved if one["residual"] is not None]
    aside = [f"{row.without_solver(verdict)} {verdict}" for verdict in ("vacuous", "undecided", "agrees")]
    aside = [text for text in aside if not text.startswith("0 ")]
    if row.controls:
        aside.append(f"{row.controls} negative controls vacuous, as they should be")
    if row.at_kinks:
        aside.append(f"{row.at_kinks} trained minima at kinks that training found")
    if row.certified["trained-converged"]:
        aside.append(f"conv: {row.certified['trained-converged']} at exact minima certified to be beside the network")
    for kind, name in (("trained-mass", "mass"), ("swept", "swept")):
        if row.exactly[kind]:
            aside.append(f"{name}: {row.certified[kind]} decided by certified floats, {row.exactly[kind]} exactly")
    if aside:
        out.append(", ".join(aside))
    out += [problem.splitlines()[0] for problem in row.broken[:3]]
    return out


def _solved(one: Event) -> str:
    """How near a statement about solutions came to its error bound, and whether its false variants looked suspect."""
    caught = sum(count > 0 for count in one["decoys"].values())
    told = f"; {caught} of {len(one['decoys'])} false variants suspect" if one["decoys"] else ""
    return f"integrated: {one['claim']}: residual {one['residual']:.1e}, error bound {one['bound']:.1e}{told}"


def _frequency(kind: str, found: Frequency) -> str:
    """How often an observation holds; the states of one run depend on each other, whole runs do not."""
    if kind == "runs":
        return f"every state that was tried fulfils it in {found.successes} of {found.trials} runs, {found.interval}"
    if kind == "visited":
        return f"visited: holds in {found.successes} of {found.trials} states ({100 * found.share:.1f} %)"
    return f"{kind}: holds in {found}"


def document(events: Sequence[Event], errors: Sequence[tuple[str, str]], info: Mapping[str, Any]) -> dict[str, Any]:
    """The report as one JSON document: the table's rows, every event in a fixed order, the run's options."""
    rows = standings(events, errors)
    return {
        "format": FORMAT,
        "info": dict(info),
        "verdicts": VERDICTS,
        "theorems": [_entry(row) for row in rows],
        "errors": [{"theorem": theorem, "test": node} for theorem, node in sorted(errors)],
        "events": sorted((dict(event) for event in events), key=order),
    }


def _entry(row: Standing) -> dict[str, Any]:
    record = row.record or {}
    return {
        "id": row.theorem,
        "title": row.title,
        "source": row.source,
        "status": row.status,
        "verdict": row.verdict,
        "digest": record.get("digest"),
        "evidence": {kind: dict(counts) for kind, counts in sorted(row.counts.items())},
        "not_applicable": record.get("not_applicable", {}),
        "missing": sorted(row.missing),
        "links": dict(row.links),
        "controls": row.controls,
        "at_kinks": row.at_kinks,
        "frequencies": {kind: asdict(found) for kind, found in row.frequencies.items()},
        "integrated": sorted(map(dict, row.solved), key=lambda one: str(one["claim"])),
        "touching": row.touching,
        "certified_by_floats": dict(sorted(row.certified.items())),
        "decided_exactly_in_mass": dict(sorted(row.exactly.items())),
        "tightest": row.tightest,
        "tightest_trained": row.tightest_trained,
        "resolution": row.resolution or None,
        "not_tight": record.get("not_tight", ""),
        "mutants": {"killed": row.killed, "tried": row.mutants, "survivors": row.survivors},
        "necessity": {"shown": row.shown, "entries": row.necessity},
        "closed_forms": {"proved": row.proved, "tried": row.forms},
        "problems": list(row.broken),
        "witnesses": sorted(row.witnesses),
    }
