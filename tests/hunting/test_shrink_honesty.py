"""The reducer's promises: what ``minimal`` means, no question twice, what a substantive counterexample is."""

from __future__ import annotations

from functools import cache

import pytest
from flint import fmpq

from refutable.theorems.catalogue import theorem
from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.instances import Instance
from refutable.theorems.records import all_mutants
from refutable.verify.shrink import shrink, substantive
from tests.hunting.complications import complicated

CLAIM = next(m.claim for m in all_mutants(theorem("sharpness-chain")) if m.id == "plus-two")
START = SHALLOW_RELU.instance(
    w1=[[3, 1], [1, 2]], b1=["1/7", 1], w2=[1, -1], b2=0, x=[[1, 0], ["5/3", 2], [-1, 1]], step_size="1/50"
)


@cache
def live(instance: Instance) -> bool:
    """Active somewhere, with an inner weight above 2 and two data."""
    active = any(v != 0 for v in SHALLOW_RELU.view(instance)["activation"].ravel())
    return active and len(instance["x"]) > 1 and any(v > 2 for v in instance["w1"].ravel())


def test_a_budget_that_ends_first_is_never_called_minimal() -> None:
    """The last pass, in which nothing is accepted, asks new questions: ending in it is no minimality either."""
    whole = shrink(SHALLOW_RELU, START, live, 10**6)
    assert whole.minimal
    assert shrink(SHALLOW_RELU, START, live, whole.evaluations) == whole
    stopped = [shrink(SHALLOW_RELU, START, live, evaluations) for evaluations in range(whole.evaluations)]
    assert sum(found.instance == whole.instance for found in stopped) > 5
    assert [found.evaluations for found in stopped] == list(range(whole.evaluations))
    assert not any(found.minimal for found in stopped)


def test_the_judge_is_never_asked_twice_about_the_same() -> None:
    start = complicated(CLAIM, theorem("sharpness-chain").equality[0].last(), 1)
    honest, asked = substantive(CLAIM), []

    def keeps(instance: Instance) -> bool:
        asked.append(instance)
        return honest(instance)

    assert shrink(SHALLOW_RELU, start, keeps, 4000).minimal
    assert len(asked) > 100
    assert len(set(asked)) == len(asked)
    assert start not in asked


def comparing(left: int, operator: str, right: int) -> Claim:
    check = Check(fmpq(left), operator, fmpq(right))  # type: ignore[arg-type]
    return Claim("fixed", SHALLOW_RELU, f"{left} {operator} {right}", (), lambda view: [check])


@pytest.mark.parametrize(
    ("left", "operator", "right", "counts"),
    [
        (1, "<=", 0, True), (1, "<", 1, True), (0, "<=", -1, False), (0, "<", 0, False), (-1, "<=", -2, False),
        (0, "==", 1, True), (1, "<=", 1, False),
    ],
)  # fmt: skip
def test_zero_above_a_negative_bound_is_no_substantive_violation(
    left: int, operator: str, right: int, counts: bool
) -> None:
    assert substantive(comparing(left, operator, right))(START) == counts


def test_a_network_with_a_dead_neuron_is_no_substantive_violation() -> None:
    dead = START.replace(b1=-1000 * abs(START["b1"]))
    assert not substantive(comparing(1, "<=", 0))(dead)
