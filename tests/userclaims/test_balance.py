"""Differences compared with 0 become comparisons of two sums, with the same exact truth."""

from __future__ import annotations

import random

import pytest
from flint import fmpq

from refutable.theorems.catalogue import DOMAINS
from refutable.theorems.checks import Check
from refutable.theorems.families.two_atoms import two_atoms
from refutable.verify.decide import decide
from refutable.verify.userclaims.balance import balanced
from refutable.verify.userclaims.building import expression_claim
from refutable.verify.userclaims.grammar import parse, shown

REWRITTEN = {
    "stability_norm - (1/step_size - 1/2) <= 0": "(stability_norm + (1/2)) <= (1 / step_size)",
    "1/step_size - 1 - stability_norm >= 0": "(1 / step_size) >= (1 + stability_norm)",
    "a - b < 0": "a < b",
    "0 < a - b": "b < a",
    "a - b == 0": "a == b",
    "a - b <= 1": "a <= (1 + b)",
    "a + b >= c - d": "((a + b) + d) >= c",
    "-(a*-b)/c - d*-2 <= -1": "((((a * b) / c) + (d * 2)) + 1) <= 0",
    "-(a - (b - -c)) >= 0": "(b + c) >= a",
    "-a <= 0": "0 <= a",
    "a <= b - c": "a <= (b - c)",
    "1/a - 1 >= b": "((1 / a) - 1) >= b",
    "a - b == c": "(a - b) == c",
    "a + b <= 0": "(a + b) <= 0",
}


@pytest.mark.parametrize("written", REWRITTEN)
def test_subtracted_terms_change_sides(written: str) -> None:
    [comparison] = parse(written)
    found = balanced(comparison)
    assert f"{shown(found.left)} {found.operator} {shown(found.right)}" == REWRITTEN[written]
    assert found.text == written


DIFFERENCES = [
    "curvature - step_size {} 0",
    "-(curvature - 1/2*step_size) - (-delay + 3) {} -2/7",
    "0 {} sqrt(curvature) - sqrt(step_size)",
    "step_size*-curvature + delay {} 1",
    "-step_size/-curvature - (delay - (curvature - step_size)) {} 0",
]


@pytest.mark.parametrize("written", DIFFERENCES)
def test_the_truth_is_that_of_the_sides_as_written(written: str) -> None:
    """Against Python's own reading of the text on exact numbers; square roots are compared through squares."""
    rng = random.Random(8)
    verdicts = set()
    for _ in range(60):
        values = {name: fmpq(rng.randint(1, 4), rng.randint(1, 3)) for name in ("curvature", "step_size")}
        values["delay"] = rng.randint(1, 3)
        instance = DOMAINS["delayed-iteration"].instance(**values)
        for sign in ("<=", "<", ">=", ">", "=="):
            text = written.format(sign)
            outcome = decide(expression_claim(text, "delayed-iteration", ()), instance)
            exact = text.replace("1/2", "fmpq(1, 2)").replace("2/7", "fmpq(2, 7)")
            names = {"sqrt": lambda q: q, "fmpq": fmpq} | values
            assert outcome.verdict == ("holds" if eval(exact, {"__builtins__": {}}, names) else "violated")
            verdicts.add(outcome.verdict)
    assert verdicts == {"holds", "violated"}


def test_a_difference_gives_the_same_sides_as_the_bound() -> None:
    claim = expression_claim("stability_norm + 1/2 - 1/step_size <= 0", assumes=())
    assert claim.statement == "stability_norm + 1/2 - 1/step_size <= 0"
    view = claim.domain.view(two_atoms())
    [check] = claim.concludes(view)
    step = two_atoms()["step_size"]
    assert Check(check.left, "==", view["stability_norm"] + fmpq(1, 2)).decide().truth
    assert Check(check.right, "==", 1 / step).decide().truth
