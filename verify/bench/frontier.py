"""Frontier: how near to equality does a cold hunt of a true theorem come?"""

from __future__ import annotations

from typing import Any

from refutable.verify.bench.figures import table
from refutable.verify.bench.jobs import Job, Part, Plan, Row
from refutable.verify.bench.searching import hunted, shortfall, witness
from refutable.verify.bench.subjects import listed, spread


def jobs(plan: Plan) -> list[Job]:
    """One hunt a theorem and dimension."""
    subjects = spread(listed("frontier"), plan.claims)
    return [Job("frontier", subject, plan.seconds, plan.seed, device=plan.device) for subject in subjects]


def run(job: Job) -> Row:
    """Hunt a true theorem cold and keep the tightest instance that was decided exactly."""
    target = job.subject.target()
    result = hunted(job, target)
    row: Row = {"evaluations": result.evaluations, "spent": result.seconds}
    row["refuted"] = result.counterexample is not None
    tightest = result.tightest
    if tightest is None or tightest.outcome.headline is None:
        return {**row, "shortfall": None}
    gap = shortfall(tightest.outcome.headline)
    return {**row, "shortfall": gap, "method": tightest.method, **witness(target.claim, tightest.instance)}


def summary(rows: list[Row]) -> dict[str, Any]:
    """1 - best certified ratio, by theorem and prescribed size."""
    return {_name(row): row.get("shortfall") for row in rows}


def _name(row: Row) -> str:
    prescribed = ", ".join(f"{name} = {value}" for name, value in row.get("prescribed", {}).items())
    return f"{row['theorem']} ({prescribed})" if prescribed else str(row["theorem"])


def lines(rows: list[Row]) -> list[str]:
    """One line a theorem and size."""
    header = ("theorem", "1 - best certified ratio", "of size", "method", "evaluations")
    return table(header, [_cells(row) for row in rows])


def _cells(row: Row) -> list[str]:
    if "error" in row:
        return [_name(row), "error", "", "", row["error"]]
    gap = row["shortfall"]
    best = "nothing decided" if gap is None else "0, a tie" if gap == 0 else f"{gap:.3g}"
    dimensions = ", ".join(f"{name} = {value}" for name, value in row.get("sizes", {}).items())
    return [_name(row), best, dimensions, row.get("method", ""), f"{row['evaluations']:,}"]


FRONTIER = Part("frontier", "true theorems hunted cold: how near to equality", jobs, run, summary, lines)
