"""Gradient flow on diagonal networks by an ODE solver; minimisers of Q_k by Newton's method from the dual. Floats."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from refutable.strategies.solutions import COARSE, FINE, Solution
from refutable.theorems.domains.diagonal_flow.dynamics import STATE

AT_EVERY_TIME = frozenset({"gradient-at-every-time", "divergence-gradient-at-every-time"})
"""Statements of every time; the others are about the end of the flow."""
TIMES = (0.3, 3.0, 1.0, 10.0, 0.1, 30.0)
SCALES = (0.05, 0.3, 1.0, 0.1, 0.5, 0.02)
SHAPES = (0.5, -0.7, 0.0, 0.9, -0.3, 0.8)

NEWTON_STEPS, LARGEST = 100, 300.0
"""Of the dual; the largest argument of cosh that is told from larger ones."""

Start = tuple[Any, Any, Any, Any]


def weights(state: Any) -> Any:
    """u_+ v_+ - u_- v_- [d] of the stacked state [4 d]."""
    u, v, p, q = np.split(state, 4)
    return u * v - p * q


def flow(start: Start, x: Any, y: Any, time: float, tolerances: tuple[float, float]) -> tuple[Any, Any]:
    """The four weight vectors [4, d] and the multipliers nu [n] at a time of gradient flow on 1/(2n) |X w - y|^2.

    Weights and multipliers are integrated side by side: neither is computed from the other.
    """
    d, n = len(start[0]), len(y)

    def speed(_: float, state: Any) -> Any:
        u, v, p, q = state[: 4 * d].reshape(4, d)
        nu = (y - x @ (u * v - p * q)) / n
        s = x.T @ nu
        out = np.empty(4 * d + n)
        out[:d], out[d : 2 * d], out[2 * d : 3 * d], out[3 * d : 4 * d], out[4 * d :] = s * v, s * u, -s * q, -s * p, nu
        return out

    first = np.concatenate([*start, np.zeros(n)])
    found = solve_ivp(speed, (0, time), first, method="LSODA", rtol=tolerances[0], atol=tolerances[1])
    end = found.y[:, -1]
    return end[: 4 * d].reshape(4, d), end[4 * d :]


def shaped(alpha: Any, s: Any) -> tuple[Any, Any]:
    """Starts (u, v) [d] of scale alpha = u v and shape s = (v - u)/(v + u) in (-1, 1)."""
    return np.sqrt(alpha * (1 - s) / (1 + s)), np.sqrt(alpha * (1 + s) / (1 - s))


def minimiser(x: Any, y: Any, root_k: Any) -> Any:
    """Argmin of Q_k over X v = y [d]: v = (sqrt k/2) sinh(2 X^T nu), nu the minimiser of a smooth convex function.

    Newton's method with halved steps; no flow is integrated.

    Raises:
        ArithmeticError: it does not converge.
    """
    nu = np.zeros(len(y))
    for _ in range(NEWTON_STEPS):
        gap = x @ (root_k / 2 * np.sinh(2 * (x.T @ nu))) - y
        if np.abs(gap).max() < 1e-13 * (1 + np.abs(y).max()):
            break
        nu = _lower(nu, np.linalg.solve((x * (root_k * np.cosh(2 * (x.T @ nu)))) @ x.T, gap), x, y, root_k)
    if np.abs(gap).max() > 1e-9 * (1 + np.abs(y).max()):
        raise ArithmeticError(f"the dual of Q_k was not solved: residual {float(np.abs(gap).max()):.3g}")
    return root_k / 2 * np.sinh(2 * (x.T @ nu))


def _lower(nu: Any, step: Any, x: Any, y: Any, root_k: Any) -> Any:
    """nu - step, the step halved until sum (sqrt k/4) cosh(2 X^T nu) - <y, nu> does not rise."""

    def height(at: Any) -> Any:
        return np.sum(root_k / 4 * np.cosh(np.minimum(np.abs(2 * (x.T @ at)), LARGEST))) - y @ at

    here = height(nu)
    for _ in range(60):
        if height(nu - step) <= here + 1e-15 * abs(here):
            break
        step = step / 2
    return nu - step


def least_norm(x: Any, y: Any, root_k: Any) -> Any:
    """The interpolator of least Euclidean norm [d]."""
    return np.linalg.lstsq(x, y, rcond=None)[0]


RIVALS: tuple[Callable[[Any, Any, Any, Any], Any], ...] = (
    lambda x, y, u, v: least_norm(x, y, u),
    lambda x, y, u, v: minimiser(x, y, 4 * u * v),
    lambda x, y, u, v: minimiser(x, y, 4 * (u * u + v * v)),
)
"""Interpolators that minimise other potentials than Q_k: the norm, Q_k without shape, Q_k with a factor lost."""


class Solutions:
    """Solutions of gradient flow from drawn starts of several scales and shapes."""

    def solutions(self, claim: str, assumes: frozenset[str], count: int, seed: int) -> Iterable[Solution]:
        """States at finite times, or late ones; the coarse ones end earlier where the end is meant."""
        for number in range(count):
            source = np.random.default_rng([seed, number])
            x, y = source.standard_normal((2, 5)), source.standard_normal(2)
            alpha, s = SCALES[number % len(SCALES)], SHAPES[number % len(SHAPES)]
            plus = shaped(alpha * np.exp(0.2 * source.standard_normal(5)), np.full(5, s) * source.uniform(0, 1, 5))
            minus = plus if "unbiased" in assumes else shaped(alpha * np.exp(source.standard_normal(5)), np.zeros(5))
            origin = f"seed {seed}, number {number}: scale {alpha}, shapes up to {s}"
            if claim in AT_EVERY_TIME:
                ends = (TIMES[number % len(TIMES)],) * 2
                yield _solution((*plus, *minus), x, y, ends, None, f"{origin}, time {ends[0]}")
            else:
                u, v = plus
                late = settled((*plus, *minus), x, y)
                other = minimiser(x, y, 2 * (u * u + v * v)) if "minimiser" in claim else RIVALS[number % 3](x, y, u, v)
                yield _solution((*plus, *minus), x, y, (late, 0.8 * late), other, f"{origin}, time {late:.4g}")


def settled(start: Start, x: Any, y: Any) -> float:
    """A time at which the residual is below 10^-9 or so: from the slowest rate at the end of a first stretch."""
    time = 20.0
    for _ in range(12):
        (u, v, p, q), _ = flow(start, x, y, time, (1e-6, 1e-8))
        if np.abs(x @ (u * v - p * q) - y).max() < 1e-2:
            break
        time *= 2
    kernel = (x * (u * u + v * v + p * p + q * q)) @ x.T / len(y)
    return float(time + 18.0 / np.linalg.eigvalsh(kernel)[0])


def _solution(start: Start, x: Any, y: Any, ends: tuple[float, float], other: Any, origin: str) -> Solution:
    fine, coarse = (
        _fields(start, x, y, *flow(start, x, y, end, tolerances), other)
        for end, tolerances in zip(ends, (FINE, COARSE), strict=True)
    )
    return Solution(fine, coarse, origin)


def _fields(start: Start, x: Any, y: Any, state: Any, multipliers: Any, other: Any) -> dict[str, Any]:
    now = dict(zip(STATE, state, strict=True))
    first = {f"{name}0": value for name, value in zip(STATE, start, strict=True)}
    return {**now, **first, "x": x, "y": y, "other": other, "multipliers": multipliers, "step_size": None}


SOLUTIONS = Solutions()
