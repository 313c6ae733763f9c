"""Reductions and variations of networks: fewer coordinates, data, inputs and layers; plainer starts and states.

Where the flow reaches a state from the start that a statement uses, changed instances have such a state too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.decomposable_flow.states import growths, rebuilt, with_other
from refutable.theorems.domains.domain import Move
from refutable.theorems.domains.number_moves import NumberMoves, sealed
from refutable.theorems.exact.simplest import simpler_near
from refutable.theorems.instances import Instance

MAX_ADDED = 3
"""Nothing is added beyond so many coordinates, data or layers."""


def shift(instance: Instance) -> Any:
    """``other`` minus the state's coordinates [m], or None."""
    other = instance["other"]
    return None if other is None else other - np.multiply.reduce(instance["weights"], axis=0)


def refitted(before: Instance, after: Instance) -> Iterator[Instance]:
    """With start and state anew where alpha or eta changed; ``after`` as it is."""
    growth = growths(before)
    if growth is not None and (before["alpha"], *before["eta"]) != (after["alpha"], *after["eta"]):
        if all(e != 0 for e in after["eta"]):
            yield _follow(before, rebuilt(after, growth))
        return
    yield after
    yield _follow(before, after)


def _follow(before: Instance, after: Instance) -> Instance:
    apart = shift(before)
    moved = before["weights"] is not after["weights"]
    return after if apart is None or not moved or len(apart) != len(after["eta"]) else with_other(after, apart)


def _without(array: Any, index: int, axis: int) -> Any:
    return None if array is None else sealed(np.delete(array, index, axis))


def drop_coordinate(instance: Instance) -> Iterator[Instance]:
    """One coordinate fewer, its frame columns too."""
    m = len(instance["eta"])
    for j in range(m) if m > 1 else ():
        changes = {name: _without(instance[name], j, 0) for name in ("eta", "s", "other")}
        changes |= {name: _without(instance[name], j, 1) for name in ("start", "weights")}
        if instance["frames"] is not None:
            changes["frames"] = tuple(_without(frame, j, 1) for frame in instance["frames"])
        yield instance.replace(**changes)


def drop_datum(instance: Instance) -> Iterator[Instance]:
    """One datum fewer."""
    n = len(instance["y"])
    for i in range(n) if n > 1 else ():
        yield instance.replace(**{name: _without(instance[name], i, 0) for name in ("x", "y", "rates", "nu")})


def drop_input(instance: Instance) -> Iterator[Instance]:
    """One input fewer."""
    d = instance["x"].shape[1]
    for i in range(d) if d > 1 else ():
        yield instance.replace(x=_without(instance["x"], i, 1), s=_without(instance["s"], i, 1))


def drop_layer(instance: Instance) -> Iterator[Instance]:
    """One layer fewer: the first."""
    if len(instance["weights"]) < 3:
        return
    changes = {name: _without(instance[name], 0, 0) for name in ("start", "weights")}
    changes |= {name: value[1:] for name in ("frames", "rests") if (value := instance[name]) is not None}
    shorter = instance.replace(**changes)
    growth = growths(instance)
    yield _follow(instance, shorter if growth is None else rebuilt(shorter, growth))


def drop_extras(instance: Instance) -> Iterator[Instance]:
    """Without frames, or one of the other optional entries."""
    if instance["frames"] is not None:
        yield instance.replace(frames=None, rests=None)
    for name in ("other", "rates", "nu"):
        if instance[name] is not None:
            yield instance.replace(**{name: None})


def plainer_growth(instance: Instance) -> Iterator[Instance]:
    """The state nearer to the start, or at plainer growths e^theta."""
    growth = growths(instance)
    if growth is None:
        yield instance.replace(weights=instance["start"])
        return
    for j, r in enumerate(growth):
        for plainer in (fmpq(1), fmpq(2), fmpq(1, 2), *simpler_near(r)):
            if plainer > 0 and plainer != r and r != 1:
                yield _follow(instance, rebuilt(instance, [*growth[:j], plainer, *growth[j + 1 :]]))


NUMBERS = NumberMoves(
    ("alpha", "eta", "x", "y", "s", "other", "rates", "start", "weights", "frames", "rests"),
    refit=refitted,
    jointly=("x", "y", "s"),
    positive=("alpha",),
)


def kept(instance: Instance) -> NumberMoves:
    """Moves over the fields that the instance has; start and state only where no flow ties them."""
    tied = growths(instance) is not None
    names = [n for n in NUMBERS.names if instance[n] is not None and not (tied and n in ("start", "weights"))]
    return NumberMoves(tuple(names), NUMBERS.refit, NUMBERS.jointly, (), NUMBERS.positive)


def zero(instance: Instance) -> Iterator[Instance]:
    """One number set to 0."""
    yield from kept(instance).zero(instance)


def tie(instance: Instance) -> Iterator[Instance]:
    """One number set to another one of its field, or to minus that."""
    yield from kept(instance).tie(instance)


def simplify(instance: Instance) -> Iterator[Instance]:
    """One number replaced by a plainer fraction nearby."""
    yield from kept(instance).simplify(instance)


MOVES = (
    Move("drop a coordinate", drop_coordinate),
    Move("drop a datum", drop_datum),
    Move("drop an input", drop_input),
    Move("drop a layer", drop_layer),
    Move("drop what is optional", drop_extras),
    Move("plainer growth", plainer_growth),
    Move("round all numbers", NUMBERS.round_jointly),
    Move("zero an entry", zero),
    Move("tie two entries", tie),
    Move("simplify an entry", simplify),
)


def add_layer(instance: Instance) -> Iterator[Instance]:
    """The first layer twice."""
    if len(instance["weights"]) > MAX_ADDED:
        return
    changes = {name: sealed(np.concatenate([instance[name][:1], instance[name]])) for name in ("start", "weights")}
    changes |= {name: (value[0], *value) for name in ("frames", "rests") if (value := instance[name]) is not None}
    deeper = instance.replace(**changes)
    growth = growths(instance)
    yield _follow(instance, deeper if growth is None else rebuilt(deeper, growth))


def scale(instance: Instance) -> Iterator[Instance]:
    """alpha doubled or halved; an entry of eta negated, doubled or halved."""
    for factor in (fmpq(2), fmpq(1, 2)):
        yield from refitted(instance, instance.replace(alpha=instance["alpha"] * factor))
    for j in range(len(instance["eta"])):
        for factor in (fmpq(-1), fmpq(2), fmpq(1, 2)):
            eta = instance["eta"].copy()
            eta[j] = eta[j] * factor
            yield from refitted(instance, instance.replace(eta=sealed(eta)))


def grow(instance: Instance) -> Iterator[Instance]:
    """A coordinate's growth e^theta squared, inverted or doubled."""
    growth = growths(instance)
    for j, r in enumerate(growth or ()):
        for other in (r * r, 1 / r, 2 * r):
            yield _follow(instance, rebuilt(instance, [*(growth or ())[:j], other, *(growth or ())[j + 1 :]]))


VARIATIONS = (
    Move("add a layer", add_layer),
    Move("drop a layer", drop_layer),
    Move("drop a coordinate", drop_coordinate),
    Move("drop a datum", drop_datum),
    Move("scale the start", scale),
    Move("move the state", grow),
)
