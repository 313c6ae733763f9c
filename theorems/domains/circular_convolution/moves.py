"""Reductions and variations: fewer layers, shorter filters and data, plainer numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.domain import Move
from refutable.theorems.domains.number_moves import NumberMoves, sealed
from refutable.theorems.instances import Instance

MAX_ADDED_LAYERS = 3


def _cut(instance: Instance, i: int) -> Instance:
    """One entry of the datum fewer; of the filters, as many as fit."""
    changes = {name: sealed(np.delete(instance[name], i)) for name in ("x", "output")}
    filters = instance["filters"]
    length = len(instance["x"]) - 1
    return instance.replace(
        **changes, filters=sealed(filters[:, :length].copy()), start_filters=None, start_output=None
    )


def shorten(instance: Instance) -> Iterator[Instance]:
    """A datum of one entry fewer."""
    size = len(instance["x"])
    for i in range(size) if size > 1 else ():
        yield _cut(instance, i)


def drop_layer(instance: Instance) -> Iterator[Instance]:
    """One hidden layer fewer."""
    filters = instance["filters"]
    for i in range(len(filters)) if len(filters) > 1 else ():
        yield instance.replace(filters=sealed(np.delete(filters, i, 0)), start_filters=None)


def shorter_filters(instance: Instance) -> Iterator[Instance]:
    """Filters without their last or their first entry."""
    filters = instance["filters"]
    if filters.shape[1] > 1:
        for part in (filters[:, :-1], filters[:, 1:]):
            yield instance.replace(filters=sealed(part.copy()), start_filters=None)


def plain_setting(instance: Instance) -> Iterator[Instance]:
    """Slope 1; nothing said about the start."""
    if instance["slope"] != 1:
        yield instance.replace(slope=fmpq(1))
    if any(instance[name] is not None for name in ("start_filters", "start_output", "clock")):
        yield instance.replace(start_filters=None, start_output=None, clock=None)


def _refitted(before: Instance, after: Instance) -> Iterator[Instance]:
    """``after`` as it is; with one hidden layer also with the output weights M w."""
    yield after
    if len(after["filters"]) == 1:
        yield after.replace(output=hidden_layer(after["x"], after["filters"][0]))


def hidden_layer(x: Any, filter: Any) -> Any:
    """(x * w)_i = sum_k x_{(i+k) mod d} w_k."""
    return sealed(sum(np.roll(x, -k) * w for k, w in enumerate(filter)))


NUMBERS = NumberMoves(("x", "filters", "output"), refit=_refitted, jointly=("x", "filters", "output"))

MOVES = (
    Move("shorten the datum", shorten),
    Move("drop a layer", drop_layer),
    Move("shorten the filters", shorter_filters),
    Move("plain setting", plain_setting),
    *NUMBERS.moves,
)


def add_layer(instance: Instance) -> Iterator[Instance]:
    """A hidden layer twice."""
    filters = instance["filters"]
    if len(filters) < MAX_ADDED_LAYERS:
        yield instance.replace(filters=sealed(np.concatenate([filters, filters[:1]])), start_filters=None)


def turned(instance: Instance) -> Iterator[Instance]:
    """The datum with every second sign changed, or read backwards; the filters read backwards."""
    x, filters = instance["x"], instance["filters"]
    signs = np.array([fmpq(1 - 2 * (i % 2)) for i in range(len(x))], dtype=object)
    for changed in (x * signs, x[::-1].copy()):
        yield from _refitted(instance, instance.replace(x=sealed(changed)))
    yield from _refitted(instance, instance.replace(filters=sealed(filters[:, ::-1].copy())))


VARIATIONS = (Move("add a layer", add_layer), Move("turn", turned))
