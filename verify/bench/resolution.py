"""Resolution: by how little may a constant be too small and still be refuted cold?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from refutable.verify.bench.figures import seconds_text, table
from refutable.verify.bench.jobs import Job, Part, Plan, Row
from refutable.verify.bench.searching import hunted, refutation
from refutable.verify.bench.subjects import Subject, chosen, spread

EPSILONS = tuple(f"1e-{j}" for j in range(3, 16))


def jobs(plan: Plan) -> list[Job]:
    """One job a theorem: it goes down the epsilons itself, until one is not refuted."""
    subjects = spread([Subject(theorem) for theorem in chosen()["resolution"]], plan.claims)
    return [Job("resolution", subject, plan.seconds, plan.seed, device=plan.device) for subject in subjects]


def run(job: Job) -> Row:
    """Hunt the headline with its right side times 1 - epsilon, for smaller and smaller epsilon."""
    steps: list[Row] = []
    for epsilon in EPSILONS:
        subject = replace(job.subject, epsilon=epsilon)
        steps.append({"epsilon": epsilon, **refutation(hunted(job, subject.target()))})
        if not steps[-1]["refuted"]:
            break
    refuted = [step for step in steps if step["refuted"]]
    return {"resolution": refuted[-1]["epsilon"] if refuted else None, "steps": steps}


def summary(rows: list[Row]) -> dict[str, Any]:
    """The smallest epsilon by theorem; None: not even the largest was refuted."""
    return {row["theorem"]: row.get("resolution") for row in rows}


def lines(rows: list[Row]) -> list[str]:
    """One line a theorem."""
    header = ("theorem", "smallest epsilon refuted", "after", "method", "next one: nearest 1 - left/right")
    return table(header, [_cells(row) for row in rows])


def _cells(row: Row) -> list[str]:
    if "error" in row:
        return [row["theorem"], "error", "", "", row["error"]]
    refuted = [step for step in row["steps"] if step["refuted"]]
    last = row["steps"][-1]
    nearest = "" if last["refuted"] else "nothing decided" if last["best"] is None else f"{last['best']:.2g}"
    if not refuted:
        return [row["theorem"], "none", "", "", nearest]
    best = refuted[-1]
    return [row["theorem"], best["epsilon"], seconds_text(best["seconds"]), best["method"], nearest]


RESOLUTION = Part(
    "resolution", "constants too small by a factor 1 - epsilon, refuted cold and certified", jobs, run, summary, lines
)
