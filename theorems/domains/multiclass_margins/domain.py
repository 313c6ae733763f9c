"""The domain record: fields, validation, reductions, writing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.domain import Domain, Move, quantities
from refutable.theorems.domains.multiclass_margins.pairs import QUANTITIES, structure
from refutable.theorems.domains.number_moves import NumberMoves, proper, sealed
from refutable.theorems.domains.row_moves import RowMoves, check_rows, plain_rows
from refutable.theorems.exact import text
from refutable.theorems.instances import Field, Instance, InstanceError
from refutable.theorems.views import View

MOST, MAX_PAIRS, MAX_BITS, LARGEST = (4, 4), 9, 200, fmpq(10**6)
"""Data and inputs, pairs of a datum and a wrong class, lengths and sizes of numbers: beyond them it takes too long."""

FIELDS = (
    Field("x", ("data", "x"), ("n", "d"), meaning="inputs, one row a datum"),
    Field("labels", ("data", "labels"), ("n",), meaning="classes, counted from 1"),
    Field(
        "exponentials",
        ("exponentials",),
        ("n", "k"),
        meaning="z > 0: exp(-(rho_y - rho_k).x_n), wrong classes in order; k is one less than the number of classes",
    ),
    Field("step_size", ("step_size",), positive=True, meaning="eta, for the sum of the cross-entropies"),
    Field("time", ("time",), positive=True, meaning="t, for statements about times"),
)


def check(values: Mapping[str, Any]) -> None:
    """Sizes that can be decided in a moment, labels that are classes, exponentials that are positive.

    Raises:
        InstanceError: otherwise.
    """
    check_rows(values, MOST, MAX_BITS, FIELDS)
    n, k = values["exponentials"].shape
    if n * k > MAX_PAIRS:
        raise InstanceError(f"{n} data with {k + 1} classes are too many; at most {MAX_PAIRS} pairs are tried here")
    for label in values["labels"]:
        if label.q != 1 or not 1 <= label <= k + 1:
            raise InstanceError(f"labels holds {text(label)}; classes are 1 to {k + 1} for exponentials of {k} a datum")
    if any(z <= 0 for z in values["exponentials"].ravel()):
        raise InstanceError("exponentials holds a number that is not positive")
    if any(abs(q) > LARGEST for q in values["x"].ravel()):
        raise InstanceError(f"x holds a number beyond {text(LARGEST)}; scale the data")


def hollow(view: View) -> str | None:
    """Why data are no honest witness: one is 0."""
    return "a datum is 0" if any(all(q == 0 for q in row) for row in view["x"]) else None


def describe(instance: Instance) -> list[str]:
    """One line a datum with its class and its exponentials."""
    lines = []
    for line, label, row in zip(plain_rows(instance, text), instance["labels"], instance["exponentials"], strict=True):
        lines.append(f"{line}, class {text(label)}, exponentials {', '.join(text(q) for q in row)}")
    return [*lines, f"step size = {text(instance['step_size'])}, t = {text(instance['time'])}"]


def drop_class(instance: Instance) -> Iterator[Instance]:
    """One class fewer: the last one, whose data become of the first class."""
    k = instance["exponentials"].shape[1]
    if k > 1:
        labels = np.array([q if q <= k else fmpq(1) for q in instance["labels"]], dtype=object)
        yield instance.replace(labels=sealed(labels), exponentials=sealed(instance["exponentials"][:, :-1]))


def add_class(instance: Instance) -> Iterator[Instance]:
    """One class more, without data."""
    z = instance["exponentials"]
    if z.shape[1] < 3:
        yield instance.replace(exponentials=sealed(np.concatenate([z, z[:, -1:]], 1)))


def other_labels(instance: Instance) -> Iterator[Instance]:
    """One datum of another class; other step sizes and times."""
    k = instance["exponentials"].shape[1]
    for n in range(len(instance["labels"])):
        for label in range(1, k + 2):
            labels = instance["labels"].copy()
            labels[n] = fmpq(label)
            yield instance.replace(labels=sealed(labels))
    for factor in (fmpq(2), fmpq(1, 2)):
        yield instance.replace(step_size=instance["step_size"] * factor)
        yield instance.replace(time=instance["time"] * factor)


ROWS = RowMoves(data={"x": 0, "labels": 0, "exponentials": 0}, inputs={"x": 1}, most=3)
NUMBERS = NumberMoves(("x", "exponentials", "step_size", "time"), positive=("exponentials", "step_size", "time"))

MULTICLASS_MARGINS = Domain(
    id="multiclass-margins",
    title="linear classifiers of several classes with the cross-entropy",
    fields=FIELDS,
    structure=structure,
    quantities=quantities(*QUANTITIES),
    moves=proper(check, ("step_size", "time"), (*ROWS.reductions, Move("drop a class", drop_class), *NUMBERS.moves)),
    variations=proper(
        check,
        ("step_size", "time"),
        (
            *ROWS.variations,
            Move("add a class", add_class),
            Move("drop a class", drop_class),
            Move("relabel", other_labels),
        ),
    ),
    check=check,
    hollow=hollow,
    describe=describe,
)
