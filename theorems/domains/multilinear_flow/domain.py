"""The domain record: fields, validation, writing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from refutable.theorems.domains.domain import Domain, quantities
from refutable.theorems.domains.multilinear_flow.contraction import QUANTITIES
from refutable.theorems.domains.multilinear_flow.moves import MOVES, VARIATIONS
from refutable.theorems.domains.number_moves import proper
from refutable.theorems.exact import text
from refutable.theorems.instances import Field, Instance, InstanceError, refuse_long
from refutable.theorems.views import View

MAX_FACTORS, MAX_SIZE, MAX_ENTRIES, MAX_BITS = 6, 8, 512, 2**8
"""Factors, their entries, entries of all data tensors together, bits of a number: exact contractions stay short."""
PAIRS = ("left", "right", "gains")

FIELDS = (
    Field("factors", ("factors",), ("l", "k"), meaning="v_1, ..., v_L, one row each: the state of training"),
    Field(
        "tensors", ("data", "tensors"), ("n", "k", "m"), meaning="y_n M(x_n), unfolded: row i holds its entries i..."
    ),
    Field(
        "slopes", ("data", "slopes"), ("n",), meaning="-l'(f_n), the slope of the loss at each datum: e^-f_n for exp"
    ),
    Field("left", ("pairs", "left"), ("j", "k"), optional=True, meaning="u_j: left singular vectors, of any length"),
    Field("right", ("pairs", "right"), ("j", "k"), optional=True, meaning="w_j: right singular vectors"),
    Field("gains", ("pairs", "gains"), ("j",), optional=True, meaning="s_j: their singular values"),
    Field("start", ("start",), ("l", "k"), optional=True, meaning="the factors at the start of the flow"),
    Field("clock", ("clock",), optional=True, meaning="integral of the slope of a single datum since the start"),
)


def structure(view: View) -> Mapping[str, Any]:
    """No discrete facts: nothing switches in a multilinear network."""
    return {}


def check(values: Mapping[str, Any]) -> None:
    """At least two factors, tensors of as many axes, pairs given together; nothing is too large.

    Raises:
        InstanceError: otherwise.
    """
    layers, size = values["factors"].shape
    if not 2 <= layers <= MAX_FACTORS:
        raise InstanceError(f"there are {layers} factors; between 2 and {MAX_FACTORS} are possible here")
    if size > MAX_SIZE:
        raise InstanceError(f"the factors have {size} entries; at most {MAX_SIZE} are decided here")
    columns = values["tensors"].shape[2]
    if columns != size ** (layers - 1):
        raise InstanceError(
            f"data.tensors has rows of {columns} entries; {layers} factors of {size} entries need "
            f"{size ** (layers - 1)}"
        )
    if values["tensors"].size > MAX_ENTRIES:
        raise InstanceError(
            f"data.tensors has {values['tensors'].size} entries; at most {MAX_ENTRIES} are decided here"
        )
    given = [name for name in PAIRS if values[name] is not None]
    if given and len(given) < len(PAIRS):
        raise InstanceError(f"pairs gives {' and '.join(given)}; give left, right and gains, or none of them")
    refuse_long(FIELDS, values, MAX_BITS)


def hollow(view: View) -> str | None:
    """Why a state is no honest witness: a factor is 0, or the loss pulls nowhere."""
    if any(square == 0 for square in view["squared_norms"]):
        return "a factor is 0"
    if all(entry == 0 for entry in view["weighted"].ravel()):
        return "the weighted data tensor is 0: nothing moves"
    return None


def describe(instance: Instance) -> list[str]:
    """One line a factor, one a datum, then the pairs."""
    lines = [f"v_{i + 1} = ({_row(factor)})" for i, factor in enumerate(instance["factors"])]
    for i, (tensor, slope) in enumerate(zip(instance["tensors"], instance["slopes"], strict=True)):
        lines.append(f"A_{i + 1} = [{'; '.join(_row(row) for row in tensor)}], slope {text(slope)}")
    if instance["gains"] is not None:
        for u, w, s in zip(instance["left"], instance["right"], instance["gains"], strict=True):
            lines.append(f"singular pair ({_row(u)}), ({_row(w)}) of value {text(s)}")
    return lines


def _row(numbers: Any) -> str:
    return " ".join(text(number) for number in numbers)


MULTILINEAR_FLOW = Domain(
    id="multilinear-flow",
    title="training of networks that are linear in each factor",
    fields=FIELDS,
    structure=structure,
    quantities=quantities(*QUANTITIES),
    moves=proper(check, (), MOVES),
    variations=proper(check, (), VARIATIONS),
    check=check,
    hollow=hollow,
    describe=describe,
)
