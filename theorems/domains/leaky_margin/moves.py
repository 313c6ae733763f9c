"""Reductions and variations. Multipliers and weights follow the data and the slopes, where they did before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.domain import Move
from refutable.theorems.domains.leaky_margin.kkt import agreeing_slopes, all_margins_one, own_slopes
from refutable.theorems.domains.number_moves import NumberMoves, sealed
from refutable.theorems.instances import Instance

DATUM = (("x", 0), ("y", 0), ("multipliers", 0), ("slopes", 1))
NEURON = (("w", 0), ("a", 0), ("slopes", 0))
INPUT = (("x", 1), ("w", 1), ("probe", 0))
MOST = 4
"""Nothing is added beyond so many neurons, data or inputs."""


def _array(rows: Any) -> Any:
    return sealed(np.array(rows, dtype=object))


def with_slopes(instance: Instance, slopes: Sequence[Sequence[fmpq]]) -> Instance | None:
    """The instance with these slopes, and the multipliers and weights of margins 1 for them; None if there are none."""
    solved = all_margins_one(instance["x"], instance["y"], instance["a"], slopes)
    if solved is None:
        return None
    return instance.replace(multipliers=_array(solved[0]), w=_array(solved[1]), slopes=_array(slopes))


def refitted(before: Instance, after: Instance) -> Iterator[Instance]:
    """``after`` as it is; then solved anew for its slopes, with those at gamma kept there."""
    yield after
    old, new = before["slope"], after["slope"]
    slopes = [[new if g == old else g for g in row] for row in after["slopes"]]
    solved = with_slopes(after, slopes)
    if solved is not None:
        yield solved


def _without(instance: Instance, fields: Sequence[tuple[str, int]], index: int) -> Instance:
    return instance.replace(**{name: sealed(np.delete(instance[name], index, axis)) for name, axis in fields})


def drop_datum(instance: Instance) -> Iterator[Instance]:
    """One datum fewer."""
    for i in range(len(instance["y"])) if len(instance["y"]) > 1 else ():
        yield from refitted(instance, _without(instance, DATUM, i))


def drop_neuron(instance: Instance) -> Iterator[Instance]:
    """One neuron fewer."""
    for j in range(len(instance["a"])) if len(instance["a"]) > 1 else ():
        yield from refitted(instance, _without(instance, NEURON, j))


def drop_input(instance: Instance) -> Iterator[Instance]:
    """One input fewer."""
    for c in range(len(instance["probe"])) if len(instance["probe"]) > 1 else ():
        yield from refitted(instance, _without(instance, INPUT, c))


def plain_output(instance: Instance) -> Iterator[Instance]:
    """Output weights 1 and -1; the probe at an axis."""
    signs = sealed(np.array([fmpq(1 if q > 0 else -1) for q in instance["a"]], dtype=object))
    yield from refitted(instance, instance.replace(a=signs))
    for c in range(len(instance["probe"])):
        axis = [fmpq(int(c == i)) for i in range(len(instance["probe"]))]
        if list(instance["probe"]) not in (axis, [-q for q in axis]):
            yield instance.replace(probe=_array(axis))


NUMBERS = NumberMoves(
    ("x", "slope", "a", "probe"),
    refit=refitted,
    positive=("slope",),
)

MOVES = (
    Move("drop a datum", drop_datum),
    Move("drop a neuron", drop_neuron),
    Move("drop an input", drop_input),
    Move("plain output weights", plain_output),
    *NUMBERS.moves,
    Move("round the weights", NumberMoves(("w",)).round_jointly),
)


def other_slopes(instance: Instance) -> Iterator[Instance]:
    """Solved anew for the slopes of the weights, those that agree with the labels, or with one slope changed."""
    x, slope = instance["x"], instance["slope"]
    choices = [own_slopes(x, instance["w"], slope), agreeing_slopes(instance["y"], instance["a"], slope)]
    table = [list(row) for row in instance["slopes"]]
    for j, row in enumerate(table):
        for i, g in enumerate(row):
            changed = [list(r) for r in table]
            changed[j][i] = fmpq(1) if g != 1 else slope
            choices.append(changed)
    for slopes in choices:
        solved = with_slopes(instance, slopes)
        if solved is not None:
            yield solved


def other_data(instance: Instance) -> Iterator[Instance]:
    """The leaky slope, or one input, times 2 or 1/2; a label, or an output weight, with the other sign."""
    for factor in (fmpq(2), fmpq(1, 2)):
        yield from refitted(instance, instance.replace(slope=instance["slope"] * factor))
        for i in range(len(instance["y"])):
            yield from refitted(instance, instance.replace(x=_scaled(instance["x"], i, factor)))
    for name in ("y", "a"):
        for i in range(len(instance[name])):
            yield from refitted(instance, instance.replace(**{name: _scaled(instance[name], i, fmpq(-1))}))


def _scaled(array: Any, index: int, factor: fmpq) -> Any:
    copy = array.copy()
    copy[index] = copy[index] * factor
    return sealed(copy)


def add_neuron(instance: Instance) -> Iterator[Instance]:
    """One neuron twice, or once more with the other output sign."""
    for j in range(len(instance["a"])) if len(instance["a"]) < MOST else ():
        doubled = instance.replace(
            **{name: sealed(np.concatenate([instance[name], instance[name][j : j + 1]])) for name, _ in NEURON}
        )
        yield from refitted(instance, doubled)
        flipped = doubled.replace(a=_scaled(doubled["a"], -1, fmpq(-1)))
        yield from refitted(instance, flipped)


VARIATIONS = (
    Move("other slopes", other_slopes),
    Move("other data", other_data),
    Move("one neuron more", add_neuron),
)
