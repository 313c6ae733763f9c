"""Runs of gradient descent in floats; the states they visit are re-read as exact numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from refutable.strategies.scalar_factors.demands import Demands
from refutable.strategies.scalar_factors.near_edge import along_flow
from refutable.strategies.supply import Visited
from refutable.theorems.domains.scalar_factors import SCALAR_FACTORS
from refutable.theorems.instances import Instance

STATES_OF_A_RUN = 8
LONGEST_RUN = 200
CONVERGED = 1e-9
RUNS_PER_STATE = 40


class Runs:
    """Gradient descent from (0.2, 1.3) times a minimum's product, step size * phi between 1.2 and 2 sqrt 2."""

    def offers(self, assumes: frozenset[str]) -> bool:
        """Whether such runs pass states that satisfy these assumptions."""
        try:
            demands = Demands.of(assumes)
        except ValueError:
            return False
        return "minimum" not in demands

    def states(self, assumes: frozenset[str], count: int, seed: int) -> Iterator[Visited]:
        """Up to ``count`` states of several runs, a few of each."""
        demands, given = Demands.of(assumes), 0
        for run in range(RUNS_PER_STATE * count):
            generator = np.random.default_rng((seed, run))
            for instance, step in self._run(demands, generator):
                if given == count:
                    return
                given += 1
                yield Visited(instance, f"seed {seed}, run {run}, step {step}", run)

    def _run(self, demands: Demands, generator: np.random.Generator) -> Iterator[tuple[Instance, int]]:
        """Some states of one run that seem to satisfy the assumptions in floats, each with its step."""
        size = 2 if demands.two else int(generator.integers(2, 5))
        logs = generator.normal(0, generator.uniform(0, 1.5), size)
        minimum = np.exp(logs - logs.mean())
        edge = generator.uniform(1.2, 2.2 if demands.runs else 2 * math.sqrt(2))
        eta = edge / float((minimum ** (-2)).sum())
        weights, given = along_flow(minimum**2, generator.uniform(0.2, 1.3)), 0
        for step in range(LONGEST_RUN):
            if given == STATES_OF_A_RUN or not (weights > 0).all() or abs(weights.prod() - 1) < CONVERGED:
                return
            if generator.random() < 0.5 and suits(weights, eta, demands):
                given += 1
                steps = int(generator.integers(1, 5))
                instance = SCALAR_FACTORS.instance(weights=weights.tolist(), step_size=eta, steps=steps)
                yield instance, step
            weights = stepped(weights, eta)


def stepped(weights: np.ndarray, eta: float) -> np.ndarray:
    """One step of gradient descent on positive weights [D]."""
    p = weights.prod()
    return np.asarray(weights - eta * (p - 1) * p / weights)


def sharpness_of_end(weights: np.ndarray) -> float:
    """phi in floats."""
    return float((along_flow(weights**2, 1.0) ** (-2)).sum())


def suits(weights: np.ndarray, eta: float, demands: Demands) -> bool:
    """Whether the state seems to satisfy the assumptions: the exact ones decide."""
    p, after, ordered = float(weights.prod()), stepped(weights, eta), np.sort(weights)
    wrong = {
        "product-at-most-one": p > 1,
        "product-at-least-one": p < 1,
        "next-positive": not (after > 0).all(),
        "small-gradient": eta * abs(p * (p - 1)) > ordered[0] * ordered[1],
    }
    squares = eta * float((weights**2).sum())
    wrong["squares-beyond-two"] = squares <= 2
    wrong["beyond-edge"] = squares <= 2 + eta**2 * abs(p * (p - 1))
    if any(wrong.get(id, False) for id in demands.plain):
        return False
    phi = sharpness_of_end(weights)
    if "not-increasing" in demands and sharpness_of_end(after) > phi:
        return False
    delta = 2 - eta * phi
    sizes = {
        "squared-gain": (eta * (p - 1)) ** 2,
        "squared-edge": (eta * phi) ** 2,
        "edge-distance": delta if delta > 0 else math.inf,
        "loss": (p - 1) ** 2 / delta**2,
    }
    return all(sizes[name] <= float(bound) for name, bound in demands.bounds.items())
