"""Power: is every false variant in the catalogue refuted, how fast, and how small is the witness?"""

from __future__ import annotations

import time
from typing import Any

from refutable.theorems.catalogue import theorem
from refutable.theorems.records import all_mutants
from refutable.verify.bench.figures import percent_text, quantile, seconds_text, share, table
from refutable.verify.bench.jobs import Job, Part, Plan, Row
from refutable.verify.bench.searching import hunted, refutation, witness
from refutable.verify.bench.subjects import mutants, spread

LARGEST, LONGEST = 3, 3
"""A witness for a whiteboard: this many neurons, data and digits at most."""
SHRINK = 4000
BOUNDED = ("k", "n")


def jobs(plan: Plan) -> list[Job]:
    """One hunt a mutant and mode."""
    modes = [cold for cold, wanted in ((False, plan.warm), (True, plan.cold)) if wanted]
    subjects = spread(mutants(), plan.claims)
    return [
        Job("power", subject, plan.seconds, plan.seed, cold=cold, device=plan.device)
        for cold in modes
        for subject in subjects
    ]


def run(job: Job) -> Row:
    """Hunt one mutant and make its counterexample small."""
    target = job.subject.target()
    started = time.perf_counter()
    result = hunted(job, target, SHRINK)
    minimal_seconds = time.perf_counter() - started
    row = {**refutation(result), "budget": job.seconds, "excuse": _excuse(job)}
    found = result.counterexample
    if found is None:
        return row
    small = {"minimal": found.minimal, "hollow": found.hollow, **witness(target.claim, found.instance)}
    return {**row, "minimal_seconds": minimal_seconds, **small}


def _excuse(job: Job) -> str:
    """Why the record has no substantive witness, "" where it has one."""
    return next(m.excuse for m in all_mutants(theorem(job.subject.theorem)) if m.id == job.subject.mutant)


def summary(rows: list[Row]) -> dict[str, Any]:
    """Figures of each mode."""
    modes = (("warm", False), ("cold", True))
    parts = {name: [row for row in rows if row["cold"] is cold] for name, cold in modes}
    return {name: _summary(chosen) for name, chosen in parts.items() if chosen}


def _summary(rows: list[Row]) -> dict[str, Any]:
    refuted = [row for row in rows if row.get("refuted")]
    within = [row for row in refuted if row["seconds"] <= row["budget"]]
    to_certificate = [row.get("seconds") for row in rows]
    to_minimal = [row.get("minimal_seconds") for row in rows]
    return {
        "mutants": len(rows),
        "refuted": len(refuted),
        "within_budget": share(len(within), len(rows)),
        "median_seconds": quantile(to_certificate, 0.5),
        "seconds_90": quantile(to_certificate, 0.9),
        "median_minimal_seconds": quantile(to_minimal, 0.5),
        "minimal_seconds_90": quantile(to_minimal, 0.9),
        "minimal": sum(row["minimal"] for row in refuted),
        "substantive": sum(not row["hollow"] for row in refuted),
        "small": sum(is_small(row) for row in refuted),
        "not_refuted": [_name(row) for row in rows if not row.get("refuted")],
    }


def is_small(row: Row) -> bool:
    """At most `LARGEST` neurons and data, and at most `LONGEST` digits."""
    return all(row["sizes"].get(name, 0) <= LARGEST for name in BOUNDED) and bool(row["digits"] <= LONGEST)


def _name(row: Row) -> str:
    return f"{row['theorem']} {row['mutant']}"


def lines(rows: list[Row]) -> list[str]:
    """A table of the modes, then every mutant that was not refuted or whose witness is not for a whiteboard."""
    header = ("", "mutants", "refuted", "in budget", "certificate: median", "90 %", "minimal: median", "90 %")
    out = table(header, [_cells(mode, s) for mode, s in summary(rows).items()])
    for mode, s in summary(rows).items():
        out.append(
            f"  {mode}: of {s['refuted']} witnesses {s['minimal']} are 1-minimal, {s['substantive']} substantive, "
            f"{s['small']} have at most {LARGEST} neurons, {LARGEST} data and {LONGEST} digits"
        )
    return out + [line for row in rows for line in _remark(row)]


def _cells(mode: str, s: dict[str, Any]) -> list[str]:
    times = ("median_seconds", "seconds_90", "median_minimal_seconds", "minimal_seconds_90")
    found = [str(s["mutants"]), str(s["refuted"]), percent_text(s["within_budget"])]
    return [mode, *found, *(seconds_text(s[name]) for name in times)]


def _remark(row: Row) -> list[str]:
    mode = "cold" if row["cold"] else "warm"
    if "error" in row:
        return [f"  {mode}: {_name(row)}: error: {row['error']}"]
    if not row["refuted"]:
        near = "nothing decided" if row["best"] is None else f"nearest 1 - left/right = {row['best']:.2g}"
        return [f"  {mode}: not refuted: {_name(row)} ({row['evaluations']:,} evaluations, {near})"]
    excuse = f" (by the record: {row['excuse']})" if row["hollow"] and row["excuse"] else ""
    faults = [row["hollow"] + excuse, "" if row["minimal"] else "not 1-minimal", "" if is_small(row) else _size(row)]
    said = "; ".join(fault for fault in faults if fault)
    return [f"  {mode}: {_name(row)}: {said}"] if said else []


def _size(row: Row) -> str:
    dimensions = ", ".join(f"{name} = {value}" for name, value in row["sizes"].items())
    return f"large: {dimensions}, {row['digits']} digits".replace(": ,", ":")


POWER = Part("power", "every false variant of the catalogue, hunted, certified and shrunk", jobs, run, summary, lines)
