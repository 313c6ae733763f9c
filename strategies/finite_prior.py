"""Priors over classifiers to try claims on: symmetric ones, small tables, and samples that just suffice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from flint import fmpq
from hypothesis import event
from hypothesis import strategies as st

from refutable.strategies.supply import DrawnSupply, Size
from refutable.theorems.domains.finite_prior import FINITE_PRIOR
from refutable.theorems.exact.simplest import simplest_between
from refutable.theorems.instances import Instance
from refutable.theorems.papers.buzaglo_2024.priors import least_samples
from refutable.theorems.papers.buzaglo_2024.sample_sizes import SampleSize

TEACHER_MASSES = tuple(fmpq(p, q) for p, q in ((1, 2), (1, 10), (1, 100), (1, 1000), (1, 10**6), (9, 10), (1, 3)))
DELTAS = tuple(fmpq(p, q) for p, q in ((1, 2), (1, 10), (1, 5), (1, 20), (1, 100), (9, 10)))
WEIGHTS = tuple(fmpq(w) for w in (1, 2, 3, 10, 100))
MOST_SAMPLES = 600
"""More are drawn for no prior: delta is raised instead."""


Table = tuple[list[int], list[list[int]]]
"""Sizes of the blocks, and errors by class and block; the first class is the teacher's function."""


def _symmetric(inputs: int) -> st.SearchStrategy[Table]:
    """One block of inputs; one class or two with a fixed number of errors each."""
    classes = st.lists(st.integers(1, inputs), min_size=1, max_size=2)
    return classes.map(lambda counts: ([inputs], [[0], *([errors] for errors in counts)]))


def _single(inputs: int, most: int) -> st.SearchStrategy[Table]:
    """Single inputs, and any functions on them."""
    numbers = st.lists(st.integers(1, 2**inputs - 1), min_size=1, max_size=most)
    return numbers.map(
        lambda drawn: ([1] * inputs, [[0] * inputs, *([n >> i & 1 for i in range(inputs)] for n in drawn)])
    )


def _blocked(first: int, second: int) -> st.SearchStrategy[Table]:
    """Two blocks of inputs, and classes with errors in both."""
    cells = st.lists(st.integers(0, (first + 1) * (second + 1) - 1), min_size=1, max_size=3)
    return cells.map(lambda drawn: ([first, second], [[0, 0], *(list(divmod(c, second + 1)) for c in drawn)]))


@cache
def tables(size: Size) -> st.SearchStrategy[Table]:
    """Tables of every kind, the simplest first."""
    symmetric = [_symmetric(inputs) for inputs in (1, 2, 4, 8, 20)]
    single = [_single(inputs, size.max_neurons + 2) for inputs in range(2, 1 + min(5, size.max_samples))]
    blocked = [_blocked(*blocks) for blocks in ((1, 1), (2, 1), (3, 4), (6, 5))]
    return st.one_of(*symmetric, *single, *blocked)


def _picks(choices: Sequence[Any]) -> st.SearchStrategy[Any]:
    return st.sampled_from(choices)


PICKED_MASSES, PICKED_DELTAS, PICKED_WEIGHTS = _picks(TEACHER_MASSES), _picks(DELTAS), _picks(WEIGHTS)
SHARES = _picks((fmpq(1), fmpq(1), fmpq(1), fmpq(1, 2), fmpq(99, 100)))
SPARE = _picks((0, 0, 1, 5))
PERCENT = st.integers(0, 100)


@st.composite
def priors(draw: st.DrawFn, size: SampleSize | None, sizes: Size) -> Instance:
    """A prior and a sample; ``size``: a condition on the number of samples that holds, mostly with none to spare."""
    blocks, errors = draw(tables(sizes))
    event("one block" if len(blocks) == 1 else "single inputs" if max(blocks) == 1 else "two blocks")
    p = draw(PICKED_MASSES)
    others = [draw(PICKED_WEIGHTS) for _ in errors[1:]]
    weights = [p, *((1 - p) * w / sum(others) for w in others)]
    found = sorted({sum(row) for row in errors} - {0}) or [1]
    epsilon = fmpq(found[draw(PERCENT) % len(found)], sum(blocks)) * draw(SHARES)
    teacher = sum((w for w, row in zip(weights, errors, strict=True) if not any(row)), fmpq(0))
    delta, samples = _sample(draw, size, teacher, epsilon)
    return FINITE_PRIOR.instance(
        blocks=blocks, errors=errors, prior=weights, epsilon=epsilon, delta=delta, samples=samples
    )


def _sample(draw: st.DrawFn, size: SampleSize | None, p: fmpq, epsilon: fmpq) -> tuple[fmpq, int]:
    """Delta and a number of samples: as many as just suffice or a few more, or a delta that just suffices."""
    if size is None:
        return draw(PICKED_DELTAS), draw(PERCENT) // 8
    delta, tight = draw(PICKED_DELTAS), draw(PERCENT) >= 50
    samples = least_samples(size, p, epsilon, delta)
    if samples > MOST_SAMPLES:
        return fmpq(1), least_samples(size, p, epsilon, fmpq(1))
    if not tight:
        event("as many samples as suffice")
        return delta, samples + draw(SPARE)
    event("delta as small as the samples allow")
    return _least_delta(lambda other: least_samples(size, p, epsilon, other) <= samples, delta), samples


def _least_delta(allowed: Callable[[fmpq], bool], high: fmpq) -> fmpq:
    """A delta of few digits, nearly the least that is allowed, from one that is."""
    low = fmpq(0)
    for _ in range(6):
        middle = (low + high) / 2
        low, high = (low, middle) if allowed(middle) else (middle, high)
    return simplest_between(low + (high - low) / 2, high) if allowed(low + (high - low) / 2) else high


def _condition(assumes: frozenset[str]) -> SampleSize | None:
    """The condition on the number of samples that is assumed.

    Raises:
        ValueError: an assumption id is unknown here, or there are two conditions.
    """
    found = []
    for id in sorted(assumes):
        size = SampleSize.read(id)
        if size is None:
            raise ValueError(f"no finite priors can be drawn under {id!r}: extend this module")
        found.append(size)
    if len(found) > 1:
        raise ValueError("finite priors are drawn under one condition on the number of samples, not under two")
    return found[0] if found else None


@cache
def _drawn(condition: SampleSize | None, size: Size) -> st.SearchStrategy[Instance]:
    return priors(condition, size)


def _priors(assumes: frozenset[str], size: Size, known: bool) -> st.SearchStrategy[Instance]:
    return _drawn(_condition(assumes), size)


SUPPLY = DrawnSupply(FINITE_PRIOR, _priors)
