"""What is missing or contradictory in a theorem's record, said to its author."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from refutable.strategies.solutions import SOURCES
from refutable.theorems.records import EVIDENCE, Theorem, all_mutants, automatic_mutants


def complaints(theorem: Theorem) -> list[str]:
    """Every complaint about a record, each with what to change; empty for a complete one."""
    rules = (_statement, _identifiers, _necessity, _mutants, _tightness, _families, _integrated, _evidence)
    return [f"{theorem.id}: {text}" for rule in rules for text in rule(theorem)]


def _statement(theorem: Theorem) -> Iterator[str]:
    if not theorem.claims:
        yield "it claims nothing; give it claims"
    if not theorem.source.paper:
        yield "its source names no paper; write Source(paper, number), or Source('own')"
    if theorem.source.link and not theorem.source.link.startswith("https://"):
        yield f"its source's link is {theorem.source.link!r}; write an address that starts with https://"
    if theorem.status in ("read", "recalled") and not theorem.source.note:
        yield "its source has no note; say which version was read, or that it was recalled and re-derived"
    for claim in (*theorem.claims, *theorem.links, *(one.claim for one in theorem.integrated)):
        if not claim.statement:
            yield f"the claim {claim.id} has no statement"


def _identifiers(theorem: Theorem) -> Iterator[str]:
    groups: dict[str, Iterable[str]] = {
        "claims, links and integrated statements": (
            *(c.id for c in (*theorem.claims, *theorem.links)),
            *(one.claim.id for one in theorem.integrated),
        ),
        "mutants": (m.id for m in all_mutants(theorem)),
        "families": (f.id for f in theorem.equality),
        "closed forms": (f.id for f in theorem.closed_forms),
    }
    for group, ids in groups.items():
        for id, count in Counter(ids).items():
            if count > 1:
                yield f"{count} {group} are called {id}; ids must differ"


def _necessity(theorem: Theorem) -> Iterator[str]:
    known = {a.id for a in theorem.assumptions}
    covered = {entry.drops for entry in theorem.necessity}
    for id in sorted(known - covered):
        yield f"nothing is said about the necessity of {id}; add a Necessity, with witness None if it is not known"
    for id in sorted(covered - known):
        yield f"Necessity names {id}, which no claim assumes"
    for entry in theorem.necessity:
        if not entry.note:
            yield f"the necessity of {entry.drops} has no note"


def _mutants(theorem: Theorem) -> Iterator[str]:
    if not all_mutants(theorem) and not theorem.observed:
        yield "it has no mutant: a record that nothing false is told apart from is weak; add one with a killer"
    for mutant in theorem.mutants:
        if not mutant.substantive and not mutant.excuse:
            yield f"the mutant {mutant.id} is declared not substantive without an excuse"
        if not mutant.why_false:
            yield f"the mutant {mutant.id} does not say why it is false"


def _tightness(theorem: Theorem) -> Iterator[str]:
    if not automatic_mutants(theorem) and not theorem.not_tight:
        yield "no family attains or approaches equality: add one to `equality`, or say why in `not_tight`"


def _families(theorem: Theorem) -> Iterator[str]:
    domains = {claim.domain.id for claim in theorem.claims}
    for family in theorem.equality:
        found = family.first().domain
        if found not in domains:
            yield f"the family {family.id} builds {found} instances, the claims are about {', '.join(domains)}"
        if family.attains == "limit" and family.reaches is None:
            yield f"the limit family {family.id} does not say which tightness it `reaches`"


def _integrated(theorem: Theorem) -> Iterator[str]:
    if theorem.integrated and theorem.observed:
        yield "it is an observation with integrated statements: those support nothing; give them to a theorem"
    for one in theorem.integrated:
        if one.claim.domain.id not in SOURCES:
            domain = one.claim.domain.id
            yield f"{one.claim.id} is about solutions, and none are offered for {domain}: see strategies/solutions.py"
        if not one.decoys:
            yield f"the integrated statement {one.claim.id} has no decoy: nothing false is told apart from it"


def _evidence(theorem: Theorem) -> Iterator[str]:
    for kind, reason in theorem.evidence.items():
        if kind not in EVIDENCE:
            yield f"evidence names {kind!r}, which is none of {', '.join(EVIDENCE)}"
        if not reason:
            yield f"evidence says without a reason that {kind} does not apply"
