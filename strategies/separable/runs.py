"""Runs of gradient descent in floats, on the exponential or the logistic loss; their states are re-read exactly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from flint import fmpq

from refutable.strategies.separable.whitened import whitened_from
from refutable.strategies.supply import Visited, in_turn
from refutable.theorems.domains.separable import SEPARABLE
from refutable.theorems.exact import rational
from refutable.theorems.exact.max_margin import max_margin
from refutable.theorems.instances import Instance

STEPS, TAKEN = 400, 8
"""Steps of a run, and how many of its states are taken."""
LOGISTIC = "stable-step"
OFFERED = frozenset({"separable", "strictly-complementary", "spanning", "support-only", "small-loss-step", LOGISTIC})


class Runs:
    """Step sizes of 0.9 or less of what makes the loss fall; data solved in advance, or anything separable."""

    def offers(self, assumes: frozenset[str]) -> bool:
        """Whether states of runs satisfy these assumptions, re-read exactly."""
        return assumes <= OFFERED

    def states(self, assumes: frozenset[str], count: int, seed: int) -> Iterable[Visited]:
        """Some states of each of several runs, in turn."""
        return in_turn(lambda run: _run(assumes, seed, run), count, seed, "gradient descent")


def _run(assumes: frozenset[str], seed: int, run: int) -> Iterator[tuple[int, Instance]]:
    generator = np.random.default_rng([seed, run])
    rows = _data(generator, assumes)
    x = np.array([[float(entry) for entry in row] for row in rows])
    w: Any = generator.normal(0, 0.5, x.shape[1])
    share = float(generator.uniform(0.2, 0.9))
    eta = share * _largest(x, w, LOGISTIC in assumes)
    taken = set(np.unique(np.geomspace(1, STEPS, TAKEN).astype(int)) - 1)
    for step in range(STEPS):
        if step in taken:
            log_time = rational(float(np.log(step + 1)))
            yield step, SEPARABLE.instance(x=rows, w=w.tolist(), step_size=eta, log_time=log_time)
        u = x @ w
        w = w + eta * (x.T @ (1 / (1 + np.exp(u)) if LOGISTIC in assumes else np.exp(-u)))


def _data(generator: np.random.Generator, assumes: frozenset[str]) -> Any:
    """Data solved in advance, or (where nothing more is asked) others with entries in quarters."""
    d = int(generator.integers(1, 4))
    special = bool(assumes & {"strictly-complementary", "spanning", "support-only"})
    if special or generator.random() < 0.5:
        others = 0 if "support-only" in assumes else int(generator.integers(0, 3))
        return whitened_from(generator, d, others).x.tolist()
    while True:
        rows: Any = [
            [fmpq(int(h), 4) for h in generator.integers(-6, 7, d)] for _ in range(int(generator.integers(1, 5)))
        ]
        if max_margin(rows) is not None:
            return rows


def _largest(x: Any, w: Any, logistic: bool) -> float:
    if logistic:
        return float(8 / np.linalg.norm(x, 2) ** 2)
    return float(1 / ((x**2).sum(1).max() * np.exp(-x @ w).sum()))
