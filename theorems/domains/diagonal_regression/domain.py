"""The domain record: fields, validation, writing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from refutable.theorems.domains.diagonal_regression.moves import MOVES, VARIATIONS
from refutable.theorems.domains.diagonal_regression.steps import QUANTITIES
from refutable.theorems.domains.domain import Domain, quantities
from refutable.theorems.domains.number_moves import proper
from refutable.theorems.exact import text
from refutable.theorems.instances import Field, Instance, InstanceError, refuse_long
from refutable.theorems.views import View

MAX_PAIRS, MAX_DATA, MAX_BITS = 12, 6, 400
"""Beyond them enclosing the end of a flow takes too long."""

FIELDS = (
    Field("u", ("network", "u"), ("d",), meaning="weights: f(x) = <u^2 - v^2, x>"),
    Field("v", ("network", "v"), ("d",), meaning="weights of the negative part"),
    Field("x", ("data", "x"), ("n", "d"), meaning="inputs, one row a datum"),
    Field("y", ("data", "y"), ("n",), meaning="labels"),
    Field("step_size", ("step_size",), positive=True, meaning="eta, for the loss 1/(2n) |X(u^2 - v^2) - y|^2"),
)


def structure(view: View) -> Mapping[str, Any]:
    """No discrete facts: the network is smooth."""
    return {}


def check(values: Mapping[str, Any]) -> None:
    """Neither too many weights or data, nor too long numbers.

    Raises:
        InstanceError: otherwise.
    """
    n, d = values["x"].shape
    if d > MAX_PAIRS or n > MAX_DATA:
        raise InstanceError(f"{n} data with {d} inputs are too many; at most {MAX_DATA} with {MAX_PAIRS} here")
    refuse_long(FIELDS, values, MAX_BITS)


def hollow(view: View) -> str | None:
    """Why a state is no honest witness: the inputs are 0, or the weights are."""
    if all(entry == 0 for entry in view["x"].ravel()):
        return "the inputs are 0"
    return "the weights are 0" if all(entry == 0 for entry in (*view["u"], *view["v"])) else None


def describe(instance: Instance) -> list[str]:
    """Weights, one line a datum, the step size."""
    lines = [f"{name} = ({', '.join(text(q) for q in instance[name])})" for name in ("u", "v")]
    for row, label in zip(instance["x"], instance["y"], strict=True):
        lines.append(f"x = ({', '.join(text(q) for q in row)}), y = {text(label)}")
    return [*lines, f"step size = {text(instance['step_size'])}"]


DIAGONAL_REGRESSION = Domain(
    id="diagonal-regression",
    title="diagonal linear networks <u^2 - v^2, x> on a regression problem",
    fields=FIELDS,
    structure=structure,
    quantities=quantities(*QUANTITIES),
    moves=proper(check, ("step_size",), MOVES),
    variations=proper(check, ("step_size",), VARIATIONS),
    check=check,
    hollow=hollow,
    describe=describe,
)
