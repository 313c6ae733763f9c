"""Gradient flows with -l'(u) = exp(-u^nu), in s = log t."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from refutable.strategies.solutions import Solution

EXPONENTS = (0.5, 2.0, 1.0, 3.0, 0.75, 1.5)
FINE_END, COARSE_END = 3e6, 1e6
"""Ends in s = log t: what is left of the start and of the curve falls as 1/s."""


class Flows:
    """Two support vectors (1, h), (1, -h times), multipliers in the ratio times : 1, from 2 what."""

    def solutions(self, claim: str, assumes: frozenset[str], count: int, seed: int) -> Iterable[Solution]:
        """Each at t = exp(3 10^6), compared with t = exp(10^6)."""
        source = np.random.default_rng([seed, 3])
        for k in range(count):
            nu, times, height = EXPONENTS[k % len(EXPONENTS)], int(source.integers(2, 6)), source.integers(5, 9) / 4
            x = np.array([[1.0, height], [1.0, -height * times]])
            known = {"x": x, "exponent": nu}
            fine = {**known, "level": FINE_END, "w": reached(x, nu, FINE_END, 1e-10)}
            coarse = {**known, "level": COARSE_END, "w": reached(x, nu, COARSE_END, 1e-8)}
            yield Solution(fine, coarse, f"nu = {nu}, seed {seed}, solution {k}")


def reached(x: Any, nu: float, end: float, tolerance: float) -> Any:
    """w at s = end, from 2 what at s = 0: dw/ds = sum exp(s - u_n^nu) x_n.

    It is solved for a_n = u_n^nu - s, which stay of order log s: da/ds = nu u^(nu - 1) (X X^T) exp(-a) - 1. Exponents
    are cut at 50, powers of margins at 10^-9; no solution gets there.
    """
    gram = x @ x.T

    def velocity(s: float, a: Any) -> Any:
        speed = nu * np.maximum(s + a, 1e-9) ** (1 - 1 / nu)
        return speed * (gram @ np.exp(np.minimum(-a, 50.0))) - 1

    start = np.full(len(x), 2.0**nu)
    run = solve_ivp(velocity, (0, end), start, method="LSODA", rtol=tolerance, atol=tolerance / 100)
    return np.linalg.solve(x, (end + run.y[:, -1]) ** (1 / nu))


SOLUTIONS = Flows()
