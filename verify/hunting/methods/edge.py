"""Exact bisection along one number: as far as the assumptions allow, where bounds are tightest."""

from __future__ import annotations

from itertools import pairwise

from flint import fmpq

from refutable.theorems.instances import Field, Instance
from refutable.verify.hunting.judge import DECISION
from refutable.verify.hunting.methods.drawn import draw
from refutable.verify.hunting.search import Search, Step, Steps, score_of

HALVINGS = 48
REACH = 6
"""Factors 2^-6 to 2^6 are tried for a side change of the verdict."""
ALLOWED = ("holds", "agrees", "violated")


def edge(search: Search) -> Steps:
    """From drawn instances and the best ones, along each positive number: the last place the assumptions allow."""
    fields = [f for f in search.target.claim.domain.fields if f.positive and not f.shape and f.kind == "rational"]
    strategy = search.supply.drawn(search.assumes, search.options.size, known=not search.options.cold)
    source = search.random("edge")
    while fields:
        drawn = draw(strategy, 4, source.getrandbits(31))[-2:]
        yield Step(len(drawn) * DECISION)  # also where no instance has such a number
        best = [instance for _, instance in search.pool[:4]]
        for instance in [*drawn, *source.sample(best, min(1, len(best)))]:
            for field in fields:
                if instance[field.name] is not None:
                    yield from _bisect(search, instance, field)


def _bisect(search: Search, instance: Instance, field: Field) -> Steps:
    """Places on a ladder of factors, then halvings wherever the assumptions end between two of them."""
    allowed: dict[fmpq, bool] = {}
    places = [instance[field.name] * fmpq(2) ** j for j in range(-REACH, REACH + 1)]
    for place in places:
        yield from _try(search, instance, field, place, allowed)
    for low, high in pairwise(places):
        if allowed[low] != allowed[high]:
            inside, outside = (low, high) if allowed[low] else (high, low)
            for _ in range(HALVINGS):
                middle = (inside + outside) / 2
                yield from _try(search, instance, field, middle, allowed)
                inside, outside = (middle, outside) if allowed[middle] else (inside, middle)


def _try(search: Search, instance: Instance, field: Field, value: fmpq, allowed: dict[fmpq, bool]) -> Steps:
    outcome = search.decide(instance.replace(**{field.name: value}), "edge")
    allowed[value] = outcome.verdict in ALLOWED
    yield Step(DECISION, score_of(outcome))
