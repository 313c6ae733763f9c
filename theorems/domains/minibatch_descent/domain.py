"""The domain record: fields, validation, reductions, writing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import comb
from typing import Any

from flint import fmpq

from refutable.theorems.domains.domain import Domain, Move, quantities
from refutable.theorems.domains.minibatch_descent.batches import QUANTITIES
from refutable.theorems.domains.minibatch_descent.curve import CURVE
from refutable.theorems.domains.number_moves import NumberMoves, proper, sealed
from refutable.theorems.domains.row_moves import RowMoves, check_rows, plain_rows
from refutable.theorems.exact import text
from refutable.theorems.instances import Field, Instance, InstanceError
from refutable.theorems.views import View

MOST, MAX_BITS, MAX_BATCHES, LARGEST = (6, 4), 200, 84, fmpq(10**4)
"""Data and inputs, lengths of numbers, batches of independent draws, size of numbers: beyond them it takes too long."""

FIELDS = (
    Field("x", ("data", "x"), ("n", "d"), meaning="data, labels absorbed: y_n x_n"),
    Field("w", ("weights",), ("d",), meaning="the state"),
    Field("step_size", ("step_size",), positive=True, meaning="eta, for the mean of the losses in a batch"),
    Field("time", ("time",), positive=True, optional=True, meaning="t, for statements about times"),
    Field("batch_size", ("batch_size",), kind="integer", minimum=1, meaning="B, at most N"),
)


def structure(view: View) -> Mapping[str, Any]:
    """No discrete facts: the loss is smooth."""
    return {}


def check(values: Mapping[str, Any]) -> None:
    """Sizes that can be decided in a moment, and no batch larger than the data.

    Raises:
        InstanceError: otherwise.
    """
    check_rows(values, MOST, MAX_BITS, FIELDS)
    n, size = len(values["x"]), values["batch_size"]
    if size > n:
        raise InstanceError(f"batch_size is {size}; there are only {n} data")
    if comb(n + size - 1, size) > MAX_BATCHES:
        raise InstanceError(f"{n} data have too many batches of {size}; at most {MAX_BATCHES} are enumerated here")
    for name in ("x", "w"):
        if any(abs(q) > LARGEST for q in values[name].ravel()):
            raise InstanceError(f"{name} holds a number beyond {text(LARGEST)}; scale the data")


def hollow(view: View) -> str | None:
    """Why a state is no honest witness: the data are 0."""
    return "the data are 0" if all(q == 0 for q in view["x"].ravel()) else None


def describe(instance: Instance) -> list[str]:
    """One line a datum, then the state."""
    lines = plain_rows(instance, text)
    lines.append(f"w = ({', '.join(text(q) for q in instance['w'])})")
    lines.append(f"step size = {text(instance['step_size'])}, batch size = {instance['batch_size']}")
    return lines if instance["time"] is None else [*lines, f"t = {text(instance['time'])}"]


def refitted(before: Instance, after: Instance) -> Iterator[Instance]:
    """``after``, its batches no larger than its data."""
    yield after.replace(batch_size=min(after["batch_size"], len(after["x"])))


def smaller_batch(instance: Instance) -> Iterator[Instance]:
    """One datum a batch, or one fewer."""
    for size in sorted({1, instance["batch_size"] - 1} - {0, instance["batch_size"]}):
        yield instance.replace(batch_size=size)


def other_steps(instance: Instance) -> Iterator[Instance]:
    """Other batch sizes; steps twice or half as large; the state doubled, halved, mirrored or at 0."""
    for size in range(1, len(instance["x"]) + 1):
        yield instance.replace(batch_size=size)
    for factor in (fmpq(2), fmpq(1, 2), fmpq(-1), fmpq(0)):
        yield instance.replace(w=sealed(instance["w"] * factor))
        if factor > 0:
            yield instance.replace(step_size=instance["step_size"] * factor)
    for longer in (fmpq(10), fmpq(1, 10)):
        if instance["time"] is not None:
            yield instance.replace(time=instance["time"] * longer)


ROWS = RowMoves(data={"x": 0}, inputs={"x": 1, "w": 0}, refit=refitted)
POSITIVE = ("step_size", "time")
NUMBERS = NumberMoves(("x", "w", "step_size", "time"), positive=POSITIVE)

MINIBATCH_DESCENT = Domain(
    id="minibatch-descent",
    title="stochastic gradient descent with the logistic loss",
    fields=FIELDS,
    structure=structure,
    quantities=quantities(*QUANTITIES, *CURVE),
    moves=proper(check, POSITIVE, (*ROWS.reductions, Move("smaller batches", smaller_batch), *NUMBERS.moves)),
    variations=proper(check, POSITIVE, (*ROWS.variations, Move("other steps", other_steps))),
    check=check,
    hollow=hollow,
    describe=describe,
)
