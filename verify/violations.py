"""A certified violation as data: what reports, gates and their outputs show of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from refutable.theorems.catalogue import DOMAINS
from refutable.theorems.claims import Claim
from refutable.theorems.instances import Instance
from refutable.verify.decide import Outcome
from refutable.verify.headlines import comparison
from refutable.verify.honesty import hollow


def violation_document(
    claim: Claim, found: tuple[Instance, Outcome], method: str, minimal: bool, file: Path | None
) -> dict[str, Any]:
    """JSON-ready: the instance as text and as a document, both sides, every assumption, how and where.

    Args:
        minimal: no single reduction of the instance is still a violation.
        file: of the witness, if one was written.
    """
    instance, outcome = found
    domain = DOMAINS[instance.domain]
    return {
        "described": [repr(instance)] if domain.describe is None else domain.describe(instance),
        "comparison": comparison(outcome),
        "assumptions": [{"id": a.id, "verdict": a.verdict} for a in outcome.assumptions],
        "method": method,
        "minimal": minimal,
        "hollow": hollow(claim, instance, outcome),
        "file": None if file is None else str(file),
        "instance": domain.dump(instance),
    }
