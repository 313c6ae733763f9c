"""Hypotheses about quadratic losses with a common minimum."""

from __future__ import annotations

from typing import Any

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption
from refutable.theorems.views import View


def _enforce_stable(view: View) -> dict[str, Any]:
    return {"step_size": view.ops.ratio(2**41 - 2, 2**40) / view["sharpness"]}


def beyond(view: View, edge: Any) -> dict[str, Any]:
    """The step size, raised to a hair above an edge where it is not beyond it; exact ones stay."""
    if view.ops.exact:
        return {}
    return {"step_size": view.ops.maximum(view["step_size"], edge * view.ops.ratio(2**40 + 1, 2**40))}


def _lifted(view: View) -> dict[str, Any]:
    """Every Hessian plus the least multiple of the identity that makes their mean positive definite by a hair."""
    if view.ops.exact:
        return {}
    ops, mean = view.ops, view["mean_hessian"]
    size = ops.sqrt(ops.sum(ops.sum(mean * mean)))
    lowest = ops.top_eigenvalue(-mean) + size * ops.ratio(1, 2**40)
    lift = ops.spread(ops.maximum(lowest * 0, lowest), 3)
    return {"hessians": view["hessians"] + lift * ops.identity(mean)}


POSITIVE_SEMIDEFINITE = Assumption(
    "positive-semidefinite",
    "the mean Hessian H is positive semidefinite",
    lambda view: [Check(view["mean_hessian"], "psd", reason="H has a negative eigenvalue")],
    _lifted,
)
STABLE = Assumption(
    "stable",
    "sharpness lambda_max(H) <= 2 / step size",
    lambda view: [Check(view["sharpness"], "<=", view["stability_threshold"], "sharpness <= 2 / step size")],
    _enforce_stable,
    last=True,
)
BEYOND_EDGE = Assumption(
    "beyond-edge",
    "v^T H v > (2 / step size) v^T v",
    lambda view: [Check(view["stability_threshold"] * view["squared_distances"][0], "<", view["curvature_along"])],
    lambda view: beyond(view, 2 * view["squared_distances"][0] / view["curvature_along"]),
    last=True,
)
