"""Gradient flows of hidden layers in floats, written apart from the package, for tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp
from scipy.linalg import orth


@dataclass(eq=False)
class Run:
    """A flow f(x) = a^T W x from a start to nearly zero loss."""

    x: Any
    y: Any
    start: tuple[Any, Any]
    end: tuple[Any, Any]

    @property
    def before(self) -> Any:
        return self.start[0] @ self.start[1]

    @property
    def theta(self) -> Any:
        return self.end[0] @ self.end[1]

    @property
    def delta(self) -> float:
        return float((self.start[0] ** 2).sum() - (self.start[1] ** 2).sum())

    def off_rows(self, vector: Any) -> float:
        """The share of a vector that is orthogonal to the data."""
        q = orth(self.x.T)
        return float(np.linalg.norm(vector - q @ (q.T @ vector)) / np.linalg.norm(vector))


def flow(x: Any, y: Any, a: Any, w: Any, time: float = 400.0) -> Run:
    """By an eighth order method."""
    m, d = w.shape

    def field(_: float, state: Any) -> Any:
        a, w = state[:m], state[m:].reshape(m, d)
        pull = x.T @ (x @ (a @ w) - y)
        return np.concatenate([-w @ pull, -np.outer(a, pull).ravel()])

    def done(_: float, state: Any) -> float:
        return float(np.abs(x @ (state[:m] @ state[m:].reshape(m, d)) - y).max() - 1e-10)

    done.terminal = True  # type: ignore[attr-defined]
    first = np.concatenate([a, w.ravel()])
    found = solve_ivp(field, (0, time), first, method="DOP853", rtol=1e-11, atol=1e-13, events=done)
    return Run(x, y, (a, w), (found.y[:m, -1], found.y[m:, -1].reshape(m, d)))


def problem(source: np.random.Generator) -> tuple[Any, Any]:
    """Two data in four dimensions."""
    return source.standard_normal((2, 4)), source.standard_normal(2)


def neuron(seed: int, delta: float) -> Run:
    """One unit with an imbalance."""
    source = np.random.default_rng(seed)
    x, y = problem(source)
    w = source.standard_normal((1, 4)) * source.uniform(0.3, 0.8)
    size = float((w * w).sum()) + delta
    if size <= 0.01:
        w = w * np.sqrt((0.01 - delta) / (w * w).sum())
        size = 0.01
    return flow(x, y, np.sqrt(np.array([size])) * source.choice([-1, 1]), w)


def gradient(v: Any, start: Any, delta: float, coefficient: float = 1.5) -> Any:
    """grad q(v), through the derivative (3/2) |w| of its radial part."""

    def pull(u: Any) -> Any:
        n, half = np.linalg.norm(u), delta / 2
        return np.sqrt(n**2 / (np.hypot(n, half) + half)) * u / n

    return 1.5 * pull(v) - (coefficient * pull(start) if coefficient else 0.0)
