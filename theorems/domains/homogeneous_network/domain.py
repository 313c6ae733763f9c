"""The domain record: fields, validation, writing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flint import fmpq

from refutable.theorems.domains.domain import Domain, quantities
from refutable.theorems.domains.homogeneous_network.forward import QUANTITIES, structure
from refutable.theorems.domains.homogeneous_network.moves import MOVES, VARIATIONS
from refutable.theorems.domains.number_moves import proper
from refutable.theorems.exact import text
from refutable.theorems.instances import Field, Instance, InstanceError
from refutable.theorems.views import View

MAX_WIDTH, MAX_LAYERS, MAX_DATA, MAX_BITS = 8, 4, 16, 256
MAX_MARGIN = 10**9
"""Of the product of the layers' absolute sums: beyond it losses take long to enclose."""
NUMBERS = ("w1", "middle", "w2", "bias", "slope", "x", "y", "earlier_w1", "earlier_middle", "earlier_w2")

FIELDS = (
    Field("w1", ("network", "w1"), ("k", "d"), meaning="weights of the first layer"),
    Field("middle", ("network", "middle"), ("m", "k", "k"), optional=True, meaning="square layers after it, if any"),
    Field("w2", ("network", "w2"), ("k",), meaning="output weights"),
    Field("bias", ("network", "bias"), optional=True, meaning="a trained output bias; null: none, homogeneous"),
    Field("slope", ("network", "slope"), meaning="s(z) = slope z for z < 0: 1 linear, 0 ReLU"),
    Field("x", ("data", "x"), ("n", "d"), meaning="inputs, one row a datum"),
    Field("y", ("data", "y"), ("n",), meaning="labels, 1 or -1"),
    Field("earlier_w1", ("earlier", "w1"), ("k", "d"), optional=True, meaning="the weights at an earlier time"),
    Field("earlier_middle", ("earlier", "middle"), ("m", "k", "k"), optional=True, meaning="the same"),
    Field("earlier_w2", ("earlier", "w2"), ("k",), optional=True, meaning="the same"),
)


def check(values: Mapping[str, Any]) -> None:
    """Labels 1 and -1, a slope in [0, 1]; neither a large network nor long or large numbers.

    Raises:
        InstanceError: otherwise.
    """
    (k, d), n = values["w1"].shape, len(values["x"])
    m = 0 if values["middle"] is None else len(values["middle"])
    if max(k, d) > MAX_WIDTH or m + 2 > MAX_LAYERS or n > MAX_DATA:
        raise InstanceError(
            f"{n} data, {m + 2} layers, width {max(k, d)}; at most {MAX_DATA}, {MAX_LAYERS} and {MAX_WIDTH} here"
        )
    for i, label in enumerate(values["y"]):
        if label not in (1, -1):
            raise InstanceError(f"data.y[{i}] is {text(label)}; labels are 1 or -1")
    if not 0 <= values["slope"] <= 1:
        raise InstanceError(f"network.slope is {text(values['slope'])}; it must be between 0 (ReLU) and 1 (linear)")
    _check_numbers(values)


def _check_numbers(values: Mapping[str, Any]) -> None:
    size = fmpq(1)
    for name in NUMBERS:
        value = values[name]
        entries = [] if value is None else [value] if isinstance(value, fmpq) else list(value.ravel())
        for q in entries:
            if max(q.p.bit_length(), q.q.bit_length()) > MAX_BITS:
                raise InstanceError(f"{name} holds a fraction of more than {MAX_BITS} bits; round it")
        if name in ("w1", "middle", "w2", "bias", "x") and entries:
            parts = [list(layer.ravel()) for layer in value] if name == "middle" else [entries]
            for part in parts:
                size *= 1 + sum((abs(q) for q in part), fmpq(0))
    if size > MAX_MARGIN:
        raise InstanceError(f"margins may reach {float(size):.3g}, beyond {MAX_MARGIN}: use smaller weights or data")


def hollow(view: View) -> str | None:
    """Why a network is no honest witness: but for a bias its outputs are all 0."""
    outputs = view.ops.matvec(view["activations"][-1], view["w2"])
    return "but for its bias the network is 0 on all data" if all(f == 0 for f in outputs) else None


def describe(instance: Instance) -> list[str]:
    """One line a layer, one a datum."""
    lines = [f"W_1 = {_matrix(instance['w1'])}"]
    if instance["middle"] is not None:
        lines += [f"V_{j + 1} = {_matrix(layer)}" for j, layer in enumerate(instance["middle"])]
    lines.append(f"w_2 = {_row(instance['w2'])}" + _bias(instance["bias"]))
    slope = instance["slope"]
    kind = "linear" if slope == 1 else "ReLU" if slope == 0 else f"leaky ReLU of slope {text(slope)}"
    lines.append(f"{kind}, loss sum_n exp(-y_n f(x_n))")
    return lines + [f"x = {_row(x)}, y = {text(y)}" for x, y in zip(instance["x"], instance["y"], strict=True)]


def _row(entries: Any) -> str:
    return f"({', '.join(text(q) for q in entries)})"


def _matrix(matrix: Any) -> str:
    return f"[{'; '.join(' '.join(text(q) for q in row) for row in matrix)}]"


def _bias(bias: fmpq | None) -> str:
    return "" if bias is None else f", bias {text(bias)}"


HOMOGENEOUS_NETWORK = Domain(
    id="homogeneous-network",
    title="homogeneous networks under the gradient flow of the exponential loss",
    fields=FIELDS,
    structure=structure,
    quantities=quantities(*QUANTITIES),
    moves=proper(check, (), MOVES),
    variations=proper(check, (), VARIATIONS),
    check=check,
    hollow=hollow,
    describe=describe,
)
