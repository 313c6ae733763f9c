"""The loss (p - 1)^2 / 2, its derivatives, and one step of gradient descent."""

from __future__ import annotations

from typing import Any

from refutable.theorems.domains.scalar_factors.flow import differences, end_squares, flow_sharpness
from refutable.theorems.domains.scalar_factors.products import (
    cofactors,
    least,
    pair_cofactors,
    pair_products,
    product,
)
from refutable.theorems.ops import Ops
from refutable.theorems.views import Quantity, View

Array = Any


def stepped(ops: Ops, weights: Array, step_size: Any) -> Array:
    """w_i - eta (p - 1) prod_{j != i} w_j: [..., D] -> [..., D]."""
    factor = step_size * (product(ops, weights) - ops.ratio(1))
    return weights - ops.spread(factor) * cofactors(ops, weights)


def hessian(ops: Ops, weights: Array) -> Array:
    """Second derivatives of the loss: dp/dw_i dp/dw_j + (p - 1) d^2 p / dw_i dw_j, [..., D, D]."""
    first = cofactors(ops, weights)
    residual = product(ops, weights) - ops.ratio(1)
    return first[..., :, None] * first[..., None, :] + ops.spread(residual, 2) * pair_cofactors(ops, weights)


def half_square(ops: Ops, residual: Any) -> Any:
    """r^2 / 2."""
    return residual * residual * ops.ratio(1, 2)


def _product(view: View) -> Any:
    return product(view.ops, view["weights"])


def _residual(view: View) -> Any:
    return view["product"] - view.ops.ratio(1)


def _gradient(view: View) -> Array:
    return view.ops.spread(view["residual"]) * view["cofactors"]


def _next_weights(view: View) -> Array:
    return stepped(view.ops, view["weights"], view["step_size"])


def _next_loss(view: View) -> Any:
    return half_square(view.ops, product(view.ops, view["next_weights"]) - view.ops.ratio(1))


def _next_sharpness(view: View) -> Any:
    return view.ops.top_eigenvalue(hessian(view.ops, view["next_weights"]))


def _contractions(view: View) -> Array:
    """c_ij = 1 - (eta (p - 1) prod_{k != i, j} w_k)^2, 1 on the diagonal."""
    change = view.ops.spread(view["step_size"] * view["residual"], 2) * pair_cofactors(view.ops, view["weights"])
    return view.ops.ratio(1) - change * change


def _least_pair(view: View) -> Any:
    return least(view.ops, [view.ops.abs(pair) for pair in pair_products(view["weights"])])


def _scaled_gradient(view: View) -> Any:
    return view["step_size"] * view.ops.abs(view["product"] * view["residual"])


def _next_balances(view: View) -> Array:
    return differences(view["next_weights"] * view["next_weights"])


DESCENT = (
    Quantity("product", _product, "p = w_1 ... w_D", scalar=True),
    Quantity("residual", _residual, "p - 1", scalar=True),
    Quantity("loss", lambda view: half_square(view.ops, view["residual"]), "(p - 1)^2 / 2", scalar=True),
    Quantity("gradient", _gradient, "dL/dw_i = (p - 1) prod_{j != i} w_j [D]"),
    Quantity("hessian", lambda view: hessian(view.ops, view["weights"]), "second derivatives of the loss [D,D]"),
    Quantity(
        "sharpness", lambda view: view.ops.top_eigenvalue(view["hessian"]), "lambda_max of the Hessian", scalar=True
    ),
    Quantity("gain", lambda view: view["step_size"] * view.ops.abs(view["residual"]), "eta |p - 1|", scalar=True),
    Quantity("scaled_gradient", _scaled_gradient, "eta |p (p - 1)|", scalar=True),
    Quantity("least_pair", _least_pair, "the smallest |w_i w_j|, i != j", scalar=True),
    Quantity("next_weights", _next_weights, "weights after a step of gradient descent [D]"),
    Quantity("next_loss", _next_loss, "loss after a step", scalar=True),
    Quantity("next_sharpness", _next_sharpness, "lambda_max of the Hessian after a step", scalar=True),
    Quantity("contractions", _contractions, "c_ij: w_i^2 - w_j^2 is multiplied by it in a step [D,D]"),
    Quantity("next_balances", _next_balances, "w_i^2 - w_j^2 after a step [D,D]"),
    Quantity(
        "next_gfs_squares",
        lambda view: end_squares(view.ops, view["next_weights"] * view["next_weights"]),
        "squared weights of the minimum with the balances after a step, ascending [D]",
    ),
    Quantity(
        "next_gfs_sharpness",
        lambda view: flow_sharpness(view.ops, view["next_weights"]),
        "phi after a step",
        scalar=True,
    ),
)
