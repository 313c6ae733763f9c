"""Instances of the domain's Hypothesis strategies, each decided exactly."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain, repeat

from hypothesis import given, seed
from hypothesis.strategies import SearchStrategy

from refutable.theorems.instances import Instance
from refutable.verify.drawing import quiet
from refutable.verify.hunting.judge import DECISION
from refutable.verify.hunting.search import Search, Step, Steps, score_of
from refutable.verify.repeatable import by_seed_alone

AT_ONCE = 40
FIRST = (4, 8, 16)
"""The first batches are smaller: of a small budget most is left for decisions."""


def drawn(search: Search) -> Steps:
    """Batches of drawn instances; without the known families in a cold hunt."""
    strategy = search.supply.drawn(search.assumes, search.options.size, known=not search.options.cold)
    source = search.random("drawn")
    for count in chain(FIRST, repeat(AT_ONCE)):
        instances = draw(strategy, count, source.getrandbits(31))
        yield Step(count * DECISION)
        for instance in instances:
            yield Step(DECISION, score_of(search.decide(instance, "drawn")))


def draw(strategy: SearchStrategy[Instance], count: int, number: int) -> list[Instance]:
    """Distinct instances of a strategy, the same for the same number."""
    found: dict[Instance, None] = {}

    def body(instance: Instance) -> None:
        found[instance] = None

    run: Callable[[], None] = seed(number)(quiet(count)(given(strategy)(body)))
    with by_seed_alone():
        run()
    return list(found)
