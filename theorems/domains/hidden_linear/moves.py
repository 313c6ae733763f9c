"""Reductions and variations of an instance. A state on the flow's quadric stays on it, where it can."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.domain import Move
from refutable.theorems.domains.hidden_linear.reaching import (
    at_start,
    distance,
    placed,
    reached,
    refit,
    with_rival,
)
from refutable.theorems.domains.number_moves import NumberMoves, sealed
from refutable.theorems.exact.simplest import simplest_between
from refutable.theorems.instances import Instance

MOST_ADDED = 3
"""Nothing is added beyond so many data, inputs and units."""
AXES = {
    "datum": {"inputs": 0, "labels": 0, "multipliers": 1},
    "input": {"inputs": 1, "start_hidden": 1, "hidden": 1, "rival": 0},
    "unit": {"start_output": 0, "start_hidden": 0, "output": 0, "hidden": 0, "multipliers": 0},
}
"""The fields that have an entry for each datum, input or unit, and the axis of it."""


def _without(instance: Instance, kind: str, index: int) -> Instance:
    known = {name: axis for name, axis in AXES[kind].items() if instance[name] is not None}
    return instance.replace(**{name: sealed(np.delete(instance[name], index, axis)) for name, axis in known.items()})


def _fewer(kind: str) -> Any:
    name, axis = next(iter(AXES[kind].items()))

    def reductions(instance: Instance) -> Iterator[Instance]:
        count = instance[name].shape[axis]
        for index in range(count) if count > 1 else ():
            yield from refit(instance, _without(instance, kind, index))

    reductions.__doc__ = f"One {kind} fewer."
    return reductions


def start_again(instance: Instance) -> Iterator[Instance]:
    """The start as the state."""
    yield with_rival(at_start(instance), distance(instance))
    yield instance.replace(hidden=instance["start_hidden"], output=instance["start_output"])


def plain_setting(instance: Instance) -> Iterator[Instance]:
    """No step size, slope or rival; plain ones; labels 0."""
    for name, value in (("step_size", fmpq(1)), ("slope", fmpq(1, 2))):
        if instance[name] is not None:
            yield instance.replace(**{name: None})
            if instance[name] != value:
                yield instance.replace(**{name: value})
    if instance["rival"] is not None:
        yield instance.replace(rival=None)
    if any(instance["labels"]):
        yield instance.replace(labels=sealed(np.full(len(instance["labels"]), fmpq(0), dtype=object)))


def plain_direction(instance: Instance) -> Iterator[Instance]:
    """A state nearby whose line from the start has a plainer direction."""
    output, multipliers = instance["output"] - instance["start_output"], instance["multipliers"]
    largest = max(map(abs, [*output, *multipliers.ravel()]))
    for denominator in (1, 2, 4, 8) if largest != 0 else ():
        both = [np.array([_rounded(q / largest, denominator) for q in a.ravel()]) for a in (output, multipliers)]
        other = reached(instance, both[0], both[1].reshape(multipliers.shape))
        if other is not None:
            yield with_rival(other, distance(instance))


def _rounded(q: fmpq, denominator: int) -> fmpq:
    return fmpq((q * denominator + fmpq(1, 2)).floor(), denominator)


def plain_rival(instance: Instance) -> Iterator[Instance]:
    """A rival in the same direction from theta, at a plainer distance."""
    off = distance(instance)
    if off is None or not any(off):
        return
    largest = max(map(abs, off))
    for width in (fmpq(1, 2), fmpq(1, 4), fmpq(1, 16), fmpq(1, 256)):
        size = simplest_between(largest * (1 - width), largest * (1 + width))
        yield with_rival(instance, off * (size / largest))


NUMBERS = NumberMoves(
    (
        "inputs",
        "start_output",
        "start_hidden",
        "multipliers",
        "output",
        "hidden",
        "labels",
        "rival",
        "slope",
        "step_size",
    ),
    refit=refit,
    jointly=("inputs", "start_output", "start_hidden", "multipliers", "output", "hidden", "labels", "rival"),
    positive=("step_size",),
)

MOVES = (
    Move("drop a unit", _fewer("unit")),
    Move("drop a datum", _fewer("datum")),
    Move("drop an input", _fewer("input")),
    Move("start again", start_again),
    Move("plain setting", plain_setting),
    Move("plain direction", plain_direction),
    Move("plain rival", plain_rival),
    *NUMBERS.moves,
)


def _added(instance: Instance, kind: str) -> Instance:
    """One datum, input or unit more: the last one again; a new input is 0 but for rival and start."""
    known = {name: axis for name, axis in AXES[kind].items() if instance[name] is not None}
    changes = {}
    for name, axis in known.items():
        more = np.take(instance[name], [-1], axis)
        if (kind, name) in (("input", "inputs"), ("datum", "multipliers")):
            more = more * fmpq(0)
        changes[name] = sealed(np.concatenate([instance[name], more], axis))
    return instance.replace(**changes)


def larger(instance: Instance) -> Iterator[Instance]:
    """One input, datum or unit more."""
    for kind, axes in AXES.items():
        name, axis = next(iter(axes.items()))
        if instance[name].shape[axis] < MOST_ADDED:
            yield from refit(instance, _added(instance, kind))


def other_signs(instance: Instance) -> Iterator[Instance]:
    """The other sheet of the quadric: the state's output weights with the other sign; multipliers too."""
    for output, multipliers in ((-1, 1), (1, -1), (-1, -1)):
        state = placed(instance, instance["output"] * fmpq(output), instance["multipliers"] * fmpq(multipliers))
        yield with_rival(state, distance(instance))


def further(instance: Instance) -> Iterator[Instance]:
    """States on other lines from the start; rivals at other distances, on the other side."""
    output, multipliers, off = (
        instance["output"] - instance["start_output"],
        instance["multipliers"],
        distance(instance),
    )
    for factor in (fmpq(2), fmpq(1, 2), fmpq(-1), fmpq(3)):
        state = reached(instance, output * factor, multipliers)
        if state is not None:
            yield with_rival(state, off)
        if off is not None:
            yield with_rival(instance, off * factor)


VARIATIONS = (
    Move("larger", larger),
    Move("other signs", other_signs),
    Move("further", further),
)
