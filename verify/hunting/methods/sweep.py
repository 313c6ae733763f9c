"""Random float batches of the domain's supply: many regimes, scales and sizes; the best rows are decided exactly."""

from __future__ import annotations

from itertools import cycle

import torch

from refutable.verify.hunting.search import Search, Step, Steps

BATCH = 2048


def sweep(search: Search) -> Steps:
    """One batch after another, each of its own size."""
    generator = search.generator("sweep")
    for objective in cycle((search.objective, search.lenient)):
        if objective is None:
            return
        rows = search.batch(BATCH, generator)
        if rows is None:
            return
        with torch.no_grad():
            scores, numbers = objective.of(rows)
        certified = search.certify(scores, numbers, "sweep")
        yield Step(BATCH + certified.evaluations, certified.score)
