"""Hypotheses about shallow ReLU networks at points that need not interpolate."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption
from refutable.theorems.views import View


def _gradient_vanishes(view: View) -> Iterable[Check]:
    yield Check(view["loss_gradient"], "==", 0, "gradient of the loss")


def _interpolate(view: View) -> dict[str, Any]:
    # At a critical point the Hessian does not see the labels, so zero loss loses no generality for a hunt.
    return {"y": None}


def _nonzero_outputs(view: View) -> Iterable[Check]:
    yield Check(0, "<", view.ops.abs(view["w2"]), "|w2_i| > 0")


def _wide(view: View) -> Iterable[Check]:
    yield Check(1, "<=", view.ops.max(view.ops.norm(view["x"])), "max |x_j| >= 1")


def _widen(view: View) -> dict[str, Any]:
    """Data scaled up to largest norm 1, input weights down by as much: every pre-activation stays."""
    if view.ops.exact:
        return {}
    ops = view.ops
    largest = ops.max(ops.norm(view["x"]))
    factor = ops.maximum(ops.ones_like(largest), ops.ratio(2**40 + 1, 2**40) / largest)
    return {"x": view["x"] * ops.spread(factor, 2), "w1": view["w1"] / ops.spread(factor, 2)}


def _positive_semidefinite(view: View) -> Iterable[Check]:
    yield Check(view["hessian"], "psd", label="Hessian of the loss")


CRITICAL = Assumption(
    "critical", "the gradient of the loss in the trained parameters is exactly 0", _gradient_vanishes, _interpolate
)
NONZERO_OUTPUT_WEIGHTS = Assumption("nonzero-output-weights", "every w2_i is nonzero", _nonzero_outputs)
WIDE_DATA = Assumption("wide-data", "max_j |x_j| >= 1", _wide, _widen)
SECOND_ORDER = Assumption(
    "semidefinite-hessian",
    "the Hessian of the loss is positive semidefinite, as at every twice differentiable local minimum",
    _positive_semidefinite,
)
