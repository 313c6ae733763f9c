"""The digest follows the mathematics: the same in every process, another one when a side or a word changes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import pytest
from flint import fmpq

from refutable.theorems.catalogue import theorem
from refutable.theorems.claims import Assumption
from refutable.theorems.exact import Surd
from refutable.theorems.records import Theorem
from refutable.verify.digest import digest, probes
from refutable.verify.sides import canonical

RECORD = theorem("weighted-l1")


def test_every_process_computes_the_same() -> None:
    code = "from refutable.theorems.catalogue import theorem; from refutable.verify.digest import digest; "
    code += "print(digest(theorem('weighted-l1')))"
    told = {
        subprocess.run(
            [sys.executable, "-P", "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env=os.environ | {"PYTHONHASHSEED": seed},
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert told == {digest(RECORD)}


def another_side(record: Theorem) -> Theorem:
    changed = record.headline.scaled(fmpq(10**20 - 1, 10**20), record.headline.id)
    return replace(record, claims=(changed,))


def another_assumption(record: Theorem) -> Theorem:
    def never(view: object) -> list[object]:
        return []

    more = Assumption("trivial", "nothing", never)  # type: ignore[arg-type]
    return replace(record, claims=(replace(record.headline, assumes=(*record.headline.assumes, more)),))


CHANGES: dict[str, Callable[[Theorem], Theorem]] = {
    "side": another_side,
    "assumption": another_assumption,
    "statement": lambda r: replace(r, claims=(replace(r.headline, statement="another"),)),
    "latex": lambda r: replace(r, claims=(replace(r.headline, latex="x"),)),
    "version": lambda r: replace(r, version=r.version + 1),
    "link": lambda r: replace(r, links=r.links[1:]),
    "strictness": lambda r: replace(
        r, claims=(replace(r.headline, concludes=lambda v: [replace(c, op="<") for c in r.headline.concludes(v)]),)
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_the_mathematics_changes_it(change: str) -> None:
    assert digest(CHANGES[change](RECORD)) != digest(RECORD)


def test_the_same_formula_written_otherwise_does_not() -> None:
    old = RECORD.headline
    rewritten = replace(old, concludes=lambda view: [replace(c, left=c.left * 1) for c in old.concludes(view)])
    assert digest(replace(RECORD, claims=(rewritten,), title="Another title")) == digest(RECORD)


def test_probes_cover_families_and_mutants() -> None:
    seen = list(probes(RECORD))
    assert len(set(seen)) == len(seen)
    assert {RECORD.equality[0].first(), RECORD.equality[0].last(), RECORD.mutants[0].witness()} <= set(seen)


def test_canonical_numbers() -> None:
    assert canonical(fmpq(2, 6)) == "1/3"
    assert canonical(Surd.root(4)) == "2"
    assert canonical(Surd.root(2)) == "1.41421356237309504880168872421"
