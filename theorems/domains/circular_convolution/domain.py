"""The domain record: fields, discrete facts, validation, writing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from refutable.theorems.domains.circular_convolution import fourier, network, single_datum
from refutable.theorems.domains.circular_convolution.moves import MOVES, VARIATIONS
from refutable.theorems.domains.domain import Domain, quantities
from refutable.theorems.domains.number_moves import proper
from refutable.theorems.exact import text
from refutable.theorems.instances import Field, Instance, InstanceError, refuse_long
from refutable.theorems.views import View

MAX_INPUTS, MAX_HIDDEN, MAX_BITS = 12, 4, 2**8
"""Entries of the datum, hidden layers, and bits of a number: exact transforms stay short."""

FIELDS = (
    Field("x", ("data", "x"), ("d",), meaning="one datum, its label absorbed"),
    Field("filters", ("network", "filters"), ("h", "k"), meaning="w_1, ..., w_(L-1), one row a hidden layer"),
    Field("output", ("network", "output"), ("d",), meaning="w_L: the last layer is an inner product"),
    Field("slope", ("slope",), meaning="-l'(f), the slope of the loss at the datum: e^-f for the exponential loss"),
    Field("start_filters", ("start", "filters"), ("h", "k"), optional=True, meaning="filters at the start of the flow"),
    Field("start_output", ("start", "output"), ("d",), optional=True, meaning="output weights at the start"),
    Field("clock", ("clock",), optional=True, meaning="integral of the slope since the start"),
)


def structure(view: View) -> Mapping[str, Any]:
    """side: the sign of <x, x_left>, as a number."""
    product = view["neighbour_product"]
    return {"side": view.ops.positive(product) - view.ops.positive(-product)}


def check(values: Mapping[str, Any]) -> None:
    """Filters are not longer than the datum; nothing is too large.

    Raises:
        InstanceError: otherwise.
    """
    hidden, length = values["filters"].shape
    size = len(values["x"])
    if length > size:
        raise InstanceError(f"network.filters have {length} entries, the datum only {size}; shorten the filters")
    if size > MAX_INPUTS or hidden > MAX_HIDDEN:
        raise InstanceError(
            f"{size} entries and {hidden} hidden layers are too many; at most {MAX_INPUTS} and {MAX_HIDDEN}"
        )
    refuse_long(FIELDS, values, MAX_BITS)


def hollow(view: View) -> str | None:
    """Why an instance is no honest witness: the datum, a filter or all output weights are 0."""
    for name, meaning in (("x", "the datum is 0"), ("output", "the output weights are 0")):
        if all(entry == 0 for entry in view[name]):
            return meaning
    return "a filter is 0" if any(all(entry == 0 for entry in row) for row in view["filters"]) else None


def describe(instance: Instance) -> list[str]:
    """The datum, one line a layer, the slope."""
    lines = [f"x = ({_row(instance['x'])})"]
    lines += [f"w_{i + 1} = ({_row(row)})" for i, row in enumerate(instance["filters"])]
    lines.append(f"output weights = ({_row(instance['output'])})")
    return [*lines, f"slope of the loss = {text(instance['slope'])}"]


def _row(numbers: Any) -> str:
    return " ".join(text(number) for number in numbers)


CIRCULAR_CONVOLUTION = Domain(
    id="circular-convolution",
    title="linear networks of circular convolutions, on one datum",
    fields=FIELDS,
    structure=structure,
    quantities=quantities(*network.QUANTITIES, *fourier.QUANTITIES, *single_datum.QUANTITIES),
    moves=proper(check, (), MOVES),
    variations=proper(check, (), VARIATIONS),
    check=check,
    hollow=hollow,
    describe=describe,
)
