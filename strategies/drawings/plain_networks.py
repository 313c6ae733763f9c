"""Two-layer ReLU networks of other domains, drawn as shallow networks: function, knots, data."""

from __future__ import annotations

from typing import Any

import numpy as np
from flint import fmpq

from refutable.strategies.charts import Chart
from refutable.strategies.shallow_relu.pictures import drawing as shallow_drawing
from refutable.theorems.domains.decayed_line import DECAYED_LINE
from refutable.theorems.domains.output_layer import OUTPUT_LAYER
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.domains.weight_decay_relu import WEIGHT_DECAY_RELU
from refutable.theorems.instances import Instance


def drawing(instance: Instance) -> Chart | None:
    """The function that the network is, with its knots; labels where the instance has some."""
    parts = {
        DECAYED_LINE.id: _decayed,
        OUTPUT_LAYER.id: _output_layer,
        WEIGHT_DECAY_RELU.id: _weight_decay,
    }[instance.domain](instance)
    whole = {"b2": fmpq(0), "y": None, "step_size": None, **parts}
    return shallow_drawing(SHALLOW_RELU.instance(**{name: _listed(value) for name, value in whole.items()}))


def _decayed(instance: Instance) -> dict[str, Any]:
    return {
        "w1": instance["input_weights"][:, None],
        "b1": instance["biases"],
        "w2": instance["output_weights"],
        "x": instance["x"][:, None],
    }


def _output_layer(instance: Instance) -> dict[str, Any]:
    return {
        "w1": instance["slopes"][:, None],
        "b1": instance["biases"],
        "w2": OUTPUT_LAYER.view(instance)["output_weights"],
        "x": instance["x"][:, None],
        "y": instance["y"],
    }


def _weight_decay(instance: Instance) -> dict[str, Any]:
    no_biases = np.full(len(instance["a"]), fmpq(0), dtype=object)
    return {"w1": instance["w"], "b1": no_biases, "w2": instance["a"], "x": instance["x"], "y": instance["y"]}


def _listed(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else value
