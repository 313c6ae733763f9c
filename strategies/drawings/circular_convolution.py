"""A circular-convolutional network on one datum: the datum, the predictor, and where training takes the predictor."""

from __future__ import annotations

import numpy as np

from refutable.strategies.charts import Axis, Chart
from refutable.strategies.shallow_relu.pictures.drawings import series
from refutable.theorems.domains.circular_convolution import CIRCULAR_CONVOLUTION
from refutable.theorems.domains.shallow_relu.conversion import floats
from refutable.theorems.instances import Instance


def drawing(instance: Instance) -> Chart | None:
    """Entries of the unit vectors along x, beta and the predicted direction; None where one of them is 0."""
    view = CIRCULAR_CONVOLUTION.view(instance)
    named = {"datum x": floats(instance["x"]), "predictor beta": floats(view["predictor"])}
    short = instance["filters"].shape == (1, 2)
    if short:
        named["2x + sgn<x, x_left> (x_left + x_right)"] = floats(view["predicted_direction"])
    sizes = [float(np.linalg.norm(vector)) for vector in named.values()]
    if not all(np.isfinite(size) and size > 0 for size in sizes):
        return None
    units = [vector / size for vector, size in zip(named.values(), sizes, strict=True)]
    places = np.arange(1, len(units[0]) + 1)
    kinds = (("stems", "data"), ("points", "left"), ("line", "right"))
    where = f"; beta and the predicted direction have cosine {float(units[1] @ units[2]):.6f}" if short else ""
    return Chart(
        title="Datum and predictor, each of norm 1",
        description=f"{len(instance['filters'])} hidden layers with filters of {instance['filters'].shape[1]}{where}.",
        x=Axis("entry", low=0.5, high=len(units[0]) + 0.5),
        y=Axis("value"),
        series=tuple(
            series(name, places, unit, kind, role, role == "right")
            for name, unit, (kind, role) in zip(named, units, kinds, strict=False)
        ),
    )
