"""Gradient flows on ladder data, solved far out: time is measured by the first datum's loss."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from refutable.strategies.solutions import Solution

ENDS = (1e1, 1e2, 1e3, 1e5, 1e2, 1e7)
"""Ends of the time tau, d tau = exp(-w_1) dt: w_1 is about tau, the true time about exp(tau)."""


class Ladders:
    """Ladders of two and three stages, from 0 or from elsewhere."""

    def solutions(self, claim: str, assumes: frozenset[str], count: int, seed: int) -> Iterable[Solution]:
        """From 0 for bounds, from drawn starts for what is conserved."""
        source = np.random.default_rng([seed, 1])
        for k in range(count):
            d, end = 2 + k % 2, ENDS[k % len(ENDS)]
            drawn = source.uniform(-1, 1, d)
            start = np.zeros(d) if claim == "stages-follow-logarithms" else drawn
            if claim != "stages-follow-logarithms":
                end = min(end, 1e3)
            fine, coarse = (_reached(start, end, tolerance) for tolerance in (1e-10, 1e-8))
            yield Solution(
                _state(start, fine), _state(start, coarse), f"ladder of {d} stages, seed {seed}, solution {k}"
            )


def _velocity(tau: float, w: Any) -> Any:
    """dw_m/dtau = sum_{j >= m} exp(-(w_2 + ... + w_j))."""
    losses = np.exp(-np.concatenate([[0.0], np.cumsum(w[1:])]))
    return np.cumsum(losses[::-1])[::-1]


def _reached(start: Any, end: float, tolerance: float) -> Any:
    run = solve_ivp(_velocity, (0, end), start, method="DOP853", rtol=tolerance, atol=tolerance / 100)
    return run.y[:, -1]


def _state(start: Any, w: Any) -> dict[str, Any]:
    d = len(start)
    return {"x": np.tril(np.ones((d, d))), "w": w, "start": start}


SOLUTIONS = Ladders()
