"""Verdicts of claims on instances."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flint import fmpq

from refutable.theorems import catalogue
from refutable.theorems.catalogue import UnknownId, domain, theorem
from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.exact import PI, Computed, as_real, exp, log, working_precision
from refutable.theorems.families.two_atoms import two_atoms
from refutable.theorems.records import Family, Range, automatic_mutants
from refutable.verify.decide import decide

HAIR = fmpq(1, 10**30)


def claim(*checks: Check, assumes: tuple[Assumption, ...] = ()) -> Claim:
    return Claim("planted", SHALLOW_RELU, "planted", assumes, lambda view: checks)


def assumption(truth: bool | None, id: str = "planted") -> Assumption:
    return Assumption(id, id, lambda view: [Check(truth, "true", reason="because")])


def test_the_equality_case_touches() -> None:
    outcome = decide(theorem("weighted-l1").headline, two_atoms())
    assert (outcome.verdict, outcome.touching) == ("holds", True)
    assert outcome.headline is not None
    assert (outcome.headline.left, outcome.headline.right) == (fmpq(225, 32), fmpq(225, 32))
    assert outcome.tightness == 1.0


@pytest.mark.parametrize(("hair", "verdict"), [(HAIR, "vacuous"), (0, "holds"), (-HAIR, "holds")])
def test_a_hair_beyond_the_edge_is_vacuous(hair: fmpq, verdict: str) -> None:
    instance = two_atoms().replace(step_size=fmpq(32, 241) + hair)
    assert decide(theorem("weighted-l1").headline, instance).verdict == verdict


def test_a_violation_by_a_hair_is_a_violation() -> None:
    bound = theorem("weighted-l1").headline
    false = replace(
        bound, concludes=lambda v: [Check(v["stability_norm"] + HAIR, "<=", v["stability_threshold"] / 2 - fmpq(1, 2))]
    )
    assert decide(false, two_atoms()).verdict == "violated"


def test_no_step_size_is_inapplicable_and_named() -> None:
    outcome = decide(theorem("weighted-l1").headline, two_atoms().replace(step_size=None))
    assert outcome.verdict == "inapplicable"
    assert "step size" in outcome.reason


def test_assumptions_are_three_valued() -> None:
    true = Check(fmpq(1), "<=", fmpq(2))
    assert decide(claim(true, assumes=(assumption(True),)), two_atoms()).verdict == "holds"
    assert decide(claim(true, assumes=(assumption(None),)), two_atoms()).verdict == "undecided"
    assert decide(claim(true, assumes=(assumption(None), assumption(False, "b"))), two_atoms()).verdict == "vacuous"
    outcome = decide(claim(true, assumes=(assumption(None),)), two_atoms())
    assert outcome.reason == "assumption planted undecided: because"


def test_a_violation_outweighs_an_undecided_conclusion() -> None:
    unknown, false = Check(None, "true"), Check(fmpq(3), "<=", fmpq(2))
    assert decide(claim(unknown, false), two_atoms()).verdict == "violated"
    assert decide(claim(unknown), two_atoms()).verdict == "undecided"


def test_transcendental_identities_agree() -> None:
    with working_precision(64):
        one_way = Computed(lambda bits: PI.ball(bits) * PI.ball(bits))
    assert decide(claim(Check(one_way, "==", PI * PI)), two_atoms()).verdict in ("agrees", "holds")
    assert decide(claim(Check(exp(fmpq(1)), "==", PI)), two_atoms()).verdict == "violated"


def test_psd_checks() -> None:
    ops = SHALLOW_RELU.view(two_atoms()).ops
    assert decide(claim(Check(ops.array([[1, 1], [1, 1]]), "psd")), two_atoms()).verdict == "holds"
    nearly = ops.array([[1, 1], [1, 1 - HAIR]])
    assert decide(claim(Check(nearly, "psd")), two_atoms()).verdict == "violated"


def test_array_checks_name_the_entry() -> None:
    ops = SHALLOW_RELU.view(two_atoms()).ops
    outcome = decide(claim(Check(ops.array([0, 3, 0]), "==", 0)), two_atoms())
    assert outcome.verdict == "violated"
    assert "entry 1 is 3" in outcome.reason


def test_other_domains_are_inapplicable() -> None:
    other = replace(SHALLOW_RELU, id="other")
    outcome = decide(replace(claim(), domain=other), two_atoms())
    assert outcome.verdict == "inapplicable"


def test_without_drops_one_assumption() -> None:
    bound = theorem("weighted-l1").headline
    unstable = two_atoms().replace(step_size=fmpq(64, 241))
    assert decide(bound, unstable).verdict == "vacuous"
    assert decide(bound.without("stable"), unstable).verdict == "violated"
    with pytest.raises(KeyError, match="does not assume"):
        bound.without("luck")


def test_automatic_mutants_die_on_the_equality_family() -> None:
    for name in ("weighted-l1", "sharpness-chain"):
        mutants = automatic_mutants(theorem(name))
        assert [m.id for m in mutants] == ["right-side-1e-3", "right-side-1e-6"]
        assert all(decide(m.claim, m.witness()).verdict == "violated" for m in mutants)


def test_families_enumerate_all_parameters() -> None:
    built = []
    family = Family(
        "f", {"a": Range(0, 2), "b": Range(choices=("x", "y"))}, lambda a, b: built.append((a, b)), "interior"
    )  # type: ignore[arg-type, func-returns-value]
    family.instances(6)
    assert sorted(built, key=str) == sorted([(fmpq(i), s) for i in range(3) for s in "xy"], key=str)
    assert Range(0, 1, denominator=4).at(3) == fmpq(3, 4)


def test_unknown_ids_name_the_nearest() -> None:
    with pytest.raises(UnknownId, match="weighted-l1"):
        theorem("weighted-11")
    with pytest.raises(UnknownId, match="shallow-relu"):
        domain("shallow")


def test_an_assumption_that_merely_agrees_is_undecided() -> None:
    nearly = exp(fmpq(-20000)) + 1
    agrees = Assumption("agrees", "1 + exp(-20000) = 1", lambda view: [Check(nearly, "==", as_real(1) + 0 * PI)])
    outcome = decide(claim(Check(fmpq(2), "<", fmpq(2)), assumes=(agrees,)), two_atoms())
    assert outcome.verdict == "undecided"
    assert "no proof" in outcome.reason


def test_a_claim_that_concludes_nothing_is_undecided() -> None:
    assert decide(claim(), two_atoms()).verdict == "undecided"


def test_a_conclusion_that_is_not_defined_is_undecided() -> None:
    undefined = replace(claim(), concludes=lambda view: [Check(log(fmpq(-1)), "<=", fmpq(0))])
    outcome = decide(undefined, two_atoms())
    assert outcome.verdict == "undecided"
    assert "not defined" in outcome.reason


def test_a_paper_that_cannot_be_built_leaves_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "PAPERS", ("no_such_paper", "own"))
    records, broken = catalogue._load()
    assert {record.id for record in records} == {"critical-point-bound", "flattest-implementation"}
    assert "no_such_paper" in broken["no_such_paper"]
