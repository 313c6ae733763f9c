"""The domain record: fields, characteristic polynomial of the mean, thresholds, writing."""

from __future__ import annotations

from collections.abc import Mapping
from math import lcm
from typing import Any

from flint import fmpq

from refutable.theorems.domains.delayed_iteration import delay_threshold
from refutable.theorems.domains.domain import Domain, quantities
from refutable.theorems.domains.number_moves import proper
from refutable.theorems.domains.random_delay.crossings import first_crossing
from refutable.theorems.domains.random_delay.moves import MOVES, VARIATIONS
from refutable.theorems.exact import text
from refutable.theorems.instances import Field, Instance, InstanceError
from refutable.theorems.views import Quantity, View

MOST_DELAYS = 25
"""Delays 0 to 24: the polynomial of the first crossing has that degree."""
MAX_BITS = 256
"""Of the common denominator of the probabilities."""

FIELDS = (
    Field("probabilities", ("probabilities",), ("delays",), meaning="of the delays 0, 1, 2, ...; they sum to 1"),
    Field("curvature", ("curvature",), meaning="eigenvalue of the Hessian in this direction"),
    Field("step_size", ("step_size",), positive=True, meaning="eta, in units of 1/curvature"),
)


def gain(view: View) -> Any:
    """a = curvature * step size."""
    return view["curvature"] * view["step_size"]


def characteristic(view: View) -> Any:
    """Coefficients of z^{T+1} - z^T + a sum_k q_k z^{T-k}, constant term first, [T + 2]."""
    ops, a, probabilities = view.ops, view["gain"], view["probabilities"]
    coefficients = [a * p for p in reversed(list(probabilities))]
    coefficients[-1] = coefficients[-1] - 1
    return ops.array([*coefficients, ops.ratio(1)])


def mean_delay(view: View) -> Any:
    """sum_k k q_k."""
    return sum((k * p for k, p in enumerate(view["probabilities"])), view.ops.ratio(0))


def longest_delay(view: View) -> int:
    """The largest delay of positive probability."""
    return max(k for k, p in enumerate(view["probabilities"]) if p != 0)


def mean_threshold(view: View) -> Any:
    """2 sin(pi / (4 mean + 2)): the threshold of the constant delay of equal mean, were it an integer."""
    return 2 * view.ops.elementary("sin_pi", 1 / (4 * view["mean_delay"] + 2))


def structure(view: View) -> Mapping[str, Any]:
    """``roots_in_disc``: whether every root of the characteristic polynomial has modulus < 1."""
    return {"roots_in_disc": view.ops.roots_in_disc(view["characteristic"])}


def check(values: Mapping[str, Any]) -> None:
    """Probabilities of at most 25 delays, of moderate length.

    Raises:
        InstanceError: otherwise.
    """
    probabilities = values["probabilities"]
    if len(probabilities) > MOST_DELAYS:
        raise InstanceError(f"probabilities has {len(probabilities)} entries; at most {MOST_DELAYS} are decided here")
    for k, p in enumerate(probabilities):
        if p < 0:
            raise InstanceError(f"probabilities[{k}] is {text(p):.60}; it must be at least 0")
    common = 1
    for p in probabilities:
        common = lcm(common, int(p.q))
        if common.bit_length() > MAX_BITS:
            raise InstanceError(f"the probabilities have a common denominator of more than {MAX_BITS} bits; round them")
    for name in ("curvature", "step_size"):
        q = values[name]
        if max(q.p.bit_length(), q.q.bit_length()) > MAX_BITS:
            raise InstanceError(f"{name} has more than {MAX_BITS} bits in numerator or denominator; round it")
    total = sum(probabilities, fmpq(0))
    if total != 1:
        raise InstanceError(f"the probabilities sum to {text(total):.60}; they must sum to 1")


def hollow(view: View) -> str | None:
    """Why an iteration is no honest witness: nothing moves."""
    return "the curvature is 0: the iteration stands still" if view["curvature"] == 0 else None


def describe(instance: Instance) -> list[str]:
    """The law of the delay, then the factors of the gain."""
    law = ", ".join(f"{k} with probability {text(p)}" for k, p in enumerate(instance["probabilities"]) if p != 0)
    return [
        f"delay: {law}",
        f"gain = curvature * step size = {text(instance['curvature'] * instance['step_size'])}",
        f"curvature = {text(instance['curvature'])}, step size = {text(instance['step_size'])}",
    ]


RANDOM_DELAY = Domain(
    id="random-delay",
    title="gradient descent with random delay along one curvature direction",
    fields=FIELDS,
    structure=structure,
    quantities=quantities(
        Quantity("gain", gain, "a = curvature * step size", scalar=True),
        Quantity("characteristic", characteristic, "z^{T+1} - z^T + a sum_k q_k z^{T-k}, constant term first, [T+2]"),
        Quantity("mean_delay", mean_delay, "mean of the delay", scalar=True),
        Quantity("longest_delay", longest_delay, "largest possible delay", scalar=True),
        Quantity(
            "threshold",
            lambda view: first_crossing(list(view["probabilities"])),
            "first gain with a root on the unit circle",
            scalar=True,
        ),
        Quantity("mean_threshold", mean_threshold, "2 sin(pi / (4 mean + 2))", scalar=True),
        Quantity(
            "longest_threshold",
            lambda view: delay_threshold(view.ops, view["longest_delay"]),
            "2 sin(pi / (4 tau + 2)) of the largest possible delay",
            scalar=True,
        ),
    ),
    moves=proper(check, ("step_size",), MOVES),
    variations=proper(check, ("step_size",), VARIATIONS),
    check=check,
    hollow=hollow,
    describe=describe,
)
