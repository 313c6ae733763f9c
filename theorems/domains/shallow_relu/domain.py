"""The domain record: fields, validation, structure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from refutable.theorems.domains.domain import Domain, quantities
from refutable.theorems.domains.number_moves import proper
from refutable.theorems.domains.shallow_relu.curvature import CURVATURE
from refutable.theorems.domains.shallow_relu.forward import FORWARD, GROUPS
from refutable.theorems.domains.shallow_relu.modes import MODES
from refutable.theorems.domains.shallow_relu.moves import MOVES
from refutable.theorems.domains.shallow_relu.segments import SEGMENTS
from refutable.theorems.domains.shallow_relu.variations import VARIATIONS
from refutable.theorems.domains.shallow_relu.weights import WEIGHTS
from refutable.theorems.domains.shallow_relu.writing import describe
from refutable.theorems.instances import Field, InstanceError
from refutable.theorems.views import View

FIELDS = (
    Field("w1", ("network", "w1"), ("k", "d"), meaning="input weights, one row a neuron"),
    Field("b1", ("network", "b1"), ("k",), meaning="hidden biases"),
    Field("w2", ("network", "w2"), ("k",), meaning="output weights"),
    Field("b2", ("network", "b2"), optional=True, meaning="output bias; null: the network has none"),
    Field(
        "frozen",
        ("network", "frozen"),
        kind="words",
        optional=True,
        vocabulary=GROUPS,
        meaning="parameter groups that are not trained; null: none",
    ),
    Field("x", ("data", "x"), ("n", "d"), meaning="inputs, one row a datum"),
    Field("y", ("data", "y"), ("n",), optional=True, meaning="labels; null: y_j = f(x_j)"),
    Field("step_size", ("step_size",), optional=True, positive=True, meaning="for the loss 1/(2n) sum r^2"),
    Field("batch_size", ("batch_size",), kind="integer", optional=True, minimum=1, meaning="null: full batch"),
)


def structure(view: View) -> Mapping[str, Any]:
    """Masks and coinciding hyperplanes, each decided once.

    ``active`` [n, k]: w1_i.x_j + b1_i > 0; ``kink`` [n, k]: = 0; ``segments``, ``ratio`` [k]: see `Ops.parallel`.
    """
    ops, z = view.ops, view["preactivation"]
    segments, ratio = ops.parallel(view["w1"], view["b1"])
    return {"active": ops.positive(z), "kink": ops.zero(z), "segments": segments, "ratio": ratio}


def check(values: Mapping[str, Any]) -> None:
    """A batch must not be larger than the data set, and something must be trained.

    Raises:
        InstanceError: otherwise.
    """
    n, batch = len(values["x"]), values["batch_size"]
    if batch is not None and batch > n:
        raise InstanceError(f"batch_size is {batch}, but the data set has only {n} points")
    untrained = set(values["frozen"] or ()) | ({"b2"} if values["b2"] is None else set())
    if untrained == set(GROUPS):
        raise InstanceError("network.frozen names every parameter group there is; nothing is left to train")


def hollow(view: View) -> str | None:
    """Why a network is no honest witness: a dead neuron, or one with output weight 0."""
    for i, weight in enumerate(view["w2"]):
        if weight == 0:
            return f"neuron {i} has output weight 0"
        if all(a == 0 for a in view["active"][:, i]):
            return f"neuron {i} is active on no datum"
    return None


def substance(view: View) -> Any:
    """|w2_i| times the number of data on which neuron i is active [k]: 0 for what `hollow` calls hollow."""
    return view.ops.abs(view["w2"]) * view.ops.sum(view["active"], axis=-2)


SHALLOW_RELU = Domain(
    id="shallow-relu",
    title="shallow ReLU networks on finite data",
    fields=FIELDS,
    structure=structure,
    quantities=quantities(*FORWARD, *CURVATURE, *WEIGHTS, *MODES, *SEGMENTS),
    moves=proper(check, ("step_size",), MOVES),
    variations=proper(check, ("step_size",), VARIATIONS),
    check=check,
    hollow=hollow,
    substance=substance,
    describe=describe,
)
