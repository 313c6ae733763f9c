"""Gradient flow of the exponential loss by an ODE solver, to times as late as e^40, in logarithmic time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from refutable.strategies.separable.whitened import Whitened, cayley, whitened_from
from refutable.strategies.solutions import Solution
from refutable.theorems.exact import to_float
from refutable.theorems.ops.exact import to_matrix

FINE, COARSE = 1e-11, 1e-9


@dataclass(frozen=True)
class Plan:
    """Which solutions a statement is for.

    Attributes:
        ends: s = log t at which the fine and the coarse solve end; a limit's earlier end shows what is left of it.
        support_only: every datum is a support vector.
        from_zero: the flow starts at t = 0, not at t = 1.
    """

    ends: tuple[float, float] = (6.0, 6.0)
    support_only: bool = False
    from_zero: bool = False


PLANS = {
    "residual-limit": Plan((40.0, 30.0)),
    "loss-limit": Plan((40.0, 30.0)),
    "gap-limit": Plan((40.0, 30.0)),
    "length-limit": Plan((40.0, 30.0)),
    "loss-between": Plan((4.0, 4.0), from_zero=True),
}
"""By id of the statement; others take the plain plan."""


class Solutions:
    """Whitened data, some in a space that they do not span, and flows from weights near 0."""

    def solutions(self, claim: str, assumes: frozenset[str], count: int, seed: int) -> Iterator[Solution]:
        """The flow's weights at the ends that the claim asks for."""
        plan = PLANS.get(claim, Plan())
        for number in range(count):
            generator = np.random.default_rng([seed, number])
            d = 1 + (number + 1) % 3
            others = 0 if plan.support_only or "support-only" in assumes else number % 3
            rows = embedded(generator, whitened_from(generator, d, others), number % 3 == 2)
            start = generator.normal(0, 0.4, rows.shape[1])
            eta = float(generator.uniform(0.3, 2.0))
            fine, coarse = (
                {"x": rows, "w": flow(rows, eta, start, end, tolerance, plan.from_zero), "step_size": eta}
                | {"log_time": end, "start": start}
                for end, tolerance in zip(plan.ends, (FINE, COARSE), strict=True)
            )
            yield Solution(fine, coarse, f"gradient flow, seed {seed}, number {number}, log t = {plan.ends[0]}")


def embedded(generator: np.random.Generator, data: Whitened, spare: bool) -> Any:
    """The rows in floats; with ``spare`` in one dimension more, turned, so that they do not span it."""
    rows = data.x
    if spare:
        n, d = rows.shape
        wide = np.concatenate([rows, np.full((n, 1), 0, dtype=object)], 1)
        turn = cayley([[int(h) for h in generator.integers(-1, 2, i)] for i in range(1, d + 1)])
        rows = np.array((to_matrix(wide) * turn).table(), dtype=object)
    return np.vectorize(to_float, otypes=[float])(rows)


def flow(x: Any, eta: float, start: Any, end: float, tolerance: float, from_zero: bool) -> Any:
    """w at t = e^end of dw/dt = eta sum_n x_n exp(-x_n.w), from ``start`` at t = 0 or t = 1."""

    def in_time(t: float, w: Any) -> Any:
        return eta * np.exp(-x @ w) @ x

    def in_log_time(s: float, w: Any) -> Any:
        return eta * np.exp(np.minimum(s - x @ w, 300.0)) @ x

    options = {"method": "LSODA", "rtol": tolerance, "atol": tolerance}
    if from_zero:
        return solve_ivp(in_time, (0.0, float(np.exp(end))), start, **options).y[:, -1]
    return solve_ivp(in_log_time, (0.0, end), start, **options).y[:, -1]


SOLUTIONS = Solutions()
