"""Separable data in the plane: the data, the weights, and the maximum margin direction."""

from __future__ import annotations

import numpy as np

from refutable.strategies.charts import Axis, Chart
from refutable.strategies.shallow_relu.pictures.drawings import series
from refutable.theorems.domains.separable import SEPARABLE
from refutable.theorems.domains.shallow_relu.conversion import floats
from refutable.theorems.instances import Instance


def drawing(instance: Instance) -> Chart | None:
    """Data with labels absorbed, w and w_hat as lines from 0; None for other than two inputs or no margin."""
    x = floats(instance["x"])
    margin = SEPARABLE.view(instance)["margin"]
    if x.shape[1] != 2 or margin is None:
        return None
    size = float(np.abs(x).max())
    direction, w = (floats(np.array(part, dtype=object)) for part in (margin.direction, instance["w"]))
    support = x[list(margin.support)]
    lines = [
        series(name, np.array([0.0, end[0]]), np.array([0.0, end[1]]), "line", role, dashed)
        for name, end, role, dashed in (
            ("w_hat", _scaled(direction, size), "right", False),
            ("w", _scaled(w, size), "left", True),
        )
    ]
    return Chart(
        title="Separable data and directions",
        description=f"{len(x)} data with labels absorbed, {len(support)} of them support vectors. The lines are the "
        f"maximum margin direction and the weights, scaled to the data; the margin is "
        f"{1 / float(np.linalg.norm(direction)):.6g}.",
        x=Axis("first entry"),
        y=Axis("second entry"),
        series=(
            series("data", x[:, 0], x[:, 1], "points", "data", False),
            series("support vectors", support[:, 0], support[:, 1], "points", "knot", False),
            *lines,
        ),
    )


def _scaled(vector: np.ndarray, size: float) -> np.ndarray:
    length = float(np.linalg.norm(vector))
    return vector * (size / length) if length and np.isfinite(length) else np.zeros(2)
