"""Exact bisection along one number: as far as the assumptions allow, where bounds are tightest."""

from __future__ import annotations

from collections.abc import Iterator

from flint import fmpq

from refutable.theorems.instances import Field, Instance
from refutable.verify.hunting.judge import DECISION
from refutable.verify.hunting.methods.drawn import draw
from refutable.verify.hunting.search import Search, Step, Steps

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
        best = [instance for _, instance in search.pool[:4]]
        for instance in [*drawn, *source.sample(best, min(1, len(best)))]:
            for field in fields:
                if instance[field.name] is not None:
                    yield from _bisect(search, instance, field)


def _bisect(search: Search, instance: Instance, field: Field) -> Steps:
    before, value = search.judge.decided, instance[field.name]
    try:
        for inside, outside in _brackets(search, instance, field, value):
            _narrow(search, instance, field, inside, outside)
            if search.found:
                break
    except (ArithmeticError, ValueError, IndexError):
        pass
    yield Step((search.judge.decided - before + 1) * DECISION, search.score)


def _brackets(search: Search, instance: Instance, field: Field, value: fmpq) -> Iterator[tuple[fmpq, fmpq]]:
    """Neighbouring powers of two times the value, the assumptions holding at the first and not at the second."""
    places = [value * fmpq(2) ** j for j in range(-REACH, REACH + 1)]
    allowed = [_allowed(search, instance, field, place) for place in places]
    for i in range(len(places) - 1):
        if allowed[i] != allowed[i + 1]:
            yield (places[i], places[i + 1]) if allowed[i] else (places[i + 1], places[i])


def _narrow(search: Search, instance: Instance, field: Field, inside: fmpq, outside: fmpq) -> None:
    for _ in range(HALVINGS):
        middle = (inside + outside) / 2
        if _allowed(search, instance, field, middle):
            inside = middle
        else:
            outside = middle
        if search.found:
            return


def _allowed(search: Search, instance: Instance, field: Field, value: fmpq) -> bool:
    return search.decide(instance.replace(**{field.name: value}), "edge").verdict in ALLOWED
