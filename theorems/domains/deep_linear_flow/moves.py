"""Reductions and variations of a state of training. A target that the layers multiply to stays their product."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat

from refutable.theorems.domains.domain import Move
from refutable.theorems.domains.number_moves import NumberMoves, sealed
from refutable.theorems.instances import Instance
from refutable.theorems.ops.exact import from_matrix, to_matrix

MAX_ADDED_LAYERS, MAX_ADDED_WIDTH = 6, 3
"""Nothing is added beyond these sizes."""


def _product(instance: Instance) -> Any:
    layers = [to_matrix(layer) for layer in instance["layers"]]
    whole = layers[0]
    for layer in layers[1:]:
        whole = layer * whole
    return sealed(from_matrix(whole))


def refitted(before: Instance, after: Instance) -> Iterator[Instance]:
    """``after`` as it is; where the target was the product of the layers, also with the product as target."""
    yield after
    if (before["target"] == _product(before)).all():
        yield after.replace(target=_product(after))


def _with_layers(instance: Instance, layers: Any) -> Iterator[Instance]:
    yield from refitted(instance, instance.replace(layers=tuple(layers)))


def drop_layer(instance: Instance) -> Iterator[Instance]:
    """One layer fewer."""
    layers = instance["layers"]
    for i in range(len(layers)) if len(layers) > 2 else ():
        yield from _with_layers(instance, (*layers[:i], *layers[i + 1 :]))


def narrow(instance: Instance) -> Iterator[Instance]:
    """One coordinate fewer, in all layers and in the target."""
    size = len(instance["target"])
    for k in range(size) if size > 1 else ():
        layers, target = (_without(layer, k) for layer in instance["layers"]), _without(instance["target"], k)
        yield from refitted(instance, instance.replace(layers=tuple(layers), target=target))


def _without(matrix: Any, k: int) -> Any:
    return sealed(np.delete(np.delete(matrix, k, 0), k, 1))


def diagonal(instance: Instance) -> Iterator[Instance]:
    """All layers, and the target, cut down to their diagonal; one of them."""
    layers, target = tuple(_cut(layer) for layer in instance["layers"]), _cut(instance["target"])
    yield from refitted(instance, instance.replace(layers=layers, target=target))
    yield instance.replace(target=target)
    for i, layer in enumerate(layers):
        yield from _with_layers(instance, (*instance["layers"][:i], layer, *instance["layers"][i + 1 :]))


def _cut(matrix: Any) -> Any:
    return sealed(matrix * np.eye(len(matrix), dtype=np.int64).astype(object))


def identity(instance: Instance) -> Iterator[Instance]:
    """Layers, all or one, replaced by the identity; the target by the identity, or by the layers' product."""
    layers, one = instance["layers"], _identity(len(instance["target"]))
    yield from _with_layers(instance, [one] * len(layers))
    for i in range(len(layers)):
        yield from _with_layers(instance, (*layers[:i], one, *layers[i + 1 :]))
    yield instance.replace(target=one)
    yield instance.replace(target=_product(instance))


def _identity(size: int) -> Any:
    return sealed(from_matrix(fmpq_mat(size, size, [fmpq(i % (size + 1) == 0) for i in range(size * size)])))


def alike(instance: Instance) -> Iterator[Instance]:
    """All layers equal to one of them; one layer equal to another, or to its transpose."""
    layers = instance["layers"]
    for layer in layers:
        yield from _with_layers(instance, [layer] * len(layers))
        for i in range(len(layers)):
            for same in (layer, layer.T):
                yield from _with_layers(instance, (*layers[:i], same, *layers[i + 1 :]))


def plain_setting(instance: Instance) -> Iterator[Instance]:
    """Loss scale 1; step size 1; no step size."""
    if instance["loss_scale"] != 1:
        yield instance.replace(loss_scale=fmpq(1))
    if instance["step_size"] is not None:
        yield instance.replace(step_size=None)
        if instance["step_size"] != 1:
            yield instance.replace(step_size=fmpq(1))


def all_entries(instance: Instance) -> Iterator[Instance]:
    """The same entry changed in all layers alike: to 0, to 1, or to a whole number."""
    layers = instance["layers"]
    for i, j in np.ndindex(layers[0].shape):
        for value in {fmpq(0), fmpq(1), fmpq(layers[0][i, j].floor())}:
            changed = []
            for layer in layers:
                copy = layer.copy()
                copy[i, j] = value
                changed.append(sealed(copy))
            yield from _with_layers(instance, changed)


NUMBERS = NumberMoves(
    ("layers", "target", "loss_scale"), refit=refitted, jointly=("layers", "target"), positive=("loss_scale",)
)

MOVES = (
    Move("drop a layer", drop_layer),
    Move("narrow", narrow),
    Move("plain setting", plain_setting),
    Move("identity", identity),
    Move("diagonal", diagonal),
    Move("equal layers", alike),
    Move("an entry of all layers", all_entries),
    *NUMBERS.moves,
)


def add_layer(instance: Instance) -> Iterator[Instance]:
    """An identity layer, or a layer twice."""
    layers = instance["layers"]
    if len(layers) < MAX_ADDED_LAYERS:
        for i, layer in enumerate(layers):
            for more in (_identity(len(layer)), layer):
                yield from _with_layers(instance, (*layers[:i], more, *layers[i:]))


def widen(instance: Instance) -> Iterator[Instance]:
    """One more coordinate beside the others: gain 1 in all layers, 1, 0 or -1 in the target."""
    if len(instance["target"]) < MAX_ADDED_WIDTH:
        layers = tuple(_beside(layer, 1) for layer in instance["layers"])
        for gain in (1, 0, -1):
            yield instance.replace(layers=layers, target=_beside(instance["target"], gain))


def _beside(matrix: Any, gain: int) -> Any:
    size = len(matrix)
    out = np.full((size + 1, size + 1), fmpq(0), dtype=object)
    out[:size, :size] = matrix
    out[size, size] = fmpq(gain)
    return sealed(out)


def shift_scale(instance: Instance) -> Iterator[Instance]:
    """A factor 2 moved from one layer to the next: the product stays."""
    layers = instance["layers"]
    for i in range(len(layers) - 1):
        for factor in (fmpq(2), fmpq(1, 2)):
            pair = (sealed(layers[i] * factor), sealed(layers[i + 1] / factor))
            yield instance.replace(layers=(*layers[:i], *pair, *layers[i + 2 :]))


def turn_target(instance: Instance) -> Iterator[Instance]:
    """The target transposed, or with its rows in reverse order."""
    yield instance.replace(target=sealed(instance["target"].T.copy()))
    yield instance.replace(target=sealed(instance["target"][::-1].copy()))


VARIATIONS = (
    Move("add a layer", add_layer),
    Move("drop a layer", drop_layer),
    Move("widen", widen),
    Move("narrow", narrow),
    Move("identity", identity),
    Move("equal layers", alike),
    Move("diagonal", diagonal),
    Move("shift scale", shift_scale),
    Move("turn the target", turn_target),
)
