"""The domain record: linear networks of the usual architectures, with their layers as one writes them down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.domain import Domain, Move, quantities
from refutable.theorems.domains.number_moves import NumberMoves, proper, sealed
from refutable.theorems.domains.tensor_network.models import KINDS, QUANTITIES
from refutable.theorems.exact import text
from refutable.theorems.instances import Field, Instance, InstanceError
from refutable.theorems.views import View

MAX_LAYERS, MAX_DATA, MAX_ENTRIES, MAX_WORK = 8, 12, 2000, 20_000
"""Layers; data; entries of the data tensor times inputs; those times data and layers, as often as they are visited."""
MAX_BITS, MAX_TOTAL_BITS = 400, 2**13
"""Bits of a number; of all together: sums of fractions are as long as all of their denominators."""

FIELDS = (
    Field("architecture", ("architecture",), kind="words", vocabulary=KINDS, meaning="one of the words"),
    Field("x", ("data", "x"), ("n", "d"), meaning="inputs, one row a datum"),
    Field("layers", ("network", "layers"), kind="matrices", meaning="W_l; vectors and filters as one column"),
)


def structure(view: View) -> Mapping[str, Any]:
    """No discrete facts: the network is a polynomial."""
    return {}


def check(values: Mapping[str, Any]) -> None:
    """Layers that fit the architecture and the inputs, few and small enough to be decided in a fraction of a second.

    Raises:
        InstanceError: otherwise.
    """
    words, layers = values["architecture"], values["layers"]
    if len(words) != 1:
        raise InstanceError(f"architecture must be one word of {', '.join(KINDS)}; got {len(words)}")
    _check_sizes(layers, *values["x"].shape)
    _check_bits([*values["x"].ravel(), *(q for layer in layers for q in layer.ravel())])
    problem = _misfit(next(iter(words)), [layer.shape for layer in layers], values["x"].shape[1])
    if problem:
        raise InstanceError(f"network.layers: {problem}")


def _check_sizes(layers: Sequence[Any], n: int, d: int) -> None:
    if not 2 <= len(layers) <= MAX_LAYERS:
        raise InstanceError(f"network.layers holds {len(layers)} layers; 2 to {MAX_LAYERS} can be decided")
    if n > MAX_DATA:
        raise InstanceError(f"data.x holds {n} data; at most {MAX_DATA} can be decided")
    entries = prod(layer.size for layer in layers) * d
    if entries > MAX_ENTRIES:
        raise InstanceError(f"data tensor times inputs have {entries} entries, more than {MAX_ENTRIES}; drop weights")
    if entries * n * len(layers) > MAX_WORK:
        many = f"{entries} entries of data tensor times inputs, {n} data and {len(layers)} layers"
        raise InstanceError(f"{many} are too many together; take fewer data, layers or weights")


def _check_bits(numbers: Sequence[fmpq]) -> None:
    bits = [max(q.p.bit_length(), q.q.bit_length()) for q in numbers]
    if max(bits) > MAX_BITS:
        raise InstanceError(f"a number has more than {MAX_BITS} bits; round it")
    if sum(bits) > MAX_TOTAL_BITS:
        raise InstanceError(f"the numbers have {sum(bits)} bits together; round them to {MAX_TOTAL_BITS}")


def _misfit(kind: str, shapes: list[tuple[int, int]], d: int) -> str:
    if kind == "fully-connected":
        outer = [d, *(columns for _, columns in shapes)]
        fits = all(rows == before for (rows, _), before in zip(shapes, outer, strict=False)) and outer[-1] == 1
        return "" if fits else f"the matrices must lead from {d} inputs to 1 output"
    if any(columns != 1 for _, columns in shapes):
        return "each layer is one column here"
    rows = [rows for rows, _ in shapes]
    if kind == "diagonal":
        return "" if all(k == d for k in rows) else f"each layer has {d} weights"
    fits = rows[-1] == d and all(k <= d for k in rows)
    return "" if fits else f"filters have at most {d} weights and the last layer {d}"


def hollow(view: View) -> str | None:
    """Why a network is no honest witness: some layer is 0."""
    dead = any(all(q == 0 for q in layer.ravel()) for layer in view["layers"])
    return "a layer is 0" if dead or all(q == 0 for q in view["x"].ravel()) else None


def describe(instance: Instance) -> list[str]:
    """Architecture, data, layers."""
    lines = [f"{next(iter(instance['architecture']))} network of {len(instance['layers'])} layers"]
    lines += [f"x = ({', '.join(text(q) for q in row)})" for row in instance["x"]]
    for i, layer in enumerate(instance["layers"]):
        rows = ["(" + ", ".join(text(q) for q in row) + ")" for row in (layer if layer.shape[1] > 1 else layer.T)]
        lines.append(f"layer {i + 1}: {', '.join(rows)}")
    return lines


def drop_layer(instance: Instance) -> Iterator[Instance]:
    """One layer fewer, where the others still fit."""
    layers = instance["layers"]
    for i in range(len(layers)) if len(layers) > 2 else ():
        yield instance.replace(layers=(*layers[:i], *layers[i + 1 :]))


def drop_datum(instance: Instance) -> Iterator[Instance]:
    """One datum fewer."""
    for i in range(len(instance["x"])) if len(instance["x"]) > 1 else ():
        yield instance.replace(x=sealed(np.delete(instance["x"], i, 0)))


def drop_weight(instance: Instance) -> Iterator[Instance]:
    """The last weight of a filter, or a hidden unit."""
    layers = instance["layers"]
    for i, layer in enumerate(layers[:-1]):
        if layer.shape[1] == 1 and len(layer) > 1:
            yield instance.replace(layers=(*layers[:i], sealed(layer[:-1].copy()), *layers[i + 1 :]))
        if layer.shape[1] > 1:
            rest = (sealed(layer[:, :-1].copy()), sealed(layers[i + 1][:-1].copy()))
            yield instance.replace(layers=(*layers[:i], *rest, *layers[i + 2 :]))


def drop_input(instance: Instance) -> Iterator[Instance]:
    """The last input, with the weights on it."""
    x, layers = instance["x"], instance["layers"]
    d = x.shape[1]
    if d > 1:
        first = next(iter(instance["architecture"])) == "fully-connected"
        cut = tuple(
            sealed(w[: d - 1].copy()) if (i == 0 or not first) and len(w) == d else w for i, w in enumerate(layers)
        )
        yield instance.replace(x=sealed(x[:, :-1].copy()), layers=cut)


NUMBERS = NumberMoves(("x", "layers"))
MOVES = (
    Move("drop a layer", drop_layer),
    Move("drop a datum", drop_datum),
    Move("drop an input", drop_input),
    Move("drop a weight", drop_weight),
    *NUMBERS.moves,
)


def widen(instance: Instance) -> Iterator[Instance]:
    """One more input of a circular network, or of all layers of a diagonal one, with all new entries 1."""
    kind, layers = next(iter(instance["architecture"])), instance["layers"]
    if kind == "fully-connected":
        return
    wider = tuple(_extended(w, 0) if kind == "diagonal" or i == len(layers) - 1 else w for i, w in enumerate(layers))
    yield instance.replace(x=_extended(instance["x"], 1), layers=wider)


def lengthen(instance: Instance) -> Iterator[Instance]:
    """One more weight, 1, of a filter."""
    layers = instance["layers"]
    for i, layer in enumerate(layers[:-1]):
        yield instance.replace(layers=(*layers[:i], _extended(layer, 0), *layers[i + 1 :]))


def _extended(array: Any, axis: int) -> Any:
    edge = np.full_like(np.take(array, [0], axis), fmpq(1))
    return sealed(np.concatenate([array, edge], axis))


def bump(instance: Instance) -> Iterator[Instance]:
    """A number one larger."""
    for place, value in NUMBERS.places(instance):
        yield NUMBERS.put(instance, place, value + 1)


VARIATIONS = (
    Move("one more input", widen),
    Move("a longer filter", lengthen),
    Move("a larger number", bump),
    Move("drop a datum", drop_datum),
)

TENSOR_NETWORK = Domain(
    id="tensor-network",
    title="linear networks as multilinear maps: diagonal, fully connected, circular-convolutional",
    fields=FIELDS,
    structure=structure,
    quantities=quantities(*QUANTITIES),
    moves=proper(check, (), MOVES),
    variations=proper(check, (), VARIATIONS),
    check=check,
    hollow=hollow,
    describe=describe,
)
