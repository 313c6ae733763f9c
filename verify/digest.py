"""The digest of a theorem: changes when the mathematics does, not when code is reformatted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from refutable.theorems.claims import Claim
from refutable.theorems.instances import Instance, canonical_json
from refutable.theorems.records import Theorem
from refutable.theorems.views import View
from refutable.verify.decide import Outcome, decide
from refutable.verify.sides import canonical


def digest(theorem: Theorem) -> str:
    """SHA-256 (hex) of statements, assumptions and the exact sides of all claims on the record's instances."""
    content: dict[str, Any] = {
        "id": theorem.id,
        "version": theorem.version,
        "status": theorem.status,
        "claims": [_statement(claim) for claim in theorem.claims],
        "links": [_statement(claim) for claim in theorem.links],
        "assumptions": [[a.id, a.statement] for a in theorem.assumptions],
        "probes": [_probe(theorem, instance) for instance in probes(theorem)],
    }
    if theorem.integrated:
        content["integrated"] = [_statement(one.claim) for one in theorem.integrated]
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


def probes(theorem: Theorem) -> Iterator[Instance]:
    """The instances a digest looks at: ends of the families, witnesses of mutants and necessity; each once."""
    seen: set[Instance] = set()
    for instance in _candidates(theorem):
        if instance not in seen:
            seen.add(instance)
            yield instance


def _candidates(theorem: Theorem) -> Iterator[Instance]:
    for family in theorem.equality:
        yield from (family.first(), family.last())
    yield from (mutant.witness() for mutant in theorem.mutants)
    for necessity in theorem.necessity:
        instance = necessity.instance()
        if instance is not None:
            yield instance


def _statement(claim: Claim) -> list[Any]:
    return [claim.id, claim.domain.id, claim.statement, claim.latex, [a.id for a in claim.assumes]]


def _probe(theorem: Theorem, instance: Instance) -> list[Any]:
    views: dict[str, View] = {}
    return [_sides(claim, instance, views) for claim in (*theorem.claims, *theorem.links)]


def _sides(claim: Claim, instance: Instance, views: dict[str, View]) -> list[Any]:
    if claim.domain.id != instance.domain:
        return ["inapplicable"]
    view = views.setdefault(instance.domain, claim.domain.view(instance))
    try:
        return _written(decide(claim, view))
    except LookupError:  # a claim about one kind of instance of the domain, asked on another
        return ["undefined"]


def _written(outcome: Outcome) -> list[Any]:
    assumptions = [[a.id, a.verdict] for a in outcome.assumptions]
    checks = [[canonical(d.left), canonical(d.right), d.truth] for d in outcome.checks]
    return [outcome.verdict, assumptions, checks, list(outcome.operators)]
