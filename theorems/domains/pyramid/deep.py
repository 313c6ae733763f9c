"""The network of two hidden layers that computes the pyramid, all its parameters trained, and its curvature.

First layer: 2 d neurons relu(x_i), relu(-x_i). Second layer: one neuron with weights -1 and bias 1. Output: w3 = 1,
b3 = 0. It computes p(x) = relu(1 - |x|_1) exactly. Its labels are its own outputs, so that it interpolates and the
Hessian of L = 1/(2n) sum r^2 is the Gauss-Newton matrix. Shapes: n data, d inputs; leading batch axes allowed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from refutable.theorems.views import Quantity, View

LARGEST_EXACT = 200
"""Largest matrix whose top eigenvalue is decided exactly."""


def signed_inputs(view: View) -> Any:
    """(x, -x) [n, 2d]: pre-activations of the first layer."""
    return view.ops.concat([view["x"], -view["x"]])


def structure(view: View) -> Mapping[str, Any]:
    """``first_active`` [n, 2d] and ``second_active`` [n]: which pre-activations are > 0."""
    ops, signed = view.ops, view["signed_inputs"]
    first = ops.positive(signed)
    second = ops.positive(1 - ops.sum(signed * first))
    return {"first_active": first, "second_active": second}


def first_layer(view: View) -> Any:
    """relu(x), relu(-x) [n, 2d]."""
    return view["signed_inputs"] * view["first_active"]


def output(view: View) -> Any:
    """relu(1 - sum of the first layer) [n]."""
    return (1 - view.ops.sum(view["first_layer"])) * view["second_active"]


def square_norm(view: View) -> Any:
    """|x_j|^2 [n]."""
    return view.ops.sum(view["x"] * view["x"])


def active_share(view: View) -> Any:
    """q: share of the data with |x_j|_1 < 1."""
    return view.ops.mean(view["second_active"])


def gradient_kernel(view: View) -> Any:
    """K [n, n] with K_ij = grad f(x_i).grad f(x_j) / n, in closed form.

    b3 gives 1; inside the pyramid w3 gives p_i p_j, the second layer 1 + z_i.z_j, and the first layer 1 + x_i.x_j for
    each of its neurons that is active on both data.
    """
    ops, x, z, inside, p = view.ops, view["x"], view["first_layer"], view["second_active"], view["output"]
    gates = view["first_active"]
    shared = ops.matmul(gates, ops.transpose(gates))
    second = 1 + ops.matmul(z, ops.transpose(z))
    first = (1 + ops.matmul(x, ops.transpose(x))) * shared
    both = inside[..., :, None] * inside[..., None, :]
    tops = p[..., :, None] * p[..., None, :]
    return (1 + tops + both * (second + first)) * ops.ratio(1, int(x.shape[-2]))


def features(view: View) -> Any:
    """grad f(x_j) [n, P], P = 2 d^2 + 4 d + 3: first weights row by row and biases, second weights and bias, w3, b3."""
    ops, x, z, inside = view.ops, view["x"], view["first_layer"], view["second_active"]
    slope = -view["first_active"] * inside[..., :, None]
    rows = (slope[..., :, None] * x[..., None, :]).reshape(*slope.shape[:-1], -1)
    ones = ops.ones_like(x[..., :1])
    column = inside[..., :, None]
    return ops.concat([rows, slope, z * column, column, view["output"][..., :, None], ones])


def gradient_square(view: View) -> Any:
    """|grad f(x_j)|^2 [n]."""
    phi = view["features"]
    return view.ops.sum(phi * phi)


def mean_gradient_square(view: View) -> Any:
    """(1/n) sum_j |grad f(x_j)|^2: the trace of the Hessian."""
    return view.ops.mean(view["gradient_square"])


def gauss_newton(view: View) -> Any:
    """Phi^T Phi / n [P, P]: the Hessian of the loss."""
    ops, phi = view.ops, view["features"]
    return ops.matmul(ops.transpose(phi), phi) * ops.ratio(1, int(phi.shape[-2]))


def sharpness(view: View) -> Any:
    """lambda_max of the Hessian, from the smaller of the two Gram matrices.

    Raises:
        ArithmeticError: both are too large to decide it exactly.
    """
    n, d = (int(size) for size in view["x"].shape[-2:])
    parameters = 2 * d * d + 4 * d + 3
    if view.ops.exact and min(n, parameters) > LARGEST_EXACT:
        raise ArithmeticError(f"{n} data in {d} dimensions are too many to decide the largest eigenvalue exactly")
    return view.ops.top_eigenvalue(view["gradient_kernel" if n <= parameters else "gauss_newton"])


def radius(view: View) -> Any:
    """R = max_j |x_j|."""
    return view.ops.sqrt(view.ops.max(view["square_norm"]))


def stability_threshold(view: View) -> Any:
    """2 / step size."""
    return view.ops.ratio(2) / view["step_size"]


DEEP = (
    Quantity("signed_inputs", signed_inputs, "(x, -x), [n, 2d]"),
    Quantity("first_layer", first_layer, "relu(x), relu(-x), [n, 2d]"),
    Quantity("output", output, "p(x_j) = relu(1 - |x_j|_1), by the network of two hidden layers, [n]"),
    Quantity("square_norm", square_norm, "|x_j|^2, [n]"),
    Quantity("active_share", active_share, "q, share of the data with |x_j|_1 < 1", scalar=True),
    Quantity("gradient_kernel", gradient_kernel, "grad f(x_i).grad f(x_j) / n, [n, n]"),
    Quantity("features", features, "grad f(x_j), [n, P]"),
    Quantity("gradient_square", gradient_square, "|grad f(x_j)|^2, [n]"),
    Quantity("mean_gradient_square", mean_gradient_square, "mean of |grad f(x_j)|^2", scalar=True),
    Quantity("gauss_newton", gauss_newton, "Hessian of the loss, [P, P]"),
    Quantity("sharpness", sharpness, "lambda_max of the Hessian of the loss", scalar=True),
    Quantity("radius", radius, "R = max |x_j|", scalar=True),
    Quantity("stability_threshold", stability_threshold, "2 / step size", scalar=True),
)
