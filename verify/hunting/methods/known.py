"""What is known beforehand: hints of the record, kept witnesses, equality families, trained minima."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from refutable.theorems.catalogue import CATALOGUE
from refutable.theorems.instances import Instance
from refutable.theorems.records import all_mutants
from refutable.verify.hunting.judge import DECISION
from refutable.verify.hunting.rows import batch_of, instance_at
from refutable.verify.hunting.search import Search, Step, Steps, score_of

PER_FAMILY = 12
TRAINED = 120


def known(search: Search) -> Steps:
    """Every known instance of the domain, as it is and with its enforced fields made to fit."""
    for instance in _unique(_instances(search)):
        for candidate in _as_is_and_fitted(search, instance):
            yield Step(DECISION, score_of(search.decide(candidate, "known")))


def _unique(instances: Iterator[Instance]) -> Iterator[Instance]:
    seen: set[Instance] = set()
    for instance in instances:
        if instance not in seen:
            seen.add(instance)
            yield instance


def _instances(search: Search) -> Iterator[Instance]:
    domain = search.target.claim.domain.id
    yield from search.target.hints
    for family in search.target.families:
        yield family.first()
    yield from search.kept
    for family in search.target.families:
        yield from (i for i in [*family.instances(PER_FAMILY), family.last()] if i.domain == domain)
    yield from zoo(domain)
    trained = search.supply.trained(search.assumes, "ci", search.options.device)
    yield from (one.instance for one in trained.instances[:TRAINED])


def zoo(domain: str) -> Iterator[Instance]:
    """Every instance that some record names in the domain: killers of mutants, witnesses of necessity."""
    for record in CATALOGUE:
        found = [m.witness() for m in all_mutants(record)]
        found += [w for entry in record.necessity if (w := entry.instance()) is not None]
        yield from (w for w in found if w.domain == domain)


def _as_is_and_fitted(search: Search, instance: Instance) -> list[Instance]:
    """The instance, and a copy with enforced fields (a step size, say) proposed by floats."""
    fitted = fit(search, instance)
    return [instance] if fitted is None or fitted == instance else [instance, fitted]


def fit(search: Search, instance: Instance) -> Instance | None:
    """The instance with every enforceable assumption made to hold, exact elsewhere; None where floats cannot."""
    if search.objective is None:
        return None
    rows = batch_of([instance], search.device)
    try:
        numbers = search.objective.numbers(rows)
    except Exception:  # an enforcement is made for the supply's own batches: this instance may have another form
        return None
    changed = instance_at(search.target.claim.domain, numbers, 0)
    if changed is None:
        return None
    return instance.replace(**{n: changed[n] for n, value in numbers.items() if not _same(value, rows.get(n))})


def _same(a: Any, b: Any) -> bool:
    """Whether fitting left a field as it was."""
    if isinstance(a, Tensor) and isinstance(b, Tensor):
        return torch.equal(a, b)
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(map(_same, a, b))
    return a is b
