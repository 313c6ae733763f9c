"""What a search proposes need not be an instance, and what is printed is what is violated."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from refutable.theorems.catalogue import CATALOGUE, domain
from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.instances import InstanceError
from refutable.theorems.views import View
from refutable.verify.hunting import Options, Target, catalogue_target, hunt
from refutable.verify.hunting.judge import Judge
from refutable.verify.hunting.methods.polish import _beside
from refutable.verify.hunting.printing import text
from refutable.verify.hunting.rows import batch_of
from refutable.verify.keeping.corpus import Corpus
from refutable.verify.userclaims.paths import ExpressionClaim
from refutable.verify.witnesses import redecide

QUICK = Options(evaluations=40_000, shrink=300, cold=True)


def _made(name: str, concludes: object, *assumes: Assumption) -> Target:
    claim = Claim(name, SHALLOW_RELU, "made for a test", assumes, concludes)  # type: ignore[arg-type]
    return Target(catalogue_target("weighted-l1").ref, claim, None, (), (), name)


def test_what_no_file_could_hold_is_no_instance() -> None:
    """A lattice law with a fractional number of points would violate |mean| <= radius."""
    claim = ExpressionClaim("abs(moment_left + moment_right) <= radius_of_law", "distribution", ("bounded",)).resolve()
    law = domain("distribution").instance(
        law=["grid"], parameters=["1", "1/4", "1"], atoms=None, point="1/2", radius=None
    )
    moved = [_beside(law, 12, random.Random(seed)) for seed in range(8)]
    judge = Judge(claim)
    assert judge.decide(law, "start").verdict == "holds"
    for instance in moved:
        with pytest.raises(InstanceError):
            claim.domain.load(claim.domain.dump(instance))
        assert judge.decide(instance, "polish").verdict == "inapplicable"
    assert judge.best is None
    assert judge.hollow is None


@pytest.mark.parametrize("theorem", ["weight-closed-forms", "linear-stability", "laplacian"])
def test_every_kept_witness_can_be_read_and_comes_out_again(theorem: str, tmp_path: Path) -> None:
    record = next(r for r in CATALOGUE if r.id == theorem)
    corpus = Corpus(tmp_path)
    for mutant in record.mutants[:3]:
        hunt(catalogue_target(theorem, mutant=mutant.id), QUICK, corpus=corpus)
    kept = Corpus(tmp_path).witnesses()
    assert kept
    assert all(redecide(one).reproduced for one in kept)


def _several(view: View) -> list[Check]:
    return [Check(-1 * view["sharpness"], "<=", 0, "first"), Check(view["sharpness"], "<=", 1, "second")]


def test_of_several_conclusions_the_violated_one_counts_and_is_shown() -> None:
    result = hunt(_made("several", _several), QUICK)
    found = result.counterexample
    assert found is not None
    assert not found.hollow
    shown = "\n".join(text(result))
    assert "violated: second" in shown
    sides = next(line for line in shown.splitlines() if " > 1" in line)
    assert "-" not in sides.split(">")[0]


def test_a_claim_written_as_a_difference_is_climbed() -> None:
    def difference(view: View) -> list[Check]:
        bound = view["stability_threshold"] / 2 - view.ops.ratio(1, 2)
        return [Check(view["stability_norm"] - bound * view.ops.ratio(999, 1000), "<=", 0)]

    base = catalogue_target("stability-norm")
    claim = replace(base.claim, concludes=difference)
    result = hunt(replace(base, claim=claim, theorem=None), replace(QUICK, evaluations=400_000))
    assert result.counterexample is not None
    assert not result.counterexample.hollow


def test_an_assumption_that_fails_to_compute_does_not_end_the_hunt() -> None:
    def breaks(view: View) -> list[Check]:
        if len(view["b1"] if view.ops.exact else view["b1"][0]) == 1:
            raise KeyError("needs two neurons")
        return []

    fragile = Assumption("two-neurons", "made to fail", breaks)
    target = _made("fragile", lambda view: [Check(view["stability_norm"], "<=", 1)], fragile)
    result = hunt(target, QUICK)
    assert result.counterexample is not None
    assert len(result.counterexample.instance["b1"]) >= 2
    judge = Judge(target.claim)
    one = SHALLOW_RELU.instance(w1=[[1]], b1=[0], w2=[1], b2=0, x=[[1], [-1]])
    assert judge.decide(one, "test").verdict == "undecided"
    assert "needs two neurons" in next(iter(judge.undecided))


def test_a_number_beyond_all_floats_is_a_hopeless_row() -> None:
    instance = SHALLOW_RELU.instance(w1=[[1]], b1=[0], w2=[1], b2=0, x=[[1], [-1]], step_size=10**400)
    assert float(batch_of([instance])["step_size"]) == float("inf")
    result = hunt(replace(catalogue_target("stability-norm"), hints=(instance,)), replace(QUICK, cold=False))
    assert result.counterexample is None
    assert not any(m.note.startswith("ended") for m in result.methods)


def test_ctrl_c_while_the_last_decision_is_made_keeps_what_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    from refutable.verify.hunting import reduction

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(reduction, "decide", interrupted)
    result = hunt(catalogue_target("stability-norm", mutant="minus-one"), replace(QUICK, shrink=0))
    assert result.counterexample is not None
    assert result.counterexample.outcome.verdict == "violated"


def test_a_refuted_claim_leaves_no_frontier(tmp_path: Path) -> None:
    target = _made("bold", lambda view: [Check(view["stability_norm"], "<=", 1)])
    hunt(target, QUICK, corpus=Corpus(tmp_path))
    assert not Corpus(tmp_path).frontier()
