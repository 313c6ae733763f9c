"""Scale and shape of the start against the solution that is reached, as in the paper's figure: a small sparse problem.

Azulay et al. (2021) train diagonal networks on sparse regression from starts u = sqrt(alpha (1 - s)/(1 + s)),
v = sqrt(alpha (1 + s)/(1 - s)) over a grid of scales alpha and shapes s. Their sizes are larger, and random.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import linprog

from refutable.strategies.diagonal_flow_solutions import Start, flow, minimiser, settled, shaped
from refutable.strategies.solutions import FINE, Curve, PublishedSetting

SCALES = tuple(10.0**e for e in (-4, -3, -2, -1, 0, 1))
SHAPES = (0.0, 0.8, 0.97)
INPUTS, DATA, SEED = 10, 4, 7


def problem() -> tuple[Any, Any]:
    """Inputs [4, 10] and labels of a map with one nonzero weight."""
    x = np.random.default_rng(SEED).standard_normal((DATA, INPUTS))
    return x, x[:, 0].copy()


def least_absolute_sum(x: Any, y: Any) -> float:
    """The smallest l1 norm of an interpolator, by linear programming."""
    d = x.shape[1]
    found = linprog(np.ones(2 * d), A_eq=np.hstack([x, -x]), b_eq=y, bounds=(0, None), method="highs")
    return float(found.fun)


def integrated(x: Any, y: Any, alpha: float, s: float) -> Any:
    """The map [d] at which gradient flow settles."""
    plus = shaped(np.full(INPUTS, alpha), np.full(INPUTS, s))
    start: Start = (*plus, *plus)
    (u, v, p, q), _ = flow(start, x, y, settled(start, x, y), FINE)
    return u * v - p * q


def predicted(x: Any, y: Any, alpha: float, s: float) -> Any:
    """The map [d] that minimises Q_k, sqrt k = 4 alpha (1 + s^2)/(1 - s^2)."""
    return minimiser(x, y, np.full(INPUTS, 4 * alpha * (1 + s * s) / (1 - s * s)))


def published_setting() -> PublishedSetting:
    """Excess l1 norm over a grid of scales and shapes: predicted by Q_k, and reached by the flow."""
    x, y = problem()
    least = least_absolute_sum(x, y)

    def curve(s: float, solution: Any) -> Curve:
        points = tuple((a, float(np.abs(solution(x, y, a, s)).sum()) - least) for a in SCALES)
        return Curve(f"shape s = {s:g}", points)

    return PublishedSetting(
        title="Scale and shape of the start",
        x_label="scale alpha = u v of the start",
        y_label="l1 norm of the solution above the least one",
        predicted=[curve(s, predicted) for s in SHAPES],
        integrated=[curve(s, integrated) for s in SHAPES],
        explanation=(
            f"Sparse regression, {DATA} data, {INPUTS} inputs, one of them seen by the labels (the paper's grid, on a "
            "smaller problem). Small starts find the solution of least l1 norm, large ones that of least Euclidean "
            "norm; a start whose two layers differ in size (s near 1) acts like a larger one."
        ),
        x_logarithmic=True,
    )
