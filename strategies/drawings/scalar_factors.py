"""Gradient descent on a product of weights: sharpness here and where gradient flow would end, against 2/eta."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from refutable.strategies.charts import Axis, Chart
from refutable.strategies.scalar_factors.near_edge import along_flow
from refutable.strategies.shallow_relu.pictures.drawings import series
from refutable.theorems.domains.shallow_relu.conversion import floats
from refutable.theorems.exact import to_float
from refutable.theorems.instances import Instance

STEPS = 30
LARGEST = 1e8
"""Beyond such weights, or below their reciprocals, a run is drawn no further."""


def drawing(instance: Instance) -> Chart | None:
    """Step size times both sharpnesses along a run; None for numbers that floats do not hold."""
    weights, eta = floats(instance["weights"]), to_float(instance["step_size"])
    with np.errstate(all="ignore"):
        rows = np.array(list(run(weights, eta, max(STEPS, instance["steps"] or 0))))
    if not len(rows):
        return None
    times, flow, here = np.arange(len(rows)), rows[:, 0], rows[:, 1]
    return Chart(
        title="Sharpness along gradient descent",
        description=f"{len(rows) - 1} steps; step size times the sharpness where gradient flow would end goes from "
        f"{flow[0]:.4g} to {flow[-1]:.4g}, times the sharpness at the weights from {here[0]:.4g} to {here[-1]:.4g}; "
        "gradient descent rests only below 2.",
        x=Axis("step", low=-0.5, high=len(rows) - 0.5),
        y=Axis("step size * sharpness"),
        series=(
            series("2", [-0.5, len(rows) - 0.5], [2, 2], role="right"),
            series("at the weights", times, here, "line", "faint"),
            series("where gradient flow ends", times, flow, "line", "left"),
        ),
    )


def run(weights: np.ndarray, eta: float, steps: int) -> Iterator[tuple[float, float]]:
    """Step size times phi and times the sharpness, after 0, 1, ..., steps steps, while floats hold the weights."""
    for _ in range(steps + 1):
        sizes = np.abs(weights)
        if not (np.isfinite(weights).all() and sizes.max() < LARGEST and sizes.min() > 1 / LARGEST):
            return
        p = weights.prod()
        hessian = (2 * p * p - p) / np.outer(weights, weights)
        np.fill_diagonal(hessian, (p / weights) ** 2)
        flow = float((along_flow(weights**2, 1.0) ** (-2)).sum())
        yield eta * flow, eta * float(np.linalg.eigvalsh(hessian)[-1])
        weights = weights - eta * (p - 1) * p / weights
