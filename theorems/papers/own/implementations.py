"""Formulas of the flattest implementation: the sharpness of rescaled networks and its upper bound."""

from __future__ import annotations

from typing import Any

from flint import fmpq

from refutable.theorems.constants import ratio
from refutable.theorems.domains.shallow_relu.rescaling import (
    flattest_scales,
    gated_input_norm,
    mean_square_activation,
    rescaled_view,
)
from refutable.theorems.views import View

ONE = fmpq(1)


def rescaled_sharpness(view: View, scales: Any) -> Any:
    """Sharpness of the Gauss-Newton part after rescaling neuron i by c_i; ``scales`` [..., k]."""
    return rescaled_view(view, scales)["gauss_newton_sharpness"]


def upper_bound(view: View, scales: Any, squares: Any = None, offset: fmpq = ONE) -> Any:
    """1 + sum_i (w2_i^2 M_i / c_i^2 + c_i^2 A2_i) for ``scales`` c [..., k].

    Args:
        squares: A2_i = E[relu_i^2] [k] by default.
        offset: in place of the 1, what the output bias adds.
    """
    w2, s = view["w2"], scales * scales
    activations = mean_square_activation(view) if squares is None else squares
    return ratio(view.ops, offset) + view.ops.sum(w2 * w2 * gated_input_norm(view) / s + s * activations)


def infimum(view: View, factor: int = 2) -> Any:
    """U = 1 + 2 sum_i |w2_i| sqrt(A2_i M_i): the infimum of the upper bound over all scales."""
    ops = view.ops
    roots = ops.sqrt(mean_square_activation(view) * gated_input_norm(view))
    return 1 + factor * view.ops.sum(ops.abs(view["w2"]) * roots)


def crude_bound(view: View) -> Any:
    """1 + 2 sqrt(1 + R^2) sum_i |w2_i| (|w1_i| R + |b1_i|).

    With |b1_i| <= R |w1_i| that is at most 1 + 4 R sqrt(1 + R^2) sum_i |w2_i| |w1_i|.
    """
    ops = view.ops
    radius, reach = ops.max(ops.norm(view["x"])), ops.max(ops.norm(view["augmented"]))
    sizes = ops.norm(view["w1"]) * ops.spread(radius) + ops.abs(view["b1"])
    return 1 + 2 * reach * ops.sum(ops.abs(view["w2"]) * sizes)


def flattest_sharpness(view: View) -> Any:
    """Sharpness of the implementation at `flattest_scales`."""
    return rescaled_sharpness(view, flattest_scales(view))


def flattest_upper_bound(view: View, offset: fmpq = ONE) -> Any:
    """The upper bound at `flattest_scales`."""
    return upper_bound(view, flattest_scales(view), offset=offset)
