"""Reductions of a deep linear network, simplest first. Each keeps the shapes chained."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.domain import Move
from refutable.theorems.domains.shallow_relu.moves import simpler_numbers
from refutable.theorems.instances import Instance
from refutable.theorems.ops.exact import from_matrix, to_matrix


def _sealed(a: Any) -> Any:
    a.setflags(write=False)
    return a


def merge_layers(instance: Instance) -> Iterator[Instance]:
    """Two neighbouring layers replaced by their product."""
    layers = instance["layers"]
    for i in range(len(layers) - 1):
        merged = _sealed(from_matrix(to_matrix(layers[i + 1]) * to_matrix(layers[i])))
        yield instance.replace(layers=(*layers[:i], merged, *layers[i + 2 :]))


def drop_layer(instance: Instance) -> Iterator[Instance]:
    """One square layer fewer."""
    layers = instance["layers"]
    for i, layer in enumerate(layers):
        if len(layers) > 1 and layer.shape[0] == layer.shape[1]:
            yield instance.replace(layers=(*layers[:i], *layers[i + 1 :]))


def narrow(instance: Instance) -> Iterator[Instance]:
    """One hidden unit, output or input fewer."""
    layers = instance["layers"]
    widths = [layers[0].shape[1], *(layer.shape[0] for layer in layers)]
    for level, width in enumerate(widths):
        for unit in range(width) if width > 1 else ():
            yield _without_unit(instance, level, unit)


def _without_unit(instance: Instance, level: int, unit: int) -> Instance:
    layers = list(instance["layers"])
    if level > 0:
        layers[level - 1] = _sealed(np.delete(layers[level - 1], unit, 0))
    if level < len(layers):
        layers[level] = _sealed(np.delete(layers[level], unit, 1))
    changes: dict[str, Any] = {"layers": tuple(layers)}
    if level == 0 and instance["inputs"] is not None:
        changes["inputs"] = _sealed(np.delete(instance["inputs"], unit, 1))
    return instance.replace(**changes)


def plain_setting(instance: Instance) -> Iterator[Instance]:
    """Identity covariance in place of given inputs, loss scale 1."""
    if instance["inputs"] is not None:
        yield instance.replace(inputs=None)
        yield from _fewer_data(instance)
    if instance["loss_scale"] != 1:
        yield instance.replace(loss_scale=fmpq(1))


def _fewer_data(instance: Instance) -> Iterator[Instance]:
    n = len(instance["inputs"])
    for j in range(n) if n > 1 else ():
        yield instance.replace(inputs=_sealed(np.delete(instance["inputs"], j, 0)))


def simpler_entry(instance: Instance) -> Iterator[Instance]:
    """One weight set to 0 or 1, or replaced by a number with a smaller denominator."""
    for i, layer in enumerate(instance["layers"]):
        for index, value in np.ndenumerate(layer):
            for simpler in _simpler(value):
                changed = layer.copy()
                changed[index] = simpler
                layers = (*instance["layers"][:i], _sealed(changed), *instance["layers"][i + 1 :])
                yield instance.replace(layers=layers)


def _simpler(value: fmpq) -> Iterator[fmpq]:
    if value not in (0, 1):
        yield fmpq(0)
        yield fmpq(1)
    yield from simpler_numbers(value)


MOVES = (
    Move("merge layers", merge_layers),
    Move("drop a layer", drop_layer),
    Move("narrow", narrow),
    Move("plain setting", plain_setting),
    Move("simplify an entry", simpler_entry),
)
