"""Reductions and variations of a homogeneous network with its data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.domain import Move
from refutable.theorems.domains.number_moves import NumberMoves, sealed
from refutable.theorems.instances import Instance

EARLIER = ("earlier_w1", "earlier_middle", "earlier_w2")


def forget_earlier(instance: Instance) -> Iterator[Instance]:
    """No earlier state; no bias; linear."""
    if any(instance[name] is not None for name in EARLIER):
        yield instance.replace(**dict.fromkeys(EARLIER))
    if instance["bias"] is not None:
        yield instance.replace(bias=None)
    if instance["slope"] not in (0, 1):
        yield instance.replace(slope=fmpq(0))
    if instance["slope"] != 1:
        yield instance.replace(slope=fmpq(1))


def drop_layer(instance: Instance) -> Iterator[Instance]:
    """One square layer fewer."""
    middle = instance["middle"]
    for j in range(0 if middle is None else len(middle)):
        rest = np.delete(middle, j, 0)
        yield instance.replace(middle=sealed(rest) if len(rest) else None, **dict.fromkeys(EARLIER))


def drop_neuron(instance: Instance) -> Iterator[Instance]:
    """One unit fewer, in all layers."""
    k = len(instance["w2"])
    for i in range(k) if k > 1 else ():
        middle = instance["middle"]
        yield instance.replace(
            w1=sealed(np.delete(instance["w1"], i, 0)),
            middle=None if middle is None else sealed(np.delete(np.delete(middle, i, 1), i, 2)),
            w2=sealed(np.delete(instance["w2"], i)),
            **dict.fromkeys(EARLIER),
        )


def drop_input(instance: Instance) -> Iterator[Instance]:
    """One input coordinate fewer."""
    d = instance["x"].shape[1]
    for i in range(d) if d > 1 else ():
        w1, x = (sealed(np.delete(instance[name], i, 1)) for name in ("w1", "x"))
        yield instance.replace(w1=w1, x=x, **dict.fromkeys(EARLIER))


def drop_datum(instance: Instance) -> Iterator[Instance]:
    """One datum fewer."""
    n = len(instance["x"])
    for i in range(n) if n > 1 else ():
        yield instance.replace(x=sealed(np.delete(instance["x"], i, 0)), y=sealed(np.delete(instance["y"], i)))


def positive_labels(instance: Instance) -> Iterator[Instance]:
    """A label 1, with its input mirrored, or not."""
    for i, label in enumerate(instance["y"]):
        if label == -1:
            y, x = instance["y"].copy(), instance["x"].copy()
            y[i], x[i] = fmpq(1), -x[i]
            yield instance.replace(y=sealed(y), x=sealed(x))
            yield instance.replace(y=sealed(y))


NUMBERS = NumberMoves(("w1", "w2", "x"))
OTHERS = NumberMoves(("slope",))

MOVES = (
    Move("forget the earlier state, bias and kinks", forget_earlier),
    Move("drop a layer", drop_layer),
    Move("drop a datum", drop_datum),
    Move("drop a neuron", drop_neuron),
    Move("drop an input", drop_input),
    Move("labels 1", positive_labels),
    *NUMBERS.moves,
    Move("simplify the slope", OTHERS.simplify),
    Move("simplify a square layer", lambda instance: _middle(instance, "simplify")),
    Move("zero in a square layer", lambda instance: _middle(instance, "zero")),
    Move("simplify the bias", lambda instance: _bias(instance)),
)


def _middle(instance: Instance, what: str) -> Iterator[Instance]:
    if instance["middle"] is not None:
        yield from getattr(NumberMoves(("middle",)), what)(instance)


def _bias(instance: Instance) -> Iterator[Instance]:
    if instance["bias"] is not None:
        yield from NumberMoves(("bias",)).simplify(instance)


def scaled(instance: Instance) -> Iterator[Instance]:
    """Output weights, or all data, twice or half as large."""
    for factor in (fmpq(2), fmpq(1, 2), fmpq(-1)):
        yield instance.replace(w2=sealed(instance["w2"] * factor))
        if factor > 0:
            yield instance.replace(x=sealed(instance["x"] * factor))
        for i in range(len(instance["x"])):
            x = instance["x"].copy()
            x[i] = x[i] * factor * (5 if factor == 2 else 1)
            yield instance.replace(x=sealed(x))


def more(instance: Instance) -> Iterator[Instance]:
    """A datum twice; one square layer, the identity, more; a bias."""
    if len(instance["x"]) < 5:
        for i in range(len(instance["x"])):
            x, y = (np.concatenate([instance[name], instance[name][i : i + 1]]) for name in ("x", "y"))
            yield instance.replace(x=sealed(x), y=sealed(y))
    if instance["middle"] is None:
        yield instance.replace(middle=sealed(_identity(len(instance["w2"]))[None]), **dict.fromkeys(EARLIER))
    for bias in (fmpq(2), fmpq(-1)) if instance["bias"] is None else ():
        yield instance.replace(bias=bias)


def _identity(k: int) -> Any:
    out = np.full((k, k), fmpq(0), dtype=object)
    for i in range(k):
        out[i, i] = fmpq(1)
    return out


def balanced(instance: Instance) -> Iterator[Instance]:
    """Output weights equal to the first column of the first layer; all weights 1."""
    w1, w2 = instance["w1"], instance["w2"]
    yield instance.replace(w2=sealed(w1[:, 0].copy()))
    yield instance.replace(w1=sealed(w1 * 0 + 1), w2=sealed(w2 * 0 + 1))


VARIATIONS = (
    Move("scale", scaled),
    Move("more", more),
    Move("balanced", balanced),
    Move("drop a datum", drop_datum),
    Move("drop a neuron", drop_neuron),
    Move("drop an input", drop_input),
    Move("forget", forget_earlier),
)
