from dataclasses import replace

import pytest

from refutable.theorems.checks import Check
from refutable.theorems.views import View
from refutable.verify.bench.baselines.trial import AT_ONCE, PATIENCE, DeadEnd, NotApplicable, Trial
from refutable.verify.bench.side_by_side import BASELINES
from refutable.verify.bench.subjects import Subject
from refutable.verify.decide import decide
from refutable.verify.honesty import hollow
from refutable.verify.hunting.results import Options

EASY = (Subject("weighted-l1", mutant="minus-one"), Subject("linear-stability", mutant="threshold-three"))
OPTIMISERS = ("SciPy differential evolution", "cma")


@pytest.mark.parametrize("method", BASELINES)
@pytest.mark.parametrize("subject", EASY, ids=str)
def test_every_baseline_refutes_an_easy_mutant_with_an_honest_witness(method: str, subject: Subject) -> None:
    trial = Trial.of(subject.target(), Options(seconds=60, cold=True, seed=2))
    BASELINES[method](trial)
    found = trial.search.judge.best
    assert found is not None
    outcome = decide(trial.search.target.claim, found.instance)
    assert outcome.verdict == "violated"
    assert hollow(trial.search.target.claim, found.instance, outcome) == ""


@pytest.mark.parametrize("method", BASELINES)
def test_a_true_claim_survives_until_the_time_is_up(method: str) -> None:
    trial = Trial.of(Subject("weighted-l1").target(), Options(seconds=0.5, cold=True))
    BASELINES[method](trial)
    assert trial.over
    assert not trial.search.found
    assert trial.evaluations > 0


@pytest.mark.parametrize("method", OPTIMISERS)
def test_claims_without_a_float_version_are_said_to_be_beyond_an_optimiser(method: str) -> None:
    trial = Trial.of(Subject("weight-closed-forms").target(), Options(seconds=5))
    with pytest.raises(NotApplicable, match="no continuous parametrisation"):
        BASELINES[method](trial)


def test_a_run_on_float_violations_that_never_certify_ends_early() -> None:
    target = Subject("weighted-l1").target()
    misjudged = replace(target.claim, concludes=lambda view: [Check(_one(view), "<=", _one(view) / _one(view))])
    trial = Trial.of(replace(target, claim=misjudged), Options(seconds=60))
    rows = trial.start(8)
    for _ in range(PATIENCE // AT_ONCE - 1):
        trial.scores(rows, "test")
    with pytest.raises(DeadEnd):
        trial.scores(rows, "test")
    assert trial.search.judge.counts["violated"] == 0
    trial.start(8)
    assert trial.fruitless == 0


def _one(view: View) -> object:
    """1 exactly, 2 in floats."""
    return view["b2"] * 0 + (1 if view.ops.exact else 2)
