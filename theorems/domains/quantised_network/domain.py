"""The domain record: fields, validation, writing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flint import fmpq

from refutable.theorems.domains.domain import Domain, quantities
from refutable.theorems.domains.number_moves import proper
from refutable.theorems.domains.quantised_network.moves import MOVES, VARIATIONS
from refutable.theorems.domains.quantised_network.probability import PROBABILITY, structure
from refutable.theorems.exact import text
from refutable.theorems.instances import Field, Instance, InstanceError
from refutable.theorems.views import View

MAX_VALUES, MAX_INPUTS, MAX_DIMENSION, MAX_WIDTH = 5, 36, 6, 6
MAX_UNITS = 4096
"""Most parameter settings of one hidden unit."""
MAX_DIGITS = 6
MAX_SAMPLED_INPUTS, MAX_SAMPLES = 10, 4000
"""With a sample all subsets of the inputs are enumerated."""

FIELDS = (
    Field("values", ("values",), ("q",), meaning="each parameter of the student is one of these, all equally likely"),
    Field("inputs", ("inputs",), ("n", "d"), meaning="one row an input; all are equally likely"),
    Field("weights", ("teacher", "weights"), ("k", "f"), meaning="the teacher's input weights, one row a hidden unit"),
    Field("biases", ("teacher", "biases"), ("k",), meaning="the teacher's hidden biases"),
    Field("output_weights", ("teacher", "output_weights"), ("k",), meaning="the teacher's output weights"),
    Field("output_bias", ("teacher", "output_bias"), meaning="the teacher's output bias"),
    Field("scales", ("teacher", "scales"), ("k",), optional=True, meaning="scales of its hidden units; null: none"),
    Field("output_scale", ("teacher", "output_scale"), optional=True, meaning="scale of its output; null: none"),
    Field("kernel", ("kernel",), kind="integer", optional=True, minimum=1, meaning="null: no convolution"),
    Field("width", ("width",), kind="integer", minimum=1, meaning="d: hidden units of the student"),
    Field("epsilon", ("epsilon",), optional=True, meaning="a risk >= epsilon is bad"),
    Field("delta", ("delta",), optional=True, meaning="how often the student may be bad"),
    Field("samples", ("samples",), kind="integer", optional=True, minimum=0, meaning="N"),
)  # fmt: skip


def check(values: Mapping[str, Any]) -> None:
    """Values differ, shapes fit, and what is enumerated stays small.

    Raises:
        InstanceError: otherwise.
    """
    if len(set(values["values"])) < len(values["values"]):
        raise InstanceError("values names a number twice; each value is equally likely, and is named once")
    _check_shapes(values)
    _check_sizes(values)
    _check_sample(values)
    for name in ("values", "inputs", "weights", "biases", "output_weights", "output_bias", "scales", "output_scale"):
        for q in _numbers(values[name]):
            if max(len(str(abs(q.p))), len(str(q.q))) > MAX_DIGITS:
                raise InstanceError(f"{name} holds {text(q):.40}; at most {MAX_DIGITS} digits a number are taken here")


def _numbers(value: Any) -> Iterable[fmpq]:
    if value is None:
        return ()
    return (value,) if isinstance(value, fmpq) else value.ravel()


def _check_shapes(values: Mapping[str, Any]) -> None:
    dimension, seen = values["inputs"].shape[1], values["weights"].shape[1]
    kernel = values["kernel"]
    if kernel is None and seen != dimension:
        raise InstanceError(f"teacher.weights has {seen} columns, but the inputs have {dimension}")
    if kernel is not None and (kernel != seen or kernel > dimension):
        raise InstanceError(
            f"kernel is {kernel}, teacher.weights has {seen} columns and the inputs have {dimension}; a kernel has as "
            "many columns as the weights, and at most as many as the inputs"
        )
    if values["output_scale"] is not None and values["scales"] is None:
        raise InstanceError("teacher.output_scale is given without teacher.scales; give both, or scales alone")


def _check_sizes(values: Mapping[str, Any]) -> None:
    n, dimension = values["inputs"].shape
    sizes = (
        ("values", "numbers", len(values["values"]), MAX_VALUES),
        ("inputs", "rows", n, MAX_INPUTS),
        ("inputs", "columns", dimension, MAX_DIMENSION),
        ("teacher.weights", "rows", len(values["weights"]), MAX_WIDTH),
    )
    for where, what, size, most in sizes:
        if size > most:
            raise InstanceError(f"{where} has {size} {what}; at most {most} are enumerated here")
    if values["width"] > MAX_WIDTH:
        raise InstanceError(f"width is {values['width']}; at most {MAX_WIDTH} hidden units are enumerated here")
    units = len(values["values"]) ** (values["weights"].shape[1] + 2 + (values["scales"] is not None))
    if units > MAX_UNITS:
        raise InstanceError(
            f"a hidden unit has {units} settings of its parameters; at most {MAX_UNITS} are enumerated here: take "
            "fewer values or inputs"
        )


def _check_sample(values: Mapping[str, Any]) -> None:
    for name in ("epsilon", "delta"):
        if values[name] is not None and not 0 < values[name] <= 1:
            raise InstanceError(f"{name} is {text(values[name])}; it must be > 0 and, as a probability, at most 1")
    if values["samples"] is None:
        return
    if values["samples"] > MAX_SAMPLES:
        raise InstanceError(f"samples is {values['samples']}; at most {MAX_SAMPLES} can be enumerated exactly here")
    if len(values["inputs"]) > MAX_SAMPLED_INPUTS:
        raise InstanceError(
            f"there are {len(values['inputs'])} inputs and samples of them; all sets of at most {MAX_SAMPLED_INPUTS} "
            "inputs are enumerated here"
        )


def hollow(view: View) -> str | None:
    """Why an instance is no honest witness: there is nothing to learn, or no choice of parameters."""
    labels = view["teacher_labels"]
    if labels in (0, 2 ** len(view["inputs"]) - 1):
        return "the teacher gives all inputs the same label"
    return "there is one value only" if view["value_count"] == 1 else None


def describe(instance: Instance) -> list[str]:
    """The values, the inputs, the teacher unit by unit, then the student."""
    kernel, scales = instance["kernel"], instance["scales"]
    lines = [f"values {_row(instance['values'])}", f"inputs {', '.join(_row(x) for x in instance['inputs'])}"]
    units = []
    for i, (w, b, u) in enumerate(
        zip(instance["weights"], instance["biases"], instance["output_weights"], strict=True)
    ):
        scale = "" if scales is None else f"{text(scales[i])} * "
        units.append(f"{text(u)} relu({scale}{_row(w)}.x + {text(b)})")
    gain = "" if instance["output_scale"] is None else f"{text(instance['output_scale'])} * "
    lines.append(f"teacher 1{{z > 0}}, z = {gain}({' + '.join(units)}) + {text(instance['output_bias'])}")
    windows = "" if kernel is None else f", each on all windows of {kernel} neighbouring inputs"
    lines.append(f"student: {instance['width']} hidden unit{'' if instance['width'] == 1 else 's'}{windows}")
    if instance["samples"] is not None:
        shown = [f"N = {instance['samples']}"]
        shown += [f"{name} = {text(instance[name])}" for name in ("epsilon", "delta") if instance[name] is not None]
        lines.append(", ".join(shown))
    return lines


def _row(numbers: Iterable[fmpq]) -> str:
    return f"({', '.join(map(text, numbers))})"


QUANTISED_NETWORK = Domain(
    id="quantised-network",
    title="networks with one hidden layer and parameters from a finite set",
    fields=FIELDS,
    structure=structure,
    quantities=quantities(*PROBABILITY),
    moves=proper(check, ("epsilon", "delta"), MOVES),
    variations=proper(check, ("epsilon", "delta"), VARIATIONS),
    check=check,
    hollow=hollow,
    describe=describe,
)
