"""Reductions and variations of a table of margins."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.domain import Move
from refutable.theorems.domains.number_moves import NumberMoves, sealed
from refutable.theorems.instances import Instance

MAX_ADDED = 6
"""Neither rows nor data are added beyond so many."""


def _with(instance: Instance, margins: Any) -> Instance:
    return instance.replace(margins=sealed(margins))


def drop_row(instance: Instance) -> Iterator[Instance]:
    """One row fewer, never the first."""
    f = instance["margins"]
    for i in range(1, len(f)) if len(f) > 2 else ():
        yield _with(instance, np.delete(f, i, 0))


def drop_datum(instance: Instance) -> Iterator[Instance]:
    """One datum fewer."""
    f = instance["margins"]
    for j in range(f.shape[1]) if f.shape[1] > 1 else ():
        yield _with(instance, np.delete(f, j, 1))


def plain_setting(instance: Instance) -> Iterator[Instance]:
    """Degree 1, or one less; norm 1; no slack; the margins at that norm instead."""
    norm, degree = instance["norm"], instance["degree"]
    if degree > 1 or norm != 1:
        yield _with(instance, instance["margins"] * norm**degree).replace(norm=fmpq(1), degree=1)
    if degree > 1:
        yield instance.replace(degree=1)
        yield instance.replace(degree=degree - 1)
    if norm != 1:
        yield instance.replace(norm=fmpq(1))
    if instance["slack"] is not None:
        yield instance.replace(slack=None)


def shift(instance: Instance) -> Iterator[Instance]:
    """All margins less one of them: no difference of losses changes its sign."""
    f = instance["margins"]
    for value in {fmpq(q) for q in f.ravel()} if f.size <= 16 else {f[0, 0]}:
        if value != 0:
            yield _with(instance, f - value)


def equal_row(instance: Instance) -> Iterator[Instance]:
    """All margins of a row equal to one of them."""
    f = instance["margins"]
    for i in range(len(f)):
        for value in {fmpq(q) for q in f[i]}:
            yield _replaced(instance, i, np.full(f.shape[1], value, dtype=object))


def _replaced(instance: Instance, i: int, row: Any) -> Instance:
    f = instance["margins"].copy()
    f[i] = row
    return _with(instance, f)


NUMBERS = NumberMoves(("margins",))
OTHERS = NumberMoves(("norm",), positive=("norm",))

MOVES = (
    Move("drop a row", drop_row),
    Move("drop a datum", drop_datum),
    Move("plain setting", plain_setting),
    Move("equal margins", equal_row),
    Move("shift", shift),
    *NUMBERS.moves,
    Move("simplify the norm", OTHERS.simplify),
)


def add_row(instance: Instance) -> Iterator[Instance]:
    """A row once more, or with equal margins at its mean."""
    f = instance["margins"]
    for i in range(len(f)) if len(f) < MAX_ADDED else ():
        yield _with(instance, np.concatenate([f, f[i : i + 1]]))
        yield _with(instance, np.concatenate([f, np.full((1, f.shape[1]), sum(f[i]) / f.shape[1], dtype=object)]))


def add_datum(instance: Instance) -> Iterator[Instance]:
    """A datum twice."""
    f = instance["margins"]
    for j in range(f.shape[1]) if f.shape[1] < MAX_ADDED else ():
        yield _with(instance, np.concatenate([f, f[:, j : j + 1]], axis=1))


def trade(instance: Instance) -> Iterator[Instance]:
    """Row 0 with one margin lower and the others far away; with its smallest lower and the next one higher."""
    row = instance["margins"][0]
    for j in range(len(row)):
        for step in (fmpq(1, 2), fmpq(1, 8)):
            far = row + 20
            far[j] = row[j] - step
            yield _replaced(instance, 0, far)
            for k in range(len(row)):
                if k != j:
                    near = row.copy()
                    near[j], near[k] = row[j] - step, row[k] + 2 * step
                    yield _replaced(instance, 0, near)


def exchange(instance: Instance) -> Iterator[Instance]:
    """Another row in place of the first."""
    f = instance["margins"]
    for i in range(1, len(f)):
        order = [i, *(k for k in range(len(f)) if k != i)]
        yield _with(instance, f[order])


def other_setting(instance: Instance) -> Iterator[Instance]:
    """Another norm or degree; a slack."""
    for norm in (fmpq(2), fmpq(1, 2), fmpq(10)):
        yield instance.replace(norm=norm)
    yield instance.replace(degree=instance["degree"] % 4 + 1)
    for slack in (fmpq(1), fmpq(1, 4)):
        yield instance.replace(slack=slack)


VARIATIONS = (
    Move("add a row", add_row),
    Move("add a datum", add_datum),
    Move("drop a datum", drop_datum),
    Move("trade margins", trade),
    Move("exchange rows", exchange),
    Move("equal margins", equal_row),
    Move("another setting", other_setting),
)
