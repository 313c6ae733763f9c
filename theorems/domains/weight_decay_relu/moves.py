"""Reductions and variations. Where y = z + f(convex point) held, the labels follow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.domain import Move
from refutable.theorems.domains.number_moves import NumberMoves, sealed
from refutable.theorems.instances import Instance

NEURON, BLOCK, DATUM = (("w", 0), ("a", 0)), (("v", 0), ("signs", 0), ("patterns", 0)), (("x", 0), ("y", 0), ("z", 0))
"""Fields of one neuron, one block, one datum, with their axis."""
INPUT = (("x", 1), ("w", 1), ("v", 1))
MOST = 4
"""Nothing is added beyond so many neurons or data."""


def convex_outputs(instance: Instance) -> Any:
    """sum_i s_i D_i X v_i [n]."""
    heights = instance["v"] @ instance["x"].T
    return (heights * instance["patterns"] * instance["signs"][:, None]).sum(axis=0)


def network_outputs(instance: Instance) -> Any:
    """f(x_k) [n]."""
    heights = instance["w"] @ instance["x"].T
    return (heights * (heights > 0) * instance["a"][:, None]).sum(axis=0)


def refitted(before: Instance, after: Instance) -> Iterator[Instance]:
    """``after`` as it is; where y = z + f(convex point) or y = z + f(network) held, also with labels that keep it."""
    yield after
    for outputs in (convex_outputs, network_outputs):
        if (before["y"] == before["z"] + outputs(before)).all():
            yield after.replace(y=sealed(after["z"] + outputs(after)))


def _without(instance: Instance, fields: Sequence[tuple[str, int]], index: int) -> Instance:
    changed = {name: sealed(np.delete(instance[name], index, axis)) for name, axis in fields}
    return instance.replace(**changed)


def drop_datum(instance: Instance) -> Iterator[Instance]:
    """One datum fewer."""
    n = len(instance["y"])
    for k in range(n) if n > 1 else ():
        yield _without(instance, (*DATUM, ("patterns", 1)), k)


def drop_neuron(instance: Instance) -> Iterator[Instance]:
    """One neuron fewer."""
    m = len(instance["a"])
    for j in range(m) if m > 1 else ():
        yield from refitted(instance, _without(instance, NEURON, j))


def drop_block(instance: Instance) -> Iterator[Instance]:
    """One vector of the convex program fewer; the last one: 0, with the pattern of ones."""
    b, n = instance["patterns"].shape
    for i in range(b) if b > 1 else ():
        yield from refitted(instance, _without(instance, BLOCK, i))
    if b == 1:
        ones = sealed(np.full((1, n), fmpq(1), dtype=object))
        yield instance.replace(v=sealed(instance["v"] * 0), signs=sealed(ones[:, 0].copy()), patterns=ones)


def drop_input(instance: Instance) -> Iterator[Instance]:
    """One input fewer."""
    d = instance["x"].shape[1]
    for i in range(d) if d > 1 else ():
        yield from refitted(instance, _without(instance, INPUT, i))


NUMBERS = NumberMoves(
    ("penalty", "x", "y", "z", "w", "a", "v"),
    refit=refitted,
    jointly=("penalty", "x", "y", "z", "w", "a", "v"),
    positive=("penalty",),
)

MOVES = (
    Move("drop a datum", drop_datum),
    Move("drop a neuron", drop_neuron),
    Move("drop an input", drop_input),
    Move("drop a convex vector", drop_block),
    *NUMBERS.moves,
)


def other_labels(instance: Instance) -> Iterator[Instance]:
    """y := z + f of the network, or of the convex point; z := y - f of either."""
    for outputs in (network_outputs, convex_outputs):
        yield instance.replace(y=sealed(instance["z"] + outputs(instance)))
        yield instance.replace(z=sealed(instance["y"] - outputs(instance)))


def other_scales(instance: Instance) -> Iterator[Instance]:
    """z, or the penalty, or the network's function times 2, 1/2, -1."""
    for factor in (fmpq(2), fmpq(1, 2), fmpq(-1)):
        yield instance.replace(z=sealed(instance["z"] * factor))
        yield instance.replace(a=sealed(instance["a"] * factor))
        if factor > 0:
            yield instance.replace(penalty=instance["penalty"] * factor)
            yield instance.replace(w=sealed(instance["w"] * factor), a=sealed(instance["a"] / factor))


def mirrored(instance: Instance) -> Iterator[Instance]:
    """A datum at -x with the same label and dual; a neuron with -w; one of the opposite sign."""
    for k in range(len(instance["y"])) if len(instance["y"]) < MOST else ():
        flipped = instance.replace(x=_negated(instance["x"], k))
        yield flipped
        yield _joined(instance, flipped, (*DATUM, ("patterns", 1)), k)
    for j in range(len(instance["a"])):
        for changed in ({"w": _negated(instance["w"], j)}, {"a": _negated(instance["a"], j)}):
            flipped = instance.replace(**changed)
            yield flipped
            if len(instance["a"]) < MOST:
                yield _joined(instance, flipped, NEURON, j)


def _negated(array: Any, index: int) -> Any:
    copy = array.copy()
    copy[index] = -copy[index]
    return sealed(copy)


def _joined(instance: Instance, other: Instance, fields: Sequence[tuple[str, int]], index: int) -> Instance:
    """The instance with one part of another one appended."""
    changed = {
        name: sealed(np.concatenate([instance[name], np.take(other[name], [index], axis)], axis))
        for name, axis in fields
    }
    return instance.replace(**changed)


def other_patterns(instance: Instance) -> Iterator[Instance]:
    """One entry of a pattern, or one sign, changed."""
    for index, p in np.ndenumerate(instance["patterns"]):
        changed = instance["patterns"].copy()
        changed[index] = 1 - p
        yield instance.replace(patterns=sealed(changed))
    for i in range(len(instance["signs"])):
        yield instance.replace(signs=_negated(instance["signs"], i))


VARIATIONS = (
    Move("other labels", other_labels),
    Move("other scales", other_scales),
    Move("mirrored data and neurons", mirrored),
    Move("other patterns", other_patterns),
)
