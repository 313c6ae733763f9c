"""Losses, gradients and one step of gradient descent: the loss is a sum over the data, labels absorbed in the rows."""

from __future__ import annotations

from typing import Any

from refutable.theorems.ops.exponentials import exp_of
from refutable.theorems.views import Quantity, View


def _margins(view: View) -> Any:
    return view.ops.matvec(view["x"], view["w"])


def combination(view: View, weights: Any) -> Any:
    """sum_n weights_n x_n [d]; weights [n] of any exact numbers or floats."""
    return view.ops.sum(view["x"] * weights[..., None], -2)


def margins_at(view: View, w: Any) -> Any:
    """x_n.w [n] for entries of w [d] of any kind, as the irrational ones after a step are."""
    return view.ops.sum(view["x"] * w[..., None, :])


def step(view: View, pull: Any) -> Any:
    """w + eta pull [d]."""
    return view["w"] + pull * view.ops.spread(view["step_size"])


def _squared_norm(view: View, v: Any) -> Any:
    return view.ops.sum(v * v)


def _exponential_after(view: View) -> Any:
    return view.ops.sum(exp_of(view.ops, -margins_at(view, view["next_w"])))


def _softplus(view: View, u: Any) -> Any:
    """sum_n log(1 + e^{-u_n})."""
    ops = view.ops
    return ops.sum(ops.elementary("log", exp_of(ops, -u) + ops.ratio(1)))


def _logistic_slopes(view: View) -> Any:
    """1/(1 + e^{u_n}) [n]."""
    return view.ops.ratio(1) / (exp_of(view.ops, view["margins"]) + view.ops.ratio(1))


def _gram(view: View) -> Any:
    return view.ops.matmul(view["x"], view.ops.transpose(view["x"]))


LOSSES = (
    Quantity("margins", _margins, "x_n.w [n]"),
    Quantity("losses", lambda view: exp_of(view.ops, -view["margins"]), "exp(-x_n.w) [n]"),
    Quantity("loss", lambda view: view.ops.sum(view["losses"]), "the exponential loss sum_n exp(-x_n.w)", True),
    Quantity("pull", lambda view: combination(view, view["losses"]), "minus the gradient of the exponential loss [d]"),
    Quantity("squared_gradient", lambda view: _squared_norm(view, view["pull"]), "its squared Euclidean norm", True),
    Quantity("next_w", lambda view: step(view, view["pull"]), "w after one step on the exponential loss [d]"),
    Quantity("next_loss", _exponential_after, "the exponential loss after one step on it", True),
    Quantity(
        "logistic_loss",
        lambda view: _softplus(view, view["margins"]),
        "the logistic loss sum_n log(1 + exp(-x_n.w))",
        True,
    ),
    Quantity("logistic_slopes", _logistic_slopes, "1/(1 + exp(x_n.w)) [n]: minus the slopes of the logistic loss"),
    Quantity(
        "logistic_pull",
        lambda view: combination(view, view["logistic_slopes"]),
        "minus the gradient of the logistic loss [d]",
    ),
    Quantity(
        "logistic_squared_gradient",
        lambda view: _squared_norm(view, view["logistic_pull"]),
        "its squared Euclidean norm",
        True,
    ),
    Quantity(
        "next_logistic_loss",
        lambda view: _softplus(view, margins_at(view, step(view, view["logistic_pull"]))),
        "the logistic loss after one step on it",
        True,
    ),
    Quantity(
        "top_square",
        lambda view: view.ops.top_eigenvalue(_gram(view)),
        "sigma_max(X)^2, the largest eigenvalue of X X^T",
        True,
    ),
    Quantity(
        "largest_square",
        lambda view: view.ops.max(view.ops.sum(view["x"] * view["x"])),
        "R^2 = max_n |x_n|^2",
        True,
    ),
)
