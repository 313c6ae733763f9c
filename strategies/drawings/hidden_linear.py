"""A state of a hidden layer along gradient flow: its predictor, the start's, and the one that it is compared with."""

from __future__ import annotations

import numpy as np

from refutable.strategies.charts import Axis, Chart
from refutable.strategies.shallow_relu.pictures.drawings import series
from refutable.theorems.domains.hidden_linear import HIDDEN_LINEAR
from refutable.theorems.domains.shallow_relu.conversion import floats
from refutable.theorems.instances import Instance


def drawing(instance: Instance) -> Chart | None:
    """theta = W^T a by input, theta_0, and v where it is given; None for numbers that floats do not hold."""
    view = HIDDEN_LINEAR.view(instance)
    theta, begin, residual = (floats(view[name]) for name in ("predictor", "start_predictor", "residuals"))
    rival = None if instance["rival"] is None else floats(instance["rival"])
    if not all(np.isfinite(values).all() for values in (theta, begin, residual, theta if rival is None else rival)):
        return None
    count, places = len(theta), np.arange(1, len(theta) + 1)
    shown = [series("theta", places, theta, "stems", "left"), series("theta_0", places, begin, "points", "faint")]
    if rival is not None:
        shown.append(series("v", places, rival, "points", "right"))
    return Chart(
        title="The predictor and its start",
        description=f"theta = W^T a at each of {count} input{'s' if count > 1 else ''}, the start theta_0"
        f"{'' if rival is None else ', and the predictor v that it is compared with'}; the largest residual is "
        f"{float(np.abs(residual).max()):.4g}.",
        x=Axis("input", low=0.5, high=count + 0.5),
        y=Axis("weight of the predictor"),
        series=tuple(shown),
    )
