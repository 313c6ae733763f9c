"""Stochastic gradient descent to try claims on: drawn states, and those that runs visit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from flint import fmpq
from hypothesis import strategies as st

from refutable.strategies.separable.whitened import whitened_data
from refutable.strategies.supply import DrawnSupply, Size, Visited, in_turn, refuse_unknown
from refutable.theorems.domains.minibatch_descent import MINIBATCH_DESCENT
from refutable.theorems.exact import rational, to_float
from refutable.theorems.instances import Instance

SEPARABLE, SMALL_STEP, STRICT = "separable", "step-below-bound", "support-vectors-used"
FULL_BATCH, UNSQUARED = "full-batch-step", "margin-not-squared"
BOUNDED = frozenset({SMALL_STEP, FULL_BATCH, UNSQUARED})
KNOWN = BOUNDED | {SEPARABLE, STRICT}

STEP_SIZES = tuple(fmpq(p, q) for p, q in ((1, 1), (1, 2), (1, 8), (1, 32), (3, 1), (8, 1)))
TIMES = tuple(fmpq(p, q) for p, q in ((10, 1), (1, 1), (1000, 1), (10**6, 1), (1, 2)))
SHARES = tuple(fmpq(p, q) for p, q in ((1, 2), (9, 10), (1, 8), (999, 1000)))
"""Step size over its bound."""


@st.composite
def rows(draw: st.DrawFn, n: int, d: int, separable: bool) -> list[list[fmpq]]:
    """Quarter-integer rows, not all 0; a positive first entry, sometimes a small one, makes them separable."""
    drawn = [[fmpq(draw(st.integers(-8, 8)), 4) for _ in range(d)] for _ in range(n)]
    if not separable:
        return drawn if any(q for row in drawn for q in row) else [[fmpq(1)] * d, *drawn[1:]]
    unit = draw(st.sampled_from((fmpq(1, 2), fmpq(1, 8))))
    thin = [[unit * draw(st.integers(1, 4)), *row[1:]] for row in drawn]
    if n > 1 and draw(st.booleans()):
        thin[1] = [thin[0][0], *(-q for q in thin[0][1:])]  # nearly opposite data have small margins
    return thin


@st.composite
def states(draw: st.DrawFn, assumes: frozenset[str], size: Size) -> Instance:
    """States that satisfy the assumptions by construction; one datum at 0 comes first."""
    if STRICT in assumes:
        x = draw(whitened_data(draw(st.integers(1, min(3, size.max_inputs))), 1)).x.tolist()
        n, d = len(x), len(x[0])
    else:
        n, d = draw(st.integers(1, min(4, size.max_samples))), draw(st.integers(1, min(3, size.max_inputs)))
        x = draw(rows(n, d, bool(assumes)))
    reach = draw(st.sampled_from((0, 2, 8)))  # runs start at 0
    w = [fmpq(draw(st.integers(-reach, reach)), 4) for _ in range(d)]
    batch_size = draw(st.integers(1, n))
    step_size = draw(st.sampled_from(SHARES if assumes & BOUNDED else STEP_SIZES))
    time = draw(st.sampled_from(TIMES))
    drawn = MINIBATCH_DESCENT.instance(x=x, w=w, step_size=step_size, batch_size=batch_size, time=time)
    return drawn.replace(step_size=step_size * bound(drawn, assumes)) if assumes & BOUNDED else drawn


def bound(instance: Instance, assumes: frozenset[str] = frozenset({SMALL_STEP})) -> fmpq:
    """A rational just below 2 gamma^2 B / (beta sigma^4), beta = 1/4, or another bound that is assumed."""
    view = MINIBATCH_DESCENT.view(instance)
    sigma_square = rational(float(view["sigma_square"]) * (1 + 1e-9))
    found: fmpq = 8 / sigma_square
    if FULL_BATCH not in assumes:
        share: fmpq = fmpq(instance["batch_size"]) * view["margin_square"] / sigma_square
        found *= share if SMALL_STEP in assumes else rational(to_float(share / instance["batch_size"]) ** 0.5)
    return found


STEPS, EVERY = 300, 30


class Runs:
    """Runs with distinct data in each batch, from 0, step sizes at most 2/(beta sigma^2)."""

    def offers(self, assumes: frozenset[str]) -> bool:
        """States of runs satisfy what is said of the data, and of the step size where that is asked."""
        return assumes <= {SEPARABLE, SMALL_STEP}

    def states(self, assumes: frozenset[str], count: int, seed: int) -> Iterable[Visited]:
        """Some states of each of several runs, in turn."""
        return in_turn(lambda run: _run(seed, run, SMALL_STEP in assumes), count, seed, "stochastic gradient descent")


def _run(seed: int, run: int, small: bool) -> Iterator[tuple[int, Instance]]:
    source = np.random.default_rng([seed, run])
    n, d = 2 + run % 3, 2 + run % 2
    whole = source.integers(-32, 33, (n, d))
    whole[:, 0] = source.integers(4, 33, n)
    x, w, batch_size = whole / 16, np.zeros(d), 1 + run % 2
    step_size = source.uniform(0.2, 0.9) * 8 / float(np.linalg.norm(x, 2)) ** 2
    if small:
        start = MINIBATCH_DESCENT.instance(x=x.tolist(), w=w.tolist(), step_size=1, batch_size=batch_size)
        step_size = 0.9 * to_float(bound(start))
    offset = int(source.integers(EVERY))
    for t in range(STEPS):
        if t % EVERY == offset:
            yield (
                t,
                MINIBATCH_DESCENT.instance(
                    x=x.tolist(), w=w.tolist(), step_size=rational(float(step_size)), batch_size=batch_size
                ),
            )
        chosen = source.choice(n, batch_size, replace=False)
        w = w + step_size / batch_size * x[chosen].T @ (1 / (1 + np.exp(x[chosen] @ w)))


def _drawn(assumes: frozenset[str], size: Size, known: bool) -> st.SearchStrategy[Instance]:
    refuse_unknown(assumes, KNOWN, "steps of stochastic gradient descent")
    return states(assumes, size)


SUPPLY = DrawnSupply(MINIBATCH_DESCENT, _drawn, Runs())
