"""The domain record: fields, validation, writing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from refutable.theorems.domains.domain import Domain, quantities
from refutable.theorems.domains.hidden_linear.moves import MOVES, VARIATIONS
from refutable.theorems.domains.hidden_linear.network import NETWORK, slopes
from refutable.theorems.domains.hidden_linear.potential import POTENTIAL
from refutable.theorems.domains.number_moves import proper
from refutable.theorems.exact import text
from refutable.theorems.instances import Field, Instance, InstanceError
from refutable.theorems.views import Quantity, View

MAX_SIZE = 12
"""Of data, inputs and hidden units."""
MAX_BITS = 2**14
"""Of numerators and denominators of all numbers together."""
POSITIVE = ("step_size",)

FIELDS = (
    Field("inputs", ("data", "inputs"), ("n", "d"), meaning="X: a datum a row"),
    Field("labels", ("data", "labels"), ("n",), meaning="y, for the loss 1/2 sum_n (f(x_n) - y_n)^2"),
    Field("start_output", ("start", "output"), ("m",), meaning="a_0: output weights at the start"),
    Field("start_hidden", ("start", "hidden"), ("m", "d"), meaning="W_0: hidden weights at the start, a unit a row"),
    Field("output", ("state", "output"), ("m",), meaning="a: output weights at the state"),
    Field("hidden", ("state", "hidden"), ("m", "d"), meaning="W: hidden weights at the state"),
    Field(
        "multipliers",
        ("state", "multipliers"),
        ("m", "n"),
        meaning="nu: integrals of -a_i (f(x_n) - y_n) sigma'(w_i.x_n) over the time of training",
    ),
    Field("slope", ("slope",), optional=True, meaning="of sigma at negative arguments; null: sigma(z) = z"),
    Field("step_size", ("step_size",), positive=True, optional=True, meaning="of one step of gradient descent"),
    Field("rival", ("rival",), ("d",), optional=True, meaning="v: another linear predictor, compared with W^T a"),
)


def structure(view: View) -> Mapping[str, Any]:
    """``active`` [m,n]: w_i.x_n > 0; ``sign``: of a_1; ``rival_active`` [n]: sign * v.x_n > 0, where v is given."""
    ops = view.ops
    sign = ops.positive(view["output"][..., 0]) * ops.ratio(2) - ops.ratio(1)
    known = {"active": ops.positive(view["features"]), "sign": sign}
    if view.has("rival"):
        known["rival_active"] = ops.positive(ops.spread(sign) * view["rival_features"])
    return known


def _rival_outputs(view: View) -> Any:
    return view["rival_features"] * slopes(view, view["rival_active"], 1)


def _predictor_outputs(view: View) -> Any:
    ops = view.ops
    features = ops.matvec(view["inputs"], view["predictor"])
    return features * slopes(view, ops.positive(ops.spread(view["sign"]) * features), 1)


READINGS = (
    Quantity("rival_features", lambda view: view.ops.matvec(view["inputs"], view["rival"]), "v.x_n [n]"),
    Quantity("rival_outputs", _rival_outputs, "what one unit with the sign of a_1 and predictor v puts out [n]"),
    Quantity("predictor_outputs", _predictor_outputs, "the same for theta = W^T a [n]"),
)


def check(values: Mapping[str, Any]) -> None:
    """Sizes and digits that can be decided at once; a slope >= 0.

    Raises:
        InstanceError: otherwise.
    """
    for name in ("inputs", "start_hidden"):
        if max(values[name].shape) > MAX_SIZE:
            shape = " x ".join(map(str, values[name].shape))
            raise InstanceError(f"{name.replace('_', ' ')} is {shape}; at most {MAX_SIZE} of each can be decided here")
    slope = values["slope"]
    if slope is not None and slope < 0:
        raise InstanceError(f"slope is {text(slope)}; it must be at least 0, or null for linear units")
    bits = sum(_bits(value) for value in values.values() if value is not None)
    if bits > MAX_BITS:
        raise InstanceError(f"the numbers take {bits} bits to write exactly, at most {MAX_BITS} here: shorten them")


def _bits(value: Any) -> int:
    numbers = value.ravel() if isinstance(value, np.ndarray) else [value]
    return sum(int(q.p).bit_length() + int(q.q).bit_length() for q in numbers)


def hollow(view: View) -> str | None:
    """Why an instance is no honest witness: no data, or no network."""
    if not any(view["inputs"].ravel()):
        return "all inputs are 0"
    return None if any(view["predictor"]) or any(view["start_predictor"]) else "both predictors are 0"


def _row(numbers: Any) -> str:
    return f"({', '.join(text(q) for q in numbers)})"


def describe(instance: Instance) -> list[str]:
    """Data, start, state, and what else is given, a line each."""
    lines = [f"x = {_row(x)}, y = {text(y)}" for x, y in zip(instance["inputs"], instance["labels"], strict=True)]
    for when, output, hidden in (("start", "start_output", "start_hidden"), ("state", "output", "hidden")):
        for a, w in zip(instance[output], instance[hidden], strict=True):
            lines.append(f"{when}: a = {text(a)}, w = {_row(w)}")
    lines += [f"multipliers {_row(row)}" for row in instance["multipliers"]]
    for name in ("slope", "step_size"):
        if instance[name] is not None:
            lines.append(f"{name.replace('_', ' ')} {text(instance[name])}")
    return lines if instance["rival"] is None else [*lines, f"rival v = {_row(instance['rival'])}"]


HIDDEN_LINEAR = Domain(
    id="hidden-linear",
    title="one hidden layer of linear or leaky units under gradient flow",
    fields=FIELDS,
    structure=structure,
    quantities=quantities(*NETWORK, *POTENTIAL, *READINGS),
    moves=proper(check, POSITIVE, MOVES),
    variations=proper(check, POSITIVE, VARIATIONS),
    check=check,
    hollow=hollow,
    describe=describe,
)
