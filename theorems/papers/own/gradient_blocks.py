"""Formulas of the critical-point bound: the loss gradient neuron by neuron, and the mean gradient as test vector."""

from __future__ import annotations

from typing import Any

from refutable.theorems.views import View


def neuron_gradients(view: View) -> Any:
    """Gradient of the loss in (w1_i, b1_i) [k, d+1], cut from the whole gradient (all parameters trained)."""
    k, d = (int(size) for size in view["w1"].shape[-2:])
    gradient = view["loss_gradient"]
    inputs = gradient[..., : k * d].reshape(*gradient.shape[:-1], k, d)
    return view.ops.concat([inputs, gradient[..., k * d : k * (d + 1)][..., None]])


def neuron_gradient_norms(view: View) -> Any:
    """|grad_{(w1_i, b1_i)} L| [k]."""
    return view.ops.norm(neuron_gradients(view))


def gradients_over_outputs(view: View) -> Any:
    """|grad_{(w1_i, b1_i)} L| / |w2_i| [k]."""
    return neuron_gradient_norms(view) / view.ops.abs(view["w2"])


def residual_hessian(view: View) -> Any:
    """Hessian minus its Gauss-Newton part [P, P]."""
    return view["hessian"] - view["gauss_newton"]


def residual_hessian_norm_square(view: View) -> Any:
    """The square of its spectral norm, as the largest eigenvalue of its square."""
    residual = residual_hessian(view)
    return view.ops.top_eigenvalue(view.ops.matmul(residual, residual))


def mean_gradient(view: View) -> Any:
    """q = E grad f(X) [P]."""
    return view.ops.mean(view["features"], -2)


def form_at_mean_gradient(view: View, matrix: Any) -> Any:
    """q' M q for a matrix [P, P]."""
    q = mean_gradient(view)
    return view.ops.sum(q * view.ops.matvec(matrix, q))


def coupling(view: View) -> Any:
    """2 sum_i E[relu_i] E[(X, 1) 1_i] . grad_{(w1_i, b1_i)} L: what the residual part adds to q' H q."""
    ops, moments = view.ops, view["active_moments"]
    directions = ops.concat([moments["moment"], moments["probability"][..., None]])
    return 2 * ops.sum(moments["excess"] * ops.sum(directions * neuron_gradients(view)))


def weighted_gradient(view: View) -> Any:
    """sum_i G(w1_i, b1_i) |grad_{(w1_i, b1_i)} L| / |E grad f(X)|^2."""
    total = view.ops.sum(view["active_weight"] * neuron_gradient_norms(view))
    return total / view["mean_gradient_square"]
