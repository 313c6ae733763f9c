"""Counterexamples to false variants come down to a few small numbers, from as simple and from complicated starts."""

from __future__ import annotations

import pytest

from refutable.theorems.catalogue import CATALOGUE
from refutable.theorems.instances import Instance
from refutable.theorems.records import Mutant, Theorem, all_mutants
from refutable.verify import shrink
from refutable.verify.shrink import reductions, smallest, substantive, violates
from tests.hunting.complications import complicated

ALL = {f"{theorem.id}-{mutant.id}": (theorem, mutant) for theorem in CATALOGUE for mutant in all_mutants(theorem)}
FAST = (
    "sharpness-chain-plus-two", "weighted-l1-minus-one", "weighted-l1-no-root", "weighted-l1-second-moment",
    "weighted-l1-right-side-1e-6", "stability-norm-other-orientation", "laplacian-half-a-dimension-more",
    "critical-point-bound-no-correction", "residual-bound-radius-for-largest-input",
    "linear-stability-sgd-sufficient-mean-square", "weight-closed-forms-loosened-linear",
    "delayed-stability-harmonic", "flattest-sharpness-balanced",
)  # fmt: skip
MOST_NEURONS = MOST_DATA = MOST_DIGITS = 3
EXCUSED = {f"{record.id}-{id}": why for record in CATALOGUE for id, why in record.larger.items()}
"""Mutants whose smallest known witness needs more, and why: the records say so."""


def most_digits(instance: Instance) -> int:
    numbers = [q for value in instance.values.values() for q in shrink._numbers(value)]
    return max((max(len(str(abs(int(q.p)))), len(str(int(q.q)))) for q in numbers), default=0)


def assert_small(mutant: Mutant, instance: Instance) -> None:
    judge = substantive(mutant.claim) if mutant.substantive else violates(mutant.claim)
    assert judge(instance)
    for name, most in (("b1", MOST_NEURONS), ("x", MOST_DATA)):
        assert instance.values.get(name) is None or len(instance.values[name]) <= most
    assert most_digits(instance) <= MOST_DIGITS


def assert_minimal(mutant: Mutant, instance: Instance) -> None:
    """No single reduction of the documented list keeps the violation."""
    honest = substantive(mutant.claim)
    keeps = honest if honest(instance) else violates(mutant.claim)
    assert not [found for found in reductions(mutant.claim.domain, instance) if keeps(found)]


@pytest.mark.parametrize("name", FAST)
def test_a_complicated_counterexample_comes_down_to_a_small_minimal_one(name: str) -> None:
    _, mutant = ALL[name]
    start = complicated(mutant.claim, mutant.witness(), 1)
    heard: list[Instance] = []
    found = smallest(mutant.claim, start, 4000, heard.append)
    assert found.minimal
    assert heard[-1] == found.instance
    assert_small(mutant, found.instance)
    assert_minimal(mutant, found.instance)


def test_shrinking_is_deterministic() -> None:
    _, mutant = ALL["weighted-l1-right-side-1e-3"]
    start = complicated(mutant.claim, mutant.witness(), 3)
    assert smallest(mutant.claim, start, 4000) == smallest(mutant.claim, start, 4000)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize(("theorem", "mutant"), ALL.values(), ids=list(ALL))
def test_every_mutant_has_a_small_minimal_counterexample(theorem: Theorem, mutant: Mutant, seed: int) -> None:
    """Seed 0: from the record's own killer; the others: from complicated ones."""
    start = complicated(mutant.claim, mutant.witness(), seed) if seed else mutant.witness()
    found = smallest(mutant.claim, start, 6000)
    assert found.minimal
    assert_minimal(mutant, found.instance)
    assert_substance(mutant, found.instance)
    if f"{theorem.id}-{mutant.id}" not in EXCUSED:
        assert_small(mutant, found.instance)


def assert_substance(mutant: Mutant, instance: Instance) -> None:
    """A substantive witness stays one."""
    if substantive(mutant.claim)(mutant.witness()):
        assert substantive(mutant.claim)(instance)


def test_every_excuse_is_about_a_mutant() -> None:
    assert set(EXCUSED) <= set(ALL)


@pytest.mark.slow
@pytest.mark.parametrize("name", EXCUSED)
def test_no_excuse_is_idle(name: str) -> None:
    _, mutant = ALL[name]
    found = smallest(mutant.claim, mutant.witness(), 6000)
    with pytest.raises(AssertionError):
        assert_small(mutant, found.instance)


@pytest.mark.parametrize(
    "name",
    [
        "nondifferentiable-conjecture-half-less", "nondifferentiable-conjecture-loss-one-over-n",
        "nondifferentiable-conjecture-first-power", "critical-point-bound-mean-for-max",
        "common-eigenvector-sqrt-2-times-1-minus-1e-6",
    ],
)  # fmt: skip
def test_killers_found_by_search_are_small_as_recorded(name: str) -> None:
    _, mutant = ALL[name]
    assert name not in EXCUSED
    assert_small(mutant, mutant.witness())


def test_the_short_numbers_that_an_excuse_names() -> None:
    _, mutant = ALL["delayed-stability-right-side-1e-6"]
    assert "delay 16 the step size 61/641" in EXCUSED["delayed-stability-right-side-1e-6"]
    assert violates(mutant.claim)(mutant.claim.domain.instance(curvature=1, step_size="61/641", delay=16))
