"""Ascent in exact arithmetic: where floats end, and to widen the margin of a float violation that did not certify."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.exact import as_real
from refutable.theorems.instances import Instance
from refutable.theorems.ops.rounded import RoundedOps
from refutable.verify.decide import Outcome
from refutable.verify.hunting.judge import DECISION
from refutable.verify.hunting.search import IDLE, Search, Step, Steps

ROUNDS = 300
FIRST, LAST = 12, 80
"""Steps are 2^-12 of the scale at first, 2^-80 at last."""
BITS = 256
NEAR = -1e-4
"""Only instances nearer than this to a violation are polished."""


def polish(search: Search) -> Steps:
    """Random steps of shrinking size from the best instances, judged by enclosures of both sides."""
    source = search.random("polish")
    tried: set[Instance] = set()
    while True:
        start = _start(search, tried)
        if start is None:
            yield IDLE
            continue
        tried.add(start)
        yield from _climb(search, start, source)
        _widened(search, start)


def _start(search: Search, tried: set[Instance]) -> Instance | None:
    suspected = [s.instance for s in search.judge.suspicions]
    near = [instance for score, instance in search.pool if score > NEAR]
    return next((i for i in [*suspected, *near] if i not in tried), None)


def _widened(search: Search, start: Instance) -> None:
    found = search.judge.suspicions
    found[:] = [replace(s, widened=True) if s.instance == start else s for s in found]


def _climb(search: Search, start: Instance, source: random.Random) -> Steps:
    """One-plus-one evolution: steps twice as long after a success, a little shorter after a failure."""
    best, value, exponent = start, margin(search.decide(start, "polish")), float(FIRST)
    for _ in range(ROUNDS):
        candidate = _fitted(search, _beside(best, int(exponent), source))
        found = None if candidate is None else margin(search.decide(candidate, "polish"))
        if candidate is not None and found is not None and (value is None or found > value):
            best, value, exponent = candidate, found, max(FIRST, exponent - 1)
        else:
            exponent = min(LAST, exponent + 0.25)
        yield Step(DECISION, search.score)
        if search.found:
            return


def margin(outcome: Outcome) -> Any:
    """(left - right)/right of a decided headline, to `BITS` bits, comparable; None where it says nothing."""
    if outcome.verdict not in ("holds", "agrees", "violated") or outcome.headline is None:
        return None
    left, right = outcome.headline.left, outcome.headline.right
    if left is None or right is None:
        return None
    a, b = as_real(left).ball(BITS), as_real(right).ball(BITS)
    return ((a - b) / abs(b)).mid() if not b.contains(0) else None


def _beside(instance: Instance, exponent: int, source: random.Random) -> Instance:
    """Every number moved by a random dyadic step of relative size about 2^-exponent."""
    changes = {name: _moved(value, exponent, source) for name, value in instance.values.items()}
    return instance.replace(**{n: v for n, v in changes.items() if v is not None})


def _moved(value: Any, exponent: int, source: random.Random) -> Any:
    if isinstance(value, fmpq):
        return value + _step(abs(value), exponent, source)
    if isinstance(value, tuple):
        return tuple(_moved(part, exponent, source) for part in value)
    if isinstance(value, np.ndarray):
        scale = max((abs(v) for v in value.ravel()), default=fmpq(1))
        out = np.array([v + _step(scale, exponent, source) for v in value.ravel()], dtype=object)
        out = out.reshape(value.shape)
        out.setflags(write=False)
        return out
    return None


def _step(scale: fmpq, exponent: int, source: random.Random) -> fmpq:
    """A random dyadic number of size about 2^-exponent times the scale, which is rounded to a power of two."""
    height = int(scale.p).bit_length() - int(scale.q).bit_length() if scale != 0 else 0
    return fmpq(source.randint(-1024, 1024), 1024) * fmpq(2) ** (height - exponent)


def _fitted(search: Search, instance: Instance) -> Instance | None:
    """The enforced fields recomputed to 256 bits; None where that is not possible in this arithmetic."""
    try:
        return instance.replace(**search.target.claim.fitted(instance.values, RoundedOps()))
    except Exception:  # an enforcement may be made for float batches only
        return None
