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
class Setting:
    """Data, the weights at the start and a step size, in floats."""

    rows: tuple[tuple[float, ...], ...]
    start: tuple[float, ...]
    eta: float


@dataclass(frozen=True)
class Plan:
    """Which solutions a statement is for.

    Attributes:
        ends: s = log t at which the fine and the coarse solve end; a limit's earlier end shows what is left of it.
        support_only: every datum is a support vector.
        from_zero: the flow starts at t = 0, not at t = 1.
        first: settings that tell the statement from false variants of it; drawn ones come after them.
    """

    ends: tuple[float, float] = (6.0, 6.0)
    support_only: bool = False
    from_zero: bool = False
    first: tuple[Setting, ...] = ()


LONG_AND_SHORT = Setting(((1.0,), (5.0,)), (0.1,), 1.0)
"""The long datum is far ahead of log t."""
SHORT = Setting(((0.5,),), (0.1,), 1.0)
"""A margin below 1."""
BOTH_LONG = Setting(((3.0,), (3.5,)), (-0.2,), 0.7)
"""1/L grows faster than at the rate of the margin, and faster than at that of the length."""
ACROSS = Setting(((2.0, 1.0), (2.0, -3.0)), (0.2, -0.3), 1.7)
"""Multipliers 3 : 1, so that the residual lies across the direction; the margin is 2."""
SPARE = Setting(((0.5, 1.0, 0.0), (0.5, -2.0, 0.0)), (0.3, -0.2, 0.8), 1.0)
"""A third input that no datum has."""

PLANS = {
    "residual-limit": Plan((40.0, 30.0), first=(ACROSS, SPARE)),
    "loss-limit": Plan((40.0, 30.0), first=(ACROSS,)),
    "gap-limit": Plan((40.0, 30.0), first=(ACROSS,)),
    "length-limit": Plan((40.0, 30.0), first=(ACROSS,)),
    "loss-between": Plan((4.0, 4.0), from_zero=True, first=(SHORT, BOTH_LONG)),
    "potential-at-the-end": Plan(first=(SHORT,)),
    "bounded-from-the-start": Plan(first=(LONG_AND_SHORT,)),
    "direction-limit": Plan((40.0, 30.0), first=(ACROSS,)),
}
"""By id of the statement; others take the plain plan."""


class Solutions:
    """Whitened data, some in a space that they do not span, and flows from weights near 0."""

    def solutions(self, claim: str, assumes: frozenset[str], count: int, seed: int) -> Iterator[Solution]:
        """The flow's weights at the ends that the claim asks for."""
        plan = PLANS.get(claim, Plan())
        support_only = plan.support_only or "support-only" in assumes
        for number in range(count):
            drawn = number - len(plan.first)
            if drawn < 0:
                setting = plan.first[number]
            else:
                setting = _drawn(np.random.default_rng([seed, number]), drawn, support_only)
            rows, start, eta = np.array(setting.rows), np.array(setting.start), setting.eta
            fine, coarse = (
                {"x": rows, "w": flow(rows, eta, start, end, tolerance, plan.from_zero), "step_size": eta}
                | {"log_time": end, "start": start}
                for end, tolerance in zip(plan.ends, (FINE, COARSE), strict=True)
            )
            yield Solution(fine, coarse, f"gradient flow, seed {seed}, number {number}, log t = {plan.ends[0]}")


def _drawn(generator: np.random.Generator, number: int, support_only: bool) -> Setting:
    """Whitened data of one to three inputs; every third with an input more than they span."""
    others = 0 if support_only else number % 3
    rows = embedded(generator, whitened_from(generator, 1 + (number + 1) % 3, others), number % 3 == 2)
    start = generator.normal(0, 0.4, rows.shape[1])
    return Setting(tuple(map(tuple, rows.tolist())), tuple(start.tolist()), float(generator.uniform(0.3, 2.0)))


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
