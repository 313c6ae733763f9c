"""Side by side: the hunt and what others would use, on the same claims, with the same seconds and the same judge."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from refutable.verify.bench.baselines.drawing import plain, targeted
from refutable.verify.bench.baselines.optimisers import cma_es, differential_evolution
from refutable.verify.bench.baselines.trial import NotApplicable, Trial
from refutable.verify.bench.figures import percent_text, quantile, seconds_text, share, table
from refutable.verify.bench.jobs import Job, Part, Plan, Row
from refutable.verify.bench.searching import hunted
from refutable.verify.bench.subjects import listed, spread
from refutable.verify.hunting.results import Options

OURS = "refutable hunt --cold"
BASELINES: dict[str, Callable[[Trial], None]] = {
    "Hypothesis": plain,
    "Hypothesis, target()": targeted,
    "SciPy differential evolution": differential_evolution,
    "cma": cma_es,
}
METHODS = (*BASELINES, OURS)
CONDITIONS = (
    "The mutants are every seventh of those that floats can score, the scaled headlines come besides.",
    "Each method has the same seconds and one thread. All are judged by the same exact decisions, and a violation on",
    "a dead network counts for none. Hypothesis draws from the domain's own strategy without the known families.",
    "Differential evolution and cma maximise the hunt's float score, log(left/right), over the hunt's parametrisation",
    "(the step size at its edge, positive numbers as logarithms), their populations scored in batches. They restart",
    "with a new size, from the hunt's random starts and from their own in turn. Unrefuted claims count as never.",
)


def jobs(plan: Plan) -> list[Job]:
    """Every method on every claim."""
    return [
        Job("side-by-side", subject, plan.seconds, plan.seed, method, device=plan.device)
        for subject in spread(listed("side-by-side"), plan.claims)
        for method in METHODS
    ]


def run(job: Job) -> Row:
    """One method on one claim."""
    return ours(job) if job.method == OURS else baseline(job)


def ours(job: Job) -> Row:
    """The hunt, cold and without shrinking."""
    result = hunted(job, job.subject.target())
    found = result.counterexample
    if found is None or found.hollow:
        return {"refuted": False, "seconds": None, "evaluations": result.evaluations}
    return {"refuted": True, "seconds": found.seconds, "evaluations": found.evaluations, "by": found.method}


def baseline(job: Job) -> Row:
    """Another method, on the processor."""
    options = Options(seconds=job.seconds, seed=job.seed, cold=True, device="cpu", size=job.subject.size())
    trial = Trial.of(job.subject.target(), options)
    row: Row = {"refuted": False, "seconds": None}
    try:
        BASELINES[job.method](trial)
    except NotApplicable as reason:
        row["note"] = str(reason)
    if trial.search.found:
        row = {"refuted": True, "seconds": trial.elapsed}
    return {**row, "evaluations": trial.evaluations, "restarts": trial.restarts}


def summary(rows: list[Row]) -> dict[str, Any]:
    """Share refuted and median seconds of each method."""
    by_method = {method: [row for row in rows if row["method"] == method] for method in METHODS}
    return {method: _summary(chosen) for method, chosen in by_method.items() if chosen}


def _summary(rows: list[Row]) -> dict[str, Any]:
    refuted = sum(bool(row.get("refuted")) for row in rows)
    seconds = [row.get("seconds") for row in rows]
    return {
        "claims": len(rows),
        "refuted": refuted,
        "share": share(refuted, len(rows)),
        "median_seconds": quantile(seconds, 0.5),
        "seconds_90": quantile(seconds, 0.9),
        "evaluations": sum(row.get("evaluations", 0) for row in rows),
    }


def lines(rows: list[Row]) -> list[str]:
    """The methods, then every claim, then the conditions."""
    header = ("method", "refuted", "share", "median", "90 %", "evaluations")
    out = table(header, [_cells(method, s) for method, s in summary(rows).items()])
    claims = list(dict.fromkeys(_claim(row) for row in rows))
    found = {(_claim(row), row["method"]): _found(row) for row in rows}
    out += [
        "",
        *table(
            ("seconds to the certificate", *METHODS), [[c, *(found.get((c, m), "") for m in METHODS)] for c in claims]
        ),
    ]
    errors = [f"  {row['method']}, {_claim(row)}: error: {row['error']}" for row in rows if "error" in row]
    return [*out, *errors, "", *(f"  {line}" for line in CONDITIONS)]


def _cells(method: str, s: dict[str, Any]) -> list[str]:
    times = [seconds_text(s["median_seconds"]), seconds_text(s["seconds_90"])]
    return [method, f"{s['refuted']}/{s['claims']}", percent_text(s["share"]), *times, f"{s['evaluations']:,}"]


def _claim(row: Row) -> str:
    epsilon = row.get("epsilon", "")
    return f"{row['theorem']} {row.get('mutant', '') or f'times 1 - {epsilon}'}"


def _found(row: Row) -> str:
    if "error" in row:
        return "error"
    return "n/a" if "note" in row else seconds_text(row["seconds"])


SIDE_BY_SIDE = Part(
    "side-by-side", "the same claims, the same seconds, one thread each: fraction refuted", jobs, run, summary, lines
)
