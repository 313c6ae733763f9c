"""The domain record: fields, validation, writing."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from refutable.theorems.domains.deep_linear.curvature import CURVATURE
from refutable.theorems.domains.deep_linear.moves import MOVES
from refutable.theorems.domains.deep_linear.top_space import TOP_SPACE
from refutable.theorems.domains.deep_linear.variations import VARIATIONS
from refutable.theorems.domains.domain import Domain, quantities
from refutable.theorems.domains.number_moves import proper
from refutable.theorems.exact import text
from refutable.theorems.instances import Field, Instance, InstanceError
from refutable.theorems.ops.exact import to_matrix
from refutable.theorems.views import View

FIELDS = (
    Field("layers", ("layers",), kind="matrices", meaning="weight matrices, W_1 first; they multiply to M"),
    Field(
        "loss_scale", ("loss_scale",), positive=True, meaning="kappa: 1 for half the mean square, 2 for the mean square"
    ),
    Field(
        "inputs", ("data", "x"), ("n", "d"), optional=True, meaning="inputs, one row a datum; null: identity covariance"
    ),
)  # fmt: skip


MAX_LAYERS = 64
MAX_KERNEL, MAX_WEIGHTS = 64, 256
"""Rows of the largest Hessian kernel, and of the largest Hessian, whose spectra are decided here."""
MAX_BITS = 2**11
"""Of the longest entries of all matrices together, over common denominators: the length of their product's."""


def structure(view: View) -> Mapping[str, Any]:
    """No discrete facts: nothing switches in a linear network."""
    return {}


def check(values: Mapping[str, Any]) -> None:
    """Layers must chain, the inputs must fit the first one; neither depth, Hessian nor numbers may be too large.

    Raises:
        InstanceError: otherwise.
    """
    layers = values["layers"]
    for i, (before, after) in enumerate(itertools.pairwise(layers)):
        if after.shape[1] != before.shape[0]:
            raise InstanceError(
                f"layers[{i + 1}] has {after.shape[1]} columns, but layers[{i}] has {before.shape[0]} rows; "
                "W_1 comes first, and each layer takes what the one before it gives"
            )
    inputs = values["inputs"]
    if inputs is not None and inputs.shape[1] != layers[0].shape[1]:
        raise InstanceError(f"data.x has {inputs.shape[1]} columns, but layers[0] takes {layers[0].shape[1]} inputs")
    _check_sizes(layers, layers[0].shape[1] if inputs is None else inputs.shape[0])
    bits = sum(_length(matrix) for matrix in (*layers, *([] if inputs is None else [inputs])))
    if bits > MAX_BITS:
        raise InstanceError(
            f"over common denominators layers and inputs take {bits} bits together, at most {MAX_BITS} here: use "
            "shorter numbers"
        )


def _check_sizes(layers: Sequence[Any], signals: int) -> None:
    """Few enough layers, outputs and weights for an exact answer."""
    if len(layers) > MAX_LAYERS:
        raise InstanceError(f"there are {len(layers)} layers; at most {MAX_LAYERS} can be decided here")
    kernel, weights = layers[-1].shape[0] * signals, sum(layer.size for layer in layers)
    if kernel > MAX_KERNEL:
        raise InstanceError(
            f"outputs times inputs (or data, where they are given) are {kernel}, the rows of the Hessian kernel; "
            f"at most {MAX_KERNEL} can be decided here"
        )
    if weights > MAX_WEIGHTS:
        raise InstanceError(f"the layers have {weights} weights; at most {MAX_WEIGHTS} can be decided here")


def _length(matrix: Any) -> int:
    """Bits of the longest number in a matrix over its common denominator."""
    numerators, denominator = to_matrix(matrix).numer_denom()
    return max(int(denominator).bit_length(), *(int(entry).bit_length() for entry in numerators.entries()))


def hollow(view: View) -> str | None:
    """Why a network is no honest witness: it computes 0."""
    return "the product of the layers is 0" if all(w == 0 for w in view["product"].ravel()) else None


def describe(instance: Instance) -> list[str]:
    """One line a layer, then the loss and the data."""
    lines = [f"W_{i + 1} = {matrix_text(layer)}" for i, layer in enumerate(instance["layers"])]
    lines.append(f"loss = {text(instance['loss_scale'] / 2)} E |W_m ... W_1 x - y|^2, at a minimum")
    inputs = instance["inputs"]
    lines.append("E x x^T = identity" if inputs is None else f"x = {matrix_text(inputs)} (rows)")
    return lines


def matrix_text(matrix: Any) -> str:
    """[1 0; 0 1/2]: rows separated by semicolons."""
    return f"[{'; '.join(' '.join(text(entry) for entry in row) for row in matrix)}]"


DEEP_LINEAR = Domain(
    id="deep-linear",
    title="deep linear networks at a minimum of the square loss",
    fields=FIELDS,
    structure=structure,
    quantities=quantities(*CURVATURE, TOP_SPACE),
    moves=proper(check, ("loss_scale",), MOVES),
    variations=proper(check, ("loss_scale",), VARIATIONS),
    check=check,
    hollow=hollow,
    describe=describe,
)
