"""The domain record: fields, validation, writing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from refutable.theorems.domains.domain import Domain, quantities
from refutable.theorems.domains.leaky_margin.moves import MOVES, VARIATIONS
from refutable.theorems.domains.leaky_margin.network import QUANTITIES
from refutable.theorems.domains.number_moves import proper
from refutable.theorems.exact import text
from refutable.theorems.instances import Field, Instance, InstanceError, refuse_long
from refutable.theorems.views import View

MAX_DATA, MAX_INPUTS, MAX_NEURONS, MAX_BITS = 12, 24, 24, 600
"""Sums of products of so many fractions, each with a denominator of its own, and ranks take about a second."""

FIELDS = (
    Field("x", ("data", "x"), ("n", "d"), meaning="inputs, one row a datum"),
    Field("y", ("data", "y"), ("n",), meaning="labels, 1 or -1"),
    Field("slope", ("network", "slope"), positive=True, meaning="gamma <= 1: phi(h) = max(h, gamma h)"),
    Field("w", ("network", "w"), ("m", "d"), meaning="input weights: f(x) = sum_j a_j phi(w_j.x)"),
    Field("a", ("network", "a"), ("m",), meaning="output weights, fixed and not 0"),
    Field("multipliers", ("kkt", "multipliers"), ("n",), meaning="lambda_i, of the constraint y_i f(x_i) >= 1"),
    Field("slopes", ("kkt", "slopes"), ("m", "n"), meaning="g_ji, a slope of phi at w_j.x_i"),
    Field("probe", ("probe",), ("d",), meaning="an input at which the sign of f is looked at"),
)


def structure(view: View) -> Mapping[str, Any]:
    """No discrete facts are named: slopes are part of the instance."""
    return {}


def check(values: Mapping[str, Any]) -> None:
    """Labels are 1 or -1, the slope is at most 1, no output weight is 0, sizes stay small.

    Raises:
        InstanceError: otherwise.
    """
    (n, d), m = values["x"].shape, len(values["a"])
    if n > MAX_DATA or d > MAX_INPUTS or m > MAX_NEURONS:
        limits = f"{MAX_DATA} data, {MAX_INPUTS} inputs and {MAX_NEURONS} neurons"
        raise InstanceError(f"{n} data, {d} inputs and {m} neurons are too many; at most {limits} here")
    for q in values["y"]:
        if q not in (1, -1):
            raise InstanceError(f"data.y holds {text(q):.40}; every label must be 1 or -1")
    if values["slope"] > 1:
        raise InstanceError(f"network.slope is {text(values['slope']):.40}; it must be at most 1")
    if any(q == 0 for q in values["a"]):
        raise InstanceError("network.a holds 0; drop neurons without an output weight")
    refuse_long(FIELDS, values, MAX_BITS)


def hollow(view: View) -> str | None:
    """Why an instance is no honest witness: an input is 0, or the weights are."""
    if any(all(c == 0 for c in row) for row in view["x"]):
        return "an input is 0"
    return "the weights are 0" if all(c == 0 for c in view["w"].ravel()) else None


def _vector(row: Any) -> str:
    return f"({', '.join(text(q) for q in row)})"


def describe(instance: Instance) -> list[str]:
    """Slope, data with their multipliers, neurons with their slopes, the probe."""
    lines = [f"leaky slope gamma = {text(instance['slope'])}"]
    for row, label, multiplier in zip(instance["x"], instance["y"], instance["multipliers"], strict=True):
        lines.append(f"x = {_vector(row)}, y = {text(label)}, multiplier {text(multiplier)}")
    for row, a, slopes in zip(instance["w"], instance["a"], instance["slopes"], strict=True):
        lines.append(f"neuron with a = {text(a)}, w = {_vector(row)}, slopes {_vector(slopes)} at the data")
    return [*lines, f"probe at {_vector(instance['probe'])}"]


LEAKY_MARGIN = Domain(
    id="leaky-margin",
    title="two-layer leaky ReLU networks with a fixed output layer, with multipliers of the max-margin problem",
    fields=FIELDS,
    structure=structure,
    quantities=quantities(*QUANTITIES),
    moves=proper(check, ("slope",), MOVES),
    variations=proper(check, ("slope",), VARIATIONS),
    check=check,
    hollow=hollow,
    describe=describe,
)
