"""The domain record: fields, validation, writing, reductions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from refutable.theorems.domains.decayed_line.formulas import QUANTITIES, preactivations
from refutable.theorems.domains.domain import Domain, Move, quantities
from refutable.theorems.domains.number_moves import NumberMoves, proper, sealed
from refutable.theorems.domains.shallow_relu.writing import affine_text, term_text
from refutable.theorems.exact import text
from refutable.theorems.instances import Field, Instance, InstanceError, refuse_long
from refutable.theorems.views import View

MAX_NEURONS, MAX_DATA, MAX_BITS = 48, 24, 600

FIELDS = (
    Field("output_weights", ("network", "v"), ("k",), meaning="N(x) = sum_j v_j relu(w_j x + b_j)"),
    Field("input_weights", ("network", "w"), ("k",), meaning="input weights"),
    Field("biases", ("network", "b"), ("k",), meaning="hidden biases"),
    Field("x", ("data", "x"), ("n",), meaning="inputs, all different"),
    Field("force", ("data", "force"), ("n",), meaning="rho_n: minus the loss's derivative, or multiplier times label"),
    Field("decay", ("decay",), positive=True, meaning="of v and w"),
    Field("bias_decay", ("bias_decay",), meaning="of b; 0 where biases do not decay"),
)
NEURON, DATUM = ("output_weights", "input_weights", "biases"), ("x", "force")


def structure(view: View) -> Mapping[str, Any]:
    """Which neurons are active at which data [n, k]."""
    return {"active": view.ops.positive(preactivations(view))}


def check(values: Mapping[str, Any]) -> None:
    """Neither too many neurons or data, nor too long numbers, nor one input twice, nor a negative decay.

    Raises:
        InstanceError: otherwise.
    """
    k, n = len(values["biases"]), len(values["x"])
    if k > MAX_NEURONS or n > MAX_DATA:
        raise InstanceError(f"{k} neurons and {n} data are too many; at most {MAX_NEURONS} and {MAX_DATA} here")
    if len({text(q) for q in values["x"]}) < n:
        raise InstanceError("data.x holds a number twice; add the forces there")
    if values["bias_decay"] < 0:
        raise InstanceError("bias_decay is negative; it is 0 where biases do not decay")
    refuse_long(FIELDS, values, MAX_BITS)


def hollow(view: View) -> str | None:
    """Why an instance is no honest witness: no force, or a dead neuron."""
    if all(force == 0 for force in view["force"]):
        return "there is no force"
    for j in range(len(view["biases"])):
        if all(z == 0 for z in view["active"][:, j]) or view["output_weights"][j] == 0:
            return f"neuron {j + 1} is dead"
    return None


def describe(instance: Instance) -> list[str]:
    """One line a neuron, one line a datum, the decays."""
    neurons = zip(*(instance[name] for name in NEURON), strict=True)
    lines = [term_text(v, f"relu({affine_text([w], b)})") for v, w, b in neurons]
    lines += [f"x = {text(x)}, force {text(q)}" for x, q in zip(instance["x"], instance["force"], strict=True)]
    return [*lines, f"decay {text(instance['decay'])}, of biases {text(instance['bias_decay'])}"]


def _dropped(names: tuple[str, ...]) -> Any:
    def reductions(instance: Instance) -> Iterator[Instance]:
        size = len(instance[names[0]])
        for i in range(size) if size > 1 else ():
            yield instance.replace(**{name: sealed(np.delete(instance[name], i)) for name in names})

    return reductions


def reflected(instance: Instance) -> Iterator[Instance]:
    """Left and right exchanged; forces and output weights negated."""
    yield instance.replace(**{name: sealed(-instance[name]) for name in ("x", "input_weights")})
    yield instance.replace(**{name: sealed(-instance[name]) for name in ("force", "output_weights")})


NUMBERS = NumberMoves((*NEURON, *DATUM, "decay", "bias_decay"), positive=("decay",))
MOVES = (Move("drop a neuron", _dropped(NEURON)), Move("drop a datum", _dropped(DATUM)), *NUMBERS.moves)
VARIATIONS = (*MOVES[:2], Move("reflect", reflected))

DECAYED_LINE = Domain(
    id="decayed-line",
    title="univariate two-layer ReLU networks whose weights decay, pulled by a force at each datum",
    fields=FIELDS,
    structure=structure,
    quantities=quantities(*QUANTITIES),
    moves=proper(check, ("decay",), MOVES),
    variations=proper(check, ("decay",), VARIATIONS),
    check=check,
    hollow=hollow,
    describe=describe,
)
