"""Solutions of the gradient flow of orthogonally decomposable networks, by an ODE solver."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from refutable.strategies.solutions import COARSE, FINE, Solution

Floats = NDArray[np.float64]
Rates = Callable[[Floats], Floats]
"""Outputs [n] -> minus the loss's derivatives in them [n]."""

DEEP, TWO, END, MARGIN = (
    "gradient-along-solutions",
    "gradient-along-two-layers",
    "reaches-labels",
    "multipliers-along-solutions",
)


class Solutions:
    """Networks of 2 to 5 layers with standard normal data, from unequal starts of moderate scale."""

    def solutions(self, claim: str, assumes: frozenset[str], count: int, seed: int) -> Iterable[Solution]:
        """Regression, or for `multipliers-along-solutions` the exponential loss; to a time, or to the end."""
        for i in range(count):
            source = np.random.default_rng([seed, i])
            depth = 2 if claim == TWO else 2 + i % 3 if claim in (END, MARGIN) else 3 + i % 3
            made = problem(source, depth, margin=claim == MARGIN)
            time = 10 ** source.uniform(-1, 3) if claim == MARGIN else 10 ** source.uniform(-0.3, 1)
            ends = (end_time(made), 0.8 * end_time(made)) if claim == END else (time, time)
            fine, coarse = (
                solved(made, end, tolerance, margin=claim == MARGIN)
                for end, tolerance in zip(ends, (FINE, COARSE), strict=True)
            )
            yield Solution(
                fine, coarse, f"gradient flow of {depth} layers, seed {seed}, number {i}, time {ends[0]:.4g}"
            )


def problem(source: np.random.Generator, depth: int, margin: bool) -> dict[str, Any]:
    """Two data in four dimensions, S a square matrix near the identity; labels of +-1 for margins."""
    n, d = 2, 4
    x = source.standard_normal((n, d))
    y = np.sign(source.standard_normal(n)) if margin else source.standard_normal(n)
    s = np.eye(d) + 0.2 * source.standard_normal((d, d))
    eta = source.uniform(0.6, 1.5, d) * np.sign(source.standard_normal(d))
    alpha = source.uniform(0.4, 0.9)
    start = np.vstack([np.tile(alpha * eta, (depth - 1, 1)), np.zeros((1, d))])
    return {"x": x, "y": y, "s": s, "alpha": alpha, "eta": eta, "start": start}


def end_time(made: dict[str, Any]) -> float:
    """Forty times the slowest time scale at the start: near the end the flow is faster still."""
    depth = len(made["start"])
    features = made["x"] @ made["s"].T
    kernel = (features * (made["alpha"] * made["eta"]) ** (2 * depth - 2)) @ features.T
    return 40.0 / float(np.linalg.eigvalsh(kernel)[0])


def solved(made: dict[str, Any], end: float, tolerance: tuple[float, float], margin: bool) -> dict[str, Any]:
    """The fields at time ``end``, with nu."""
    features, y = made["x"] @ made["s"].T, made["y"]
    shape, n = made["start"].shape, len(y)

    def field(t: float, state: Floats) -> Floats:
        layers = state[:-n].reshape(shape)
        f = features @ np.prod(layers, axis=0)
        rates = np.exp(-y * f) if margin else y - f
        pull = features.T @ (y * rates if margin else rates)
        return np.concatenate([(pull * _others(layers)).ravel(), rates])

    begin = np.concatenate([made["start"].ravel(), np.zeros(n)])
    run = solve_ivp(field, (0, end), begin, method="LSODA", rtol=tolerance[0], atol=tolerance[1])
    return {**made, "weights": run.y[:-n, -1].reshape(shape), "nu": run.y[-n:, -1]}


def _others(layers: Floats) -> Floats:
    """Products of all layers but each, [L, m]."""
    out, before, after = np.ones_like(layers), np.ones(layers.shape[1]), np.ones(layers.shape[1])
    for i in range(len(layers)):
        out[i] *= before
        before = before * layers[i]
        out[-1 - i] *= after
        after = after * layers[-1 - i]
    return out


SOLUTIONS = Solutions()
