"""The domain record: fields, validation, writing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from refutable.theorems.domains.domain import Domain, quantities
from refutable.theorems.domains.number_moves import proper
from refutable.theorems.domains.separable.dual import DUAL, structure
from refutable.theorems.domains.separable.limit import LIMIT
from refutable.theorems.domains.separable.log_time import LOG_TIME
from refutable.theorems.domains.separable.losses import LOSSES
from refutable.theorems.domains.separable.moves import MOVES, VARIATIONS
from refutable.theorems.exact import text
from refutable.theorems.instances import Field, Instance, InstanceError, refuse_long
from refutable.theorems.views import View

MAX_DATA, MAX_INPUTS, MAX_BITS = 10, 5, 400
"""Beyond them trying all sets of support vectors takes too long."""

FIELDS = (
    Field("x", ("data", "x"), ("n", "d"), meaning="inputs times their labels, one row a datum: w is right if x.w > 0"),
    Field("w", ("w",), ("d",), meaning="weights"),
    Field("step_size", ("step_size",), positive=True, meaning="eta, for the loss summed over the data"),
    Field("log_time", ("log_time",), optional=True, meaning="s = log t, for statements about times"),
    Field("start", ("start",), ("d",), optional=True, meaning="the weights a flow started from; null: 0"),
)


def check(values: Mapping[str, Any]) -> None:
    """Neither too many data or inputs, nor too long numbers.

    Raises:
        InstanceError: otherwise.
    """
    n, d = values["x"].shape
    if n > MAX_DATA or d > MAX_INPUTS:
        raise InstanceError(f"{n} data with {d} inputs are too many; at most {MAX_DATA} with {MAX_INPUTS} here")
    refuse_long(FIELDS, values, MAX_BITS)


def hollow(view: View) -> str | None:
    """Why an instance is no honest witness: a datum is 0, so that no weights classify it."""
    return "a datum is 0" if any(all(entry == 0 for entry in row) for row in view["x"]) else None


def describe(instance: Instance) -> list[str]:
    """One line a datum, then weights, step size and what else is given."""
    lines = [f"x_{i} = {_vector(row)}" for i, row in enumerate(instance["x"], 1)]
    lines.append(f"w = {_vector(instance['w'])}, step size = {text(instance['step_size'])}")
    if instance["log_time"] is not None:
        lines.append(f"log t = {text(instance['log_time'])}")
    if instance["start"] is not None:
        lines.append(f"started from w = {_vector(instance['start'])}")
    return lines


def _vector(row: Any) -> str:
    return f"({', '.join(text(q) for q in row)})"


SEPARABLE = Domain(
    id="separable",
    title="linear classifiers on separable data",
    fields=FIELDS,
    structure=structure,
    quantities=quantities(*LOSSES, *DUAL, *LOG_TIME, *LIMIT),
    moves=proper(check, ("step_size",), MOVES),
    variations=proper(check, ("step_size",), VARIATIONS),
    check=check,
    hollow=hollow,
    describe=describe,
)
