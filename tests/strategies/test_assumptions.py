"""Every drawn network satisfies what it was asked for, decided exactly, and nothing else is refused."""

from collections.abc import Callable

import pytest
from hypothesis.strategies import SearchStrategy

from refutable.strategies.shallow_relu import SUPPLY
from refutable.strategies.shallow_relu.demands import PLAIN, TRAINED, UnknownAssumption, demands
from refutable.strategies.supply import Size
from refutable.theorems.assumptions.critical_points import CRITICAL, NONZERO_OUTPUT_WEIGHTS, SECOND_ORDER, WIDE_DATA
from refutable.theorems.assumptions.shallow_relu import (
    ALL_TRAINED,
    DIFFERENTIABLE,
    INTERPOLATING,
    STABLE,
    UNIVARIATE,
)
from refutable.theorems.assumptions.strong_stability import DISTINCT_DATA, NONZERO_INPUT_WEIGHTS
from refutable.theorems.claims import Assumption
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.instances import Instance
from refutable.theorems.papers.ma_ying_2021.gradient_smoothness import TRACE_STABLE

Draw = Callable[[SearchStrategy[Instance], int], list[Instance]]

COMBINATIONS: dict[str, tuple[Assumption, ...]] = {
    "nothing": (),
    "points": (DIFFERENTIABLE, *ALL_TRAINED, INTERPOLATING, STABLE),
    "line": (DIFFERENTIABLE, *ALL_TRAINED, INTERPOLATING, STABLE, UNIVARIATE),
    "anywhere": (DIFFERENTIABLE, *ALL_TRAINED, STABLE),
    "critical": (DIFFERENTIABLE, *ALL_TRAINED, CRITICAL, NONZERO_OUTPUT_WEIGHTS, STABLE),
    "critical, some frozen": (CRITICAL,),
    "local minima": (DIFFERENTIABLE, *ALL_TRAINED, CRITICAL, SECOND_ORDER),
    "wide": (DIFFERENTIABLE, *ALL_TRAINED, UNIVARIATE, WIDE_DATA),
    "proper": (DISTINCT_DATA, NONZERO_INPUT_WEIGHTS, INTERPOLATING),
    "output bias alone": (ALL_TRAINED[3],),
    "hidden biases and output weights": (DIFFERENTIABLE, ALL_TRAINED[1], ALL_TRAINED[2]),
    "flat on the whole": (DIFFERENTIABLE, ALL_TRAINED[3], TRACE_STABLE),
}


def ids(assumptions: tuple[Assumption, ...]) -> frozenset[str]:
    return frozenset(a.id for a in assumptions)


@pytest.mark.parametrize("name", COMBINATIONS)
def test_drawn_networks_satisfy_the_assumptions(name: str, draw: Draw) -> None:
    assumptions = COMBINATIONS[name]
    found = draw(SUPPLY.drawn(ids(assumptions), Size()), 150)
    assert len(found) >= 150
    for instance in found:
        view = SHALLOW_RELU.view(instance)
        for assumption in assumptions:
            assert all(c.decide().truth is True for c in assumption.checks(view)), (assumption.id, instance)


def test_every_plain_assumption_is_tried() -> None:
    tried = {a.id for assumptions in COMBINATIONS.values() for a in assumptions}
    assert tried == PLAIN | TRAINED.keys()


@pytest.mark.parametrize(
    ("assumption", "holds"),
    [
        (DIFFERENTIABLE, False),
        (INTERPOLATING, False),
        (STABLE, False),
        (UNIVARIATE, False),
        (DISTINCT_DATA, False),
        (NONZERO_INPUT_WEIGHTS, False),
        (NONZERO_OUTPUT_WEIGHTS, False),
        (WIDE_DATA, False),
        (CRITICAL, False),
        *((a, False) for a in ALL_TRAINED),
        (INTERPOLATING, True),
        (STABLE, True),
    ],
)
def test_what_is_not_asked_for_is_sometimes_false(assumption: Assumption, holds: bool, draw: Draw) -> None:
    found = draw(SUPPLY.drawn(frozenset(), Size()), 300)
    truths = [all(c.decide().truth is True for c in assumption.checks(SHALLOW_RELU.view(i))) for i in found]
    assert truths.count(holds) >= 5


def test_an_unknown_assumption_is_named() -> None:
    with pytest.raises(UnknownAssumption, match="'sober'"):
        SUPPLY.drawn(frozenset({"stable", "sober"}), Size())


def test_kinks_on_data_are_told_apart() -> None:
    assert demands(frozenset({"strongly-stable"})).kinked
    assert not demands(frozenset({"stable"})).kinked
