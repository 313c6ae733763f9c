"""Gradients of shallow networks in the input and in the first layer, at every datum. Shapes: n data, k neurons."""

from __future__ import annotations

from typing import Any

from flint import fmpq

from refutable.theorems.constants import ratio
from refutable.theorems.views import View

ONE = fmpq(1)


def gates(view: View) -> Any:
    """s_ji = w2_i 1[z_ji > 0], [n, k]."""
    return view["active"] * view["w2"][..., None, :]


def squared_length(view: View, rows: Any) -> Any:
    """|row|^2 over the last axis."""
    return view.ops.sum(rows * rows)


def input_gradient(view: View) -> Any:
    """grad_x f(x_j) = sum_i s_ji w1_i [n, d]."""
    return view.ops.matmul(gates(view), view["w1"])


def layer_gradient_square(view: View, inputs: Any) -> Any:
    """|grad_W f(x_j)|_F^2 [n] for a first layer W of the given inputs [n, m]: its gradient is s_j times the input."""
    gradient = gates(view)[..., :, None] * inputs[..., None, :]
    return view.ops.sum(view.ops.sum(gradient * gradient))


def with_biases(view: View) -> Any:
    """|grad_{(W1, b1)} f(x_j)|_F^2 [n]."""
    return layer_gradient_square(view, view["augmented"])


def without_biases(view: View) -> Any:
    """|grad_{W1} f(x_j)|_F^2 [n]."""
    return layer_gradient_square(view, view["x"])


def largest_quotient(view: View, reach: Any, parameters: Any) -> Any:
    """max_j reach_j |grad_x f(x_j)|^2 / parameters_j, with 0/0 = 0: both gradients vanish where no neuron is active."""
    square = squared_length(view, input_gradient(view))
    return view.ops.max(reach * square / (parameters + view.ops.zero(parameters)))


def reach(view: View, constant: fmpq = ONE) -> Any:
    """1 + |x_j|^2 [n], or another constant in place of the 1."""
    return squared_length(view, view["x"]) + ratio(view.ops, constant)


def spectral_square(view: View) -> Any:
    """|W1|_2^2, from the smaller of the two Gram matrices."""
    ops, w1 = view.ops, view["w1"]
    k, d = (int(size) for size in w1.shape[-2:])
    turned = ops.transpose(w1)
    return ops.top_eigenvalue(ops.matmul(turned, w1) if d <= k else ops.matmul(w1, turned))


def trace(view: View) -> Any:
    """Tr(Phi^T Phi / n) = mean_j |grad f(x_j)|^2 in the trained parameters."""
    return view.ops.mean(squared_length(view, view["features"]))


def hessian_trace(view: View) -> Any:
    """The trace of the Hessian of the loss, residual part included."""
    hessian = view["hessian"]
    return view.ops.sum(view.ops.sum(hessian * view.ops.identity(hessian)))


def mean_input_gradient(view: View) -> Any:
    """mean_j |grad_x f(x_j)|^2."""
    return view.ops.mean(squared_length(view, input_gradient(view)))


def smallest_reach_inverse(view: View) -> Any:
    """1 / min_j (1 + |x_j|^2)."""
    return view.ops.max(1 / reach(view))


def averaged_bound(view: View, offset: fmpq = ONE) -> Any:
    """(2/eta - offset) / min_j (1 + |x_j|^2) |W1|_2^2."""
    share = (view["stability_threshold"] - ratio(view.ops, offset)) * smallest_reach_inverse(view)
    return spectral_square(view) * share
