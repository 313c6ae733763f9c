"""Outputs of a linear network through its data tensor, and layer by layer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.tensor_network import architectures, direct
from refutable.theorems.domains.tensor_network.architectures import Architecture
from refutable.theorems.ops import Ops
from refutable.theorems.views import Quantity, View

KINDS = ("diagonal", "fully-connected", "convolution")
Direct = Callable[[Ops, Any, Sequence[Any]], Any]


def kind(view: View) -> str:
    """The architecture's name."""
    return str(next(iter(view["architecture"])))


def architecture(view: View) -> Architecture:
    """The architecture that fits the layers."""
    layers, inputs = view["layers"], int(view["x"].shape[-1])
    if kind(view) == "diagonal":
        return architectures.diagonal(inputs, len(layers))
    if kind(view) == "fully-connected":
        return architectures.fully_connected([len(layer) for layer in layers])
    return architectures.circular_convolution(inputs, [len(layer) for layer in layers[:-1]])


def flat_layers(view: View) -> list[Any]:
    """v_1, ..., v_L: each layer row by row."""
    return [layer.ravel() for layer in view["layers"]]


def through_tensor(view: View) -> Any:
    """M(x) o (v_1, ..., v_L) for every datum, [n]."""
    net, layers = view["network"], flat_layers(view)
    return np.array([net.value(view.ops, x, layers) for x in view["x"]], dtype=object)


def through_predictor(view: View) -> Any:
    """<beta, x> for every datum, [n]."""
    return view["x"] @ view["network"].predictor(view.ops, flat_layers(view))


def outputs_of(view: View, layers: Sequence[Any], correlation: bool = True) -> Any:
    """f(x) for every datum, layer by layer, [n]; with convolutions for correlations if asked for."""
    if kind(view) == "fully-connected":
        return _all(view, direct.fully_connected_value, layers)
    columns = [layer[:, 0] for layer in layers]
    if kind(view) == "diagonal":
        return _all(view, direct.diagonal_value, columns)
    if not correlation:
        size = int(view["x"].shape[-1])
        columns = [*(_reversed(filter, size) for filter in columns[:-1]), columns[-1]]
    return _all(view, direct.convolution_value, columns)


def _all(view: View, value: Direct, layers: Sequence[Any]) -> Any:
    return np.array([value(view.ops, x, layers) for x in view["x"]], dtype=object)


def _reversed(filter: Any, size: int) -> Any:
    """The filter w_{-k mod d}: a correlation with it is a convolution with w."""
    out = np.full(size, fmpq(0), dtype=object)
    for k, weight in enumerate(filter):
        out[-k % size] = weight
    return out


QUANTITIES = (
    Quantity("network", architecture, "the architecture with its data tensor"),
    Quantity("tensor_outputs", through_tensor, "M(x) o (v_1, ..., v_L), [n]"),
    Quantity("predictor_outputs", through_predictor, "<beta, x> with beta from the tensor of coefficients, [n]"),
    Quantity("outputs", lambda view: outputs_of(view, view["layers"]), "f(x) layer by layer, [n]"),
)
