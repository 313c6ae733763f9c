"""Hunts from end to end: what is found, certified, kept; what must never be reported; repeatability."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path

import pytest
from flint import fmpq

from refutable.theorems.catalogue import CATALOGUE, UnknownId
from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.instances import Instance
from refutable.theorems.ops.torch import TorchOps
from refutable.verify.decide import decide
from refutable.verify.hunting import Options, Progress, Result, Target, catalogue_target, hunt
from refutable.verify.hunting.judge import Judge
from refutable.verify.hunting.methods import METHODS, Method
from refutable.verify.hunting.methods.edge import edge
from refutable.verify.hunting.methods.known import known
from refutable.verify.hunting.methods.polish import margin, polish
from refutable.verify.hunting.rows import instance_at
from refutable.verify.hunting.search import prepare
from refutable.verify.hunting.smaller import is_small, smaller
from refutable.verify.keeping.corpus import Corpus
from refutable.verify.shrink import Shrunk, smallest
from refutable.verify.witnesses import redecide

QUICK = Options(evaluations=60_000, shrink=400)


def _found(result: Result) -> Instance:
    counterexample = result.counterexample
    assert counterexample is not None
    assert not counterexample.hollow
    assert decide(result.target.claim, counterexample.instance).verdict == "violated"
    assert decide(result.target.claim, counterexample.first).verdict == "violated"
    return counterexample.instance


@pytest.mark.parametrize(
    ("theorem", "mutant"),
    [
        ("weighted-l1", "minus-one"),
        ("stability-norm", "right-side-1e-3"),
        ("sharpness-chain", "first-power"),
        ("flattest-sharpness", "right-side-1e-6"),
        ("delayed-stability", "harmonic"),
        ("weight-closed-forms", "uniform-no-root"),
        ("linear-stability", "threshold-three"),
    ],
)
@pytest.mark.parametrize("cold", [False, True], ids=["warm", "cold"])
def test_false_variants_are_refuted(theorem: str, mutant: str, cold: bool) -> None:
    target = catalogue_target(theorem, mutant=mutant)
    result = hunt(target, replace(QUICK, evaluations=400_000, cold=cold))
    _found(result)
    used = {m.id for m in result.methods if m.evaluations}
    assert not (cold and "known" in used)


def test_a_dropped_assumption_is_hunted() -> None:
    result = hunt(catalogue_target("weighted-l1", drop="output-bias-trained"), QUICK)
    instance = _found(result)
    assert "b2" in (instance["frozen"] or ()) or instance["b2"] is None


def test_the_same_budget_gives_the_same_result() -> None:
    target = catalogue_target("stability-norm", mutant="right-side-1e-3")
    runs = [hunt(target, replace(QUICK, evaluations=150_000, cold=True, seed=5)) for _ in range(2)]
    assert _found(runs[0]) == _found(runs[1])
    assert [(m.id, m.evaluations, m.steps) for m in runs[0].methods] == [
        (m.id, m.evaluations, m.steps) for m in runs[1].methods
    ]
    assert (runs[0].evaluations, runs[0].decided) == (runs[1].evaluations, runs[1].decided)
    other = hunt(target, replace(QUICK, evaluations=150_000, cold=True, seed=6))
    assert _found(other) is not None


@pytest.mark.parametrize("theorem", ["weighted-l1", "stability-norm", "sharpness-chain", "flattest-sharpness"])
@pytest.mark.parametrize("cold", [False, True], ids=["warm", "cold"])
@pytest.mark.slow
def test_true_theorems_are_never_refuted(theorem: str, cold: bool) -> None:
    result = hunt(catalogue_target(theorem), replace(QUICK, cold=cold))
    assert result.counterexample is None
    assert result.tightest is not None
    assert result.decided > 20
    assert all(s.outcome.verdict != "violated" for s in result.suspicions)
    if not cold:
        assert result.tightest.outcome.touching


def test_planted_ties_are_decided_and_never_reported() -> None:
    """Exact equality cases, found beyond equality by floats, are at most suspicions."""
    target = catalogue_target("sharpness-chain")
    search = prepare(target, QUICK, Judge(target.claim), None)
    ties = [i for f in target.families if f.attains == "equality" for i in f.instances(20)]
    touching = 0
    for instance in ties:
        outcome = search.decide(instance, "planted")
        assert outcome.verdict != "violated"
        touching += outcome.touching
        search.judge.suspect(instance, "planted", 1e-16, outcome, False)
    assert touching >= 20
    assert search.judge.best is None
    assert search.judge.hollow is None
    assert 0 < len(search.judge.suspicions) <= 8


def test_instances_without_a_positive_number_do_not_hold_the_search_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bisection moves along step sizes; where every instance leaves its own null, it has nothing to move along."""
    target = catalogue_target("sharpness-chain")
    search = prepare(target, QUICK, Judge(target.claim), None)
    without = [i.replace(step_size=None) for i in target.families[0].instances(4)]
    monkeypatch.setitem(edge.__globals__, "draw", lambda *arguments: without)
    steps = list(islice(edge(search), 5))
    assert [step.evaluations > 0 for step in steps] == [True] * 5


def test_a_small_budget_decides_something() -> None:
    result = hunt(catalogue_target("delayed-stability"), Options(evaluations=3000, cold=True))
    assert result.decided > 5


def test_a_hollow_counterexample_is_not_preferred() -> None:
    """1 <= stability norm is false on dead networks too; the witness must be an honest one."""
    claim = Claim("at-least-one", SHALLOW_RELU, "1 <= ||f||", (), lambda v: [Check(1, "<=", v["stability_norm"])])
    target = Target(catalogue_target("weighted-l1").ref, claim, None, (), (), "made for a test")
    instance = _found(hunt(target, replace(QUICK, cold=True)))
    assert SHALLOW_RELU.hollow(SHALLOW_RELU.view(instance)) is None


def test_a_claim_violated_by_hollow_instances_only_says_so() -> None:
    def dead(view: object) -> list[Check]:
        return [Check(0, "<", view.ops.abs(view["w2"]))]  # type: ignore[index, attr-defined]

    claim = Claim("no-idle-neuron", SHALLOW_RELU, "no output weight is 0", (), dead)
    target = Target(catalogue_target("weighted-l1").ref, claim, None, (), (), "made for a test")
    result = hunt(target, replace(QUICK, evaluations=40_000, cold=True))
    assert result.counterexample is not None
    assert result.counterexample.hollow


def test_a_claim_whose_code_fails_is_named_and_does_not_end_the_hunt() -> None:
    def failing(view: object) -> list[Check]:
        raise ZeroDivisionError("made to fail")

    claim = Claim("failing", SHALLOW_RELU, "fails", (), failing)
    target = Target(catalogue_target("weighted-l1").ref, claim, None, (), (), "made for a test")
    result = hunt(target, replace(QUICK, evaluations=10_000))
    assert result.counterexample is None
    assert result.decided > 0
    assert result.methods
    assert not result.interrupted


def test_unknown_assumptions_are_filters() -> None:
    base = catalogue_target("stability-norm")
    from refutable.theorems.claims import Assumption

    plane = Assumption("made-plane", "d = 2", lambda v: [Check(v["w1"].shape[-1] == 2, "true")])
    claim = replace(base.claim, assumes=(*base.claim.assumes, plane))
    result = hunt(replace(base, claim=claim), replace(QUICK, cold=True))
    assert result.tightest is not None
    assert result.tightest.instance["x"].shape[1] == 2
    assert any("made-plane" in note for note in result.notes)


def test_everything_found_is_kept(tmp_path: Path) -> None:
    corpus = Corpus(tmp_path)
    target = catalogue_target("weighted-l1", mutant="minus-one")
    result = hunt(target, QUICK, corpus=corpus)
    counterexample = result.counterexample
    assert counterexample is not None
    assert counterexample.file is not None
    assert counterexample.file.is_file()
    kept = Corpus(tmp_path).witnesses()
    assert counterexample.instance in [w.instance for w in kept]
    assert counterexample.first in [w.instance for w in kept]
    assert all(redecide(w).reproduced for w in kept)
    assert not Corpus(tmp_path).frontier()  # a false claim has no frontier


@pytest.mark.slow
def test_a_true_theorem_leaves_a_frontier_that_the_next_hunt_starts_from(tmp_path: Path) -> None:
    corpus = Corpus(tmp_path)
    hunt(catalogue_target("weighted-l1"), replace(QUICK, cold=True), corpus=corpus)
    entries = Corpus(tmp_path).frontier()
    assert entries
    assert all(e.ref == catalogue_target("weighted-l1").ref for e in entries)
    kept = {e.instance for e in entries}
    target = catalogue_target("weighted-l1")
    search = prepare(target, QUICK, Judge(target.claim), Corpus(tmp_path))
    steps = known(search)
    while len(search.judge._seen) < 200 and next(steps, None) is not None:
        pass
    assert kept <= set(search.judge._seen)


def test_progress_is_told_and_ctrl_c_ends_with_a_summary() -> None:
    seen: list[Progress] = []

    def listener(progress: Progress) -> None:
        seen.append(progress)
        if len(seen) == 3:
            raise KeyboardInterrupt

    result = hunt(catalogue_target("weighted-l1"), Options(seconds=30), listener)
    assert result.interrupted
    assert len(seen) == 3
    assert seen[-1].evaluations > 0
    assert seen[-1].phase == "searching"
    assert result.evaluations >= seen[-1].evaluations
    assert result.methods


def test_a_domain_without_floats_says_so() -> None:
    result = hunt(catalogue_target("weight-closed-forms"), replace(QUICK, cold=True, evaluations=20_000))
    assert result.counterexample is None
    assert any("enumerated" in note for note in result.notes)
    assert {m.id for m in result.methods if m.note} >= {"sweep", "ascend"}


@pytest.mark.parametrize(
    "wrong",
    [{"claim": "nothing"}, {"mutant": "nothing"}, {"drop": "nothing"}],
)
def test_unknown_parts_name_the_known_ones(wrong: dict[str, str]) -> None:
    with pytest.raises(UnknownId, match="weighted-l1"):
        catalogue_target("weighted-l1", **wrong)  # type: ignore[arg-type]


def test_every_claim_of_the_catalogue_can_be_a_target() -> None:
    for record in CATALOGUE:
        for claim in (*record.claims, *record.links):
            target = catalogue_target(record.id, claim=claim.id)
            assert target.ref.resolve().id == claim.id
            for assumption in claim.assumes:
                dropped = catalogue_target(record.id, claim=claim.id, drop=assumption.id)
                assert assumption.id not in [a.id for a in dropped.claim.assumes]


@pytest.mark.parametrize("method", [m for m in METHODS if m.id != "polish"], ids=lambda m: m.id)
def test_each_method_refutes_alone(method: Method) -> None:
    target = catalogue_target("stability-norm", mutant="minus-one")
    search = prepare(target, Options(seconds=5), Judge(target.claim), None)
    steps = method.run(search)
    spent = 0
    while spent < 300_000 and not search.found:
        step = next(steps)
        assert step.evaluations > 0
        spent += step.evaluations
    assert search.found


def test_polish_closes_a_gap_that_no_float_step_sees() -> None:
    """From beside the two atoms, where left and right agree to 5 in 10^16, to a tenth of that in exact arithmetic."""
    target = catalogue_target("sharpness-chain")
    search = prepare(target, Options(seconds=5), Judge(target.claim), None)
    atoms = next(f for f in target.families if f.id == "two-atoms").first()
    hair = fmpq(1, 2**24)
    moved = atoms["w1"].copy()
    moved[0, 0] += hair
    start = search.decide(atoms.replace(w1=moved), "start")
    assert start.verdict == "holds"
    assert not start.touching
    before = margin(start)
    steps = polish(search)
    for _ in range(300):
        next(steps)
    after = search.judge.tightest
    assert after is not None
    assert margin(after.outcome) > before
    assert abs(float(margin(after.outcome))) < abs(float(before)) / 10


def test_a_search_among_smaller_instances_replaces_a_large_counterexample() -> None:
    """Four neurons that the reductions were not allowed to touch: one neuron on two data does as well."""
    target = catalogue_target("stability-norm", mutant="minus-one")
    source = prepare(target, QUICK, Judge(target.claim), None)
    rows = source.batch(64, source.generator("large"))
    assert rows is not None
    large = next(
        instance
        for row in range(64)
        if (instance := instance_at(target.claim.domain, target.claim.fitted(rows, TorchOps()), row)) is not None
        and decide(target.claim, instance).verdict == "violated"
    )
    told: list[Instance] = []
    reduce = partial(smallest, target.claim, evaluations=1000)
    found = smaller(target, QUICK, Shrunk(large, 0, False), reduce, told.append)
    assert is_small(target, found.instance)
    assert not is_small(target, large)
    assert told[-1] == found.instance
    assert decide(target.claim, found.instance).verdict == "violated"
    assert smaller(target, QUICK, found, reduce, told.append) == found
