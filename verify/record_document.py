"""A theorem's record as one JSON-ready document: what `refutable show --json` prints and reports carry."""

from __future__ import annotations

from typing import Any

from refutable.theorems.adjusting import constants
from refutable.theorems.claims import Claim
from refutable.theorems.exact import text
from refutable.theorems.records import Theorem, all_mutants
from refutable.verify.digest import digest

FORMAT = "refutable-theorem/1"


def record_document(record: Theorem) -> dict[str, Any]:
    """Everything the record says: statement, assumptions, proof, mutants, how sure (format refutable-theorem/1)."""
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
        "constants": {name: {"value": text(c.value), "meaning": c.meaning} for name, c in constants(record).items()},
        "links": [_claim(c) for c in record.links],
        "integrated": [{**_claim(i.claim), "decoys": [d.id for d in i.decoys]} for i in record.integrated],
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
