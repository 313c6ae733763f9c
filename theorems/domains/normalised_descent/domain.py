"""The domain record: fields, validation, reductions, writing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flint import fmpq

from refutable.theorems.domains.domain import Domain, Move, quantities
from refutable.theorems.domains.normalised_descent.steps import QUANTITIES
from refutable.theorems.domains.number_moves import NumberMoves, proper, sealed
from refutable.theorems.domains.row_moves import RowMoves, check_rows, plain_rows
from refutable.theorems.exact import text
from refutable.theorems.instances import Field, Instance, InstanceError
from refutable.theorems.views import View

MOST, MAX_BITS, MAX_STEPS = (8, 4), 200, 64
"""Data and inputs, lengths of numbers, steps: beyond them a decision takes too long."""
LARGEST = fmpq(10**6)
"""Entries beyond this size have exponentials of millions of bits."""

FIELDS = (
    Field("x", ("data", "x"), ("n", "d"), meaning="data, labels absorbed: y_n x_n"),
    Field("w", ("weights",), ("d",), meaning="the state; runs start there"),
    Field("step_size", ("step_size",), positive=True, meaning="eta of one step w - eta grad L(w)/L(w)"),
    Field("steps", ("steps",), kind="integer", minimum=1, meaning="steps of a run with step sizes 1/sqrt(t + 1)"),
)


def structure(view: View) -> Mapping[str, Any]:
    """No discrete facts: the loss is smooth."""
    return {}


def check(values: Mapping[str, Any]) -> None:
    """Sizes that can be decided in a moment.

    Raises:
        InstanceError: otherwise.
    """
    check_rows(values, MOST, MAX_BITS, FIELDS)
    if values["steps"] > MAX_STEPS:
        raise InstanceError(f"steps is {values['steps']}; at most {MAX_STEPS} are enclosed here")
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
    return [*lines, f"step size = {text(instance['step_size'])}, steps of a run = {instance['steps']}"]


def fewer_steps(instance: Instance) -> Iterator[Instance]:
    """Half as many steps, or one fewer."""
    for steps in sorted({1, instance["steps"] // 2, instance["steps"] - 1} - {0, instance["steps"]}):
        yield instance.replace(steps=steps)


def other_steps(instance: Instance) -> Iterator[Instance]:
    """Runs twice or half as long; steps twice or half as large; the state doubled, halved, mirrored or at 0."""
    for steps in {min(MAX_STEPS, 2 * instance["steps"]), max(1, instance["steps"] // 2)}:
        yield instance.replace(steps=steps)
    for factor in (fmpq(2), fmpq(1, 2), fmpq(-1), fmpq(0)):
        yield instance.replace(w=sealed(instance["w"] * factor))
        if factor > 0:
            yield instance.replace(step_size=instance["step_size"] * factor)


ROWS = RowMoves(data={"x": 0}, inputs={"x": 1, "w": 0})
NUMBERS = NumberMoves(("x", "w", "step_size"), positive=("step_size",))

NORMALISED_DESCENT = Domain(
    id="normalised-descent",
    title="normalised gradient descent with the exponential loss",
    fields=FIELDS,
    structure=structure,
    quantities=quantities(*QUANTITIES),
    moves=proper(check, ("step_size",), (*ROWS.reductions, Move("fewer steps", fewer_steps), *NUMBERS.moves)),
    variations=proper(check, ("step_size",), (*ROWS.variations, Move("other steps", other_steps))),
    check=check,
    hollow=hollow,
    describe=describe,
)
