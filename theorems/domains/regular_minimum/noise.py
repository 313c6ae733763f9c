"""Gradient noise at a regular minimum that does not interpolate, and the covariance where SGD settles.

Source: Mulayoff, Michaeli, COLT 2024, Theorems 4 and 5.
"""

from __future__ import annotations

from typing import Any

from refutable.theorems.domains.regular_minimum.operators import restricted, solved
from refutable.theorems.domains.regular_minimum.trajectories import outer
from refutable.theorems.views import Quantity, View


def gradient_squares(view: View) -> Any:
    """(1/n) sum_i g_i g_i^T [p, p]; 0 where no gradients are given."""
    if not view.has("gradients"):
        return view["mean_hessian"] * view.ops.ratio(0)
    gradients = view["gradients"]
    return view.ops.mean(outer(gradients, gradients), -3)


def inside(view: View, matrix: Any) -> Any:
    """P M P, with P the projection onto perp."""
    projector = view["perp_projector"]
    return view.ops.matmul(projector, view.ops.matmul(matrix, projector))


def outside(view: View, matrix: Any) -> Any:
    """(I - P) M (I - P): the part in the null space of H."""
    projector = view["perp_projector"]
    rest = view.ops.identity(projector) - projector
    return view.ops.matmul(rest, view.ops.matmul(matrix, rest))


def stationary(view: View, operator: Any, source: Any) -> Any:
    """The symmetric M of perp with operator(M) = source as forms on symmetric matrices of perp [p, p].

    Args:
        view: gives perp.
        operator: [p^2, p^2], positive definite on perp.
        source: [p, p] symmetric.

    Raises:
        ArithmeticError: the operator is singular there.
    """
    ops, basis = view.ops, view["pair_basis"]
    p = int(source.shape[-1])
    column = ops.matmul(ops.transpose(basis), source.reshape(*source.shape[:-2], p * p, 1))
    found = ops.matmul(basis, solved(ops, restricted(view, operator), column))
    return found.reshape(*found.shape[:-2], p, p)


def noise_source(view: View) -> Any:
    """p P mean(g_i g_i^T) P [p, p]: eta^2 times it enters E theta theta^T at every step."""
    return view.ops.spread(view["batch_noise"], 2) * inside(view, view["gradient_squares"])


def limit_covariance(view: View) -> Any:
    """vec^-1 of eta p (2 C - eta D)^+ vec mean(g_i g_i^T) on perp [p, p]."""
    source = view.ops.spread(view["step_size"], 2) * view["noise_source"]
    return stationary(view, view["decay_operator"], source)


NOISE = (
    Quantity("gradient_squares", gradient_squares, "mean of g_i g_i^T, [p, p]"),
    Quantity("noise_source", noise_source, "p times the mean of g_i g_i^T on perp, [p, p]"),
    Quantity("limit_covariance", limit_covariance, "eta p (2 C - eta D)^+ vec mean g_i g_i^T on perp, [p, p]"),
)
