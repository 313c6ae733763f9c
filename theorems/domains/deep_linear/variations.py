"""Structural variations of a deep linear network, for a search by evolution. Each keeps the shapes chained."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.domain import Move
from refutable.theorems.instances import Instance

MAX_LAYERS, MAX_WIDTH = 6, 4
"""Nothing is added beyond these sizes."""


def _sealed(a: Any) -> Any:
    a.setflags(write=False)
    return a


def _diagonal(width: int, value: int = 1) -> Any:
    out = np.full((width, width), fmpq(0), dtype=object)
    for i in range(width):
        out[i, i] = fmpq(value)
    return _sealed(out)


def add_layer(instance: Instance) -> Iterator[Instance]:
    """An identity layer at any place; a square layer twice."""
    layers = instance["layers"]
    if len(layers) >= MAX_LAYERS:
        return
    widths = [layers[0].shape[1], *(layer.shape[0] for layer in layers)]
    for at, width in enumerate(widths):
        yield instance.replace(layers=(*layers[:at], _diagonal(width), *layers[at:]))
    for at, layer in enumerate(layers):
        if layer.shape[0] == layer.shape[1]:
            yield instance.replace(layers=(*layers[:at], layer, *layers[at:]))


def drop_layer(instance: Instance) -> Iterator[Instance]:
    """One square layer fewer."""
    layers = instance["layers"]
    for i, layer in enumerate(layers):
        if len(layers) > 1 and layer.shape[0] == layer.shape[1]:
            yield instance.replace(layers=(*layers[:i], *layers[i + 1 :]))


def transpose(instance: Instance) -> Iterator[Instance]:
    """The transposed network, where no inputs are given; one square layer transposed."""
    layers = instance["layers"]
    if instance["inputs"] is None:
        yield instance.replace(layers=tuple(_sealed(layer.T.copy()) for layer in reversed(layers)))
    for i, layer in enumerate(layers):
        if layer.shape[0] == layer.shape[1] > 1:
            yield instance.replace(layers=(*layers[:i], _sealed(layer.T.copy()), *layers[i + 1 :]))


def tie(instance: Instance) -> Iterator[Instance]:
    """A layer replaced by the transpose of the one before it, or set equal to it, where the shapes allow it."""
    layers = instance["layers"]
    for i, (before, after) in enumerate(pairwise(layers)):
        for twin in (before.T, before):
            if twin.shape == after.shape:
                yield instance.replace(layers=(*layers[: i + 1], _sealed(twin.copy()), *layers[i + 2 :]))


def diagonalise(instance: Instance) -> Iterator[Instance]:
    """Only the diagonals of all layers; of one."""
    layers = instance["layers"]
    plain = tuple(_only_diagonal(layer) for layer in layers)
    yield instance.replace(layers=plain)
    for i in range(len(layers)) if len(layers) > 1 else ():
        yield instance.replace(layers=(*layers[:i], plain[i], *layers[i + 1 :]))


def _only_diagonal(layer: Any) -> Any:
    out = layer.copy()
    for (i, j), _ in np.ndenumerate(layer):
        if i != j:
            out[i, j] = fmpq(0)
    return _sealed(out)


def shift_scale(instance: Instance) -> Iterator[Instance]:
    """A factor 2 moved from one layer to a neighbour: the map stays."""
    layers = instance["layers"]
    for i in range(len(layers) - 1):
        for factor in (fmpq(2), fmpq(1, 2)):
            pair = (_sealed(layers[i] * factor), _sealed(layers[i + 1] / factor))
            yield instance.replace(layers=(*layers[:i], *pair, *layers[i + 2 :]))


def widen(instance: Instance) -> Iterator[Instance]:
    """One more input, hidden unit a layer, and output, beside the others: gain 1 or 0 all the way."""
    layers = instance["layers"]
    if instance["inputs"] is not None or max(max(layer.shape) for layer in layers) >= MAX_WIDTH:
        return
    for gain in (1, 0):
        yield instance.replace(layers=tuple(_beside(layer, gain) for layer in layers))


def _beside(layer: Any, gain: int) -> Any:
    rows, columns = layer.shape
    out = np.full((rows + 1, columns + 1), fmpq(0), dtype=object)
    out[:rows, :columns] = layer
    out[rows, columns] = fmpq(gain)
    return _sealed(out)


def other_setting(instance: Instance) -> Iterator[Instance]:
    """Another loss scale; identity covariance in place of given inputs."""
    for scale in (fmpq(1), fmpq(2), fmpq(1, 2)):
        if scale != instance["loss_scale"]:
            yield instance.replace(loss_scale=scale)
    if instance["inputs"] is not None:
        yield instance.replace(inputs=None)


VARIATIONS = (
    Move("add a layer", add_layer),
    Move("drop a layer", drop_layer),
    Move("transpose", transpose),
    Move("tie layers", tie),
    Move("diagonalise", diagonalise),
    Move("shift scale", shift_scale),
    Move("widen", widen),
    Move("other setting", other_setting),
)
