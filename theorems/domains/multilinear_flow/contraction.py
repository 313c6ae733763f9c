"""Contractions of data tensors with factors, the velocity of the gradient flow, and what moves with it.

A tensor [k, ..., k] of L axes is kept as its unfolding [k, k^(L-1)]. Every contraction is a matrix times a vector, so
that the same lines serve rationals, dual numbers, symbols and float batches.
"""

from __future__ import annotations

from typing import Any

from refutable.theorems.flows import derivative_along
from refutable.theorems.ops import Ops
from refutable.theorems.views import Quantity, View


def contracted(ops: Ops, tensor: Any, factors: Any, free: int | None) -> Any:
    """A o (v_1, .., I at place ``free``, .., v_L) [..., k] of an unfolded tensor [..., k, k^(L-1)]; None: [..., 1].

    Args:
        factors: v [..., L, k].
    """
    layers, size = int(factors.shape[-2]), int(factors.shape[-1])
    lead = tuple(tensor.shape[:-2])
    flat = tensor.reshape((*lead, size**layers))
    last = -1 if free is None else free
    for place in reversed(range(last + 1, layers)):
        rows = flat.reshape((*lead, int(flat.shape[-1]) // size, size))
        flat = ops.matvec(rows, factors[..., place, :])
    for place in range(0 if free is None else free):
        columns = flat.reshape((*lead, size, int(flat.shape[-1]) // size))
        flat = ops.matvec(ops.transpose(columns), factors[..., place, :])
    return flat


def outputs(view: View) -> Any:
    """f_n = A_n o (v_1, ..., v_L) [n]."""
    tensors = view["tensors"]
    parts = [contracted(view.ops, tensors[..., i, :, :], view["factors"], None) for i in range(tensors.shape[-3])]
    return view.ops.concat(parts)


def weighted(view: View) -> Any:
    """T = sum_n slope_n A_n, unfolded [k, k^(L-1)]."""
    tensors, slopes = view["tensors"], view["slopes"]
    parts = [tensors[..., i, :, :] * slopes[..., i, None, None] for i in range(tensors.shape[-3])]
    return sum(parts[1:], parts[0])


def velocities(view: View) -> Any:
    """g_l = T o (v_1, .., I, .., v_L) = dv_l/dt [L, k]."""
    tensor, factors = view["weighted"], view["factors"]
    parts = [contracted(view.ops, tensor, factors, place) for place in range(factors.shape[-2])]
    return view.ops.stack(parts, -2)


def score(view: View) -> Any:
    """f_T = T o (v_1, ..., v_L) = sum_n slope_n f_n."""
    return view.ops.sum(view["slopes"] * view["outputs"])


def squared_norms(view: View) -> Any:
    """|v_l|^2 [L]."""
    return view.ops.sum(view["factors"] * view["factors"])


def gaps(view: View) -> Any:
    """|v_l|^2 - |v_{l+1}|^2, l = 1..L-1."""
    squares = view["squared_norms"]
    return squares[..., :-1] - squares[..., 1:]


def directions(view: View) -> Any:
    """v_l v_l^T / |v_l|^2 [L, k, k]: directions without their signs."""
    factors = view["factors"]
    return factors[..., :, None] * factors[..., None, :] / view["squared_norms"][..., None, None]


def norm_product(view: View) -> Any:
    """prod_l |v_l|^2."""
    squares = view["squared_norms"]
    product = squares[..., :1]
    for place in range(1, squares.shape[-1]):
        product = product * squares[..., place : place + 1]
    return view.ops.sum(product)


def components(view: View) -> Any:
    """a_j = <u_j, v_1> + <w_j, v_2> for the given pairs (u_j, w_j) [j]: two factors."""
    first, second = view["factors"][..., 0, :], view["factors"][..., 1, :]
    return view.ops.matvec(view["left"], first) + view.ops.matvec(view["right"], second)


def opposite_components(view: View) -> Any:
    """b_j = <u_j, v_1> - <w_j, v_2> [j]."""
    first, second = view["factors"][..., 0, :], view["factors"][..., 1, :]
    return view.ops.matvec(view["left"], first) - view.ops.matvec(view["right"], second)


def rate(view: View, name: str) -> Any:
    """Time derivative of a quantity along the flow, the slopes of the loss held at their values: exact states only."""
    return derivative_along(view, lambda moved: moved[name], {"factors": view["velocities"]})


QUANTITIES = (
    Quantity("outputs", outputs, "f_n = A_n o (v_1, ..., v_L), labels absorbed, [n]"),
    Quantity("weighted", weighted, "T = sum_n slope_n A_n, unfolded, [k, k^(L-1)]"),
    Quantity("velocities", velocities, "g_l = T o (v_1, .., I, .., v_L) = dv_l/dt, [L, k]"),
    Quantity("score", score, "f_T = T o (v_1, ..., v_L)", scalar=True),
    Quantity("squared_norms", squared_norms, "|v_l|^2, [L]"),
    Quantity("gaps", gaps, "|v_l|^2 - |v_{l+1}|^2, [L-1]"),
    Quantity("directions", directions, "v_l v_l^T / |v_l|^2, [L, k, k]"),
    Quantity("norm_product", norm_product, "prod_l |v_l|^2", scalar=True),
    Quantity("components", components, "a_j = <u_j, v_1> + <w_j, v_2>, [j]"),
    Quantity("opposite_components", opposite_components, "b_j = <u_j, v_1> - <w_j, v_2>, [j]"),
)
