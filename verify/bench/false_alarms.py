"""False alarms: true claims, ties planted among the instances; no certified violation may come out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from refutable.theorems.claims import Claim
from refutable.theorems.instances import Instance
from refutable.verify.bench.baselines.coordinates import is_symmetric
from refutable.verify.bench.figures import table
from refutable.verify.bench.jobs import Job, Part, Plan, Row
from refutable.verify.bench.searching import hunted
from refutable.verify.bench.subjects import proved_claims, spread
from refutable.verify.decide import decide
from refutable.verify.hunting.judge import Judge
from refutable.verify.hunting.objective import Objective, Rows, Undifferentiable, rows_in
from refutable.verify.hunting.results import Options
from refutable.verify.hunting.rows import batch_of, form, instance_at, is_float, repeated
from refutable.verify.hunting.search import Search, prepare
from refutable.verify.hunting.target import Target

FLOATS, HUNT = "floats", "hunt"
BATCH = 4096
TRIALS = (5, 7, 11)
"""Rows of the batches that show whether a claim can be scored."""
TIES = 100
"""Instances of each known family."""
COPIES = 32
"""Of each tie: the first as it is, the others a few units in the last place beside it."""
LAST_PLACE = 2.0**-52
DECIDED_PER_BATCH = 16
HUNTED_SHARE = 2
"""The hunts have this fraction of the evaluations of the plain float scores, on top of them."""


def jobs(plan: Plan) -> list[Job]:
    """Every proved claim: its float score on random rows and ties, and a hunt with families and hints."""
    subjects = spread(proved_claims(), plan.claims)
    scored = [subject for subject in subjects if _scored(subject.target(), plan.seed)]
    each = -(-plan.evaluations // max(len(scored), 1))
    floats = [Job("false-alarms", s, plan.seconds, plan.seed, FLOATS, False, each) for s in scored]
    hunts = max(plan.evaluations // HUNTED_SHARE // max(len(subjects), 1), 1)
    return floats + [Job("false-alarms", s, plan.seconds, plan.seed, HUNT, False, hunts, plan.device) for s in subjects]


def _scored(target: Target, seed: int) -> bool:
    """Whether float batches of several sizes can be scored."""
    search = _prepared(target, seed)
    if search.objective is None:
        return False
    count, generator = _Count(target.claim, search.objective), search.generator("trial batches")
    try:
        for rows in TRIALS:
            _random(search, count, generator, rows)
    except Undifferentiable:
        return False
    return True


def _prepared(target: Target, seed: int) -> Search:
    return prepare(target, Options(seed=seed, device="cpu"), Judge(target.claim), None)


def run(job: Job) -> Row:
    """Score and decide, or hunt."""
    return _hunt(job) if job.method == HUNT else _floats(job)


def _hunt(job: Job) -> Row:
    result = hunted(job, job.subject.target())
    certified = int(result.counterexample is not None)
    proposed = len(result.suspicions) + certified
    return {
        "evaluations": result.evaluations,
        "proposed": proposed,
        "decided": result.decided,
        "certified": certified,
        "ties": int(result.tightest is not None and result.tightest.outcome.touching),
    }


@dataclass
class _Count:
    """What float scores proposed and exact decisions said."""

    claim: Claim
    objective: Objective
    evaluations: int = 0
    proposed: int = 0
    decided: int = 0
    certified: int = 0

    def planted(self, rows: Rows) -> None:
        """Count ties as they are, then with what the assumptions enforce.

        Rows that no one batch can hold (as many modes as kinks, say) are left to the hunt, which decides exactly.
        """
        with suppress(Undifferentiable):
            self.look(self.objective.scores(rows), rows)
            self.look(*self.objective.of(rows))

    def look(self, scores: Tensor, numbers: Rows) -> None:
        """Count a batch; decide the largest float violations in it."""
        self.evaluations += rows_in(numbers)
        self.proposed += int((scores > 0).sum())
        for row in torch.argsort(scores, descending=True)[:DECIDED_PER_BATCH].tolist():
            if float(scores[row]) > 0:
                self._decide(instance_at(self.claim.domain, numbers, row))

    def _decide(self, instance: Instance | None) -> None:
        if instance is not None:
            self.decided += 1
            self.certified += decide(self.claim, instance).verdict == "violated"


def _floats(job: Job) -> Row:
    """Random rows and rows around ties, until the evaluations are spent."""
    search = _prepared(job.subject.target(), job.seed)
    assert search.objective is not None
    claim, wanted = search.target.claim, job.evaluations or 0
    ties = [tie for tie in _known(search.target) if decide(claim, tie).touching]
    count = _Count(claim, search.objective)
    generator = search.generator("false alarms")
    with torch.no_grad():
        for rows in _planted(ties, generator):
            count.planted(rows)
        while count.evaluations < wanted:
            _random(search, count, generator, BATCH)
    return {
        "evaluations": count.evaluations,
        "proposed": count.proposed,
        "decided": count.decided,
        "certified": count.certified,
        "ties": len(ties),
    }


def _known(target: Target) -> Iterator[Instance]:
    for family in target.families:
        yield from family.instances(TIES)
    yield from target.hints


def _planted(ties: list[Instance], generator: torch.Generator) -> Iterator[Rows]:
    """Ties of one form as a batch, each with copies a hair beside it, the step size left where it is."""
    groups: dict[Any, list[Instance]] = {}
    for tie in ties:
        groups.setdefault(form(tie), []).append(tie)
    for group in groups.values():
        rows = repeated(batch_of(group), COPIES)
        yield {name: _beside(value, generator) if is_float(value) else value for name, value in rows.items()}


def _beside(value: Any, generator: torch.Generator) -> Any:
    if not isinstance(value, Tensor):
        return tuple(_beside(part, generator) for part in value)
    places = torch.randint(-4, 5, value.shape, generator=generator).to(value.dtype)
    places[::COPIES] = 0
    if is_symmetric(value):
        places = places.triu() + places.triu(1).transpose(-1, -2)
    return value * (1 + places * LAST_PLACE)


def _random(search: Search, count: _Count, generator: torch.Generator, size: int) -> None:
    """One random batch, with what the assumptions enforce."""
    rows = search.supply.batch(search.assumes, size, search.options.size, generator)
    if rows is None:
        raise Undifferentiable("no more float batches")
    count.look(*count.objective.of(rows))


def summary(rows: list[Row]) -> dict[str, Any]:
    """Totals; ``certified`` must be 0."""
    names = ("evaluations", "proposed", "decided", "certified", "ties")
    totals = {name: sum(row.get(name, 0) for row in rows) for name in names}
    return {"claims": len({_claim(row) for row in rows}), **totals, "errors": sum("error" in row for row in rows)}


def _claim(row: Row) -> str:
    return f"{row['theorem']} {row.get('claim', '')}"


def lines(rows: list[Row]) -> list[str]:
    """Totals by way of searching, then whatever was certified."""
    header = ("", "claims", "evaluations", "ties", "float violations", "decided exactly", "certified")
    kinds = {kind: [row for row in rows if row["method"] == kind] for kind in (FLOATS, HUNT)}
    out = table(header, [_cells(kind, summary(chosen)) for kind, chosen in kinds.items() if chosen])
    out.append("  float violations: all of them for floats, those that a hunt remembered for hunts")
    alarms = [f"  CERTIFIED: {_claim(row)} ({row['method']})" for row in rows if row.get("certified")]
    return (
        out + alarms + [f"  {_claim(row)} ({row['method']}): error: {row['error']}" for row in rows if "error" in row]
    )


def _cells(kind: str, s: dict[str, Any]) -> list[str]:
    names = ("claims", "evaluations", "ties", "proposed", "decided", "certified")
    return [kind, *(f"{s[name]:,}" for name in names)]


FALSE_ALARMS = Part(
    "false-alarms", "true claims, exact ties among the instances: nothing may be certified", jobs, run, summary, lines
)
