"""The domain record: fields, validation, writing."""

from __future__ import annotations

from collections.abc import Mapping
from math import comb, lcm
from typing import Any

import numpy as np

from refutable.theorems.domains.domain import Domain, quantities
from refutable.theorems.domains.number_moves import proper
from refutable.theorems.domains.regular_minimum.moves import MOVES
from refutable.theorems.domains.regular_minimum.noise import NOISE
from refutable.theorems.domains.regular_minimum.operators import OPERATORS, structure
from refutable.theorems.domains.regular_minimum.trajectories import MAX_UPDATES, TRAJECTORIES
from refutable.theorems.domains.regular_minimum.variations import VARIATIONS
from refutable.theorems.exact import text
from refutable.theorems.instances import Field, Instance, InstanceError
from refutable.theorems.views import View

MAX_PARAMETERS = 6
"""Operators on pairs of parameters have p^4 entries."""
MAX_LOSSES = 64
MAX_STEPS = 40
"""The digits of exact moments grow with every step."""
MAX_PAIR_BITS = 21_504
"""Most bits of a Hessian times pairs of parameters: 1024 for six parameters, 7168 for two."""
MAX_BITS = 4096
"""Most bits of the step size, of the gradients and of the displacement."""
MAX_MOMENT_BITS = 16_384
"""Most bits that the steps of a trajectory add up to."""

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
    _check_digits(values, p)


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


def digits(numbers: Any) -> int:
    """Bits of the common denominator of some rationals, and of their largest numerator over it."""
    entries = [(int(q.p), int(q.q)) for q in np.ravel(numbers)]
    common = lcm(*(q for _, q in entries))
    return common.bit_length() + max(abs(p) * (common // q) for p, q in entries).bit_length()


def _check_digits(values: Mapping[str, Any], p: int) -> None:
    most = {"hessians": MAX_PAIR_BITS // (p * (p + 1) // 2), "step_size": MAX_BITS}
    most |= {name: MAX_BITS for name in ("gradients", "displacement") if values[name] is not None}
    bits = {name: digits(values[name]) for name in most}
    for name, limit in most.items():
        if bits[name] > limit:
            raise InstanceError(
                f"{name}: common denominator and largest numerator have {bits[name]} bits together; at most {limit} "
                f"are treated exactly with {p} parameters: round the numbers"
            )
    moved = (values["steps"] or 0) * (bits["hessians"] + bits["step_size"])
    if moved > MAX_MOMENT_BITS:
        raise InstanceError(
            f"{values['steps']} steps with numbers of {bits['hessians'] + bits['step_size']} bits: at most "
            f"{MAX_MOMENT_BITS} bits are followed exactly here: take fewer steps, or round the numbers"
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
