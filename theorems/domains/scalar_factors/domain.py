"""The domain record: fields, validation, writing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from refutable.theorems.domains.domain import Domain, quantities
from refutable.theorems.domains.number_moves import proper
from refutable.theorems.domains.scalar_factors.descent import DESCENT
from refutable.theorems.domains.scalar_factors.flow import FLOW
from refutable.theorems.domains.scalar_factors.moves import MOVES, product
from refutable.theorems.domains.scalar_factors.runs import RUNS
from refutable.theorems.domains.scalar_factors.variations import VARIATIONS
from refutable.theorems.exact import text
from refutable.theorems.instances import Field, Instance, InstanceError
from refutable.theorems.views import View

MAX_WEIGHTS = 12
MAX_STEPS = 64
MAX_BITS = 2**14
"""Of numerators and denominators of all numbers together: a step multiplies their length by up to 2 D."""

FIELDS = (
    Field("weights", ("weights",), ("D",), meaning="w_1, ..., w_D: the model is their product, D >= 2"),
    Field("step_size", ("step_size",), positive=True, meaning="eta, for the loss (p - 1)^2 / 2"),
    Field(
        "steps",
        ("steps",),
        kind="integer",
        minimum=1,
        optional=True,
        meaning="k: steps of gradient descent that a statement about a run looks ahead",
    ),
)


def structure(view: View) -> Mapping[str, Any]:
    """``product_positive``: 1 if p > 0, else 0."""
    return {"product_positive": view.ops.positive(view["product"])}


def check(values: Mapping[str, Any]) -> None:
    """At least two weights; few enough weights, steps and digits for an exact answer.

    Raises:
        InstanceError: otherwise.
    """
    weights, steps = values["weights"], values["steps"]
    if not 2 <= len(weights) <= MAX_WEIGHTS:
        raise InstanceError(f"weights has {len(weights)} entries; 2 to {MAX_WEIGHTS} can be decided here")
    if steps is not None and steps > MAX_STEPS:
        raise InstanceError(f"steps is {steps}; at most {MAX_STEPS} can be followed here")
    bits = sum(int(q.p).bit_length() + int(q.q).bit_length() for q in (*weights, values["step_size"]))
    if bits > MAX_BITS:
        raise InstanceError(
            f"weights and step size take {bits} bits to write exactly, at most {MAX_BITS} here: use shorter numbers"
        )


def hollow(view: View) -> str | None:
    """Why an instance is no honest witness: nothing ever moves."""
    return "two weights are 0: nothing moves" if sum(w == 0 for w in view["weights"]) > 1 else None


def substance(view: View) -> Any:
    """Squares of the weights."""
    return view["weights"] * view["weights"]


def describe(instance: Instance) -> list[str]:
    """The weights, their product and the step."""
    lines = [
        f"w = ({', '.join(text(w) for w in instance['weights'])}), product {text(product(instance))}",
        "loss (w_1 ... w_D - 1)^2 / 2",
        f"step size = {text(instance['step_size'])}",
    ]
    return lines if instance["steps"] is None else [*lines, f"steps = {instance['steps']}"]


SCALAR_FACTORS = Domain(
    id="scalar-factors",
    title="a number as a product of weights, under gradient descent",
    fields=FIELDS,
    structure=structure,
    quantities=quantities(*DESCENT, *FLOW, *RUNS),
    moves=proper(check, ("step_size",), MOVES),
    variations=proper(check, ("step_size",), VARIATIONS),
    check=check,
    hollow=hollow,
    substance=substance,
    describe=describe,
)
