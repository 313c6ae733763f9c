"""`refutable show ID`: everything the record of a theorem says."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from refutable.theorems.catalogue import theorem as catalogued
from refutable.theorems.claims import Claim
from refutable.theorems.records import Mutant, Theorem, all_mutants
from refutable.verify.commands.output import Commands, print_json, wrapped
from refutable.verify.digest import digest

FORMAT = "refutable-theorem/1"
STATUS = {
    "read": "the paper was read",
    "recalled": "recalled from memory or quotations, then derived again",
    "own": "proved here; in no paper that we know",
    "conjecture": "no proof is known",
    "empirical": "an observation, no theorem",
}


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser("show", help="one theorem: statement, assumptions, proof, mutants, how sure")
    parser.add_argument("id", metavar="ID", help="id of a theorem, see `refutable list`")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print a theorem; raises UnknownId for an unknown one."""
    record = catalogued(arguments.id)
    if arguments.json:
        print_json(_document(record))
    else:
        for line in _text(record):
            print(line)
    return 0


def _text(record: Theorem) -> Iterator[str]:
    yield f"{record.id}: {record.title}"
    yield from wrapped("source: ", str(record.source))
    yield from wrapped("how sure: ", f"{record.status}: {STATUS[record.status]}. {record.source.note}".strip())
    yield f"  domain: {record.domain.id}, {record.domain.title}"
    yield f"  digest: {digest(record)}"
    yield from _section("claims", [_claim_text(c) for c in record.claims])
    yield from _section("assumptions", [f"{a.id}: {a.statement}" for a in record.assumptions])
    yield from _section("links of the proof", [_claim_text(c) for c in record.links])
    forms = [f"{f.id}: {f.statement} (by {f.method})" for f in record.closed_forms]
    yield from _section("closed forms", forms)
    families = [f"{f.id}: {f.meaning} ({f.attains})" for f in record.equality]
    yield from _section("equality families", families, record.not_tight and f"none: {record.not_tight}")
    yield from _section("mutants, each false", [_mutant_text(m, record) for m in all_mutants(record)])
    necessity = [f"{n.drops}: {'shown' if n.witness else 'no witness'}; {n.note}" for n in record.necessity]
    yield from _section("is each assumption needed?", necessity)
    kinds = [f"{kind}: {reason}" for kind, reason in record.evidence.items()]
    yield from _section("evidence that does not apply", kinds)
    yield from _section("notes", [record.notes] if record.notes else [])


def _section(title: str, items: list[str], otherwise: str = "") -> Iterator[str]:
    if items or otherwise:
        yield ""
        yield title
        for item in items or [otherwise]:
            yield from wrapped("- ", item)


def _claim_text(claim: Claim) -> str:
    assumes = ", ".join(a.id for a in claim.assumes) or "nothing"
    latex = f" [{claim.latex}]" if claim.latex else ""
    return f"{claim.id}: {claim.statement}{latex}; assumes {assumes}"


def _mutant_text(mutant: Mutant, record: Theorem) -> str:
    excuse = f" (witness not substantive: {mutant.excuse})" if not mutant.substantive else ""
    larger = f" (counterexample not small: {record.larger[mutant.id]})" if mutant.id in record.larger else ""
    return f"{mutant.id}: {mutant.why_false}{excuse}{larger}"


def _document(record: Theorem) -> dict[str, Any]:
    source = record.source
    return {
        "format": FORMAT,
        "id": record.id,
        "title": record.title,
        "source": {"paper": source.paper, "number": source.number, "link": source.link, "note": source.note},
        "status": record.status,
        "domain": record.domain.id,
        "digest": digest(record),
        "claims": [_claim(c) for c in record.claims],
        "links": [_claim(c) for c in record.links],
        "assumptions": [{"id": a.id, "statement": a.statement} for a in record.assumptions],
        "closed_forms": [{"id": f.id, "statement": f.statement, "method": f.method} for f in record.closed_forms],
        "families": [{"id": f.id, "attains": f.attains, "meaning": f.meaning} for f in record.equality],
        "not_tight": record.not_tight,
        "mutants": [
            {"id": m.id, "why_false": m.why_false, "substantive": m.substantive, "excuse": m.excuse}
            for m in all_mutants(record)
        ],
        "necessity": [
            {"assumption": n.drops, "claim": n.claim, "known": n.witness is not None, "note": n.note}
            for n in record.necessity
        ],
        "not_applicable": dict(record.evidence),
        "notes": record.notes,
    }


def _claim(claim: Claim) -> dict[str, Any]:
    return {
        "id": claim.id,
        "statement": claim.statement,
        "latex": claim.latex,
        "assumes": [a.id for a in claim.assumes],
    }
