"""Random float batches of the domain's supply: many regimes, scales and sizes; the best rows are decided exactly."""

from __future__ import annotations

from itertools import cycle

import torch

from refutable.verify.hunting.objective import Undifferentiable
from refutable.verify.hunting.search import Search, Step, Steps

BATCH = 2048
PATIENCE = 20
"""Batches in a row that floats cannot score, after which there is no point."""


def sweep(search: Search) -> Steps:
    """One batch after another, each of its own size; hollow rows are marked down in every second one."""
    generator, failures = search.generator("sweep"), 0
    for objective in cycle((search.objective, search.lenient)):
        rows = search.batch(BATCH, generator)
        if rows is None or objective is None or failures > PATIENCE:
            return
        try:
            with torch.no_grad():
                scores, numbers = objective.of(rows)
        except Undifferentiable:  # not for this size, perhaps
            failures += 1
            yield Step(BATCH)
            continue
        failures = 0
        certified = search.certify(scores, numbers, "sweep")
        yield Step(BATCH + certified.evaluations, certified.score)
