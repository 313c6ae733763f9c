"""A shallow network beside the pyramid, and multipliers of the data: the two sides of a linear programme.

The least sum_i |w2_i| |w1_i| of a shallow network with f(x_j) = y_j has as its dual the largest sum_j mu_j y_j over
multipliers mu orthogonal to affine functions with |h_mu| <= 1, h_mu(v, t) = sum_j mu_j relu(v.x_j - t), |v| = 1.
Affine parts cost nothing. mu_j = 0 leaves a datum out.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq

from refutable.theorems.domains.pyramid.ridges import largest_square
from refutable.theorems.views import Quantity, View

ZERO = fmpq(0)


def shallow_preactivation(view: View) -> Any:
    """w1_i.x_j + b1_i [n, k]."""
    ops = view.ops
    return ops.matmul(view["x"], ops.transpose(view["w1"])) + view["b1"][..., None, :]


def shallow_activation(view: View) -> Any:
    """relu(w1_i.x_j + b1_i) [n, k]."""
    return view.ops.maximum(view["shallow_preactivation"], view.ops.ratio(0))


def shallow_output(view: View) -> Any:
    """f(x_j) = sum_i w2_i relu(w1_i.x_j + b1_i) + slope.x_j + offset [n]."""
    ops = view.ops
    affine = ops.matvec(view["x"], view["slope"]) + ops.spread(view["offset"])
    return ops.matvec(view["shallow_activation"], view["w2"]) + affine


def row_norms(view: View) -> Any:
    """|w1_i| [k]."""
    return view.ops.norm(view["w1"])


def unweighted_norm(view: View) -> Any:
    """sum_i |w2_i| |w1_i|."""
    return view.ops.sum(view.ops.abs(view["w2"]) * view["row_norms"])


def pairing(view: View) -> Any:
    """sum_j mu_j p(x_j)."""
    return view.ops.sum(view["multipliers"] * view["output"])


def ridge_values(view: View) -> Any:
    """|sum_j mu_j relu(w1_i.x_j + b1_i)| / |w1_i| [k]: |h_mu| at the network's hyperplanes; 0 where w1_i = 0."""
    ops, norms = view.ops, view["row_norms"]
    sums = ops.abs(ops.matvec(ops.transpose(view["shallow_activation"]), view["multipliers"]))
    constant = ops.zero(norms)
    return sums * (1 - constant) / (norms + constant)


def largest_ridge_value(view: View) -> Any:
    """max_i |h_mu(v_i, t_i)| over the network's own hyperplanes."""
    return view.ops.max(view["ridge_values"])


def supremum(view: View) -> Any:
    """sup |h_mu(v, t)| over all unit v and all t, for mu orthogonal to affine functions; exact, d <= 2.

    Raises:
        ArithmeticError: multipliers that are not orthogonal, more than two inputs, or too many or too long numbers.
        TypeError: on a float batch.
    """
    if not view.ops.exact:
        raise TypeError("the supremum over all hyperplanes has an exact view only")
    return view.ops.sqrt(largest_square(view["x"], view["multipliers"]))


def supremum_on_axes(view: View) -> fmpq:
    """max |h_mu(v, t)| over v = +-e_c and all t: less than the supremum."""
    x, mu = view["x"], view["multipliers"]
    return max(_on_line(x[:, c], mu) for c in range(x.shape[1]))


def _on_line(places: Any, mu: Any) -> fmpq:
    pairs = list(zip(places, mu, strict=True))
    sums = [sum((m * max(s * (p - t), ZERO) for p, m in pairs), ZERO) for t in places for s in (1, -1)]
    return max((abs(s) for s in sums), default=ZERO)


SHALLOW = (
    Quantity("shallow_preactivation", shallow_preactivation, "w1_i.x_j + b1_i, [n, k]"),
    Quantity("shallow_activation", shallow_activation, "relu of the shallow pre-activations, [n, k]"),
    Quantity("shallow_output", shallow_output, "f(x_j) of the shallow network, [n]"),
    Quantity("row_norms", row_norms, "|w1_i|, [k]"),
    Quantity("unweighted_norm", unweighted_norm, "sum_i |w2_i| |w1_i|", scalar=True),
    Quantity("pairing", pairing, "sum_j mu_j p(x_j)", scalar=True),
    Quantity("ridge_values", ridge_values, "|sum_j mu_j relu(w1_i.x_j + b1_i)| / |w1_i|, [k]"),
    Quantity("largest_ridge_value", largest_ridge_value, "the largest of them", scalar=True),
    Quantity("supremum", supremum, "sup |sum_j mu_j relu(v.x_j - t)| over |v| = 1 and t", scalar=True),
    Quantity("supremum_on_axes", supremum_on_axes, "the same over v along the axes", scalar=True),
)
