"""The domain record: fields, validation, writing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from refutable.theorems.domains.domain import Domain, quantities
from refutable.theorems.domains.number_moves import proper
from refutable.theorems.domains.quadratic.moves import MOVES
from refutable.theorems.domains.quadratic.steps import STEPS
from refutable.theorems.domains.quadratic.variations import VARIATIONS
from refutable.theorems.exact import text
from refutable.theorems.instances import Field, Instance, InstanceError
from refutable.theorems.views import View

MAX_STEPS = 100
"""Exact iterates grow with every step."""

FIELDS = (
    Field("hessians", ("hessians",), ("n", "p", "p"), meaning="H_i, one symmetric matrix a loss"),
    Field("displacement", ("displacement",), ("p",), meaning="v = theta_0 minus the minimum"),
    Field("step_size", ("step_size",), positive=True, meaning="eta"),
    Field("batch_size", ("batch_size",), kind="integer", optional=True, minimum=1, meaning="null: full batch"),
    Field("steps", ("steps",), kind="integer", minimum=1, meaning="T, number of steps"),
)


def structure(view: View) -> Mapping[str, Any]:
    """No discrete facts: nothing switches in a quadratic loss."""
    return {}


def check(values: Mapping[str, Any]) -> None:
    """Hessians are symmetric, batches not larger than the data, and the number of steps stays small.

    Raises:
        InstanceError: otherwise.
    """
    for i, hessian in enumerate(values["hessians"]):
        if not (hessian == hessian.T).all():
            raise InstanceError(f"hessians[{i}] is not symmetric")
    n, batch = len(values["hessians"]), values["batch_size"]
    if batch is not None and batch > n:
        raise InstanceError(f"batch_size is {batch}, but there are only {n} losses")
    if values["steps"] > MAX_STEPS:
        raise InstanceError(f"steps is {values['steps']}; at most {MAX_STEPS} are iterated exactly here")


def fit(view: View) -> dict[str, Any]:
    """Symmetric Hessians."""
    hessians = view["hessians"]
    return {"hessians": (hessians + view.ops.transpose(hessians)) * view.ops.ratio(1, 2)}


def hollow(view: View) -> str | None:
    """Why an instance is no honest witness: it starts at the minimum, or every loss is flat."""
    if all(c == 0 for c in view["displacement"]):
        return "the displacement is 0: it starts at the minimum"
    return "every Hessian is 0" if all(entry == 0 for entry in view["hessians"].ravel()) else None


def describe(instance: Instance) -> list[str]:
    """One line a loss, then the start and the steps."""
    lines = [f"H_{i + 1} = {matrix_text(h)}" for i, h in enumerate(instance["hessians"])]
    lines.append(f"theta_0 = ({', '.join(text(c) for c in instance['displacement'])})")
    size = instance["batch_size"]
    batches = "full batch" if size is None else f"batches of {size}"
    steps = "1 step" if instance["steps"] == 1 else f"{instance['steps']} steps"
    lines.append(f"step size = {text(instance['step_size'])}, {batches}, {steps}")
    return lines


def matrix_text(matrix: Any) -> str:
    """[1 0; 0 1/2]: rows separated by semicolons."""
    return f"[{'; '.join(' '.join(text(entry) for entry in row) for row in matrix)}]"


QUADRATIC = Domain(
    id="quadratic",
    title="quadratic losses with a common minimum",
    fields=FIELDS,
    structure=structure,
    quantities=quantities(*STEPS),
    moves=proper(check, ("step_size",), MOVES),
    variations=proper(check, ("step_size",), VARIATIONS),
    fit=fit,
    check=check,
    hollow=hollow,
    describe=describe,
)
