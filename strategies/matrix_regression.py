"""Training states of fully connected linear networks to try claims on: drawn ones, and those that runs visit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from flint import fmpq
from hypothesis import event
from hypothesis import strategies as st

from refutable.strategies.coded_arrays import coded_arrays
from refutable.strategies.supply import DrawnSupply, Size, Visited, refuse_unknown
from refutable.theorems.domains.matrix_regression import MATRIX_REGRESSION
from refutable.theorems.exact import rational
from refutable.theorems.instances import Instance

REACHED, INTERPOLATING, DOMINATED, STEP = "row-space-kept", "interpolating", "layers-dominated", "step-given"
KNOWN = frozenset({REACHED, INTERPOLATING, DOMINATED, STEP})

ENTRIES = tuple(fmpq(p, q) for p, q in ((1, 1), (0, 1), (-1, 1), (1, 2), (2, 1), (-1, 2), (3, 2)))
STEPS = tuple(fmpq(p, q) for p, q in ((1, 2), (1, 1), (1, 10), (1, 100)))
SIZES = tuple(fmpq(p, q) for p, q in ((1, 1), (4, 1), (2, 1), (1, 2), (16, 1)))
"""Of starts: bounds by a power of the norm say more far from 1."""
UNIT_VECTORS = ((fmpq(1),), (fmpq(3, 5), fmpq(4, 5)), (fmpq(1, 2),), (fmpq(-1),), (fmpq(1, 3), fmpq(-2, 3)))
"""Vectors of length at most 1, padded with zeros."""


def matrices(rows: int, columns: int) -> st.SearchStrategy[Any]:
    """Small fractions, all 1 first."""
    return coded_arrays(ENTRIES, rows, columns)


@st.composite
def short_vectors(draw: st.DrawFn, size: int) -> Any:
    """Rational vectors of length at most 1."""
    chosen = draw(st.sampled_from(UNIT_VECTORS))[:size]
    padded = [*chosen, *[fmpq(0)] * (size - len(chosen))]
    turn = draw(st.integers(0, size - 1))
    return np.array(padded[turn:] + padded[:turn], dtype=object)


@st.composite
def dominated_layers(draw: st.DrawFn, w1: Any, deep: bool) -> tuple[Any, Any]:
    """(W_2 or None, last): W_2 = W_1^T B with |B| <= 1, last = W_2^T b with |b| <= 1, so that each is dominated."""
    d, h = w1.shape
    if not deep:
        return None, w1.T @ draw(short_vectors(d))
    short = np.zeros((d, h), dtype=object) + fmpq(0)
    for j in range(min(d, h)):
        short[j, j] = draw(st.sampled_from((fmpq(1), fmpq(1), fmpq(-1), fmpq(1, 2), fmpq(0))))
    w2 = w1.T @ short
    return w2, w2.T @ draw(short_vectors(h))


@st.composite
def states(draw: st.DrawFn, assumes: frozenset[str], size: Size) -> Instance:
    """States that satisfy the assumptions by construction; two inputs, one hidden unit and one datum come first."""
    d, h = draw(st.integers(2, max(2, size.max_inputs))), draw(st.integers(1, max(1, min(3, size.max_neurons))))
    n, deep = draw(st.integers(1, max(1, min(size.max_samples, d - 1)))), draw(st.booleans())
    x, start, other = draw(matrices(n, d)), draw(matrices(d, h)), draw(matrices(d, h))
    x[0, 0] = x[0, 0] or fmpq(1)
    if DOMINATED in assumes:
        start = start * draw(st.sampled_from(SIZES))
    w1 = start + x.T @ draw(matrices(n, h)) if REACHED in assumes or draw(st.booleans()) else other
    w2 = draw(matrices(h, h)) if deep else None
    last = draw(matrices(1, h))[0]
    if DOMINATED in assumes:
        w2, last = draw(dominated_layers(w1, deep))
    event(f"layers: {3 if deep else 2}")
    later = w2 @ last if deep else last
    y = x @ (w1 @ later) if INTERPOLATING in assumes else draw(matrices(1, n))[0]
    weights = draw(st.sampled_from((None, [fmpq(j == 0) for j in range(n)])))
    return MATRIX_REGRESSION.instance(
        first=w1, middle=w2, last=last, first_start=start, middle_start=draw(matrices(h, h)) if deep else None,
        last_start=draw(matrices(1, h))[0], x=x, y=y, sample_weights=weights, step_size=draw(st.sampled_from(STEPS)),
    )  # fmt: skip


STEPS_OF_RUN, EVERY = 60, 8
GRID = 2**24
"""Numbers of runs are re-read on the grid 1/GRID."""


class Runs:
    """Gradient descent and SGD on single data, in floats: W_1 - W_1(0) = X^T A is run through A and re-read exactly."""

    def offers(self, assumes: frozenset[str]) -> bool:
        """Whether states of runs satisfy these assumptions, re-read exactly."""
        return assumes <= KNOWN

    def states(self, assumes: frozenset[str], count: int, seed: int) -> Iterable[Visited]:
        """Some states of each of several runs, in turn; labelled by the network where they must interpolate."""
        run = 0
        while count > 0:
            for step, instance in _run(seed, run, INTERPOLATING in assumes):
                if count > 0:
                    yield Visited(instance, f"{_kind(run)}, seed {seed}, run {run}, step {step}", run)
                count -= 1
            run += 1


def _kind(run: int) -> str:
    return "SGD on single data" if run % 2 else "gradient descent"


def _run(seed: int, run: int, relabel: bool) -> Iterator[tuple[int, Instance]]:
    """A run from W_1(0) of orthogonal columns and smaller later layers: each layer dominates the next one."""
    source = np.random.default_rng([seed, run])
    d, h, n, deep = 3 + run % 2, 2, 2, run % 3 != 0
    x, y = _short(source.standard_normal((n, d))), _short(source.standard_normal(n))
    first = _short(np.linalg.qr(source.standard_normal((d, h)))[0] * 1.5)
    middle_start = _short(np.linalg.qr(source.standard_normal((h, h)))[0] * 0.75) if deep else None
    last_start = _short(0.2 * source.standard_normal(h))
    a, w2, last = np.zeros((n, h)), middle_start, last_start
    for step in range(STEPS_OF_RUN):
        weights = np.full(n, 1 / n) if run % 2 == 0 else np.eye(n)[int(source.integers(n))]
        if step % EVERY == run % EVERY:
            given = None if run % 2 == 0 else weights
            yield step, _read(first, a, w2, last, (middle_start, last_start), (x, y), given, relabel)
        w1 = first + x.T @ a
        later = w2 @ last if w2 is not None else last
        back = weights * (x @ (w1 @ later) - y)
        hidden = w1.T @ (x.T @ back)
        a = a - 0.1 * np.outer(back, later)
        if w2 is not None:
            w2, hidden = w2 - 0.1 * np.outer(hidden, last), w2.T @ hidden
        last = last - 0.1 * hidden


def _short(values: Any) -> Any:
    return np.round(values * 64) / 64


def _exact(values: Any) -> Any:
    out = np.empty(np.shape(values), dtype=object)
    for index, value in np.ndenumerate(values):
        out[index] = rational(round(float(value) * GRID)) / GRID
    return out


def _read(
    first: Any, a: Any, w2: Any, last: Any, starts: tuple[Any, Any], data: tuple[Any, Any], weights: Any, relabel: bool
) -> Instance:
    x, start = _exact(data[0]), _exact(first)
    w1, end = start + x.T @ _exact(a), _exact(last)
    middle = None if w2 is None else _exact(w2)
    later = end if middle is None else middle @ end
    middle_start = None if starts[0] is None else _exact(starts[0])
    return MATRIX_REGRESSION.instance(
        first=w1, middle=middle, last=end, first_start=start, middle_start=middle_start, last_start=_exact(starts[1]),
        x=x, y=x @ (w1 @ later) if relabel else _exact(data[1]),
        sample_weights=None if weights is None else _exact(weights), step_size=fmpq(1, 10),
    )  # fmt: skip


def _drawn(assumes: frozenset[str], size: Size, known: bool) -> st.SearchStrategy[Instance]:
    refuse_unknown(assumes, KNOWN, "training states of linear networks")
    return states(assumes, size)


SUPPLY = DrawnSupply(MATRIX_REGRESSION, _drawn, Runs())
