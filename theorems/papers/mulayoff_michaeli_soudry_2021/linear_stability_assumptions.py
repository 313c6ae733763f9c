"""Hypotheses about quadratic losses with a common minimum."""

from __future__ import annotations

from typing import Any

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption
from refutable.theorems.views import View


def _enforce_stable(view: View) -> dict[str, Any]:
    return {"step_size": view.ops.ratio(2**41 - 2, 2**40) / view["sharpness"]}


POSITIVE_SEMIDEFINITE = Assumption(
    "positive-semidefinite",
    "the mean Hessian H is positive semidefinite",
    lambda view: [Check(view["mean_hessian"], "psd", reason="H has a negative eigenvalue")],
)
STABLE = Assumption(
    "stable",
    "sharpness lambda_max(H) <= 2 / step size",
    lambda view: [Check(view["sharpness"], "<=", view["stability_threshold"], "sharpness <= 2 / step size")],
    _enforce_stable,
)
BEYOND_EDGE = Assumption(
    "beyond-edge",
    "v^T H v > (2 / step size) v^T v",
    lambda view: [Check(view["stability_threshold"] * view["squared_distances"][0], "<", view["curvature_along"])],
)
