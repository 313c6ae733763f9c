"""The domain record: fields, validation, writing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from refutable.theorems.domains.deep_linear.domain import matrix_text
from refutable.theorems.domains.domain import Domain, quantities
from refutable.theorems.domains.matrix_regression.dynamics import DYNAMICS
from refutable.theorems.domains.matrix_regression.moves import MOVES, VARIATIONS
from refutable.theorems.domains.number_moves import proper
from refutable.theorems.exact import text
from refutable.theorems.instances import Field, Instance, InstanceError, refuse_long
from refutable.theorems.views import View

MAX_INPUTS, MAX_WIDTH, MAX_DATA, MAX_BITS = 8, 4, 6, 256
"""Beyond them exact derivatives and spectral norms take too long."""

FIELDS = (
    Field("first", ("network", "first"), ("d", "h"), meaning="W_1 now: f(x) = x^T W_1 W_2 w_3, or x^T W_1 w_2"),
    Field("middle", ("network", "middle"), ("h", "h"), optional=True, meaning="W_2 now; null: two layers"),
    Field("last", ("network", "last"), ("h",), meaning="weights of the last layer now"),
    Field("first_start", ("start", "first"), ("d", "h"), meaning="W_1 at the start of training"),
    Field("middle_start", ("start", "middle"), ("h", "h"), optional=True, meaning="W_2 at the start; null: two layers"),
    Field("last_start", ("start", "last"), ("h",), meaning="weights of the last layer at the start"),
    Field("x", ("data", "x"), ("n", "d"), meaning="inputs, one row a datum"),
    Field("y", ("data", "y"), ("n",), meaning="labels"),
    Field("sample_weights", ("sample_weights",), ("n",), optional=True, meaning="c: weights of the data; null: 1/n"),
    Field("step_size", ("step_size",), optional=True, positive=True, meaning="eta of one step; null: flow alone"),
)


def structure(view: View) -> Mapping[str, Any]:
    """No discrete facts: nothing switches in a linear network."""
    return {}


def check(values: Mapping[str, Any]) -> None:
    """A second layer now and at the start, or in neither; nothing is too large.

    Raises:
        InstanceError: otherwise.
    """
    if (values["middle"] is None) != (values["middle_start"] is None):
        raise InstanceError("one of network.middle and start.middle is null; give both, or neither for two layers")
    (d, h), n = values["first"].shape, len(values["y"])
    if d > MAX_INPUTS or h > MAX_WIDTH or n > MAX_DATA:
        raise InstanceError(
            f"{n} data, {d} inputs and {h} hidden units are too many; at most {MAX_DATA}, {MAX_INPUTS} and {MAX_WIDTH}"
        )
    refuse_long(FIELDS, values, MAX_BITS)


def hollow(view: View) -> str | None:
    """Why a state is no honest witness: the inputs are 0, or the network computes 0."""
    if all(entry == 0 for entry in view["x"].ravel()):
        return "the inputs are 0"
    return "the network computes 0" if all(entry == 0 for entry in view["beta"]) else None


def describe(instance: Instance) -> list[str]:
    """Layers with their starts, one line a datum, then what else is given."""
    lines = [
        f"{sign} = {_text(instance[name])}, at the start {_text(instance[f'{name}_start'])}"
        for name, sign in (("first", "W_1"), ("middle", "W_2"), ("last", "w_L"))
        if instance[name] is not None
    ]
    for row, label in zip(instance["x"], instance["y"], strict=True):
        lines.append(f"x = {_vector(row)}, y = {text(label)}")
    if instance["sample_weights"] is not None:
        lines.append(f"weights of the data = {_vector(instance['sample_weights'])}")
    step = instance["step_size"]
    return lines if step is None else [*lines, f"step size = {text(step)}"]


def _text(value: Any) -> str:
    return matrix_text(value) if value.ndim == 2 else _vector(value)


def _vector(values: Any) -> str:
    return f"({', '.join(text(q) for q in values)})"


MATRIX_REGRESSION = Domain(
    id="matrix-regression",
    title="training of fully connected linear networks x^T W_1 ... w_L, two or three layers",
    fields=FIELDS,
    structure=structure,
    quantities=quantities(*DYNAMICS),
    moves=proper(check, ("step_size",), MOVES),
    variations=proper(check, ("step_size",), VARIATIONS),
    check=check,
    hollow=hollow,
    describe=describe,
)
