"""The domain record: fields, validation, writing."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

from refutable.theorems.domains.decomposable_flow.moves import MOVES, VARIATIONS
from refutable.theorems.domains.decomposable_flow.quantities import QUANTITIES
from refutable.theorems.domains.domain import Domain, quantities
from refutable.theorems.domains.number_moves import proper
from refutable.theorems.exact import text
from refutable.theorems.instances import Field, Instance, InstanceError, refuse_long
from refutable.theorems.views import View

MAX_LAYERS, MAX_SIZE, MAX_BITS, MAX_ENTRIES = 6, 6, 200, 5000
"""Layers; coordinates, data and inputs each; bits of a number; entries of the data tensor times inputs."""

FIELDS = (
    Field("x", ("data", "x"), ("n", "d"), meaning="inputs, one row a datum"),
    Field("y", ("data", "y"), ("n",), meaning="labels"),
    Field("s", ("network", "s"), ("m", "d"), meaning="S: f(x) = sum_j (S x)_j prod_l (U_l^T v_l)_j"),
    Field("alpha", ("start", "alpha"), positive=True, meaning="scale of the start that the statement uses"),
    Field("eta", ("start", "eta"), ("m",), meaning="shape of the start that the statement uses"),
    Field("start", ("start", "weights"), ("L", "m"), meaning="U_l^T v_l at time 0, one row a layer"),
    Field("weights", ("network", "weights"), ("L", "m"), meaning="U_l^T v_l now, one row a layer"),
    Field("other", ("other",), ("m",), optional=True, meaning="another vector of coordinates to compare with"),
    Field("rates", ("rates",), ("n",), optional=True, meaning="-phi'(y_n f_n) of the loss sum phi(y_n f_n)"),
    Field("nu", ("nu",), ("n",), optional=True, meaning="integral of the residuals y - f, or of the rates"),
    Field("frames", ("network", "frames"), kind="matrices", optional=True, meaning="U_l, k_l x m, one for each layer"),
    Field("rests", ("network", "rests"), kind="matrices", optional=True, meaning="v_l - U_l U_l^T v_l, k_l x 1"),
)


def structure(view: View) -> Mapping[str, Any]:
    """No discrete facts: the network is smooth."""
    return {}


def check(values: Mapping[str, Any]) -> None:
    """Sizes that are decided in milliseconds, a shape without zeros, frames that fit.

    Raises:
        InstanceError: otherwise.
    """
    _check_sizes(values)
    if any(e == 0 for e in values["eta"]):
        raise InstanceError("start.eta has a 0; every coordinate needs one that is not, so drop the coordinate")
    if not values["alpha"] > 0:
        raise InstanceError("start.alpha must be positive")
    if (values["frames"] is None) != (values["rests"] is None):
        raise InstanceError("network.frames and network.rests are given together, or neither")
    if values["frames"] is not None:
        _check_frames(values)


def _check_sizes(values: Mapping[str, Any]) -> None:
    (layers, m), (n, d) = values["weights"].shape, values["x"].shape
    if not 2 <= layers <= MAX_LAYERS:
        raise InstanceError(f"network.weights has {layers} layers; 2 to {MAX_LAYERS} can be decided")
    if max(m, n, d) > MAX_SIZE:
        raise InstanceError(f"{m} coordinates, {n} data and {d} inputs are too many; at most {MAX_SIZE} each")
    refuse_long(FIELDS, values, MAX_BITS)


def _check_frames(values: Mapping[str, Any]) -> None:
    layers, m = values["weights"].shape
    frames, rests = values["frames"], values["rests"]
    if len(frames) != layers or len(rests) != layers:
        raise InstanceError(f"network.frames and network.rests have one matrix for each of the {layers} layers")
    for i, (frame, rest) in enumerate(zip(frames, rests, strict=True)):
        if frame.shape[1] != m or rest.shape != (frame.shape[0], 1):
            wanted = f"k x {m} and k x 1"
            raise InstanceError(f"layer {i + 1}: the frame is {frame.shape} and the rest {rest.shape}, not {wanted}")
    if prod(len(frame) for frame in frames) * values["x"].shape[1] > MAX_ENTRIES:
        raise InstanceError(f"the frames make a data tensor of more than {MAX_ENTRIES} entries; take fewer or smaller")


def hollow(view: View) -> str | None:
    """Why a state is no honest witness: the network sees nothing of the data."""
    return "S x = 0 for every datum" if all(entry == 0 for entry in view["features"].ravel()) else None


def describe(instance: Instance) -> list[str]:
    """Data, one line a datum; S; start; state, one line a layer."""
    lines = [f"x = {_row(row)}, y = {text(y)}" for row, y in zip(instance["x"], instance["y"], strict=True)]
    lines += [f"S row {j + 1} = {_row(row)}" for j, row in enumerate(instance["s"])]
    lines.append(f"alpha = {text(instance['alpha'])}, eta = {_row(instance['eta'])}")
    for i, (before, now) in enumerate(zip(instance["start"], instance["weights"], strict=True)):
        lines.append(f"layer {i + 1}: {_row(before)} at the start, {_row(now)} now")
    for name in ("other", "rates", "nu"):
        if instance[name] is not None:
            lines.append(f"{name} = {_row(instance[name])}")
    for i, frame in enumerate(instance["frames"] or ()):
        lines.append(f"frame {i + 1}: columns {', '.join(_row(column) for column in frame.T)}")
        lines.append(f"rest {i + 1}: {_row(instance['rests'][i][:, 0])}")
    return lines


def _row(row: Any) -> str:
    return f"({', '.join(text(q) for q in row)})"


DECOMPOSABLE_FLOW = Domain(
    id="decomposable-flow",
    title="orthogonally decomposable linear tensor networks along the gradient flow",
    fields=FIELDS,
    structure=structure,
    quantities=quantities(*QUANTITIES),
    moves=proper(check, ("alpha",), MOVES),
    variations=proper(check, ("alpha",), VARIATIONS),
    check=check,
    hollow=hollow,
    describe=describe,
)
