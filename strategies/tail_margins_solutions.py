"""Gradient flows with -l'(u) = exp(-u^nu), in s = log t."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from refutable.strategies.solutions import Solution

EXPONENTS = (0.5, 2.0, 1.0, 3.0, 0.75, 1.5)
END = 120.0


class Flows:
    """Two support vectors (1, h), (1, -h times), multipliers in the ratio times : 1, from 2 what."""

    def solutions(self, claim: str, assumes: frozenset[str], count: int, seed: int) -> Iterable[Solution]:
        """Each at t = exp(120)."""
        source = np.random.default_rng([seed, 3])
        for k in range(count):
            nu, times, height = EXPONENTS[k % len(EXPONENTS)], int(source.integers(2, 6)), source.integers(5, 9) / 4
            x = np.array([[1.0, height], [1.0, -height * times]])
            fine, coarse = (_reached(x, nu, tolerance) for tolerance in (1e-10, 1e-8))
            known = {"x": x, "exponent": nu, "level": END}
            origin = f"nu = {nu}, seed {seed}, solution {k}"
            yield Solution({**known, "w": fine}, {**known, "w": coarse}, origin)


def _reached(x: Any, nu: float, tolerance: float) -> Any:
    """w(END): dw/ds = sum exp(s - u_n^nu) x_n; exponents are cut at 50, which no solution reaches."""

    def velocity(s: float, w: Any) -> Any:
        margins = np.maximum(x @ w, 1e-9)
        return np.exp(np.minimum(s - margins**nu, 50.0)) @ x

    def jacobian(s: float, w: Any) -> Any:
        margins = np.maximum(x @ w, 1e-9)
        slopes = nu * margins ** (nu - 1) * np.exp(np.minimum(s - margins**nu, 50.0))
        return -(x.T * slopes) @ x

    start = np.array([2.0, 0.0])
    run = solve_ivp(velocity, (0, END), start, method="LSODA", jac=jacobian, rtol=tolerance, atol=tolerance / 100)
    return run.y[:, -1]


SOLUTIONS = Flows()
