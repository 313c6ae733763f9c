"""False variants that a claims file names: each must be refuted, or the evidence cannot tell the claim from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from refutable.theorems.claims import Claim
from refutable.theorems.exact import rational
from refutable.theorems.instances import Instance
from refutable.theorems.records import all_mutants
from refutable.verify import refutations
from refutable.verify.decide import decide
from refutable.verify.gate.amounts import Amounts, evaluations
from refutable.verify.gate.findings import Finding
from refutable.verify.gate.mutants import SCALED, TERMS
from refutable.verify.gate.run import GateRun
from refutable.verify.gate.subjects import Subject
from refutable.verify.hunting.hunt import hunt
from refutable.verify.hunting.results import Options
from refutable.verify.userclaims.moved_terms import moved_terms
from refutable.verify.userclaims.paths import ExpressionClaim

LEAST_SECONDS = 5.0
Variant = tuple[str, Sequence[Claim]]
"""What is varied, and the claims of which one at least must be refuted."""


def of_record(subject: Subject, amount: Amounts, run: GateRun) -> Finding:
    """The record's own false variants, on their killers."""
    chosen = [m for m in all_mutants(subject.record) if m.id in subject.entry.mutants]
    suite = run.suite(subject, amount)
    events = [refutations.mutant(subject.record, mutant, suite) for mutant in chosen]
    problems = [text for event in events for text in event["problems"]]
    killed = sum(bool(event["killed"]) for event in events)
    return Finding("error" if problems else "held", "exact", killed=killed, problems=problems)


def of_own(subject: Subject, amount: Amounts, run: GateRun, known: Iterable[Instance]) -> Finding:
    """Variants of any other claim.

    Args:
        known: instances to try first: the tightest that other evidence has found.
    """
    found = Finding(strength="exact", killed=0)
    instances = list(dict.fromkeys([*known, *(family.first() for family in subject.families)]))
    for name in subject.entry.mutants:
        pairs = _variants(subject, name)
        if not pairs:
            found.problems.append(f"{name}: the claim has no term to move")
            continue
        survivors = [what for what, claims in pairs if not _refuted(subject, claims, instances, amount, run)]
        if survivors:
            found.problems.append(
                f"{name}: {'; '.join(survivors)}: not refuted either, so that the evidence does not tell them apart"
            )
        else:
            found.killed = (found.killed or 0) + 1
    found.verdict = "weak" if found.problems else "held"
    return found


def _variants(subject: Subject, name: str) -> Sequence[Variant]:
    if name.startswith(TERMS):
        assert isinstance(subject.entry.ref, ExpressionClaim), "refused when the file was read"
        return moved_terms(subject.entry.ref, rational(name.removeprefix(TERMS)))
    size = name.removeprefix(SCALED)
    variant = subject.claim.scaled(1 - rational(size), f"{subject.claim.id} {name}")
    return [(f"the right side times 1 - {size}", [variant])]


def _refuted(
    subject: Subject, claims: Sequence[Claim], instances: Sequence[Instance], amount: Amounts, run: GateRun
) -> bool:
    """Whether one of the claims is violated on a known instance, or by one that a search finds."""
    if any(decide(claim, instance).verdict == "violated" for claim in claims for instance in instances):
        return True
    return any(_hunted(subject, claim, max(amount.hunt, LEAST_SECONDS), run) for claim in claims)


def _hunted(subject: Subject, claim: Claim, seconds: float, run: GateRun) -> bool:
    budget = evaluations(run.profile, seconds)
    options = Options(None if budget else seconds, budget, run.seed, device=run.device, shrink=0)
    result = hunt(replace(subject.target, claim=claim), options)
    if result.interrupted:
        raise KeyboardInterrupt
    return result.counterexample is not None
