"""Multi-start gradient ascent: from random rows, from drawn and from the best instances with noise."""

from __future__ import annotations

import torch
from hypothesis.strategies import SearchStrategy

from refutable.theorems.instances import Instance
from refutable.verify.hunting.ascent import Ascent
from refutable.verify.hunting.methods.drawn import draw
from refutable.verify.hunting.objective import Objective, Rows, Undifferentiable
from refutable.verify.hunting.rows import batch_of, is_float, repeated, take
from refutable.verify.hunting.search import Search, Step, Steps, to_device

STARTS = 128
CANDIDATES = 1024
ITERATIONS = 400
AT_ONCE = 50
PATIENCE = 20
"""Starts in a row that floats cannot climb from, after which there is no point."""
LENIENT = 7
"""In one run of so many hollow rows are not marked down."""
SMALLEST_NOISE = 20
"""Noise around a start is 2^-j of its scale, j up to this."""


def ascend(search: Search) -> Steps:
    """Runs of `STARTS` rows each: random ones, neighbours of a drawn instance, neighbours of the best so far."""
    generator = search.generator("ascend")
    strategy = search.supply.drawn(search.assumes, search.options.size, known=not search.options.cold)
    turn = 0
    failures = 0
    while search.objective is not None and search.lenient is not None and failures <= PATIENCE:
        objective = search.lenient if turn % LENIENT == LENIENT - 2 else search.objective
        turn += 1
        try:
            rows = _start(search, objective, strategy, turn - 1, generator)
            if rows is not None:
                yield from climb(search, objective, rows, ITERATIONS, "ascend")
            failures = 0
        except Undifferentiable:  # not for this size, perhaps, or nothing to climb
            failures += 1
        yield Step(CANDIDATES)


def climb(search: Search, objective: Objective, rows: Rows, iterations: int, method: str) -> Steps:
    """One ascent, certified whenever floats see a violation and at the end.

    Raises:
        Undifferentiable: the rows cannot be scored, or no free field moves the score.
    """
    ascent = Ascent(objective, to_device(rows, search.device), iterations)
    while not ascent.done:
        made = ascent.advance(AT_ONCE)
        best = float(ascent.scores.max())
        if best > 1e-9 or ascent.done:
            step = search.certify(ascent.scores, ascent.best, method, always=ascent.done)
            yield Step(made + step.evaluations, best)
        else:
            yield Step(made, best)


def _start(
    search: Search, objective: Objective, strategy: SearchStrategy[Instance], turn: int, generator: torch.Generator
) -> Rows | None:
    if turn % 4 == 2 and search.pool:
        chosen = min(int(torch.randint(4, (), generator=generator)), len(search.pool) - 1)
        return neighbours(search.pool[chosen][1], STARTS, generator)
    if turn % 4 == 3:
        found = draw(strategy, 8, int(torch.randint(2**31, (), generator=generator)))
        return neighbours(found[-1], STARTS, generator) if found else None
    rows = search.batch(CANDIDATES, generator)
    if rows is None:
        return None
    if turn % 2:
        rows = without_optional(search, objective, rows)
    return _half_best(objective, rows)


def without_optional(search: Search, objective: Objective, rows: Rows) -> Rows:
    """The rows with optional arrays left out, labels for instance, where the claim still makes sense."""
    fields = search.target.claim.domain.fields
    for name in [f.name for f in fields if f.optional and f.shape and is_float(rows.get(f.name))]:
        bare = rows | {name: None}
        try:
            with torch.no_grad():
                objective.of(to_device(take(bare, torch.arange(2)), search.device))
        except Undifferentiable:
            continue
        rows = bare
    return rows


def _half_best(objective: Objective, rows: Rows) -> Rows:
    """The best of many random rows, as many of them again as they come."""
    with torch.no_grad():
        scores, _ = objective.of(rows)
    best = torch.argsort(scores, descending=True)[: STARTS // 2]
    others = torch.arange(STARTS - len(best), device=best.device)
    return take(rows, torch.cat([best, others]))


def neighbours(instance: Instance, count: int, generator: torch.Generator) -> Rows:
    """The instance as ``count`` float rows, all but the first with noise of many sizes."""
    rows = repeated(batch_of([instance]), count)
    sizes = 2.0 ** -(1 + SMALLEST_NOISE * torch.rand(count, dtype=torch.float64, generator=generator))
    sizes[0] = 0
    return {name: _noisy(value, sizes, generator) if is_float(value) else value for name, value in rows.items()}


def _noisy(value: torch.Tensor | tuple[torch.Tensor, ...], sizes: torch.Tensor, generator: torch.Generator) -> object:
    if isinstance(value, tuple):
        return tuple(_noisy(part, sizes, generator) for part in value)
    noise = torch.randn(value.shape, dtype=torch.float64, generator=generator)
    scale = value.square().mean().sqrt().clamp(min=1e-2)
    spread = sizes.reshape(-1, *(1,) * (value.ndim - 1))
    if bool((value > 0).all()) and value.ndim == 1:
        return value * torch.exp(spread * noise)
    return value + spread * scale * noise
