"""The domain record: fields, validation, writing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from refutable.theorems.domains.domain import Domain, quantities
from refutable.theorems.domains.number_moves import proper
from refutable.theorems.domains.pyramid.deep import DEEP, structure
from refutable.theorems.domains.pyramid.moves import MOVES, VARIATIONS
from refutable.theorems.domains.pyramid.shallow import SHALLOW
from refutable.theorems.domains.shallow_relu.writing import affine_text, function_text
from refutable.theorems.exact import text
from refutable.theorems.instances import Field, Instance, InstanceError
from refutable.theorems.views import View

MAX_DATA, MAX_INPUTS, MAX_NEURONS, MAX_BITS = 4096, 32, 256, 256
NETWORK = ("w1", "b1", "w2", "slope", "offset")

FIELDS = (
    Field("x", ("data", "x"), ("n", "d"), meaning="inputs, one row a datum; labels are p(x_j)"),
    Field("step_size", ("step_size",), optional=True, positive=True, meaning="for the loss 1/(2n) sum r^2"),
    Field("w1", ("shallow", "w1"), ("k", "d"), optional=True, meaning="input weights of a shallow network"),
    Field("b1", ("shallow", "b1"), ("k",), optional=True, meaning="its hidden biases"),
    Field("w2", ("shallow", "w2"), ("k",), optional=True, meaning="its output weights"),
    Field("slope", ("shallow", "slope"), ("d",), optional=True, meaning="its affine part: the slope"),
    Field("offset", ("shallow", "offset"), optional=True, meaning="its affine part: the constant"),
    Field("multipliers", ("multipliers",), ("n",), optional=True, meaning="mu_j, one a datum; 0 leaves it out"),
)


def check(values: Mapping[str, Any]) -> None:
    """A shallow network is given as a whole or not at all, and sizes stay small.

    Raises:
        InstanceError: otherwise.
    """
    n, d = values["x"].shape
    if n > MAX_DATA or d > MAX_INPUTS:
        raise InstanceError(f"{n} data of {d} inputs; at most {MAX_DATA} data of {MAX_INPUTS} inputs")
    given = [name for name in NETWORK if values[name] is not None]
    if given and len(given) < len(NETWORK):
        missing = next(name for name in NETWORK if name not in given)
        raise InstanceError(f"shallow.{missing} is missing; a shallow network needs {', '.join(NETWORK)}, or is null")
    if given and len(values["b1"]) > MAX_NEURONS:
        raise InstanceError(f"the shallow network has {len(values['b1'])} neurons; at most {MAX_NEURONS}")
    numbers = (q for name in ("x", "step_size") if values[name] is not None for q in np.ravel(values[name]))
    if max(int(part).bit_length() for q in numbers for part in (q.p, q.q)) > MAX_BITS:
        raise InstanceError(f"a numerator or denominator of the data has more than {MAX_BITS} bits; round the numbers")


def hollow(view: View) -> str | None:
    """Why an instance is no honest witness: no datum inside the pyramid, or every multiplier is 0."""
    if all(a == 0 for a in view["second_active"]):
        return "no datum lies inside the pyramid: every label is 0"
    if view.has("multipliers") and all(m == 0 for m in view["multipliers"]):
        return "every multiplier is 0"
    return None


def substance(view: View) -> Any:
    """Number of data inside the pyramid [1]."""
    return view.ops.sum(view["second_active"])[..., None]


def describe(instance: Instance) -> list[str]:
    """One line a datum, then the shallow network."""
    marks = instance["multipliers"]
    lines = []
    for j, row in enumerate(instance["x"]):
        end = "" if marks is None else f", multiplier {text(marks[j])}"
        lines.append(f"x_{j + 1} = ({', '.join(text(c) for c in row)}){end}")
    if instance["step_size"] is not None:
        lines.append(f"step size = {text(instance['step_size'])}")
    return lines + ([] if instance["w1"] is None else _network(instance))


def _network(instance: Instance) -> list[str]:
    affine = affine_text(instance["slope"], instance["offset"])
    bent = function_text(instance)
    return [f"shallow network: {bent}" + (f" + ({affine})" if affine != "0" else "")]


PYRAMID = Domain(
    id="pyramid",
    title="the pyramid relu(1 - |x|_1) on finite data, deep and shallow",
    fields=FIELDS,
    structure=structure,
    quantities=quantities(*DEEP, *SHALLOW),
    moves=proper(check, ("step_size",), MOVES),
    variations=proper(check, ("step_size",), VARIATIONS),
    check=check,
    hollow=hollow,
    substance=substance,
    describe=describe,
)
