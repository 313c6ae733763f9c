"""A state of a diagonal linear network: the weights of its map, and the products that the gradient flow conserves."""

from __future__ import annotations

import numpy as np

from refutable.strategies.charts import Axis, Chart
from refutable.strategies.shallow_relu.pictures.drawings import series
from refutable.theorems.domains.shallow_relu.conversion import floats
from refutable.theorems.instances import Instance


def drawing(instance: Instance) -> Chart | None:
    """u^2 - v^2 and |u v| by input; None for numbers that floats do not hold."""
    u, v, x, y = (floats(instance[name]) for name in ("u", "v", "x", "y"))
    weights, products = u * u - v * v, np.abs(u * v)
    residual = x @ weights - y
    if not all(np.isfinite(values).all() for values in (weights, products, residual)):
        return None
    count, places = len(u), np.arange(1, len(u) + 1)
    return Chart(
        title="Weights of the map",
        description=f"u^2 - v^2 at each of {count} input{'s' if count > 1 else ''}, and the products |u v|, which the "
        f"gradient flow conserves; the largest residual is {float(np.abs(residual).max()):.4g}.",
        x=Axis("input", low=0.5, high=count + 0.5),
        y=Axis("weight"),
        series=(
            series("u^2 - v^2", places, weights, "stems", "left"),
            series("|u v|", places, products, "points", "right"),
        ),
    )
