"""Evolution: structural variations of the best instances, each improved by CMA-ES on floats or exact decisions."""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable
from itertools import islice
from typing import Any

import numpy as np
import torch

from refutable.theorems.domains.domain import Domain
from refutable.theorems.instances import Instance
from refutable.verify.hunting.ascent import free_names
from refutable.verify.hunting.encoding import Encoding
from refutable.verify.hunting.judge import DECISION
from refutable.verify.hunting.methods.drawn import draw
from refutable.verify.hunting.objective import HOPELESS, Undifferentiable
from refutable.verify.hunting.rows import batch_of
from refutable.verify.hunting.search import Search, Step, Steps, score_of, to_device

POPULATION = 16
GENERATIONS_FLOAT, GENERATIONS_EXACT = 120, 12
FIRST_SPREAD = 0.3
MAX_LENGTH = 200
GENERATION = 200
"""A generation of CMA-ES costs about as much as this many float evaluations."""
LIMIT = 200
"""Of the variations of one kind, one of the first so many is taken."""


def evolve(search: Search) -> Steps:
    """Vary, improve, keep: one child after another."""
    source = search.random("evolve")
    strategy = search.supply.drawn(search.assumes, search.options.size, known=not search.options.cold)
    while True:
        parent = _parent(search, source)
        if parent is None:
            parent = draw(strategy, 4, source.getrandbits(31))[-1]
        child = vary(search.target.claim.domain, parent, source)
        yield from _improved(search, child, source)


def _parent(search: Search, source: random.Random) -> Instance | None:
    """One of the best, the better the likelier; None at times, and while there is none: a fresh one is drawn."""
    if not search.pool or source.random() < 0.3:
        return None
    place = int(len(search.pool) * source.random() ** 2)
    return search.pool[place][1]


def vary(domain: Domain, instance: Instance, source: random.Random) -> Instance:
    """The instance, or up to two of its structural variations and reductions away."""
    for _ in range(source.randint(0, 2)):
        kinds = [*domain.variations, *domain.variations, *domain.moves]
        if not kinds:
            return instance
        found = list(islice(source.choice(kinds).reductions(instance), LIMIT))
        if found:
            instance = source.choice(found)
    return instance


def _improved(search: Search, child: Instance, source: random.Random) -> Steps:
    search.decide(child, "evolve")
    yield Step(DECISION, search.score)
    encoding = Encoding(search.target.claim.domain, child, _enforced(search, child))
    if search.found or not 1 <= encoding.length <= MAX_LENGTH:
        return
    strategy = _strategy(encoding.length, source)
    if strategy is None:
        return
    if search.objective is not None:
        yield from _on_floats(search, encoding, strategy)
    else:
        yield from _on_decisions(search, encoding, strategy)


def _enforced(search: Search, child: Instance) -> frozenset[str]:
    """Fields that assumptions set: there is nothing to search in them."""
    if search.objective is None:
        return frozenset()
    rows = to_device(batch_of([child]), search.device)
    try:
        return frozenset(rows) - set(free_names(search.objective, rows))
    except Exception:  # an enforcement is made for the supply's own batches: this child may have another form
        return frozenset()


def _strategy(length: int, source: random.Random) -> Any:
    """A CMA-ES from the origin with random numbers of its own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import cma

        numbers = np.random.default_rng(source.getrandbits(32))
        options = {
            "popsize": POPULATION,
            "verbose": -9,
            "seed": np.nan,
            "randn": lambda *shape: numbers.standard_normal(shape),
        }
        # CMA-ES wants at least two coordinates: the second one is ignored.
        return cma.CMAEvolutionStrategy(max(2, length) * [0.0], FIRST_SPREAD, options)


def _on_floats(search: Search, encoding: Encoding, strategy: Any) -> Steps:
    best = HOPELESS
    for generation in range(GENERATIONS_FLOAT):
        vectors = strategy.ask()
        try:
            with torch.no_grad():
                rows = encoding.rows([v[: encoding.length] for v in vectors])
                scores, numbers = _scored(search, to_device(rows, search.device))
        except Undifferentiable:
            yield Step(POPULATION)
            return
        _tell(strategy, vectors, [-float(s) for s in scores])
        best = max(best, float(scores.max()))
        if best > 0 or generation % 20 == 19:
            step = search.certify(scores, numbers, "evolve")
            yield Step(20 * GENERATION + step.evaluations, best)
        if search.found or best > 0 or strategy.stop():  # a violation that did not certify, or a hollow one
            return


def _scored(search: Search, rows: Any) -> tuple[torch.Tensor, Any]:
    if search.objective is None:
        raise Undifferentiable("no float version")
    return search.objective.of(rows)


def _on_decisions(search: Search, encoding: Encoding, strategy: Any) -> Steps:
    """Exact decisions of rounded candidates; those whose assumptions fail rank by how many hold."""
    for _ in range(GENERATIONS_EXACT):
        vectors = strategy.ask()
        costs = []
        for vector in vectors:
            instance = encoding.instance_of(vector[: encoding.length])
            costs.append(1e6 if instance is None else _cost(search, instance))
            if search.found:
                break
        yield Step(DECISION * len(costs), search.score)
        if search.found or strategy.stop():
            return
        _tell(strategy, vectors, costs)


def _cost(search: Search, instance: Instance) -> float:
    outcome = search.decide(instance, "evolve")
    score = score_of(outcome)
    if score > HOPELESS:
        return -score
    return 1e3 + sum(1.0 for a in outcome.assumptions if a.verdict != "holds")


def _tell(strategy: Any, vectors: Any, costs: list[float]) -> None:
    tell: Callable[[Any, list[float]], None] = strategy.tell
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tell(vectors, costs)
