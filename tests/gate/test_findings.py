"""How what was found is put together: verdicts, strengths, tightness; amounts of evidence."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from refutable.verify.gate import own_evidence, trying
from refutable.verify.gate.amounts import amounts, evaluations, tried_by
from refutable.verify.gate.documents import document
from refutable.verify.gate.entries import Evidence
from refutable.verify.gate.findings import Finding, of_events
from refutable.verify.gate.subjects import Subject
from refutable.verify.profiles import PROFILES
from tests.gate.entries import expression, gate_run, item, theorem
from tests.gate.sample_gate import claim
from tests.gate.sample_gate import item as sample_item

LOOSE = {"lower": "1/2", "upper": "1/2", "touching": False, "text": "0.5"}
TIGHT = {"lower": "9/10", "upper": "9/10", "touching": False, "text": "0.9"}


def event(claim: str = "mine", strength: str = "exact", **more: Any) -> dict[str, Any]:
    return {"claim": claim, "kind": "drawn", "strength": strength, "counts": {"holds": 1}, "problems": []} | more


@pytest.mark.parametrize(
    ("counts", "verdict"),
    [
        ({}, "untried"),
        ({"holds": 3}, "held"),
        ({"agrees": 3}, "held"),
        ({"vacuous": 3}, "vacuous"),
        ({"holds": 1, "vacuous": 3}, "held"),
        ({"holds": 9, "undecided": 1}, "undecided"),
        ({"holds": 9, "undecided": 1, "suspect": 1}, "suspect"),
        ({"holds": 9, "suspect": 1, "violated": 1}, "refuted"),
    ],
)
def test_the_gravest_count_is_the_verdict(counts: dict[str, int], verdict: str) -> None:
    assert Finding(counts=Counter(counts)).judged() == verdict


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        (("held", "suspect"), "suspect"),
        (("held", "undecided"), "undecided"),
        (("not refuted", "vacuous"), "not refuted"),
        (("vacuous", "untried"), "vacuous"),
        (("held", "error", "refuted"), "refuted"),
        (("untried",), "untried"),
    ],
)
def test_the_gravest_item_is_the_claims_verdict(verdicts: tuple[str, ...], said: str) -> None:
    parts = [sample_item("drawn", verdict=verdict) for verdict in verdicts]
    head = claim("a", *parts)
    [told] = document([(head, part) for part in parts], {})["claims"]
    assert told["verdict"] == said


def test_a_strength_is_that_of_events_that_decided_something() -> None:
    both = of_events([event(), event(strength="certified-float")], "mine", True)
    assert both.strength == "exact and certified-float"
    one = of_events([event(strength="certified-float"), event(counts={"holds": 0})], "mine", True)
    assert one.strength == "certified-float"


def test_other_claims_of_a_record_count_and_their_tightness_does_not() -> None:
    found = of_events([event(tightness=LOOSE), event("another", tightness=TIGHT)], "mine", False)
    assert found.counts["holds"] == 2
    assert found.tightness == LOOSE


def test_a_violated_link_of_a_proof_fails_the_theorem(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = event("link", counts={"violated": 1}, problems=["the step is violated"])
    monkeypatch.setattr(trying, "_trials", lambda subject, suite, kind: [broken])
    found = item(theorem("weighted-l1"), "drawn", tmp_path).run(gate_run(tmp_path))
    assert not found["passed"]
    assert "the step is violated" in found["problems"]


@pytest.mark.parametrize("order", [1, -1])
def test_every_instance_counts_not_only_the_last(order: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    subject = Subject(expression("stability_norm <= 1/step_size - 1/2"))
    good = subject.families[0].first()
    vacuous = good.replace(step_size=good["step_size"] * 100)
    pair = [("good.json", good), ("vacuous.json", vacuous)][::order]
    monkeypatch.setattr(own_evidence, "own_instances", lambda entry: pair)
    found = own_evidence.instances(subject, amounts(Evidence(), "quick"), gate_run(tmp_path))
    assert found.judged() == "vacuous"
    assert found.short == {"vacuous": [f"vacuous on vacuous.json: {found.notes[order == 1]}"]}


def test_one_decided_reading_of_a_network_is_enough_and_each_network_needs_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    subject = Subject(expression("stability_norm <= 1/step_size - 1/2"))
    good = subject.families[0].first()
    wrong = good.replace(y=good["x"][:, 0] + 7)
    unstable = good.replace(step_size=good["step_size"] * 100)
    groups = [("a", [("as trained", wrong), ("relabelled", good)])]
    monkeypatch.setattr(own_evidence, "own_networks", lambda entry: groups)
    run, amount = gate_run(tmp_path), amounts(Evidence(), "quick")
    assert own_evidence.networks(subject, amount, run).judged() == "held"
    groups.append(("b", [("as trained", unstable), ("relabelled", unstable)]))
    assert own_evidence.networks(subject, amount, run).judged() == "vacuous"


def test_an_undecided_reading_beside_a_decided_one_need_not_be_allowed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    entry = expression("sharpness/loss >= 0", assumes=())
    good = Subject(entry).families[0].first()
    wrong = good.replace(y=good["x"][:, 0] + 7)
    monkeypatch.setattr(own_evidence, "own_networks", lambda e: [("a", [("as trained", wrong), ("relabelled", good)])])
    found = own_evidence.networks(Subject(entry), amounts(Evidence(), "quick"), gate_run(tmp_path))
    assert (found.counts["holds"], found.counts["undecided"]) == (1, 1)
    assert item(entry, "networks", tmp_path).passed(found) == (True, [])


@pytest.mark.parametrize("name", PROFILES)
def test_an_entry_gets_what_it_asks_for_and_else_what_the_profile_says(name: str) -> None:
    usual = amounts(Evidence(), name)
    assert (usual.drawn, usual.swept) == (PROFILES[name].drawn, PROFILES[name].batch)
    assert amounts(Evidence(drawn=0, mass=77), name) == replace(usual, drawn=0, mass=77)


@pytest.mark.parametrize(("asked", "batches", "each"), [(100, 4, 25), (101, 4, 26), (1, 4, 1), (0, 4, 0), (50, 0, 0)])
def test_batches_share_the_minima_that_are_asked_for(asked: int, batches: int, each: int) -> None:
    assert tried_by("ci", amounts(Evidence(mass=asked), "ci"), batches).minima == each


def test_seeded_profiles_count_and_others_take_their_time() -> None:
    assert evaluations("refutable-ci", 1.5) == 30_000
    assert evaluations("refutable-nightly", 1.5) is None
