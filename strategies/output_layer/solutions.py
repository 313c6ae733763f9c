"""Gradient flow of an output layer from zero, solved: weights and multipliers side by side."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from refutable.strategies.solutions import Solution

NEURONS, DATA = 12, 3
ENDS = {1e-10: 40.0, 1e-8: 34.0}
"""By tolerance: where the flow ends, in units of 1 over the least eigenvalue of the kernel."""


class Flows:
    """Random first layers and labels."""

    def solutions(self, claim: str, assumes: frozenset[str], count: int, seed: int) -> Iterable[Solution]:
        """The rival holds the weights c(T), integrated by themselves; the multipliers are integrated beside them."""
        for number in range(count):
            source = np.random.default_rng([seed, number])
            x = np.sort(source.uniform(-1, 1, DATA)) + np.array([-1.0, 0.0, 1.0])
            slopes = source.choice([-1, 1], NEURONS) * source.uniform(0.5, 2, NEURONS)
            slopes[0], slopes[1] = 1.0, -1.0
            biases = -slopes * source.uniform(-2, 2, NEURONS)
            biases[0], biases[1] = 3.0, 3.0  # active at every datum: no label is out of reach
            y = source.standard_normal(DATA)
            fine, coarse = (_solved(slopes, biases, x, y, tolerance) for tolerance in ENDS)
            yield Solution(fine, coarse, f"random layer, seed {seed}, number {number}")


def _solved(slopes: Any, biases: Any, x: Any, y: Any, tolerance: float) -> dict[str, Any]:
    phi = np.maximum(x[:, None] * slopes + biases, 0.0)
    k, n = len(slopes), len(x)
    slowest = float(np.linalg.eigvalsh(phi @ phi.T / n)[0])

    def speed(_: float, state: Any) -> Any:
        residual = phi @ state[:k] - y
        return np.concatenate([-phi.T @ residual, -residual]) / n

    end = ENDS[tolerance] / slowest
    found = solve_ivp(speed, (0.0, end), np.zeros(k + n), method="LSODA", rtol=tolerance, atol=tolerance * 1e-2)
    state = found.y[:, -1]
    fields = {"slopes": slopes, "biases": biases, "start": np.zeros(k), "x": x, "y": y}
    return {**fields, "rival": state[:k], "multipliers": state[k:]}


SOLUTIONS = Flows()
