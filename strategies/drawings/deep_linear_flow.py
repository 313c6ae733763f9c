"""A state of training of a deep linear network: the singular values of its layers, their product and the target."""

from __future__ import annotations

from functools import reduce

import numpy as np

from refutable.strategies.charts import Axis, Chart
from refutable.strategies.shallow_relu.pictures.drawings import series
from refutable.theorems.domains.shallow_relu.conversion import floats
from refutable.theorems.instances import Instance


def drawing(instance: Instance) -> Chart | None:
    """Singular values by layer, of the product and of the target; None for numbers that floats do not hold."""
    layers, target = [floats(layer) for layer in instance["layers"]], floats(instance["target"])
    whole = reduce(lambda before, layer: layer @ before, layers)
    if not all(np.isfinite(matrix).all() for matrix in (*layers, whole, target)):
        return None
    found = [np.linalg.svd(matrix, compute_uv=False) for matrix in (*layers, whole, target)]
    size, count = len(target), len(layers)
    places = np.repeat(np.arange(1, count + 1), size)
    gap = float(np.linalg.norm(whole - target))
    return Chart(
        title="Singular values of the layers",
        description=f"{count} layers, then their product and the target of training, {gap:.4g} apart in the norm of "
        "all entries; at balanced layers all have the same singular values.",
        x=Axis("layer, then product and target", low=0.5, high=count + 2.5),
        y=Axis("singular value", low=0.0),
        series=(
            series("of the layers", places, np.concatenate(found[:count]), "points", "left"),
            series("of the product", np.full(size, count + 1), found[count], "stems", "right"),
            series("of the target", np.full(size, count + 2), found[count + 1], "stems", "data"),
        ),
        marks=((float(count + 1), "product"), (float(count + 2), "target")),
    )
