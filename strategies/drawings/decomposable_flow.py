"""The gradient of Q in one coordinate: between the slopes of the weighted l2 and l1 norms, with the state on it."""

from __future__ import annotations

import numpy as np

from refutable.strategies.charts import Axis, Chart
from refutable.strategies.shallow_relu.pictures.drawings import series
from refutable.theorems.domains.decomposable_flow.profile import arc_limit, float_arc
from refutable.theorems.domains.shallow_relu.conversion import floats
from refutable.theorems.exact import as_real, to_float
from refutable.theorems.instances import Instance

POINTS = 201
LARGEST = 1e100
"""Larger numbers, and scales below its reciprocal, are not drawn."""


def drawing(instance: Instance) -> Chart | None:
    """g of the first coordinate against rho; None for numbers that floats do not hold."""
    weights, depth = floats(instance["weights"]), len(instance["weights"])
    size = to_float(instance["alpha"]) * abs(to_float(instance["eta"][0]))
    with np.errstate(all="ignore"):
        rho, scale = float(np.prod(weights[:, 0])), float(np.float64(size) ** depth)
        reach = max(2 * abs(rho), 3 * scale)
        if not 0 < reach < LARGEST or not scale > 1 / LARGEST:
            return None
        x = np.linspace(-reach, reach, POINTS)
        g, here = (float_arc(values / scale, depth) * size ** (2.0 - depth) for values in (x, np.array([rho])))
        l2 = x / size ** (2 * depth - 2)
    near = np.abs(l2) <= 1.1 * np.abs(g).max()
    parts = [
        series("slope of the weighted l2 norm", x[near], l2[near], "line", "faint"),
        series("gradient of Q", x, g, "line", "left"),
        series("state", [rho], here, "points", "data"),
    ]
    if depth > 2:
        limit = float(as_real(arc_limit(depth))) * size ** (2.0 - depth)
        parts.insert(0, series("slope of the weighted l1 norm", x, limit * np.sign(x), "line", "right"))
    return Chart(
        title="Gradient of Q in the first coordinate",
        description=f"{depth} layers; at rho = {rho:.4g} the gradient is {here[0]:.4g}; for small rho it is the slope "
        "of a weighted l2 norm"
        + (", for large rho that of a weighted l1 norm." if depth > 2 else ", then a logarithm."),
        x=Axis("rho"),
        y=Axis("gradient"),
        series=tuple(parts),
    )
