"""Reductions of a deep linear network, simplest first. Each keeps the shapes chained."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.domain import Move
from refutable.theorems.domains.number_moves import NumberMoves, sealed
from refutable.theorems.instances import Instance
from refutable.theorems.ops.exact import from_matrix, to_matrix


def merge_layers(instance: Instance) -> Iterator[Instance]:
    """Two neighbouring layers replaced by their product."""
    layers = instance["layers"]
    for i in range(len(layers) - 1):
        merged = sealed(from_matrix(to_matrix(layers[i + 1]) * to_matrix(layers[i])))
        yield instance.replace(layers=(*layers[:i], merged, *layers[i + 2 :]))


def drop_layer(instance: Instance) -> Iterator[Instance]:
    """One square layer fewer."""
    layers = instance["layers"]
    for i, layer in enumerate(layers):
        if len(layers) > 1 and layer.shape[0] == layer.shape[1]:
            yield instance.replace(layers=(*layers[:i], *layers[i + 1 :]))


def narrow(instance: Instance) -> Iterator[Instance]:
    """One hidden unit, output or input fewer; or one fewer in every width at once."""
    layers = instance["layers"]
    widths = [layers[0].shape[1], *(layer.shape[0] for layer in layers)]
    if min(widths) > 1:
        smaller = instance
        for level, width in enumerate(widths):
            smaller = _without_unit(smaller, level, width - 1)
        yield smaller
    for level, width in enumerate(widths):
        for unit in range(width) if width > 1 else ():
            yield _without_unit(instance, level, unit)


def _without_unit(instance: Instance, level: int, unit: int) -> Instance:
    layers = list(instance["layers"])
    if level > 0:
        layers[level - 1] = sealed(np.delete(layers[level - 1], unit, 0))
    if level < len(layers):
        layers[level] = sealed(np.delete(layers[level], unit, 1))
    changes: dict[str, Any] = {"layers": tuple(layers)}
    if level == 0 and instance["inputs"] is not None:
        changes["inputs"] = sealed(np.delete(instance["inputs"], unit, 1))
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
        yield instance.replace(inputs=sealed(np.delete(instance["inputs"], j, 0)))


def diagonal(instance: Instance) -> Iterator[Instance]:
    """All layers, or one, cut down to their diagonal."""
    layers = instance["layers"]
    cut = tuple(_diagonal(layer) for layer in layers)
    yield instance.replace(layers=cut)
    for i, layer in enumerate(cut):
        yield instance.replace(layers=(*layers[:i], layer, *layers[i + 1 :]))


def _diagonal(layer: Any) -> Any:
    return sealed(layer * np.eye(*layer.shape, dtype=np.int64).astype(object))


def alike(instance: Instance) -> Iterator[Instance]:
    """One layer, or all, made equal to another one or to its transpose, where the shapes allow it."""
    layers = instance["layers"]
    for layer in layers:
        for same in (layer, layer.T):
            if all(other.shape == same.shape for other in layers):
                yield instance.replace(layers=(same,) * len(layers))
            for i, other in enumerate(layers):
                if other.shape == same.shape:
                    yield instance.replace(layers=(*layers[:i], same, *layers[i + 1 :]))


def one_entry(instance: Instance) -> Iterator[Instance]:
    """One entry set to 1."""
    for place, value in NUMBERS.places(instance):
        if value != 1:
            yield NUMBERS.put(instance, place, fmpq(1))


NUMBERS = NumberMoves(("layers", "inputs", "loss_scale"), positive=("loss_scale",))

MOVES = (
    Move("merge layers", merge_layers),
    Move("drop a layer", drop_layer),
    Move("narrow", narrow),
    Move("plain setting", plain_setting),
    Move("diagonal", diagonal),
    Move("equal layers", alike),
    *NUMBERS.moves[:2],
    Move("an entry one", one_entry),
    *NUMBERS.moves[2:],
)
