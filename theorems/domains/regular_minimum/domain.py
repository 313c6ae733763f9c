"""The domain record: fields, validation, writing."""

from __future__ import annotations

from collections.abc import Mapping
from math import comb
from typing import Any

from refutable.theorems.domains.domain import Domain, quantities
from refutable.theorems.domains.number_moves import proper
from refutable.theorems.domains.regular_minimum.moves import MOVES
from refutable.theorems.domains.regular_minimum.noise import NOISE
from refutable.theorems.domains.regular_minimum.operators import OPERATORS, structure
from refutable.theorems.domains.regular_minimum.trajectories import TRAJECTORIES
from refutable.theorems.domains.regular_minimum.variations import VARIATIONS
from refutable.theorems.exact import text
from refutable.theorems.instances import Field, Instance, InstanceError
from refutable.theorems.views import View

MAX_PARAMETERS = 6
"""Operators on pairs of parameters have p^4 entries."""
MAX_LOSSES = 64
MAX_UPDATES = 2000
"""Most steps times batches: every step of a trajectory averages over all batches."""
MAX_STEPS = 40
"""The digits of exact moments grow with every step."""

FIELDS = (
    Field("hessians", ("hessians",), ("n", "p", "p"), meaning="H_i, one symmetric matrix a loss"),
    Field("gradients", ("gradients",), ("n", "p"), optional=True, meaning="g_i at the minimum; null: all zero"),
    Field("step_size", ("step_size",), positive=True, meaning="eta"),
    Field("batch_size", ("batch_size",), kind="integer", minimum=1, meaning="B, from 1 to the number of losses"),
    Field("displacement", ("displacement",), ("p",), optional=True, meaning="theta_0, or a direction to look in"),
    Field("steps", ("steps",), kind="integer", optional=True, minimum=1, meaning="T, number of steps"),
)


def check(values: Mapping[str, Any]) -> None:
    """Hessians are symmetric, their mean is not 0, and sizes are small enough for exact operators and moments.

    Raises:
        InstanceError: otherwise.
    """
    hessians, batch = values["hessians"], values["batch_size"]
    n, p = hessians.shape[:2]
    if p > MAX_PARAMETERS:
        raise InstanceError(f"there are {p} parameters; at most {MAX_PARAMETERS} are treated exactly here")
    if n > MAX_LOSSES:
        raise InstanceError(f"there are {n} losses; at most {MAX_LOSSES} are treated exactly here")
    for i, hessian in enumerate(hessians):
        if not (hessian == hessian.T).all():
            raise InstanceError(f"hessians[{i}] is not symmetric")
    if all(entry == 0 for entry in hessians.sum(axis=0).ravel()):
        raise InstanceError("the mean of the Hessians is 0: nothing is curved, and no step size is too large")
    if batch > n:
        raise InstanceError(f"batch_size is {batch}, but there are only {n} losses")
    _check_steps(values["steps"], comb(n, batch), values["displacement"] is None)


def _check_steps(steps: int | None, batches: int, at_rest: bool) -> None:
    if steps is None:
        return
    if at_rest:
        raise InstanceError("steps are given without a displacement to start from; give it, zeros for the minimum")
    if steps > MAX_STEPS:
        raise InstanceError(f"steps is {steps}; at most {MAX_STEPS} are followed exactly here")
    if steps * batches > MAX_UPDATES:
        raise InstanceError(
            f"{steps} steps over {batches} batches are {steps * batches} updates; at most {MAX_UPDATES} are made here: "
            "take fewer steps, or another batch size"
        )


def fit(view: View) -> dict[str, Any]:
    """Symmetric Hessians, and gradients with sum 0."""
    hessians = view["hessians"]
    fitted = {"hessians": (hessians + view.ops.transpose(hessians)) * view.ops.ratio(1, 2)}
    if view.has("gradients"):
        gradients = view["gradients"]
        fitted["gradients"] = gradients - view.ops.mean(gradients, -2)[..., None, :]
    return fitted


def hollow(view: View) -> str | None:
    """Why an instance is no honest witness: it starts at the minimum of losses without gradients."""
    if view.has("displacement") and not view.has("gradients") and all(c == 0 for c in view["displacement"]):
        return "the displacement is 0: it starts at the minimum"
    return None


def describe(instance: Instance) -> list[str]:
    """One line a loss, then the start and the steps."""
    lines = [f"H_{i + 1} = {matrix_text(h)}" for i, h in enumerate(instance["hessians"])]
    if instance["gradients"] is not None:
        lines += [f"g_{i + 1} = {vector_text(g)}" for i, g in enumerate(instance["gradients"])]
    if instance["displacement"] is not None:
        lines.append(f"theta_0 = {vector_text(instance['displacement'])}")
    n, size, steps = len(instance["hessians"]), instance["batch_size"], instance["steps"]
    batches = "full batch" if size == n else f"batches of {size} out of {n}"
    count = "" if steps is None else ", 1 step" if steps == 1 else f", {steps} steps"
    return [*lines, f"step size = {text(instance['step_size'])}, {batches}{count}"]


def vector_text(vector: Any) -> str:
    """(1, 1/2): a vector between parentheses."""
    return f"({', '.join(text(c) for c in vector)})"


def matrix_text(matrix: Any) -> str:
    """[1 0; 0 1/2]: rows separated by semicolons."""
    return f"[{'; '.join(' '.join(text(entry) for entry in row) for row in matrix)}]"


REGULAR_MINIMUM = Domain(
    id="regular-minimum",
    title="a regular minimum of a mean of losses, and SGD linearised there",
    fields=FIELDS,
    structure=structure,
    quantities=quantities(*OPERATORS, *NOISE, *TRAJECTORIES),
    moves=proper(check, ("step_size",), MOVES),
    variations=proper(check, ("step_size",), VARIATIONS),
    fit=fit,
    check=check,
    hollow=hollow,
    describe=describe,
)
