"""What counts as claimed: each kind of evidence, thresholds, listings, and what is allowed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flint import fmpq

from refutable.theorems.exact import rational
from refutable.verify.decide import Outcome
from refutable.verify.evidence import trained
from refutable.verify.gate.amounts import amounts
from refutable.verify.gate.baselines import Baseline
from refutable.verify.gate.documents import document, header
from refutable.verify.gate.entries import ClaimsFile, Entry, Evidence
from refutable.verify.gate.findings import Finding
from refutable.verify.gate.items import EVIDENCE, items, kinds_of
from refutable.verify.gate.subjects import Subject
from refutable.verify.gate.trying import of_hunt
from refutable.verify.hunting.results import Options, Result, Suspicion
from refutable.verify.hunting.target import catalogue_target
from refutable.verify.tally import honest
from refutable.verify.userclaims.moved_terms import moved_terms
from refutable.verify.userclaims.paths import ExpressionClaim
from refutable.verify.witnesses import replay
from tests.gate.entries import expression, gate_run, item, theorem

TRUE = "sharpness >= 1 + 2*stability_norm"
FALSE = "stability_norm <= 1/step_size - 0.6"
LOOSE = "stability_norm <= 10/step_size"


def tried(entry: Entry, kind: str, folder: Path, **more: Any) -> dict[str, Any]:
    return item(entry, kind, folder).run(gate_run(folder, **more))


@pytest.mark.parametrize("kind", ["drawn", "constructed", "trained", "swept", "hunt"])
def test_a_true_claim_passes_on_every_kind_of_evidence(kind: str, tmp_path: Path) -> None:
    found = tried(expression(TRUE), kind, tmp_path)
    assert (found["passed"], found["verdict"], found["problems"]) == (True, "not refuted", [])
    assert found["counts"]["holds"] > 0
    assert found["counts"]["violated"] == 0


@pytest.mark.parametrize("kind", ["drawn", "constructed", "swept", "hunt"])
def test_a_false_claim_fails_with_a_small_counterexample_that_replays(kind: str, tmp_path: Path) -> None:
    entry = expression(FALSE, evidence=Evidence(drawn=60, constructed=4, swept=500, hunt=1))
    found = tried(entry, kind, tmp_path)
    assert (found["passed"], found["verdict"]) == (False, "refuted")
    one = found["counterexample"]
    assert one["minimal"]
    assert len(one["instance"]["network"]["w2"]) <= 2
    assert {a["verdict"] for a in one["assumptions"]} == {"holds"}
    assert one["comparison"] in found["problems"][0]
    assert replay(Path(one["file"])).reproduced


def test_every_kind_of_evidence_of_a_theorem_supports_it(tmp_path: Path) -> None:
    run = gate_run(tmp_path)
    entry = theorem("weighted-l1", mutants=("right-side-1e-3", "right-side-1e-6"))
    kinds = kinds_of(entry, run)
    assert set(kinds) == {"drawn", "constructed", "trained", "swept", "symbolic", "hunt", "mutants"}
    verdicts = {kind: item(entry, kind, tmp_path).run(run)["verdict"] for kind in kinds}
    assert set(verdicts.values()) == {"held"}


def test_a_conjecture_is_never_held(tmp_path: Path) -> None:
    found = tried(theorem("nondifferentiable-conjecture"), "constructed", tmp_path)
    assert (found["passed"], found["verdict"]) == (True, "not refuted")


def test_a_claim_listed_as_refuted_must_be_refuted(tmp_path: Path) -> None:
    listed = expression(FALSE, expected="refuted", reason="too small a constant")
    assert kinds_of(listed, gate_run(tmp_path)) == ["refutation"]
    found = tried(listed, "refutation", tmp_path)
    assert (found["passed"], found["verdict"], found["problems"]) == (True, "refuted", [])
    assert found["counterexample"] is not None


def test_an_unexpected_pass_fails(tmp_path: Path) -> None:
    wrong = expression(TRUE, expected="refuted", reason="so they say")
    found = tried(wrong, "refutation", tmp_path)
    assert (found["passed"], found["verdict"], found["counterexample"]) == (False, "not refuted", None)
    assert "listed as refuted, and no counterexample was found" in found["problems"][0]


@pytest.mark.parametrize(("asked", "passes"), [("1", True), ("3/2", False)])
def test_tightness_is_compared_exactly(asked: str, passes: bool, tmp_path: Path) -> None:
    entry = theorem("weighted-l1", tightness=fmpq(*map(int, (asked + "/1").split("/")[:2])))
    found = tried(entry, "tightness", tmp_path)
    assert found["tightness"]["touching"]
    assert found["passed"] is passes


def test_a_loose_claim_misses_its_threshold_and_spares_its_mutant(tmp_path: Path) -> None:
    entry = expression(LOOSE, tightness=fmpq(9, 10), mutants=("right-side-1e-3",))
    tight = tried(entry, "tightness", tmp_path)
    assert not tight["passed"]
    assert "the entry asks for 9/10" in tight["problems"][0]
    mutants = tried(entry, "mutants", tmp_path)
    assert (mutants["passed"], mutants["verdict"]) == (False, "weak")


def test_a_tight_claim_kills_its_mutants(tmp_path: Path) -> None:
    found = tried(expression(TRUE, mutants=("right-side-1e-3", "right-side-1e-9")), "mutants", tmp_path)
    assert found["passed"], found["problems"]
    assert found["killed"] == 2


@pytest.mark.parametrize(("before", "loss", "relative", "passes"), [
    ("1", fmpq(1, 100), True, True),
    ("11/10", fmpq(1, 100), True, False),
    ("11/10", fmpq(1, 10), False, True),
    ("11/10", fmpq(99, 1000), False, False),
])  # fmt: skip
def test_no_claim_may_get_looser_than_the_baseline_allows(
    before: str, loss: fmpq, relative: bool, passes: bool, tmp_path: Path
) -> None:
    known = {"lower": before, "upper": before, "touching": False, "text": before}
    baseline = Baseline({"claims.toml::weighted-l1": known}, loss, relative)
    run = gate_run(tmp_path, baseline=baseline)
    found = item(theorem("weighted-l1"), "tightness", tmp_path).run(run)
    assert found["passed"] is passes
    assert ("in the baseline" in "".join(found["problems"])) is not passes


def test_what_never_satisfies_its_assumptions_fails_unless_allowed(tmp_path: Path) -> None:
    entry = expression("norm(loss_gradient) <= 0", assumes=("univariate", "kink-on-datum", "differentiable"))
    found = tried(entry, "drawn", tmp_path)
    assert (found["passed"], found["verdict"]) == (False, "vacuous")
    assert 'allow = ["vacuous"]' in found["problems"][-1]
    assert tried(replace(entry, allow=frozenset({"vacuous"})), "drawn", tmp_path)["passed"]


@pytest.mark.parametrize(("decided", "verdict"), [("holds", "held"), ("vacuous", "held"), ("undecided", "suspect")])
def test_a_float_violation_is_suspect_only_where_the_exact_decision_stays_open(decided: Any, verdict: str) -> None:
    target = catalogue_target("weighted-l1")
    one = Suspicion(target.families[0].first(), "ascend", 2e-16, Outcome("weighted-l1", decided, reason="too near"))
    options = Options(evaluations=10)
    result = Result(target, options, None, None, (one,), 10, 5, 1, 0.1, (), undecided=int(decided == "undecided"))
    found = of_hunt(result, Subject(theorem("weighted-l1")), gate_run(Path()))
    assert found.judged() == verdict
    assert list(found.shortfalls()) == (["suspect"] if verdict == "suspect" else [])


def test_an_entry_without_evidence_fails_and_is_not_forgotten(tmp_path: Path) -> None:
    none = Evidence(drawn=0, constructed=0, trained=0, mass=0, swept=0, hunt=0)
    for entry in (expression(FALSE, evidence=none), expression(FALSE, evidence=none, mutants=("right-side-1e-3",))):
        run = gate_run(tmp_path)
        file = ClaimsFile(tmp_path / "claims.toml", tmp_path, (entry,))
        told = document([(header(one, run), one.run(run)) for one in items(file, run)], {})
        assert not told["as_claimed"]
        assert "nothing is tried" in "".join(told["claims"][0]["problems"])


def test_evidence_that_an_entry_asks_for_and_there_cannot_be_fails(tmp_path: Path) -> None:
    asked = Evidence(drawn=3, constructed=0, trained=0, swept=7, mass=0, hunt=0)
    entry = theorem("common-eigenvector", evidence=asked, asked=frozenset({"drawn", "swept"}))
    assert "swept" in kinds_of(entry, gate_run(tmp_path))
    found = tried(entry, "swept", tmp_path)
    assert (found["passed"], found["verdict"]) == (False, "untried")
    assert "7 asked for" in found["problems"][0]
    assert "swept" not in kinds_of(replace(entry, asked=frozenset({"drawn"})), gate_run(tmp_path)), (
        "a default asks of all claims alike"
    )


def test_claims_of_the_same_id_in_two_files_are_two_claims(tmp_path: Path) -> None:
    run = gate_run(tmp_path)
    verdicts = []
    for folder, text in (("a", TRUE), ("b", FALSE)):
        one = item(expression(text, evidence=Evidence(drawn=60)), "drawn", tmp_path / folder)
        verdicts.append(one.run(run)["verdict"])
    assert verdicts == ["not refuted", "refuted"]


@pytest.mark.slow
def test_tightness_is_that_of_the_first_claim(tmp_path: Path) -> None:
    entry = theorem("critical-point-bound", evidence=Evidence(drawn=0, constructed=0, trained=20, swept=0, hunt=0))
    run, subject = gate_run(tmp_path), Subject(entry)
    found = item(entry, "trained", tmp_path).run(run)
    suite = run.suite(subject, amounts(entry.evidence, run.profile))
    told = {
        claim.id: trained(subject.record, claim, "trained-relabelled", suite)["tightness"]
        for claim in subject.record.claims[:2]
    }
    headline, other = (told[claim.id] for claim in subject.record.claims[:2])
    assert found["tightness"]["lower"] == headline["lower"]
    assert rational(other["lower"]) > rational(headline["lower"]), "else this test shows nothing"


def test_a_threshold_is_decided_where_both_sides_are_irrational(tmp_path: Path) -> None:
    entry = expression("9*sqrt(n+1) <= 10*sqrt(n+1)", assumes=(), tightness=fmpq(9, 10))
    assert tried(entry, "tightness", tmp_path)["passed"]
    above = replace(entry, tightness=fmpq(9, 10) + fmpq(1, 10**40))
    assert not tried(above, "tightness", tmp_path)["passed"]


def test_no_dead_network_makes_a_claim_tight(tmp_path: Path) -> None:
    entry = expression(TRUE, evidence=Evidence(drawn=40, constructed=4))
    run = gate_run(tmp_path)
    for kind in ("drawn", "constructed"):
        item(entry, kind, tmp_path).run(run)
    kept = [found.tightest for found in run.findings.values()]
    assert all(one is not None and honest(one) for one in kept)


@pytest.mark.slow
def test_terms_that_do_not_matter_survive(tmp_path: Path) -> None:
    tight = expression(TRUE, mutants=("terms-1e-3",))
    assert tried(tight, "mutants", tmp_path)["passed"]
    loose = expression("sharpness >= 1 + stability_norm", mutants=("right-side-1e-3", "terms-1e-3"))
    found = tried(loose, "mutants", tmp_path)
    assert (found["passed"], found["verdict"], found["killed"]) == (False, "weak", 1)
    [problem] = found["problems"]
    assert problem.startswith("terms-1e-3: the term stability_norm of sharpness >= 1 + stability_norm: not refuted")


def test_a_claim_of_two_names_has_its_sides_for_terms() -> None:
    moved = [what for what, _ in moved_terms(expression_ref("sharpness >= stability_norm"), fmpq(1, 1000))]
    assert moved == [f"the term {one} of sharpness >= stability_norm" for one in ("sharpness", "stability_norm")]
    assert len(moved_terms(expression_ref("sharpness >= 0"), fmpq(1, 1000))) == 1
    assert moved_terms(expression_ref("0 <= 0*sharpness + 0"), fmpq(1, 1000)) != []


def expression_ref(text: str) -> ExpressionClaim:
    return ExpressionClaim(text, "shallow-relu", ("minimum",))


def test_each_verdict_that_decides_nothing_must_be_allowed(tmp_path: Path) -> None:
    found = Finding(short={"undecided": ["undecided on a"], "vacuous": ["vacuous on b"]})
    for allow, passes in (((), False), (("undecided",), False), (("undecided", "vacuous"), True)):
        one = item(expression(TRUE, allow=frozenset(allow)), "instances", tmp_path)
        assert one.passed(found)[0] is passes


def test_no_claims_are_lost_in_the_document_and_one_failure_fails_it(tmp_path: Path) -> None:
    entries = (expression(TRUE), replace(expression(FALSE, evidence=Evidence(drawn=30)), id="wrong", line=7))
    file = ClaimsFile(tmp_path / "claims.toml", tmp_path, entries)
    run = gate_run(tmp_path)
    found = [(header(one, run), one.run(run)) for one in items(file, run)]
    told = document(reversed(found), {"profile": "refutable-quick"})
    assert [claim["id"] for claim in told["claims"]] == ["mine", "wrong"]
    assert [claim["as_claimed"] for claim in told["claims"]] == [True, False]
    assert (told["as_claimed"], told["counts"]) == (False, {"claims": 2, "as_claimed": 1})
    mine, wrong = told["claims"]
    assert [part["kind"] for part in mine["items"]] == [kind for kind in EVIDENCE if kind in kinds_of(entries[0], run)]
    assert wrong["verdict"] == "refuted"
    assert wrong["counterexample"]["described"]
    assert sum("replay it:" in problem for problem in wrong["problems"]) == 1
    assert "kinds of evidence" in wrong["problems"][1]


def test_the_same_run_finds_the_same(tmp_path: Path) -> None:
    def once(kind: str) -> dict[str, Any]:
        return tried(expression(TRUE), kind, tmp_path, profile="refutable-ci") | {"seconds": 0}

    for kind in ("drawn", "swept", "hunt"):
        assert once(kind) == once(kind)
