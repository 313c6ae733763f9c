"""Quadratic losses: eigenvalues of their Hessians against 2/eta, beyond which gradient descent leaves the minimum."""

from __future__ import annotations

import numpy as np

from refutable.strategies.charts import Axis, Chart
from refutable.strategies.shallow_relu.pictures.drawings import series
from refutable.theorems.domains.shallow_relu.conversion import floats
from refutable.theorems.exact import to_float
from refutable.theorems.instances import Instance

LOSSES = 12
"""Losses drawn one by one, besides their mean."""


def drawing(instance: Instance) -> Chart | None:
    """Eigenvalues of the mean Hessian and of each loss's own; None for numbers that floats do not hold."""
    hessians, edge = floats(instance["hessians"]), 2 / to_float(instance["step_size"])
    if not (np.isfinite(hessians).all() and np.isfinite(edge)):
        return None
    mean = np.linalg.eigvalsh(hessians.mean(axis=0))[::-1]
    places = np.arange(1, len(mean) + 1)
    single = np.linalg.eigvalsh(hessians[:LOSSES])[:, ::-1] if len(hessians) > 1 else np.empty((0, len(mean)))
    name = "eigenvalues of the single ones"
    above = int((mean > edge).sum())
    return Chart(
        title="Curvature against 2/eta",
        description=f"Eigenvalues of the mean of {len(hessians)} Hessian{'s' if len(hessians) > 1 else ''}, largest "
        f"{mean[0]:.4g}; {above} of {len(mean)} above the line 2/eta = {edge:.4g}.",
        x=Axis("eigenvalue, largest first", low=0.5, high=len(mean) + 0.5),
        y=Axis("curvature"),
        series=(
            series("2/eta", [0.5, len(mean) + 0.5], [edge, edge], role="right"),
            series(name, np.tile(places, len(single)), single.ravel(), "points", "faint"),
            series("eigenvalues of their mean", places, mean, "stems", "left"),
        ),
    )
