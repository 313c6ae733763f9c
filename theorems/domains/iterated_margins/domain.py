"""The domain record: fields, validation, quantities, reductions, writing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.domain import Domain, quantities
from refutable.theorems.domains.iterated_margins.stages import Stage, stages
from refutable.theorems.domains.number_moves import NumberMoves, proper
from refutable.theorems.domains.row_moves import RowMoves, check_rows, plain_rows
from refutable.theorems.exact import text
from refutable.theorems.instances import Field, Instance, InstanceError
from refutable.theorems.ops.protocol import NotCertified
from refutable.theorems.views import Quantity, View

MOST, MAX_BITS = (8, 5), 120
"""Data and inputs, lengths of numbers: beyond them a decision takes too long."""
LARGEST = {"x": fmpq(10**6), "w": fmpq(1000), "start": fmpq(1000)}
"""Sizes of numbers: losses of states further out differ by factors that no comparison can see."""

FIELDS = (
    Field("x", ("data", "x"), ("n", "d"), meaning="data, labels absorbed: y_n x_n"),
    Field("w", ("weights",), ("d",), meaning="a state of the gradient flow for L = sum_n exp(-x_n.w)"),
    Field("start", ("start",), ("d",), meaning="where that flow started"),
)


def structure(view: View) -> Mapping[str, Any]:
    """No discrete facts beyond the stages, which are a quantity."""
    return {}


def check(values: Mapping[str, Any]) -> None:
    """Sizes that can be decided in a moment.

    Raises:
        InstanceError: otherwise.
    """
    check_rows(values, MOST, MAX_BITS, FIELDS)
    for name, largest in LARGEST.items():
        if any(abs(q) > largest for q in values[name].ravel()):
            raise InstanceError(f"{name} holds a number beyond {text(largest)}; scale it")


def solved(view: View) -> tuple[Stage, ...] | None:
    """The stages of the recursion; None where the first has no solution: the data are not separable.

    Raises:
        NotCertified: in floats.
    """
    if not view.ops.exact:
        raise NotCertified("the recursion is solved exactly, not in floats")
    return stages([tuple(row) for row in view["x"]])


def found(view: View) -> tuple[Stage, ...]:
    """All stages.

    Raises:
        ArithmeticError: the data are not separable.
    """
    one: tuple[Stage, ...] | None = view["solved"]
    if one is None:
        raise ArithmeticError("the data are not separable: there is no first stage")
    return one


def stuck(view: View) -> bool:
    """Whether the last stage leaves data that the next one cannot separate."""
    return bool(view["stages"][-1].left)


def stage_count(view: View) -> fmpq:
    """M, the number of stages."""
    return fmpq(len(view["stages"]))


def directions(view: View) -> Any:
    """The directions [M, d], one row a stage."""
    return np.array([list(stage.direction) for stage in view["stages"]], dtype=object)


def velocity(view: View) -> Any:
    """-grad L(w) over the last datum's loss: sum_n exp((x_N - x_n).w) x_n [d], the flow with its time changed.

    What is conserved does not change; losses as such may be too small to tell from 0.
    """
    ops, x = view.ops, view["x"]
    margins = ops.sum(x * view["w"][..., None, :])
    losses = ops.elementary("exp", margins[..., -1:] - margins)
    return ops.sum(x * losses[..., :, None], -2)


def hollow(view: View) -> str | None:
    """Why data are no honest witness: they are 0."""
    return "the data are 0" if all(q == 0 for q in view["x"].ravel()) else None


def describe(instance: Instance) -> list[str]:
    """One line a datum, then the state of the flow."""
    lines = plain_rows(instance, text)
    return [*lines, *(f"{name} = ({', '.join(text(q) for q in instance[name])})" for name in ("w", "start"))]


ROWS = RowMoves(data={"x": 0}, inputs={"x": 1, "w": 0, "start": 0}, most=5)
NUMBERS = NumberMoves(("x", "w", "start"))

ITERATED_MARGINS = Domain(
    id="iterated-margins",
    title="separable data whose support vectors need no multiplier",
    fields=FIELDS,
    structure=structure,
    quantities=quantities(
        Quantity("solved", solved, "the stages of the recursion, or that there is none"),
        Quantity("stages", found, "the stages of the recursion"),
        Quantity("stuck", stuck, "whether data are left that the next stage cannot separate"),
        Quantity("stage_count", stage_count, "M, the number of stages", scalar=True),
        Quantity("directions", directions, "the direction of each stage, [M, d]"),
        Quantity("velocity", velocity, "-grad L(w) over the last datum's loss, [d]"),
    ),
    moves=proper(check, (), (*ROWS.reductions, *NUMBERS.moves)),
    variations=proper(check, (), ROWS.variations),
    check=check,
    hollow=hollow,
    describe=describe,
)
