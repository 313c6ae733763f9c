"""An incomplete record is told what to change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from refutable.theorems.catalogue import CATALOGUE, theorem
from refutable.theorems.records import Necessity, Source, Theorem
from refutable.verify.events import Run
from refutable.verify.refutations import mutant, necessity, record
from refutable.verify.wellformed import complaints

RECORD = theorem("sharpness-chain")


def test_the_catalogue_is_complete() -> None:
    assert [text for entry in CATALOGUE for text in complaints(entry)] == []


FAULTS: dict[str, tuple[Callable[[Theorem], Theorem], str]] = {
    "no source": (lambda r: replace(r, source=Source("", note="x")), "names no paper"),
    "no note": (lambda r: replace(r, source=Source("A, 2020")), "which version was read"),
    "necessity left out": (lambda r: replace(r, necessity=r.necessity[1:]), "necessity of output-bias-trained"),
    "necessity of nothing": (
        lambda r: replace(r, necessity=(*r.necessity, Necessity("luck", None, "not known"))),
        "names luck, which no claim assumes",
    ),
    "no note on necessity": (
        lambda r: replace(r, necessity=(replace(r.necessity[0], note=""), *r.necessity[1:])),
        "has no note",
    ),
    "no mutant": (lambda r: replace(r, mutants=(), equality=(), not_tight="unknown"), "no mutant"),
    "no excuse": (
        lambda r: replace(r, mutants=(replace(r.mutants[0], substantive=False), *r.mutants[1:])),
        "without an excuse",
    ),
    "not tight unsaid": (lambda r: replace(r, equality=()), "say why in `not_tight`"),
    "twice the same id": (lambda r: replace(r, mutants=(*r.mutants, r.mutants[0])), "are called plus-two"),
    "empty statement": (
        lambda r: replace(r, claims=(replace(r.headline, statement=""),)),
        "has no statement",
    ),
    "reasonless": (lambda r: replace(r, evidence={"swept": ""}), "without a reason"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named(fault: str) -> None:
    change, why = FAULTS[fault]
    found = complaints(change(RECORD))
    assert any(why in text and text.startswith("sharpness-chain: ") for text in found), found
    assert record(change(RECORD))["problems"] == found


def test_a_mutant_that_is_true_survives_and_is_reported() -> None:
    harmless = replace(RECORD.mutants[0], claim=RECORD.headline)
    event = mutant(RECORD, harmless, Run())
    assert not event["killed"]
    assert "not refuted by its killer" in event["problems"][0]


def test_a_mutant_killed_by_a_dead_network_is_theatre() -> None:
    dead = RECORD.domain.instance(w1=[[1]], b1=[-5], w2=[1], b2=0, x=[[0], [1]], step_size=1)
    event = mutant(RECORD, replace(RECORD.mutants[0], killer=dead), Run())
    assert event["killed"]
    assert not event["substantive"]
    assert "not substantive" in event["problems"][0]


def test_a_necessity_witness_must_violate() -> None:
    entry = replace(RECORD.necessity[0], witness=RECORD.equality[0])
    event = necessity(RECORD, entry)
    assert not event["shown"]
    assert "it should be violated" in event["problems"][0]


def test_unknown_necessity_is_said_and_passes() -> None:
    entry = next(e for e in RECORD.necessity if e.witness is None)
    event = necessity(RECORD, entry)
    assert event["shown"] is None
    assert event["problems"] == []
