"""SGD on one neuron of a trained network, at its interpolating minimum."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.regular_minimum import REGULAR_MINIMUM
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.exact import to_float
from refutable.theorems.instances import Instance

MOST_INPUTS = 2
"""Input weights, two biases and an output weight make at most five parameters."""
MOST_LOSSES = 8
OF_A_RECIPE = 1
"""Networks taken of each way to train."""


def from_neuron(network: Instance, neuron: int, batch_size: int = 1, steps: int = 1) -> Instance:
    """The regular minimum at which SGD trains one neuron and the output bias: H_j = grad f(x_j) grad f(x_j)^T.

    Args:
        network: a shallow ReLU network with labels null or interpolated, and a step size.
        neuron: which one is trained.
        batch_size: B.
        steps: T; the displacement is (1, ..., 1).
    """
    active = SHALLOW_RELU.view(network)["active"][..., neuron]
    x, w1, b1, w2 = network["x"], network["w1"][neuron], network["b1"][neuron], network["w2"][neuron]
    rows = []
    for point, on in zip(x, active, strict=True):
        height = sum((a * b for a, b in zip(w1, point, strict=True)), b1)
        rows.append([*(w2 * c * on for c in point), w2 * on, height * on, fmpq(1)])
    features = np.array(rows, dtype=object)
    return REGULAR_MINIMUM.instance(
        hessians=features[:, :, None] * features[:, None, :],
        step_size=network["step_size"],
        batch_size=batch_size,
        displacement=[1] * features.shape[1],
        steps=steps,
    )


def _sharpest(network: Instance) -> int:
    """The neuron with the largest mean squared gradient, in floats."""
    view = SHALLOW_RELU.view(network)
    active = np.vectorize(to_float, otypes=[np.float64])(view["active"])
    floats = {name: np.vectorize(to_float, otypes=[np.float64])(network[name]) for name in ("x", "w1", "b1", "w2")}
    heights = (floats["x"] @ floats["w1"].T + floats["b1"]) * active
    reach = (1 + (floats["x"] ** 2).sum(axis=1))[:, None] * active
    return int((heights**2 + reach * floats["w2"] ** 2).sum(axis=0).argmax())


@lru_cache(maxsize=1)
def trained_minima() -> tuple[tuple[Instance, str], ...]:
    """The minima of the shipped trained networks that are small enough, with their origin."""
    from refutable.strategies.training.corpus import corpus

    found: list[tuple[Instance, str]] = []
    taken: Counter[tuple[str, bool]] = Counter()
    for entry in corpus().relabelled():
        document: Any = entry.instance
        if len(document["network"]["w1"][0]) > MOST_INPUTS or len(document["data"]["x"]) > MOST_LOSSES:
            continue
        taken[entry.recipe, entry.stable] += 1
        if taken[entry.recipe, entry.stable] > OF_A_RECIPE:
            continue
        network = SHALLOW_RELU.load(document)
        neuron = _sharpest(network)
        origin = f"{entry.recipe} network {entry.index}, neuron {neuron + 1} alone"
        found.append((from_neuron(network, neuron), origin))
    return tuple(found)
