"""The reducer: planted properties come down to what a person would draw on a whiteboard."""

from __future__ import annotations

import random

import pytest

from refutable.theorems.catalogue import theorem
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.instances import Instance
from refutable.theorems.records import all_mutants
from refutable.verify.decide import decide
from refutable.verify.shrink import reductions, shrink, smallest, substantive


def large() -> Instance:
    source = random.Random(3)
    k, n, d = 6, 7, 2
    return SHALLOW_RELU.instance(
        w1=[[source.gauss(0, 1) for _ in range(d)] for _ in range(k)],
        b1=[source.gauss(0, 1) for _ in range(k)],
        w2=[source.gauss(0, 1) for _ in range(k)],
        b2=source.gauss(0, 1),
        x=[[source.gauss(0, 1) for _ in range(d)] for _ in range(n)],
        step_size="1/100",
    )


def test_a_planted_property_comes_down_to_one_neuron_and_one_datum() -> None:
    asked = []

    def live(instance: Instance) -> bool:
        asked.append(instance)
        return any(v != 0 for v in SHALLOW_RELU.view(instance)["activation"].ravel())

    found = shrink(SHALLOW_RELU, large(), live, 2000)
    assert found.minimal
    assert found.evaluations == len(asked)
    assert live(found.instance)
    assert found.instance["w1"].shape == (1, 1)
    assert found.instance["x"].shape == (1, 1)
    numbers = [found.instance[name].ravel()[0] for name in ("w1", "b1", "x")]
    assert all(v.q == 1 for v in numbers)
    assert sum(v != 0 for v in numbers) <= 2


def test_no_single_reduction_of_a_minimal_one_keeps_the_property() -> None:
    record = theorem("sharpness-chain")
    false = next(m for m in all_mutants(record) if m.id == "plus-two").claim
    start = record.equality[0].last()
    assert decide(false, start).verdict == "violated"
    found = smallest(false, start, 3000)
    assert found.minimal
    assert found.instance != start
    again = list(reductions(SHALLOW_RELU, found.instance))
    assert again
    assert substantive(false)(found.instance)
    assert not any(substantive(false)(candidate) for candidate in again)


@pytest.mark.parametrize("budget", [0, 1, 7])
def test_the_budget_is_kept(budget: int) -> None:
    asked = []

    def always(instance: Instance) -> bool:
        asked.append(instance)
        return True

    found = shrink(SHALLOW_RELU, large(), always, budget)
    assert len(asked) == found.evaluations == budget
    assert not found.minimal


def test_what_cannot_be_reduced_stays() -> None:
    start = large()
    assert shrink(SHALLOW_RELU, start, lambda _: False, 5000).instance is start
