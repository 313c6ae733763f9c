"""The domain record: fields, validation, quantities, writing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flint import fmpq

from refutable.theorems.domains.delayed_descent.moments import common_bits, mean_polynomial, second_moment_contracts
from refutable.theorems.domains.delayed_descent.moves import MOVES, VARIATIONS
from refutable.theorems.domains.delayed_iteration import delay_threshold
from refutable.theorems.domains.domain import Domain, quantities
from refutable.theorems.domains.number_moves import proper
from refutable.theorems.domains.quadratic.domain import matrix_text
from refutable.theorems.exact import is_positive_definite, text
from refutable.theorems.exact.polynomials import schur_stable
from refutable.theorems.instances import Field, Instance, InstanceError
from refutable.theorems.ops.exact import to_matrix
from refutable.theorems.views import Quantity, View

MOST_STATE = 24
"""parameters * (delay + 1) is at most that: the degree of the polynomial whose roots are located."""
MOST_LOSSES, MOST_PARAMETERS, MAX_DELAY = 8, 6, 23
MAX_BITS = 256
"""Longest numerator or denominator."""
MOST_BITS = 6144
"""Most bits of the entries of all eta H_i over a common denominator, times parameters * (delay + 1).

The coefficients of the polynomial whose roots are located are about that long.
"""

FIELDS = (
    Field("hessians", ("hessians",), ("n", "p", "p"), meaning="H_i, one symmetric matrix a loss"),
    Field("step_size", ("step_size",), positive=True, meaning="eta"),
    Field("delay", ("delay",), kind="integer", minimum=0, meaning="tau: the gradient is taken at x_{t-tau}"),
    Field("gain", ("gain",), optional=True, meaning="t, a gain of the scalar iteration to compare with, or null"),
    Field("direction", ("direction",), ("p",), optional=True, meaning="v, a direction to compare along, or null"),
)


def mean_hessian(view: View) -> Any:
    """H = (1/n) sum_i H_i [p, p]."""
    return view.ops.mean(view["hessians"], -3)


def top_gain(view: View) -> Any:
    """eta * lambda_max(H)."""
    return view.ops.top_eigenvalue(view["mean_hessian"] * view["step_size"])


def gain_along(view: View) -> Any:
    """eta v^T H v."""
    v = view["direction"]
    return view.ops.sum(v * view.ops.matvec(view["mean_hessian"], v)) * view["step_size"]


def gain_stable(view: View) -> bool:
    """Whether the scalar iteration with the gain t is stable in the mean."""
    t, delay = view["gain"], view["delay"]
    return schur_stable([t - 1, fmpq(1)] if delay == 0 else [t, *[fmpq(0)] * (delay - 1), fmpq(-1), fmpq(1)])


def stable_in_mean(view: View) -> bool:
    """Whether every root of the iteration of E x_t in R^p has modulus < 1."""
    return schur_stable(mean_polynomial(view["mean_hessian"], view["step_size"], view["delay"]))


def stable_in_mean_square(view: View) -> bool:
    """Whether E x_t x_t^T -> 0 from every start."""
    return second_moment_contracts(view["hessians"], view["step_size"], view["delay"])


def positive_definite(view: View) -> bool:
    """Whether H is positive definite."""
    return is_positive_definite(to_matrix(view["mean_hessian"]))


def structure(view: View) -> Mapping[str, Any]:
    """No discrete facts are needed by all claims; those about stability are quantities."""
    return {}


def check(values: Mapping[str, Any]) -> None:
    """Hessians are symmetric, and the iteration is small enough for an exact answer.

    Raises:
        InstanceError: otherwise.
    """
    hessians, delay = values["hessians"], values["delay"]
    if len(hessians) > MOST_LOSSES:
        raise InstanceError(f"hessians has {len(hessians)} entries; at most {MOST_LOSSES} are decided exactly here")
    if hessians.shape[-1] > MOST_PARAMETERS:
        raise InstanceError(f"there are {hessians.shape[-1]} parameters; at most {MOST_PARAMETERS} are decided exactly")
    if hessians.shape[-1] * (min(delay, MAX_DELAY + 1) + 1) > MOST_STATE:
        size = hessians.shape[-1] * (delay + 1)
        raise InstanceError(f"parameters * (delay + 1) is {size}; at most {MOST_STATE} is decided exactly here")
    for i, hessian in enumerate(hessians):
        if not (hessian == hessian.T).all():
            raise InstanceError(f"hessians[{i}] is not symmetric")
    direction = () if values["direction"] is None else values["direction"]
    numbers = [*hessians.ravel(), values["step_size"], *direction]
    if values["gain"] is not None:
        numbers.append(values["gain"])
    if any(max(q.p.bit_length(), q.q.bit_length()) > MAX_BITS for q in numbers):
        raise InstanceError(f"a number has more than {MAX_BITS} bits in numerator or denominator; round it")
    if (size := hessians.shape[-1] * (delay + 1)) * (bits := common_bits(hessians, values["step_size"])) > MOST_BITS:
        raise InstanceError(
            f"over a common denominator the Hessians times the step size have {bits} bits an entry; with parameters * "
            f"(delay + 1) = {size} at most {MOST_BITS // size} are decided exactly here: round them to one denominator"
        )


def hollow(view: View) -> str | None:
    """Why an instance is no honest witness: every loss is flat."""
    return "every Hessian is 0" if all(entry == 0 for entry in view["hessians"].ravel()) else None


def describe(instance: Instance) -> list[str]:
    """One line a loss, then the steps and what is compared with."""
    lines = [f"H_{i + 1} = {matrix_text(h)}" for i, h in enumerate(instance["hessians"])]
    lines.append(f"step size = {text(instance['step_size'])}, delay = {instance['delay']}")
    if instance["gain"] is not None:
        lines.append(f"gain t = {text(instance['gain'])}")
    if instance["direction"] is not None:
        lines.append(f"direction v = ({', '.join(text(c) for c in instance['direction'])})")
    return lines


DELAYED_DESCENT = Domain(
    id="delayed-descent",
    title="SGD with delay on quadratic losses with a common minimum",
    fields=FIELDS,
    structure=structure,
    quantities=quantities(
        Quantity("mean_hessian", mean_hessian, "H = mean of the H_i, [p, p]"),
        Quantity("top_gain", top_gain, "eta lambda_max(H)", scalar=True),
        Quantity("gain_along", gain_along, "eta v^T H v", scalar=True),
        Quantity(
            "threshold", lambda view: delay_threshold(view.ops, view["delay"]), "2 sin(pi / (4 tau + 2))", scalar=True
        ),
        Quantity("positive_definite", positive_definite, "whether H is positive definite"),
        Quantity("gain_stable", gain_stable, "whether the scalar iteration with the gain t is stable in the mean"),
        Quantity("stable_in_mean", stable_in_mean, "whether E x_t -> 0 from every start"),
        Quantity("stable_in_mean_square", stable_in_mean_square, "whether E x_t x_t^T -> 0 from every start"),
    ),
    moves=proper(check, ("step_size",), MOVES),
    variations=proper(check, ("step_size",), VARIATIONS),
    check=check,
    hollow=hollow,
    describe=describe,
)
