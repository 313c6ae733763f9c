"""A deep linear network: the singular values of its layers and of their product."""

from __future__ import annotations

from functools import reduce

import numpy as np

from refutable.strategies.charts import Axis, Chart
from refutable.strategies.shallow_relu.pictures.drawings import series
from refutable.theorems.domains.shallow_relu.conversion import floats
from refutable.theorems.exact import to_float
from refutable.theorems.instances import Instance


def drawing(instance: Instance) -> Chart | None:
    """Singular values by layer, and those of the product; None for numbers that floats do not hold."""
    layers = [floats(layer) for layer in instance["layers"]]
    whole = reduce(lambda before, layer: layer @ before, layers)
    if not all(np.isfinite(matrix).all() for matrix in (*layers, whole)):
        return None
    found = [np.linalg.svd(layer, compute_uv=False) for layer in layers]
    places = np.concatenate([np.full(len(values), i + 1) for i, values in enumerate(found)])
    own, last = np.linalg.svd(whole, compute_uv=False), len(layers) + 1
    top = float(own.max(initial=0.0))
    flattest = to_float(instance["loss_scale"]) * len(layers) * top ** (2 - 2 / len(layers))
    return Chart(
        title="Singular values of the layers",
        description=f"{len(layers)} layer{'s' if len(layers) > 1 else ''} and, at {last}, their product, whose largest "
        f"is {top:.4g}: no minimum with this product on white inputs is flatter than {flattest:.4g}.",
        x=Axis("layer, then the product", low=0.5, high=last + 0.5),
        y=Axis("singular value", low=0.0),
        series=(
            series("of the layers", places, np.concatenate(found), "points", "left"),
            series("of the product", np.full(len(own), last), own, "stems", "right"),
        ),
        marks=((float(last), "product"),),
    )
