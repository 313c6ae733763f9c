"""Gradient flow on one hidden layer by an ODE solver, and minimisers of q by Newton's method, without the flow. Floats.

Leaky units are integrated piece by piece, from one change of sign of a w_i.x_n to the next: a solver that steps over
such a kink has an error that a smaller tolerance does not tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from refutable.strategies.hidden_linear import demands as ids
from refutable.strategies.solutions import Solution

Array = Any

FINE, COARSE = (1e-10, 1e-12), (1e-7, 1e-9)
"""Relative and absolute tolerances; at 1e-8 the coarse solve is now and then as good as the fine one."""
FINE_END, COARSE_END, LONGEST = 1e-8, 1e-6, 60.0
"""Residuals |X theta - y| at which a run has ended, and the time after which it is given up."""
TIMES = (0.3, 1.0, 2.0, 3.0)
IMBALANCES = (0.3, 0.0, 1.0, 4.0, 0.01)
SLOPES = (0.5, 0.1, 0.25)
MOST_PIECES = 8
"""A flow that crosses kinks more often slides along one: no field is continuous there, and it is passed over."""
Event = Callable[[float, Array], float]


@dataclass(frozen=True)
class Problem:
    """Data x [n,d], y [n], start a [m], w [m,d], slope of sigma."""

    x: Array
    y: Array
    a: Array
    w: Array
    slope: float


def problem(source: np.random.Generator, number: int, units: int, slope: float) -> Problem:
    """Random data, orthogonal, fewer than inputs; one unit with an imbalance >= 0, or more with a balanced start."""
    d = int(source.integers(2, 6))
    n = int(source.integers(1, d))
    rows = np.linalg.qr(source.standard_normal((d, n)))[0].T
    x, unit = rows * source.uniform(0.7, 1.4, (n, 1)), source.standard_normal(d)
    unit, size = unit / np.linalg.norm(unit), float(source.uniform(0.3, 1.5))
    signs = np.where(source.random(units) < 0.5, -1.0, 1.0)
    if units > 1:
        a = signs * source.uniform(0.3, 1.2, units)
        w = np.outer(a, unit)
    else:
        a = signs * np.sqrt(size**2 + IMBALANCES[number % len(IMBALANCES)])
        w = size * unit[None, :]
    return Problem(x, 1.5 * source.standard_normal(n), a, w, slope)


def speed(p: Problem, slopes: Array) -> Callable[[float, Array], Array]:
    """The flow of the stacked state (a, W, nu), sigma' held at ``slopes`` [m,n]; nu is integrated beside W."""
    m, d = p.w.shape

    def field(_: float, state: Array) -> Array:
        a, w = state[:m], state[m : m + m * d].reshape(m, d)
        activations = (w @ p.x.T) * slopes
        r = a @ activations - p.y
        dnu = -np.outer(a, r) * slopes
        return np.concatenate([-activations @ r, (dnu @ p.x).ravel(), dnu.ravel()])

    return field


def stacked(p: Problem) -> Array:
    """The start."""
    return np.concatenate([p.a, p.w.ravel(), np.zeros(len(p.a) * len(p.x))])


def features(p: Problem, state: Array) -> Array:
    """w_i.x_n [m,n]."""
    m, d = p.w.shape
    return state[m : m + m * d].reshape(m, d) @ p.x.T


def crossings(p: Problem, active: Array) -> list[Event]:
    """An event for each w_i.x_n that leaves its side of 0."""

    def crossing(i: int, n: int) -> Event:
        def feature(_: float, state: Array) -> float:
            return float(features(p, state)[i, n])

        feature.terminal = True  # type: ignore[attr-defined]
        feature.direction = -1.0 if active[i, n] else 1.0  # type: ignore[attr-defined]
        return feature

    return [crossing(i, n) for i, n in np.ndindex(active.shape)]


def arrival(p: Problem, slopes: Array, residual: float) -> Event:
    """The event that the largest residual falls to a value."""
    m = len(p.a)

    def arrived(_: float, state: Array) -> float:
        return float(np.abs(state[:m] @ (features(p, state) * slopes) - p.y).max() - residual)

    arrived.terminal = True  # type: ignore[attr-defined]
    return arrived


def integrated(p: Problem, time: float, tolerances: tuple[float, float], end: float | None = None) -> Array | None:
    """The state at a time; with ``end``, where the largest residual falls to it.

    Each piece has constant slopes of sigma. None where there are too many pieces (the flow slides along a kink), or
    where the residual does not fall.
    """
    state, now = stacked(p), 0.0
    active = features(p, state) > 0
    for _ in range(MOST_PIECES):
        slopes = np.where(active, 1.0, p.slope)
        events = [] if end is None else [arrival(p, slopes, end)]
        events += crossings(p, active) if p.slope != 1 else []
        rtol, atol = tolerances
        found = solve_ivp(speed(p, slopes), (now, time), state, "LSODA", rtol=rtol, atol=atol, events=events or None)
        state, now = found.y[:, -1], found.t[-1]
        if found.status != 1:
            return state if end is None and found.success else None
        if end is not None and len(found.t_events[0]):
            return state
        turned = [len(times) > 0 for times in found.t_events[len(events) - active.size :]]
        active = active ^ np.array(turned).reshape(active.shape)
    return None


def fields(p: Problem, state: Array, rival: Array | None = None) -> Mapping[str, Any]:
    """The domain's fields."""
    m, d = p.w.shape
    known = {
        "inputs": p.x,
        "labels": p.y,
        "start_output": p.a,
        "start_hidden": p.w,
        "output": state[:m],
        "hidden": state[m : m + m * d].reshape(m, d),
        "multipliers": state[m + m * d :].reshape(m, -1),
    }
    extra = {} if p.slope == 1 else {"slope": p.slope}
    return {**known, **extra, **({} if rival is None else {"rival": rival})}


def minimiser(p: Problem, y: Array) -> Array | None:
    """Argmin of q over X v = y [n] by a damped Newton method over the kernel of X; None where it does not settle.

    q is written anew here, by its radial derivative (3/2) |w| with |w|^2 = |v|^2/(S + delta/2).
    """
    half = float(p.a @ p.a - (p.w * p.w).sum()) / 2
    start = p.a @ p.w
    pull = 1.5 * start / np.sqrt(np.hypot(np.linalg.norm(start), half) + half)
    kernel = np.linalg.svd(p.x)[2][len(p.x) :].T
    v = np.linalg.pinv(p.x) @ y + kernel @ (kernel.T @ start)
    for _ in range(100):
        n = np.linalg.norm(v)
        b = n**2 / (np.hypot(n, half) + half)
        tangential = 1.5 * np.sqrt(b) / n
        along = np.outer(v, v) / n**2
        hessian = tangential * (np.eye(len(v)) - along * b / (2 * b + 2 * half))
        gradient = kernel.T @ (tangential * v - pull)
        step = kernel @ np.linalg.solve(kernel.T @ hessian @ kernel, gradient)
        v = v - step * min(1.0, n / (2 * np.linalg.norm(step) + 1e-300))
        if np.linalg.norm(gradient) < 1e-13 * (1 + np.linalg.norm(pull)):
            return v
    return None


class Solutions:
    """Solutions of the gradient flow of the domain hidden-linear."""

    def solutions(self, claim: str, assumes: frozenset[str], count: int, seed: int) -> Iterable[Solution]:
        """Random problems in turn; those whose flow, or Newton's method, does not settle are passed over."""
        number, given = 0, 0
        while given < count and number < 10 * count:
            found = self._one(claim, assumes, seed, number)
            number += 1
            if found is not None:
                given += 1
                yield found

    def _one(self, claim: str, assumes: frozenset[str], seed: int, number: int) -> Solution | None:
        source = np.random.default_rng([seed, number])
        units = 1 if ids.ONE_UNIT in assumes else 2 + number % 3
        slope = SLOPES[number % 3] if ids.POSITIVE_SLOPE in assumes else 1.0
        p = problem(source, number, units, slope)
        origin = f"seed {seed}, problem {number}"
        if claim == "ends-at-minimiser":
            return _ended(p, origin)
        time = TIMES[number % len(TIMES)]
        fine, coarse = integrated(p, time, FINE), integrated(p, time, COARSE)
        if fine is None or coarse is None:
            return None
        return Solution(fields(p, fine), fields(p, coarse), f"{origin}, time {time}")


def linear_labels(p: Problem) -> Array:
    """What theta.x_n must be for f(x_n) = y_n: with s the sign of a one unit's, s sigma^{-1}(s y_n)."""
    return np.where(np.sign(p.a[0]) * p.y > 0, p.y, p.y / p.slope)


def _ended(p: Problem, origin: str) -> Solution | None:
    fine, coarse = integrated(p, LONGEST, FINE, FINE_END), integrated(p, LONGEST, COARSE, COARSE_END)
    if fine is None or coarse is None:
        return None
    best = minimiser(p, linear_labels(p))
    if best is None:
        return None
    return Solution(fields(p, fine, best), fields(p, coarse, best), f"{origin}, residual {FINE_END}")


SOLUTIONS = Solutions()
