"""The cross-entropy's gradient flow in log time: rho(s) = W - What s, s = log t."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from refutable.strategies.multiclass_margins import used
from refutable.strategies.solutions import Solution
from refutable.theorems.domains.multiclass_margins import MULTICLASS_MARGINS
from refutable.theorems.domains.multiclass_margins.pairs import lifted
from refutable.theorems.exact import to_float
from refutable.theorems.instances import Instance

FINE_END, COARSE_END, SLOWEST = 60.0, 45.0, 0.3
"""Ends in s; data whose limit is approached more slowly than exp(-0.3 s) are left out."""


class LogTime:
    """Two oblique data of three classes, from a drawn start; every second time with pairs beyond the margin."""

    def solutions(self, claim: str, assumes: frozenset[str], count: int, seed: int) -> Iterable[Solution]:
        """Solutions up to t = exp(60), compared with exp(45)."""
        source = np.random.default_rng([seed, 2])
        for k in range(count):
            yield _solved(next(_problems(source, 3 * (k % 2))), source, f"seed {seed}, solution {k}")


def _problems(source: np.random.Generator, leaning: int = 0) -> Iterator[Instance]:
    """Data whose slowest direction is fast enough; leaning ones have pairs beyond the margin."""
    while True:
        n = 2
        rows = 8 * np.eye(n, dtype=int) + source.integers(-3, 4, (n, n))
        rows[1] += leaning * rows[0]
        instance = MULTICLASS_MARGINS.instance(
            x=[[f"{q}/8" for q in row] for row in rows],
            labels=source.integers(1, 4, n).tolist(),
            exponentials=[[1, 1]] * n,
            step_size=f"{source.integers(1, 9)}/4",
            time=1,
        )
        if used(instance) and _slowest(instance) > SLOWEST and _has_others(instance) == (leaning > 0):
            yield instance


def _has_others(instance: Instance) -> bool:
    solved = MULTICLASS_MARGINS.view(instance)["solved"]
    return bool(len(solved.support) < instance["exponentials"].size)


def _pairs(instance: Instance) -> tuple[Any, Any, Any]:
    """Rows [p, c d], multipliers [p], What [c d] in floats."""
    classes = instance["exponentials"].shape[1] + 1
    labels = tuple(int(q.p) for q in instance["labels"])
    rows = lifted([list(row) for row in instance["x"]], labels, classes)
    solved = MULTICLASS_MARGINS.view(instance)["solved"]
    floats = np.array([[to_float(q) for q in row] for row in rows])
    multipliers, direction = (np.array([to_float(q) for q in v]) for v in (solved.multipliers, solved.direction))
    return floats, multipliers, direction


def _slowest(instance: Instance) -> float:
    rows, multipliers, what = _pairs(instance)
    root = (np.sqrt(multipliers)[:, None] * rows)[multipliers > 0]
    excess = (rows @ what - 1)[multipliers == 0]
    return float(min([*np.linalg.eigvalsh(root @ root.T), *excess]))


def _solved(instance: Instance, source: np.random.Generator, origin: str) -> Solution:
    rows, _, what = _pairs(instance)
    eta, shape, excess = to_float(instance["step_size"]), instance["exponentials"].shape, rows @ what - 1

    def velocity(s: float, rho: Any) -> Any:
        exponentials = np.exp(-(rows @ rho) - s * excess).reshape(shape)
        probable = exponentials / (1 + np.exp(-s) * exponentials.sum(1, keepdims=True))
        return eta * probable.ravel() @ rows - what

    start = 0.5 * source.standard_normal(rows.shape[1])

    def state(end: float, tolerance: float) -> dict[str, Any]:
        run = solve_ivp(velocity, (0, end), start, method="LSODA", rtol=tolerance, atol=tolerance / 100)
        known = {"exponentials": np.exp(-(rows @ run.y[:, -1])).reshape(shape), "time": np.exp(end)}
        x = np.array([[to_float(q) for q in row] for row in instance["x"]])
        return {**known, "x": x, "labels": np.array([float(q) for q in instance["labels"]]), "step_size": eta}

    return Solution(state(FINE_END, 1e-10), state(COARSE_END, 1e-8), origin)


SOLUTIONS = LogTime()
