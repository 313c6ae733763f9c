"""The domain record: fields, validation, reductions, writing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flint import fmpq

from refutable.theorems.domains.domain import Domain, Move, quantities
from refutable.theorems.domains.number_moves import NumberMoves, proper
from refutable.theorems.domains.row_moves import RowMoves, check_rows, plain_rows
from refutable.theorems.domains.separable.dual import structure
from refutable.theorems.domains.tail_margins.curve import QUANTITIES
from refutable.theorems.exact import text
from refutable.theorems.instances import Field, Instance, InstanceError
from refutable.theorems.views import View

MOST, MAX_BITS, LARGEST, STEEPEST = (6, 4), 200, fmpq(10**9), 16
"""Data and inputs, lengths and sizes of numbers, exponents and their denominators: beyond them it takes too long."""

FIELDS = (
    Field("x", ("data", "x"), ("n", "d"), meaning="data, labels absorbed: y_n x_n"),
    Field("exponent", ("exponent",), positive=True, meaning="nu: -l'(u) = exp(-u^nu) for large u"),
    Field(
        "level", ("level",), positive=True, meaning="u_min^nu, about log t: minus the log of the largest loss's slope"
    ),
    Field("frozen", ("frozen",), optional=True, meaning="f, component of w orthogonal to all data; null: 0"),
    Field("w", ("weights",), ("d",), optional=True, meaning="weights that a flow has reached"),
)


def check(values: Mapping[str, Any]) -> None:
    """Sizes that can be decided in a moment.

    Raises:
        InstanceError: otherwise.
    """
    check_rows(values, MOST, MAX_BITS, FIELDS)
    nu = values["exponent"]
    if max(nu.p, nu.q) > STEEPEST:
        raise InstanceError(f"exponent is {text(nu)}; numerator and denominator must be at most {STEEPEST} here")
    for name in ("x", "level", "frozen"):
        value = values[name]
        numbers = [] if value is None else value.ravel() if name == "x" else [value]
        if any(abs(q) > LARGEST for q in numbers):
            raise InstanceError(f"{name} holds a number beyond {text(LARGEST)}; scale it")


def hollow(view: View) -> str | None:
    """Why data are no honest witness: they are 0."""
    return "the data are 0" if all(q == 0 for q in view["x"].ravel()) else None


def describe(instance: Instance) -> list[str]:
    """One line a datum, then the tail and the place on the curve."""
    lines = [*plain_rows(instance, text), f"nu = {text(instance['exponent'])}, level = {text(instance['level'])}"]
    if instance["frozen"] is not None:
        lines.append(f"component of w orthogonal to the data = {text(instance['frozen'])}")
    return lines


def other_tails(instance: Instance) -> Iterator[Instance]:
    """Other exponents; levels ten times as large or as small."""
    for nu in (fmpq(1, 2), fmpq(1), fmpq(2), fmpq(3)):
        yield instance.replace(exponent=nu)
    for factor in (fmpq(10), fmpq(1, 10)):
        yield instance.replace(level=instance["level"] * factor)


def without_weights(instance: Instance) -> Iterator[Instance]:
    """No weights, no frozen component."""
    yield instance.replace(w=None)
    yield instance.replace(frozen=None)


POSITIVE = ("exponent", "level")
ROWS = RowMoves(data={"x": 0}, inputs={"x": 1})
NUMBERS = NumberMoves(("x", "exponent", "level", "frozen"), positive=POSITIVE)


def add_input(instance: Instance) -> Iterator[Instance]:
    """One input twice; weights are dropped."""
    yield from ROWS.add_input(instance.replace(w=None))


def drop_input(instance: Instance) -> Iterator[Instance]:
    """One input fewer; weights are dropped."""
    yield from ROWS.drop_input(instance.replace(w=None))


TAIL_MARGINS = Domain(
    id="tail-margins",
    title="separable data with losses of other tails",
    fields=FIELDS,
    structure=structure,
    quantities=quantities(*QUANTITIES),
    moves=proper(
        check,
        POSITIVE,
        (
            Move("drop a datum", ROWS.drop_datum),
            Move("drop an input", drop_input),
            Move("without weights", without_weights),
            *NUMBERS.moves,
        ),
    ),
    variations=proper(
        check,
        POSITIVE,
        (
            Move("add a datum", ROWS.add_datum),
            Move("drop a datum", ROWS.drop_datum),
            Move("add an input", add_input),
            Move("drop an input", drop_input),
            Move("scale the data", ROWS.scale),
            Move("other tails", other_tails),
        ),
    ),
    check=check,
    hollow=hollow,
    describe=describe,
)
