"""A state of a diagonal network along gradient flow: its map, and the map that it is compared with."""

from __future__ import annotations

import numpy as np

from refutable.strategies.charts import Axis, Chart
from refutable.strategies.shallow_relu.pictures.drawings import series
from refutable.theorems.domains.diagonal_flow.moves import weights
from refutable.theorems.domains.shallow_relu.conversion import floats
from refutable.theorems.instances import Instance


def drawing(instance: Instance) -> Chart | None:
    """w = u_+ v_+ - u_- v_- by input, and v where it is given; None for numbers that floats do not hold."""
    w, x, y = floats(weights(instance)), floats(instance["x"]), floats(instance["y"])
    other = None if instance["other"] is None else floats(instance["other"])
    residual = x @ w - y
    if not all(np.isfinite(values).all() for values in (w, residual, w if other is None else other)):
        return None
    count, places = len(w), np.arange(1, len(w) + 1)
    shown = [series("w", places, w, "stems", "left")]
    if other is not None:
        shown.append(series("v", places, other, "points", "right"))
    return Chart(
        title="Weights of the map",
        description=f"w = u_+ v_+ - u_- v_- at each of {count} input{'s' if count > 1 else ''}"
        f"{'' if other is None else ', and the map v that it is compared with'}; the largest residual is "
        f"{float(np.abs(residual).max()):.4g}.",
        x=Axis("input", low=0.5, high=count + 0.5),
        y=Axis("weight"),
        series=tuple(shown),
    )
