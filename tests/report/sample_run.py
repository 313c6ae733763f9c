"""Documents of small real runs: one theorem that holds, one of another kind, one planted false."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from refutable.theorems.catalogue import theorem
from refutable.theorems.records import Theorem, all_mutants
from refutable.verify import evidence, refutations
from refutable.verify.profiles import PROFILES
from refutable.verify.reporting import document
from refutable.verify.trials import Run

Document = dict[str, Any]
NEW_KEYS = ("record", "counterexamples", "instance", "described", "ratios", "by_size", "tightness", "tightest_instance")
"""What events did not have at first."""
INFO = {
    "profile": "refutable-quick",
    "seed": 7,
    "device": "cpu",
    "started": "2026-01-02T03:04:05Z",
    "seconds": 12.0,
    "versions": {"refutable": "0"},
}


@cache
def _written(folder: Path) -> str:
    run = Run(replace(PROFILES["quick"], drawn=6, links=3, families=2, shrink=300), 7, "cpu", folder)
    records = [theorem("weighted-l1"), theorem("linear-stability"), planted()]
    return json.dumps(document([event for record in records for event in _events(record, run)], [], INFO))


def run_document(folder: Path) -> Document:
    """A document of the suite; witness files go to the folder."""
    read: Document = json.loads(_written(folder))
    return read


def old_document(folder: Path) -> Document:
    """The same as first versions wrote it."""
    old = run_document(folder)
    for event in old["events"]:
        for key in NEW_KEYS:
            event.pop(key, None)
    return old


def planted() -> Theorem:
    """A record whose first claim is false: a mutant of it."""
    record = theorem("sharpness-chain")
    false = next(m for m in all_mutants(record) if m.claim.domain.id == record.domain.id)
    return replace(record, claims=(replace(false.claim, id=record.headline.id), *record.claims[1:]))


def _events(record: Theorem, run: Run) -> Iterator[Document]:
    yield refutations.record(record)
    for claim in record.claims[:1]:
        yield evidence.drawn(record, claim, "claim", 6, 0, run)
    for link in record.links:
        yield evidence.drawn(record, link, "link", 3, 0, run)
    for family in record.equality[:1]:
        yield evidence.constructed(record, family, run)
    for false in all_mutants(record)[:4]:
        yield refutations.mutant(record, false, run)
    for entry in record.necessity:
        yield refutations.necessity(record, entry)
    for form in record.closed_forms[:1]:
        yield refutations.closed_form(record, form)
