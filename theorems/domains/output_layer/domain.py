"""The domain record: fields, validation, writing, reductions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.domain import Domain, Move, quantities
from refutable.theorems.domains.number_moves import NumberMoves, proper, sealed
from refutable.theorems.domains.output_layer.formulas import QUANTITIES, preactivations
from refutable.theorems.domains.shallow_relu.writing import affine_text
from refutable.theorems.exact import text
from refutable.theorems.instances import Field, Instance, InstanceError, refuse_long
from refutable.theorems.views import View

MAX_NEURONS, MAX_DATA, MAX_BITS = 24, 12, 400

FIELDS = (
    Field("slopes", ("network", "a"), ("k",), meaning="input weights, none 0: f(x) = sum c_j relu(a_j x + b_j)"),
    Field("biases", ("network", "b"), ("k",), meaning="hidden biases"),
    Field("start", ("network", "c0"), ("k",), meaning="output weights before training"),
    Field("x", ("data", "x"), ("n",), meaning="inputs"),
    Field("y", ("data", "y"), ("n",), meaning="labels"),
    Field("multipliers", ("multipliers",), ("n",), meaning="nu: the output weights are c0 + Phi^T nu"),
    Field("rival", ("rival",), ("k",), meaning="other output weights, for comparison"),
)


def structure(view: View) -> Mapping[str, Any]:
    """Which neurons are active at which data [n, k]."""
    return {"active": view.ops.positive(preactivations(view))}


def check(values: Mapping[str, Any]) -> None:
    """Neither too many neurons or data, nor too long numbers, nor a neuron without a knot.

    Raises:
        InstanceError: otherwise.
    """
    k, n = len(values["slopes"]), len(values["x"])
    if k > MAX_NEURONS or n > MAX_DATA:
        raise InstanceError(f"{k} neurons and {n} data are too many; at most {MAX_NEURONS} and {MAX_DATA} here")
    if any(q == 0 for q in values["slopes"]):
        raise InstanceError("network.a holds a 0: such a neuron has no knot; leave it out")
    refuse_long(FIELDS, values, MAX_BITS)


def hollow(view: View) -> str | None:
    """Why an instance is no honest witness: no output weight, or a dead neuron."""
    if all(c == 0 for c in view["output_weights"]):
        return "every output weight is 0"
    dead = [j for j in range(len(view["slopes"])) if all(z == 0 for z in view["features"][:, j])]
    return f"neuron {dead[0] + 1} is dead" if dead else None


def describe(instance: Instance) -> list[str]:
    """One line a neuron, one line a datum."""
    parts = zip(*(instance[name] for name in ("slopes", "biases", "start", "rival")), strict=True)
    lines = [f"relu({affine_text([a], b)}): from {text(c)}, rival {text(r)}" for a, b, c, r in parts]
    data = zip(*(instance[name] for name in ("x", "y", "multipliers")), strict=True)
    return [*lines, *(f"x = {text(x)}, y = {text(y)}, nu = {text(nu)}" for x, y, nu in data)]


def drop_neuron(instance: Instance) -> Iterator[Instance]:
    """One neuron fewer."""
    yield from _dropped(instance, ("slopes", "biases", "start", "rival"))


def drop_datum(instance: Instance) -> Iterator[Instance]:
    """One datum fewer."""
    yield from _dropped(instance, ("x", "y", "multipliers"))


def _dropped(instance: Instance, names: tuple[str, ...]) -> Iterator[Instance]:
    size = len(instance[names[0]])
    for i in range(size) if size > 1 else ():
        yield instance.replace(**{name: sealed(np.delete(instance[name], i)) for name in names})


def follow(before: Instance, after: Instance) -> Iterator[Instance]:
    """``after``; with the rival moved on to the nearest output weights that have the values of f at the data."""
    yield after
    view = OUTPUT_LAYER.view(after)
    found = same_values(view["features"], view["output_weights"], after["rival"])
    if found is not None:
        yield after.replace(rival=sealed(found))


def same_values(phi: Any, weights: Any, near: Any) -> Any:
    """The output weights nearest to ``near`` with Phi c' = Phi c [k]; None where Phi has dependent rows."""
    from flint import fmpq_mat

    n = len(phi)
    gram = phi @ phi.T
    wrong = phi @ (near - weights)
    try:
        solved = fmpq_mat(n, n, list(gram.ravel())).solve(fmpq_mat(n, 1, list(wrong)))
    except ZeroDivisionError:
        return None
    return near - phi.T @ np.array([solved[i, 0] for i in range(n)], dtype=object)


NUMBERS = NumberMoves(("slopes", "biases", "start", "x", "y", "multipliers", "rival"), refit=follow)


def add_neuron(instance: Instance) -> Iterator[Instance]:
    """One more neuron with its knot at or beside a knot, in either direction."""
    if len(instance["slopes"]) >= 6:
        return
    for a, b in zip(instance["slopes"], instance["biases"], strict=True):
        for slope, bias in ((a, b), (-a, -b), (2 * a, 2 * b), (a, b + a)):
            more = {"slopes": slope, "biases": bias, "start": fmpq(0), "rival": fmpq(1)}
            changes = {name: sealed(np.append(instance[name], value)) for name, value in more.items()}
            yield from follow(instance, instance.replace(**changes))


MOVES = (Move("drop a neuron", drop_neuron), Move("drop a datum", drop_datum), *NUMBERS.moves)
VARIATIONS = (Move("add a neuron", add_neuron), Move("drop a neuron", drop_neuron), Move("drop a datum", drop_datum))

OUTPUT_LAYER = Domain(
    id="output-layer",
    title="univariate two-layer ReLU networks whose output layer alone is trained",
    fields=FIELDS,
    structure=structure,
    quantities=quantities(*QUANTITIES),
    moves=proper(check, (), MOVES),
    variations=proper(check, (), VARIATIONS),
    check=check,
    hollow=hollow,
    describe=describe,
)
