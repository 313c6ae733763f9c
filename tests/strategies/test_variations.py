"""Structural variations of every domain: well-formed instances, the same every time, of the structure they name."""

from collections.abc import Callable

import pytest
from flint import fmpq
from hypothesis.strategies import SearchStrategy

from refutable.strategies import supplies
from refutable.strategies.supply import Size
from refutable.theorems.domains.domain import Move
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.instances import Instance

Draw = Callable[[SearchStrategy[Instance], int], list[Instance]]

NETWORK = SHALLOW_RELU.instance(
    w1=[[2], [-1]], b1=[-1, 3], w2=[1, "1/3"], b2=0, x=[[0], [1], [4]], y=[1, 0, 2], step_size=1, batch_size=3
)


def variations(instance: Instance, id: str) -> list[Instance]:
    move: Move = next(m for m in supplies.supply(instance.domain).domain.variations if m.id == id)
    return list(move.reductions(instance))


@pytest.mark.parametrize("domain", supplies.SUPPLIES)
def test_they_are_well_formed_and_repeatable(domain: str, draw: Draw) -> None:
    source = supplies.supply(domain)
    seen = set()
    assumes = frozenset({"bounded"} if domain == "distribution" else ())  # some have a radius then
    for instance in draw(source.drawn(assumes, Size()), 60):
        for move in source.domain.variations:
            found = list(move.reductions(instance))
            assert found == list(move.reductions(instance))
            for varied in found[:6]:
                seen.add(move.id)
                again = source.domain.load(source.domain.dump(varied))  # reads, validates, checks
                assert again == varied
                assert varied != instance
    assert seen == {move.id for move in source.domain.variations}


def test_functions_are_kept_where_they_should_be() -> None:
    before = SHALLOW_RELU.view(NETWORK)["output"]
    halves = variations(NETWORK, "split a neuron")[0]
    assert (SHALLOW_RELU.view(halves)["output"] == before).all()
    assert len(halves["w2"]) == 3
    for balanced in variations(NETWORK, "balance a neuron"):
        assert (SHALLOW_RELU.view(balanced)["output"] == before).all()
    for wider in variations(NETWORK, "add a coordinate"):
        assert (SHALLOW_RELU.view(wider)["output"] == before).all()


def test_a_balanced_neuron_has_equal_derivatives_of_its_mean() -> None:
    ratios = []
    for balanced in variations(NETWORK, "balance a neuron"):
        view = SHALLOW_RELU.view(balanced)
        ratios += [a**2 / b for a, b in zip(view["mean_activation"], view["mean_slope_square"], strict=True)]
    assert any(abs(ratio - 1) < fmpq(1, 1000) for ratio in ratios)


def test_labels_and_batches_follow_the_data() -> None:
    for fewer in variations(NETWORK, "drop a datum"):
        assert (len(fewer["x"]), len(fewer["y"]), fewer["batch_size"]) == (2, 2, 2)
    doubled = variations(NETWORK, "add a datum")[2]
    assert list(doubled["y"]) == [1, 0, 2, 2]
    merged = variations(NETWORK, "merge data")
    assert any(len(m["x"]) == 2 and list(m["y"]) == [fmpq(1, 2), 2] for m in merged)


def test_nothing_grows_for_ever(draw: Draw) -> None:
    for domain in supplies.SUPPLIES:
        source = supplies.supply(domain)
        (instance,) = draw(source.drawn(frozenset(), Size()), 1)
        for _ in range(30):
            larger = max(
                (v for m in source.domain.variations for v in list(m.reductions(instance))[:3]),
                key=lambda v: len(str(source.domain.dump(v))),
                default=instance,
            )
            if len(str(source.domain.dump(larger))) > 200_000:
                break
            instance = larger
        assert len(str(source.domain.dump(instance))) < 200_000, domain
