"""The domain record: fields, validation, writing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from refutable.theorems.domains.deep_linear.domain import matrix_text
from refutable.theorems.domains.deep_linear_flow.flow import QUANTITIES
from refutable.theorems.domains.deep_linear_flow.moves import MOVES, VARIATIONS
from refutable.theorems.domains.domain import Domain, quantities
from refutable.theorems.domains.number_moves import proper
from refutable.theorems.exact import text
from refutable.theorems.instances import Field, Instance, InstanceError
from refutable.theorems.views import View

MAX_WIDTH, MAX_LAYERS = 8, 32
"""Beyond them exact Hessian kernels and products take too long."""
POSITIVE = ("loss_scale", "step_size")

FIELDS = (
    Field("layers", ("layers",), kind="matrices", meaning="square weight matrices, W_1 first: the state of training"),
    Field("target", ("target",), ("rows", "columns"), meaning="M = E y x^T, what the layers should multiply to"),
    Field("loss_scale", ("loss_scale",), positive=True, meaning="kappa of the loss kappa/2 |W_m ... W_1 - M|_F^2"),
    Field("step_size", ("step_size",), positive=True, optional=True, meaning="eta of one step; null: flow alone"),
)


def structure(view: View) -> Mapping[str, Any]:
    """No discrete facts: nothing switches in a linear network."""
    return {}


def check(values: Mapping[str, Any]) -> None:
    """At least two layers; they and the target are square, of one size; nothing is too large.

    Raises:
        InstanceError: otherwise.
    """
    layers, size = values["layers"], values["layers"][0].shape[0]
    if len(layers) < 2:
        raise InstanceError("there is one layer; give at least two, W_1 first")
    for i, layer in enumerate(layers):
        if layer.shape != (size, size):
            rows, columns = layer.shape
            raise InstanceError(f"layers[{i}] is {rows} x {columns}; every layer must be {size} x {size} here")
    if values["target"].shape != (size, size):
        rows, columns = values["target"].shape
        raise InstanceError(f"target is {rows} x {columns}; it must be {size} x {size}, as the layers are")
    if size > MAX_WIDTH or len(layers) > MAX_LAYERS:
        raise InstanceError(
            f"{len(layers)} layers of size {size} are too many or too large; at most {MAX_LAYERS} of size {MAX_WIDTH}"
        )


def hollow(view: View) -> str | None:
    """Why a state is no honest witness: the target is 0."""
    return "the target is 0" if all(entry == 0 for entry in view["target"].ravel()) else None


def describe(instance: Instance) -> list[str]:
    """One line a layer, then the target and the loss."""
    lines = [f"W_{i + 1} = {matrix_text(layer)}" for i, layer in enumerate(instance["layers"])]
    lines.append(f"M = {matrix_text(instance['target'])}")
    lines.append(f"loss = {text(instance['loss_scale'] / 2)} |W_m ... W_1 - M|^2, white data")
    step = instance["step_size"]
    return lines if step is None else [*lines, f"step size = {text(step)}"]


DEEP_LINEAR_FLOW = Domain(
    id="deep-linear-flow",
    title="training of deep linear networks with square layers",
    fields=FIELDS,
    structure=structure,
    quantities=quantities(*QUANTITIES),
    moves=proper(check, POSITIVE, MOVES),
    variations=proper(check, POSITIVE, VARIATIONS),
    check=check,
    hollow=hollow,
    describe=describe,
)
