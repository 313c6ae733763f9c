"""Normalised gradient descent to try claims on: drawn states, and those that runs visit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from flint import fmpq
from hypothesis import strategies as st

from refutable.strategies.supply import DrawnSupply, Size, Visited, in_turn, refuse_unknown
from refutable.theorems.domains.normalised_descent import NORMALISED_DESCENT
from refutable.theorems.domains.number_moves import sealed
from refutable.theorems.exact import rational
from refutable.theorems.instances import Instance

UNIT, SEPARABLE, FROM_ZERO = "unit-data", "separable", "starts-at-zero"
BRACKET = "nonnegative-bracket"
KNOWN = frozenset({UNIT, SEPARABLE, FROM_ZERO, BRACKET})

STEP_SIZES = tuple(fmpq(p, q) for p, q in ((1, 1), (1, 2), (3, 2), (2, 1), (1, 8), (1, 64), (3, 1), (1, 2**21)))
RUNS, LONG_RUNS = (1, 2, 3, 5, 8), (4, 6, 9, 14, 20, 30, 1)


def unit_norm(rows: list[list[fmpq]]) -> list[list[fmpq]]:
    """The rows divided by the least simple number that makes none longer than 1."""
    longest = max(sum((q * q for q in row), fmpq(0)) for row in rows)
    factor = fmpq(1)
    while longest > factor * factor:
        factor += fmpq(1, 4)
    return [[q / factor for q in row] for row in rows]


@st.composite
def rows(draw: st.DrawFn, n: int, d: int, assumes: frozenset[str]) -> list[list[fmpq]]:
    """Quarter-integer rows, not all 0; a positive first entry makes them separable."""
    drawn = [[fmpq(draw(st.integers(-8, 8)), 4) for _ in range(d)] for _ in range(n)]
    if not any(q for row in drawn for q in row):
        drawn[0][0] = fmpq(1)
    if assumes & {SEPARABLE, BRACKET}:
        drawn = [[fmpq(draw(st.integers(1, 8)), 4), *row[1:]] for row in drawn]
    return unit_norm(drawn) if UNIT in assumes else drawn


@st.composite
def states(draw: st.DrawFn, assumes: frozenset[str], size: Size) -> Instance:
    """States that satisfy the assumptions by construction; one datum comes first."""
    n, d = draw(st.integers(1, min(4, size.max_samples))), draw(st.integers(1, min(3, size.max_inputs)))
    x = draw(rows(n, d, assumes))
    w = [fmpq(0 if FROM_ZERO in assumes else draw(st.integers(-12, 12)), 4) for _ in range(d)]
    lengths = LONG_RUNS if BRACKET in assumes else RUNS
    drawn = NORMALISED_DESCENT.instance(
        x=x, w=w, step_size=draw(st.sampled_from(STEP_SIZES)), steps=draw(st.sampled_from(lengths))
    )
    return bracketed(drawn) if BRACKET in assumes else drawn


def bracketed(instance: Instance) -> Instance:
    """With a run long enough for sum eta g^2 (1 - eta/2) >= log N; with one datum where no short run is."""
    for steps in (instance["steps"], 64):
        view = NORMALISED_DESCENT.view(instance.replace(steps=steps))
        if float(view["run_decrease"]) > 1e-9 + np.log(len(instance["x"])):
            return instance.replace(steps=steps)
    return instance.replace(x=sealed(instance["x"][:1]))


STEPS, EVERY = 400, 40


class Runs:
    """Normalised gradient descent from 0 on separable data in the unit ball, step sizes 1/sqrt(t + 1)."""

    def offers(self, assumes: frozenset[str]) -> bool:
        """States of runs satisfy what is said of data and of one step."""
        return assumes <= {UNIT, SEPARABLE}

    def states(self, assumes: frozenset[str], count: int, seed: int) -> Iterable[Visited]:
        """Some states of each of several runs, in turn."""
        return in_turn(lambda run: _run(seed, run), count, seed, "normalised gradient descent")


def separable_rows(source: np.random.Generator, n: int, d: int) -> Any:
    """Float rows [n, d] in the unit ball with a positive first entry."""
    x = source.standard_normal((n, d))
    x[:, 0] = 0.1 + np.abs(x[:, 0])
    return x / (1.001 * np.linalg.norm(x, axis=1).max())


def _run(seed: int, run: int) -> Iterator[tuple[int, Instance]]:
    source = np.random.default_rng([seed, run])
    n, d = 2 + run % 3, 2 + run % 2
    x, w = separable_rows(source, n, d), np.zeros(d)
    offset = int(source.integers(EVERY))
    for t in range(STEPS):
        step_size = 1 / np.sqrt(t + 1)
        if t % EVERY == offset:
            yield (
                t,
                NORMALISED_DESCENT.instance(x=x.tolist(), w=w.tolist(), step_size=rational(float(step_size)), steps=1),
            )
        weights = np.exp(-(x @ w))
        w = w + step_size * (x.T @ weights) / weights.sum()


def _drawn(assumes: frozenset[str], size: Size, known: bool) -> st.SearchStrategy[Instance]:
    refuse_unknown(assumes, KNOWN, "runs of normalised descent")
    return states(assumes, size)


SUPPLY = DrawnSupply(NORMALISED_DESCENT, _drawn, Runs())
