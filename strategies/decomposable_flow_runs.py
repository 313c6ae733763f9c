"""States that runs of the gradient flow of decomposable networks visit.

From U_l^T v_l = alpha eta, U_L^T v_L = 0 every coordinate of the flow has an angle theta_j with
d theta_j/dt = (alpha |eta_j| cosh theta_j)^{L-2} [S X^T rates]_j: a run integrates the angles, in floats, and any
rational e^theta near its own puts a state exactly on the set that the flow never leaves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from flint import fmpq

from refutable.strategies.supply import Visited, in_turn
from refutable.theorems.domains.decomposable_flow import DECOMPOSABLE_FLOW
from refutable.theorems.domains.decomposable_flow.states import reached
from refutable.theorems.exact import rational
from refutable.theorems.instances import Instance

OFFERED = frozenset(
    {"equal-start", "zero-last-start", "on-flow", "three-layers", "two-layers", "moved", "layers-ahead"}
)
STEPS, EVERY, SHARE, FARTHEST = 40, 5, 0.2, 0.25
"""Steps of a run; every how many a state is taken; share of the fastest time scale that a step takes, unless an angle
would move by more than the last."""
BITS = 20
"""Of the fractions that numbers of a run are re-read as."""


class Runs:
    """Flows of 2 to 6 layers by fourth-order Runge-Kutta, in turn of the squared and of the exponential loss."""

    def offers(self, assumes: frozenset[str]) -> bool:
        """Whether states of runs satisfy these assumptions, re-read exactly."""
        return assumes <= OFFERED and not {"three-layers", "two-layers"} <= assumes

    def states(self, assumes: frozenset[str], count: int, seed: int) -> Iterable[Visited]:
        """Some states of each of several runs, in turn."""
        return in_turn(
            lambda run: _run(np.random.default_rng([seed, run]), _depth(assumes, run), run % 2 == 1),
            count,
            seed,
            "gradient flow",
        )


def _run(source: np.random.Generator, depth: int, margin: bool) -> Iterator[tuple[int, Instance]]:
    """A run on one or two data with two or three coordinates: states after every few steps, not the start."""
    m, n = int(source.integers(2, 4)), int(source.integers(1, 3))
    x, s = _short(source.normal(size=(n, m))), _short(np.eye(m) + 0.3 * source.normal(size=(m, m)))
    eta, alpha = _short(source.uniform(0.6, 1.5, m) * source.choice([-1, 1], m)), _short(source.uniform(0.4, 1.0))
    y = source.choice([-1.0, 1.0], n) if margin else _short(source.normal(size=n))
    features, sizes, theta = x @ s.T, np.abs(alpha * eta), np.zeros(m)
    given = {"x": _exact(x), "s": _exact(s), "y": _exact(y), "alpha": _exact(alpha), "eta": _exact(eta)}
    for step in range(1, STEPS + 1):
        theta = _moved(theta, sizes, features, y, depth, margin)
        if step % EVERY == 0:
            growth = [_growth(float(r)) for r in np.exp(theta)]
            rates = np.exp(-y * (features @ coordinates(theta, sizes, depth)))
            yield step, _state(given, growth, np.maximum(np.round(rates * 2**BITS), 1.0) / 2**BITS, depth)


def _growth(r: float) -> fmpq:
    """A fraction near r > 0, neither 0 nor 1: every coordinate has moved."""
    nearest = max(1, round(r * 2**BITS))
    return fmpq(nearest + (nearest == 2**BITS), 2**BITS)


def _state(given: dict[str, Any], growth: list[fmpq], rates: Any, depth: int) -> Instance:
    alpha, eta = given["alpha"], given["eta"]
    start = reached(alpha, eta, [fmpq(1)] * len(eta), depth)
    return DECOMPOSABLE_FLOW.instance(
        **given, start=start, weights=reached(alpha, eta, growth, depth), rates=_exact(rates)
    )


def coordinates(theta: Any, sizes: Any, depth: int) -> Any:
    """rho [m] at angles [m], in floats."""
    return sizes**depth * np.cosh(theta) ** (depth - 1) * np.sinh(theta)


def speeds(theta: Any, sizes: Any, features: Any, y: Any, depth: int, margin: bool) -> Any:
    """d theta/dt [m] along the flow of 1/2 sum (f - y)^2 or sum exp(-y f), in floats."""
    f = features @ coordinates(theta, sizes, depth)
    pull = features.T @ (y * np.exp(-y * f) if margin else y - f)
    return (sizes * np.cosh(theta)) ** (depth - 2) * pull


def _moved(theta: Any, sizes: Any, features: Any, y: Any, depth: int, margin: bool) -> Any:
    """One step, short against the fastest rate at which outputs change here."""
    slope = (
        sizes ** (2 * depth - 2)
        * np.cosh(theta) ** (2 * depth - 4)
        * (np.cosh(theta) ** 2 + (depth - 1) * np.sinh(theta) ** 2)
    )
    a = speeds(theta, sizes, features, y, depth, margin)
    h = min(SHARE / (1e-9 + float(np.sum(features**2 @ slope))), FARTHEST / (1e-9 + float(np.abs(a).max())))
    b = speeds(theta + h / 2 * a, sizes, features, y, depth, margin)
    c = speeds(theta + h / 2 * b, sizes, features, y, depth, margin)
    e = speeds(theta + h * c, sizes, features, y, depth, margin)
    return theta + h / 6 * (a + 2 * b + 2 * c + e)


def _short(values: Any) -> Any:
    """The nearest multiples of 1/64, no 0 among them."""
    found = np.round(np.asarray(values) * 64) / 64
    return np.where(found == 0, 1 / 64, found)


def _exact(values: Any) -> Any:
    """Floats as the rationals that they are, in an array of the same shape; one number as a number."""
    if np.ndim(values) == 0:
        return rational(float(values))
    out = np.empty(np.shape(values), dtype=object)
    for place in np.ndindex(out.shape):
        out[place] = rational(float(values[place]))
    return out


def _depth(assumes: frozenset[str], run: int) -> int:
    if "two-layers" in assumes:
        return 2
    return 2 + run % 5 if "three-layers" not in assumes else 3 + run % 4
