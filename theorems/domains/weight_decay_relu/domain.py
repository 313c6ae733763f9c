"""The domain record: fields, validation, writing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from refutable.theorems.domains.domain import Domain, quantities
from refutable.theorems.domains.number_moves import proper
from refutable.theorems.domains.weight_decay_relu.moves import MOVES, VARIATIONS
from refutable.theorems.domains.weight_decay_relu.program import QUANTITIES
from refutable.theorems.exact import text
from refutable.theorems.instances import Field, Instance, InstanceError, refuse_long
from refutable.theorems.views import View

MAX_DATA, MAX_INPUTS, MAX_NEURONS, MAX_BITS = 6, 3, 12, 600
"""Six planes in space have at most 32 cells, and 122 with those of their intersections."""

FIELDS = (
    Field("x", ("data", "x"), ("n", "d"), meaning="inputs, one row a datum"),
    Field("y", ("data", "y"), ("n",), meaning="labels"),
    Field("penalty", ("weight_decay",), positive=True, meaning="beta: the cost adds beta/2 times the squared weights"),
    Field("w", ("network", "w"), ("m", "d"), meaning="input weights: f(x) = sum_j a_j relu(w_j.x)"),
    Field("a", ("network", "a"), ("m",), meaning="output weights"),
    Field("z", ("dual", "z"), ("n",), meaning="a point of the dual program, one number a datum"),
    Field("v", ("convex", "v"), ("b", "d"), meaning="vectors of the convex program"),
    Field("signs", ("convex", "signs"), ("b",), meaning="1 or -1: the sign with which v_i enters the output"),
    Field("patterns", ("convex", "patterns"), ("b", "n"), meaning="0 or 1: the diagonal of D_i"),
)


def structure(view: View) -> Mapping[str, Any]:
    """No discrete facts are named: patterns are found where they are needed."""
    return {}


def check(values: Mapping[str, Any]) -> None:
    """Sizes stay small, signs are 1 or -1, patterns 0 or 1.

    Raises:
        InstanceError: otherwise.
    """
    n, d = values["x"].shape
    if n > MAX_DATA or d > MAX_INPUTS:
        raise InstanceError(f"{n} data with {d} inputs; at most {MAX_DATA} data with {MAX_INPUTS} inputs here")
    for name, count in (("neurons", len(values["a"])), ("vectors of the convex program", len(values["v"]))):
        if count > MAX_NEURONS:
            raise InstanceError(f"{count} {name}; at most {MAX_NEURONS} here")
    _among(values["signs"].ravel(), (1, -1), "convex.signs")
    _among(values["patterns"].ravel(), (0, 1), "convex.patterns")
    refuse_long(FIELDS, values, MAX_BITS)


def _among(entries: Any, allowed: tuple[int, int], where: str) -> None:
    for q in entries:
        if q not in allowed:
            raise InstanceError(f"{where} holds {text(q):.40}; every entry must be {allowed[0]} or {allowed[1]}")


def hollow(view: View) -> str | None:
    """Why an instance is no honest witness: no input or label is different from 0."""
    if all(c == 0 for c in view["x"].ravel()):
        return "every input is 0"
    return "every label is 0" if all(c == 0 for c in view["y"]) else None


def _vector(row: Any) -> str:
    return f"({', '.join(text(q) for q in row)})"


def describe(instance: Instance) -> list[str]:
    """Data, neurons, the dual point and the convex one, a line each."""
    lines = [f"weight decay beta = {text(instance['penalty'])}"]
    for row, label, weight in zip(instance["x"], instance["y"], instance["z"], strict=True):
        lines.append(f"x = {_vector(row)}, y = {text(label)}, dual z = {text(weight)}")
    for row, a in zip(instance["w"], instance["a"], strict=True):
        lines.append(f"neuron with a = {text(a)}, w = {_vector(row)}")
    for row, sign, pattern in zip(instance["v"], instance["signs"], instance["patterns"], strict=True):
        lines.append(f"convex vector {'+' if sign > 0 else '-'} {_vector(row)} with pattern {_vector(pattern)}")
    return lines


WEIGHT_DECAY_RELU = Domain(
    id="weight-decay-relu",
    title="two-layer ReLU networks under weight decay, with points of the convex program and of its dual",
    fields=FIELDS,
    structure=structure,
    quantities=quantities(*QUANTITIES),
    moves=proper(check, ("penalty",), MOVES),
    variations=proper(check, ("penalty",), VARIATIONS),
    check=check,
    hollow=hollow,
    describe=describe,
)
