"""Float scores against exact decisions, on every claim that has a float version."""

from __future__ import annotations

import math

import pytest
import torch

from refutable.theorems.catalogue import CATALOGUE
from refutable.theorems.checks import Check, tightness
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.records import all_mutants
from refutable.verify.decide import Outcome, decide
from refutable.verify.hunting import Options, Target, catalogue_target
from refutable.verify.hunting.judge import Judge
from refutable.verify.hunting.objective import HOPELESS, LARGEST, NOISE, Objective, Undifferentiable
from refutable.verify.hunting.rows import instance_at
from refutable.verify.hunting.search import Search, prepare, score_of

SCALAR = [
    pytest.param(record.id, mutant.id, id=f"{record.id}-{mutant.id}")
    for record in CATALOGUE
    for mutant in (None, *all_mutants(record)[:3])
    if mutant is not None
]


def _search(target: Target) -> Search:
    return prepare(target, Options(cold=True), Judge(target.claim), None)


@pytest.mark.parametrize(("theorem", "mutant"), SCALAR)
def test_scores_are_the_logarithm_of_the_exact_ratio(theorem: str, mutant: str) -> None:
    target = catalogue_target(theorem, mutant=mutant)
    search = _search(target)
    if search.objective is None:
        assert search.why_not
        return
    generator = search.generator("test")
    rows = search.supply.batch(search.assumes, 13, search.options.size, generator)
    assert rows is not None
    scores, numbers = Objective(target.claim, honest=False).of(rows)
    compared = 0
    for row in range(0, 13, 4):
        instance = instance_at(target.claim.domain, numbers, row)
        assert instance is not None
        outcome = decide(target.claim, instance)
        ratio = _worst_ratio(outcome)
        if score_of(outcome) == HOPELESS or ratio is None:
            continue
        score = float(scores[row])
        if ratio == 0:  # the left sides are 0, in floats up to noise
            compared += 1
            assert score < math.log(NOISE)
        elif ratio > 0 and abs(math.log(ratio)) < LARGEST - 1:
            compared += 1
            assert score == pytest.approx(math.log(ratio), abs=1e-7, rel=1e-7)
        elif outcome.verdict == "violated":
            assert score > 0
    assert compared or scores.max() >= 0.5 or all(c.op == "==" for c in _checks(target, numbers))


def _worst_ratio(outcome: Outcome) -> float | None:
    """The largest left/right of all its comparisons; None where some are none, or have a right side <= 0."""
    ratios = [tightness(decision) for decision in outcome.checks]
    if not ratios or None in ratios or not set(outcome.operators) <= {"<=", "<"}:
        return None
    return max(ratio for ratio in ratios if ratio is not None)


def _checks(target: Target, numbers: dict[str, object]) -> list[Check]:
    from refutable.theorems.ops.torch import TorchOps
    from refutable.theorems.views import View

    return list(target.claim.concludes(View(target.claim.domain, TorchOps(), numbers)))


def _claim(check: Check, *assumes: Assumption) -> Claim:
    return Claim("made", SHALLOW_RELU, "made for a test", assumes, lambda view: [check])


ROWS = {
    "w1": torch.ones(3, 1, 1, dtype=torch.float64),
    "b1": torch.zeros(3, 1, dtype=torch.float64),
    "w2": torch.ones(3, 1, dtype=torch.float64),
    "b2": None,
    "x": torch.ones(3, 1, 1, dtype=torch.float64),
    "y": None,
}


@pytest.mark.parametrize(
    ("left", "op", "right", "expected"),
    [
        ([1.0, 2.0, 4.0], "<=", 2.0, [math.log(0.5), 0.0, math.log(2.0)]),
        ([1.0, math.e, 1e-40], "<", -1.0, [LARGEST / 2, LARGEST / 2 + 0.5, LARGEST / 4]),
        ([-1.0, 0.0, -4.0], "<=", 2.0, [-LARGEST - 3 / 4, -LARGEST - 2 / 3, -LARGEST - 6 / 7]),
        ([-1.0, 0.0, 1.0], "<=", 0, [-1 / 2, 0.0, LARGEST / 2]),
        ([-1.0, -2.0, -4.0], "<=", -2.0, [1 / 3, 0.0, -1 / 3]),
        ([0.0, 0.0, 1.0], "<=", [0.0, -1.0, float("nan")], [-LARGEST, 1.0, HOPELESS]),
    ],
)
def test_scores_of_one_comparison(left: list[float], op: str, right: object, expected: list[float]) -> None:
    sides = [torch.tensor(v, dtype=torch.float64) if isinstance(v, list) else v for v in (left, right)]
    scores = Objective(_claim(Check(sides[0], op, sides[1]))).scores(ROWS)  # type: ignore[arg-type]
    assert scores.tolist() == pytest.approx(expected)


def test_equality_counts_only_beyond_float_noise() -> None:
    left = torch.tensor([1.0, 1.0 + 1e-15, 1.1], dtype=torch.float64)
    scores = Objective(_claim(Check(left, "==", 1.0))).scores(ROWS)
    assert scores[0] < 0
    assert scores[1] < 0 < scores[2]


def test_what_an_assumption_lacks_is_taken_off() -> None:
    lacks = Assumption("lacks", "1 <= 0 on the last row", lambda v: [Check(torch.tensor([0.0, 0.0, 1.0]), "<=", 0.0)])
    left = torch.tensor([3.0, 3.0, 3.0], dtype=torch.float64)
    scores = Objective(_claim(Check(left, "<=", 2.0), lacks)).scores(ROWS)
    assert scores[0] == scores[1] > 0 > scores[2]


def test_a_strict_assumption_fails_at_equality() -> None:
    sides = torch.tensor([0.0, 1.0, -1.0], dtype=torch.float64)
    strict = Assumption("strict", "0 < side", lambda v: [Check(0.0, "<", sides)])
    left = torch.tensor([3.0, 3.0, 3.0], dtype=torch.float64)
    scores = Objective(_claim(Check(left, "<=", 2.0), strict)).scores(ROWS)
    assert scores[0] < -20
    assert scores[1] > 0
    assert scores[2] < -20


def test_hollow_rows_score_low() -> None:
    target = catalogue_target("stability-norm")
    search = _search(target)
    rows = search.batch(40, search.generator("hollow"))
    assert rows is not None
    assert search.objective is not None
    scores, _ = search.objective.of(rows)
    lenient, _ = Objective(target.claim, honest=False).of(rows)
    dead, _ = search.objective.of({**rows, "b1": rows["b1"] - 1e6})
    idle, _ = search.objective.of({**rows, "w2": rows["w2"] * 0})
    assert (scores > -20).sum() > 20
    assert ((scores == lenient) | (scores < lenient - 20)).all()
    assert (dead < -20).all()
    assert (idle < -20).all()


def test_psd_scores_by_the_least_eigenvalue() -> None:
    matrices = torch.diag_embed(torch.tensor([[1.0, 2.0], [0.0, 1.0], [1.0, -2.0]], dtype=torch.float64))
    scores = Objective(_claim(Check(matrices, "psd"))).scores(ROWS)
    assert scores.tolist() == pytest.approx([-0.5, 0.0, 1.0])


def test_a_claim_without_a_float_version_says_why() -> None:
    broken = Claim("broken", SHALLOW_RELU, "breaks", (), lambda view: [Check(view["no_such_quantity"] + 1, "<=", 1)])
    with pytest.raises((Undifferentiable, KeyError)):
        Objective(broken).scores(ROWS)


def test_rows_whose_positive_fields_are_not_positive_are_hopeless() -> None:
    step = torch.tensor([1.0, 0.0, -1.0], dtype=torch.float64)
    objective = Objective(_claim(Check(torch.ones(3, dtype=torch.float64), "<=", 0.5)))
    scores = objective.scores(ROWS | {"step_size": step})
    assert scores[0] > 0
    assert scores[1] == scores[2] == HOPELESS
