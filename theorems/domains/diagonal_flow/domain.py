"""The domain record: fields, validation, writing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from refutable.theorems.domains.diagonal_flow.dynamics import DYNAMICS, STATE
from refutable.theorems.domains.diagonal_flow.moves import MOVES, VARIATIONS
from refutable.theorems.domains.diagonal_flow.potentials import POTENTIALS
from refutable.theorems.domains.domain import Domain, quantities
from refutable.theorems.domains.number_moves import proper
from refutable.theorems.exact import text
from refutable.theorems.instances import Field, Instance, InstanceError
from refutable.theorems.views import View

MAX_INPUTS, MAX_DATA, MAX_BITS = 12, 8, 2**14
"""Inputs; data; bits of all numbers together. Beyond them kernels and potentials take too long."""
_SIGNS = {"u_plus": "u_+", "v_plus": "v_+", "u_minus": "u_-", "v_minus": "v_-"}

FIELDS = (
    *(Field(name, ("network", name), ("d",), meaning=f"{_SIGNS[name]}: weights now") for name in STATE),
    *(Field(f"{name}0", ("start", name), ("d",), meaning=f"{_SIGNS[name]} at the start of training") for name in STATE),
    Field("x", ("data", "x"), ("n", "d"), meaning="inputs, one row a datum"),
    Field("y", ("data", "y"), ("n",), meaning="labels"),
    Field("other", ("other",), ("d",), optional=True, meaning="another linear map v, to compare w with"),
    Field("multipliers", ("multipliers",), ("n",), optional=True, meaning="nu: -1/n times the residual's integral"),
    Field("step_size", ("step_size",), optional=True, positive=True, meaning="eta of one step; null: flow alone"),
)  # fmt: skip


def structure(view: View) -> Mapping[str, Any]:
    """No discrete facts: the network is smooth."""
    return {}


def check(values: Mapping[str, Any]) -> None:
    """Neither too many inputs or data, nor too long numbers.

    Raises:
        InstanceError: otherwise.
    """
    n, d = values["x"].shape
    if d > MAX_INPUTS or n > MAX_DATA:
        raise InstanceError(f"{n} data with {d} inputs are too many; at most {MAX_DATA} with {MAX_INPUTS} here")
    bits = sum(_bits(values[field.name]) for field in FIELDS if values[field.name] is not None)
    if bits > MAX_BITS:
        raise InstanceError(f"the numbers take {bits} bits to write exactly, at most {MAX_BITS} here: shorten them")


def _bits(value: Any) -> int:
    numbers = value.ravel() if hasattr(value, "ravel") else [value]
    return sum(int(q.p).bit_length() + int(q.q).bit_length() for q in numbers)


def hollow(view: View) -> str | None:
    """Why a state is no honest witness: the inputs are 0, or the network computes 0 and did so at the start."""
    if all(entry == 0 for entry in view["x"].ravel()):
        return "the inputs are 0"
    return "all weights start at 0" if all(e == 0 for name in STATE for e in view[f"{name}0"]) else None


def describe(instance: Instance) -> list[str]:
    """Weights with their starts, one line a datum, then what else is given."""
    starts = [_vector(instance[f"{name}0"]) for name in STATE]
    lines = [
        f"{_SIGNS[n]} = {_vector(instance[n])}, at the start {first}" for n, first in zip(STATE, starts, strict=True)
    ]
    for row, label in zip(instance["x"], instance["y"], strict=True):
        lines.append(f"x = {_vector(row)}, y = {text(label)}")
    w = instance["u_plus"] * instance["v_plus"] - instance["u_minus"] * instance["v_minus"]
    lines.append(f"w = {_vector(w)}")
    if instance["other"] is not None:
        lines.append(f"compared with v = {_vector(instance['other'])}")
    if instance["multipliers"] is not None:
        lines.append(f"nu = {_vector(instance['multipliers'])}")
    step = instance["step_size"]
    return lines if step is None else [*lines, f"step size = {text(step)}"]


def _vector(values: Any) -> str:
    return f"({', '.join(text(q) for q in values)})"


DIAGONAL_FLOW = Domain(
    id="diagonal-flow",
    title="training of diagonal linear networks <u_+ v_+ - u_- v_-, x> from any start",
    fields=FIELDS,
    structure=structure,
    quantities=quantities(*DYNAMICS, *POTENTIALS),
    moves=proper(check, ("step_size",), MOVES),
    variations=proper(check, ("step_size",), VARIATIONS),
    check=check,
    hollow=hollow,
    describe=describe,
)
