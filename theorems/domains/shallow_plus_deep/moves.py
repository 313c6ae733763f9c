"""Reductions and variations; after a change the linear part and the data that make the factors optimal are proposed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from flint import fmpq

from refutable.theorems.domains.domain import Move
from refutable.theorems.domains.number_moves import NumberMoves, sealed
from refutable.theorems.instances import Instance

PER_COORDINATE = ("data", "shallow", "factors", "other_shallow", "other_factors")


def optimal(instance: Instance) -> Instance:
    """t_i = q_i^(2-L) and x_i = gamma / (t_i + q_i^L): the factors are then part of a network of least norm.

    Raises:
        ZeroDivisionError: a factor is 0.
    """
    q, depth = instance["factors"], instance["depth"]
    t = np.array([1 / entry ** (depth - 2) if depth > 2 else fmpq(1) for entry in q], dtype=object)
    x = np.array([instance["margin"] / (a + b**depth) for a, b in zip(t, q, strict=True)], dtype=object)
    return instance.replace(shallow=sealed(t), data=sealed(x))


def refit(before: Instance, after: Instance) -> Iterator[Instance]:
    """``after`` as it is, and with the linear part and data that suit its factors."""
    yield after
    if all(q > 0 for q in after["factors"]):
        yield optimal(after)


def drop_coordinate(instance: Instance) -> Iterator[Instance]:
    """One coordinate fewer."""
    d = len(instance["data"])
    for i in range(d) if d > 1 else ():
        given = {name: instance[name] for name in PER_COORDINATE if instance[name] is not None}
        yield instance.replace(**{name: sealed(np.delete(value, i)) for name, value in given.items()})


def plain_setting(instance: Instance) -> Iterator[Instance]:
    """No other network; a lower depth; margin 1."""
    if instance["other_shallow"] is not None or instance["other_factors"] is not None:
        yield instance.replace(other_shallow=None, other_factors=None)
    for depth in range(2, instance["depth"]):
        yield from refit(instance, instance.replace(depth=depth))
    if instance["margin"] != 1:
        yield from refit(instance, instance.replace(margin=fmpq(1)))
        yield instance.replace(margin=fmpq(1), data=sealed(instance["data"] / instance["margin"]))


def data_one(instance: Instance) -> Iterator[Instance]:
    """The margin at which a datum is 1."""
    for x in instance["data"]:
        if x != 1:
            yield instance.replace(margin=instance["margin"] / x, data=sealed(instance["data"] / x))


NUMBERS = NumberMoves(("factors",), refit=refit)
OTHERS = NumberMoves(("shallow", "data", "margin", "other_shallow", "other_factors"), positive=("margin",))

MOVES = (
    Move("drop a coordinate", drop_coordinate),
    Move("plain setting", plain_setting),
    Move("a datum one", data_one),
    *NUMBERS.moves,
    Move("simplify another number", OTHERS.simplify),
)


def add_coordinate(instance: Instance) -> Iterator[Instance]:
    """A coordinate twice."""
    if len(instance["data"]) < 4:
        given = {name: instance[name] for name in PER_COORDINATE if instance[name] is not None}
        yield instance.replace(**{name: sealed(np.append(value, value[:1])) for name, value in given.items()})


def other_sizes(instance: Instance) -> Iterator[Instance]:
    """Factors twice or half as large; another depth."""
    for factor in (fmpq(2), fmpq(1, 2)):
        yield from refit(instance, instance.replace(factors=sealed(instance["factors"] * factor)))
    for depth in (instance["depth"] + 1, max(2, instance["depth"] - 1)):
        yield from refit(instance, instance.replace(depth=depth))


VARIATIONS = (Move("add a coordinate", add_coordinate), Move("other sizes", other_sizes))
