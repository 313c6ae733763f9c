"""Events carry what they tell as data: counterexamples made small, witnesses of the record, the record itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from refutable.strategies.supply import TrainedInstance, TrainedSupply
from refutable.theorems.catalogue import DOMAINS, theorem
from refutable.theorems.instances import Instance
from refutable.theorems.records import Theorem, all_mutants
from refutable.verify import witnesses
from refutable.verify.decide import decide
from refutable.verify.events import Event, Run
from refutable.verify.evidence import constructed, drawn, in_mass, swept, trained
from refutable.verify.paths import ClaimPath, ClaimRef, Part
from refutable.verify.profiles import PROFILES
from refutable.verify.record_document import record_document
from refutable.verify.refutations import LONG_NUMBER, mutant, necessity, record
from refutable.verify.shrink import reductions, substantive, violates
from refutable.verify.userclaims.paths import ExpressionClaim
from refutable.verify.witnesses import headline

RECORD = theorem("weighted-l1")
EQUALITY = next(f for f in RECORD.equality if f.attains == "equality")
QUICK = replace(PROFILES["quick"], shrink=2000)
OWN = ExpressionClaim("sharpness <= 3", "shallow-relu", ("minimum",))


def false(id: str) -> Theorem:
    """The record with one of its mutants as its claim."""
    found = next(m for m in all_mutants(RECORD) if m.id == id)
    return replace(RECORD, claims=(replace(found.claim, id=RECORD.headline.id),))


def pseudo(ref: ClaimRef, id: str) -> Theorem:
    """A claim of the user's own as a record with nothing else in it."""
    return replace(RECORD, id=id, claims=(ref.resolve(),), links=(), equality=(), mutants=(), necessity=())


def by_family(bad: Theorem, run: Run) -> Event:
    return constructed(bad, EQUALITY, run)


def by_training(bad: Theorem, run: Run) -> Event:
    item = TrainedInstance("trained-relabelled", EQUALITY.last(), "recipe abc, network 7")

    class Offered:
        def trained(self, *_: Any) -> TrainedSupply:
            return TrainedSupply((item,))

    return trained(bad, bad.headline, "trained-relabelled", replace(run, supply=lambda _: Offered()))  # type: ignore[arg-type,return-value]


def by_sweeping(bad: Theorem, run: Run) -> Event:
    return swept(bad, bad.headline, replace(run, profile=replace(run.profile, batch=3000)))


def by_drawing(bad: Theorem, run: Run) -> Event:
    return drawn(bad, bad.headline, "claim", 300, 0, run)


def in_trained_masses(bad: Theorem, run: Run) -> Event:
    return in_mass(bad, 0, replace(run, profile=replace(run.profile, minima=60)))


WAYS: dict[str, tuple[str, Callable[[Theorem, Run], Event]]] = {
    f"family {EQUALITY.id}": ("right-side-1e-3", by_family),
    "trained, recipe abc, network 7": ("right-side-1e-3", by_training),
    "swept, then decided exactly": ("larger-side", by_sweeping),
    "drawn with --refutable-seed 5": ("minus-one", by_drawing),
}


@pytest.mark.parametrize("origin", WAYS)
def test_a_counterexample_is_small_however_it_was_found(origin: str, tmp_path: Path) -> None:
    id, way = WAYS[origin]
    bad = false(id)
    event = way(bad, Run(QUICK, 5, "cpu", tmp_path))
    [told] = event["counterexamples"]
    claim = bad.headline
    instance = claim.domain.load(told["instance"])
    assert told["method"].startswith(f"{origin}, reduced in ")
    assert told["minimal"] is True
    assert decide(claim, instance).verdict == "violated"
    still_violates = substantive(claim) if substantive(claim)(instance) else violates(claim)
    assert not any(still_violates(one) for one in reductions(claim.domain, instance))
    assert told["file"] == event["witnesses"][0] == str(next(tmp_path.iterdir()))
    assert witnesses.read(Path(told["file"])).instance == instance
    [problem] = event["problems"]
    assert all(part in problem for part in (*told["described"], told["comparison"], told["method"], told["file"]))
    assert {a["verdict"] for a in told["assumptions"]} == {"holds"}


def test_a_budget_that_ends_is_told() -> None:
    event = by_family(false("right-side-1e-3"), Run(replace(QUICK, shrink=1)))
    [told] = event["counterexamples"]
    assert told["minimal"] is False
    assert told["file"] is None
    assert "the budget of reductions ended" in told["method"]


def test_a_claim_outside_the_catalogue_has_witnesses_that_name_it(tmp_path: Path) -> None:
    asked: list[tuple[str, Part, str]] = []

    def refs(theorem: str, part: Part, claim: str) -> ClaimRef:
        asked.append((theorem, part, claim))
        return OWN

    mine = pseudo(OWN, "mine")
    event = by_drawing(mine, replace(Run(QUICK, 0, "cpu", tmp_path), refs=refs))
    [file] = event["witnesses"]
    document = json.loads(Path(file).read_text())
    assert document["claim"] == OWN.document()
    assert document["digest"] == OWN.digest()
    assert witnesses.replay(Path(file)).reproduced
    assert event["problems"][0].startswith("sharpness <= 3 is violated: ")
    assert asked == [("mine", "claim", mine.headline.id)]


def test_a_claim_of_the_catalogue_is_named_by_its_place() -> None:
    run = Run()
    assert run.refs("weighted-l1", "claim", "weighted-l1") == ClaimPath("weighted-l1", "claim", "weighted-l1")


@pytest.mark.parametrize("id", ["weighted-l1", "stability-norm", "flattest-sharpness"])
def test_mutants_and_necessity_carry_their_witnesses(id: str) -> None:
    known = theorem(id)
    run = Run(QUICK)
    killed = [(mutant(known, one, run), one.witness()) for one in all_mutants(known)]
    shown: list[tuple[Event, Instance | None]] = [(event, by) for event, by in killed if not event["reduced"]]
    shown += [(necessity(known, entry), entry.instance()) for entry in known.necessity]
    assert any(instance is not None for _, instance in shown)
    for event, instance in shown:
        if instance is None:
            assert event["instance"] is event["described"] is None
        else:
            domain = DOMAINS[instance.domain]
            assert domain.load(json.loads(json.dumps(event["instance"]))) == instance
            assert event["described"] == (domain.describe(instance) if domain.describe else [repr(instance)])


@pytest.mark.parametrize(("budget", "minimal"), [(2000, True), (1, False)])
def test_a_killer_with_long_numbers_is_shown_reduced(budget: int, minimal: bool) -> None:
    known = next(one for one in all_mutants(RECORD) if one.id == "larger-side")
    event = mutant(RECORD, known, Run(replace(QUICK, shrink=budget)))
    assert (event["killed"], event["reduced"], event["minimal"]) == (True, True, minimal)
    instance = known.claim.domain.load(event["instance"])
    assert substantive(known.claim)(instance)
    assert event["described"] == (known.claim.domain.describe or repr)(instance)
    if minimal:
        assert not LONG_NUMBER.search(json.dumps(event["instance"]))
        assert not any(map(substantive(known.claim), reductions(known.claim.domain, instance)))
        assert event["headline"] == headline(decide(known.claim, instance))


def test_the_record_is_carried_whole() -> None:
    event = record(RECORD)
    assert event["record"] == record_document(RECORD)
    assert event["record"]["claims"][0]["latex"]
    assert event["digest"] == event["record"]["digest"]
    assert json.loads(json.dumps(event, allow_nan=False)) == event


def test_sweeps_and_masses_tell_ratios_but_no_exact_tightness() -> None:
    for event in (by_sweeping(RECORD, Run(QUICK)), in_trained_masses(RECORD, Run(QUICK, device="cpu"))):
        [entry] = event["by_size"]
        assert entry["tightest"] == event["tightest"]
        assert 0 < sum(event["ratios"]) <= entry["count"] <= event["counts"]["holds"] + event["counts"]["agrees"]
        top = max(k for k, count in enumerate(event["ratios"]) if count)
        assert top / 20 <= event["tightest"] < (top + 1) / 20
        assert event["tightness"] is event["tightest_instance"] is None


def test_a_violated_link_is_told_of_as_itself() -> None:
    """Its statement, and whether it shows something by its own domain: the headline's would call anything hollow."""
    false = next(m for m in all_mutants(RECORD) if m.id == "minus-one").claim
    link = replace(false, id="a-link", statement="a step of the proof")
    domain = replace(RECORD.domain, hollow=lambda view: "all of the headline's domain is hollow")
    bad = replace(RECORD, claims=(replace(RECORD.headline, domain=domain),), links=(link,))
    of_link = drawn(bad, link, "link", 300, 0, Run(QUICK, 5, "cpu"))
    [told] = of_link["counterexamples"]
    assert told["hollow"] == ""
    assert "is violated: a step of the proof\n" in of_link["problems"][0]
    headline = replace(link, id=RECORD.headline.id, domain=domain)
    of_headline = by_drawing(replace(bad, claims=(headline,), links=()), Run(QUICK, 5, "cpu"))
    [told] = of_headline["counterexamples"]
    assert told["hollow"] != ""
