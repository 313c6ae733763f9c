"""Hypotheses about regular minima and the step size of SGD there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption
from refutable.theorems.domains.regular_minimum.operators import sample_count
from refutable.theorems.views import View

Edge = Callable[[View], Any]
HAIR = (1, 2**40)
DIGITS = (1, 2**20)
"""Share of a threshold that strict inequalities keep from it: 2 C - eta D, nearly singular there, is inverted."""


def _positive_semidefinite(view: View) -> Iterable[Check]:
    for i in range(sample_count(view)):
        yield Check(view["hessians"][..., i, :, :], "psd", label=f"H_{i + 1}", reason="it has a negative eigenvalue")


def _lifted(view: View) -> dict[str, Any]:
    """Every Hessian plus the least multiple of the identity that makes it positive definite by a hair."""
    if view.ops.exact:
        return {}
    ops, hessians = view.ops, view["hessians"]
    size = ops.sqrt(ops.sum(ops.sum(hessians * hessians)))
    lowest = ops.top_eigenvalue(-hessians) + size * ops.ratio(*HAIR)
    return {"hessians": hessians + ops.maximum(lowest * 0, lowest)[..., None, None] * ops.identity(hessians)}


def _critical(view: View) -> Iterable[Check]:
    if view.has("gradients"):
        yield Check(view.ops.sum(view["gradients"], -2), "==", 0, "sum of the gradients")


def _interpolating(view: View) -> Iterable[Check]:
    if view.has("gradients"):
        yield Check(view["gradients"], "==", 0, "every gradient")


def _without_gradients(view: View) -> dict[str, Any]:
    return {"gradients": None}


def kept_below(edge: Edge, share: tuple[int, int] = HAIR) -> Callable[[View], dict[str, Any]]:
    """What makes float step sizes at most an edge, less a share of it."""

    def enforce(view: View) -> dict[str, Any]:
        if view.ops.exact:
            return {}
        nearest = edge(view) * view.ops.ratio(share[1] - share[0], share[1])
        return {"step_size": view.ops.minimum(view["step_size"], nearest)}

    return enforce


def kept_above(edge: Edge) -> Callable[[View], dict[str, Any]]:
    """What makes float step sizes at least an edge, and a hair of it more."""

    def enforce(view: View) -> dict[str, Any]:
        if view.ops.exact:
            return {}
        nearest = edge(view) * view.ops.ratio(HAIR[1] + HAIR[0], HAIR[1])
        return {"step_size": view.ops.maximum(view["step_size"], nearest)}

    return enforce


def _mean_square_threshold(view: View) -> Any:
    return view["mean_square_threshold"]


def _mean_threshold(view: View) -> Any:
    return view["mean_threshold"]


def _partial(view: View) -> Iterable[Check]:
    yield Check(view["batch_size"], "<", sample_count(view), "batch size < number of losses")


POSITIVE_SEMIDEFINITE = Assumption(
    "positive-semidefinite", "every H_i is positive semidefinite", _positive_semidefinite, _lifted
)
CRITICAL = Assumption("critical", "the gradients g_i sum to 0", _critical)
INTERPOLATING = Assumption("interpolating", "every gradient g_i is 0", _interpolating, _without_gradients)
BELOW_THRESHOLD = Assumption(
    "below-threshold",
    "step size <= eta*",
    lambda view: [Check(view["step_size"], "<=", view["mean_square_threshold"])],
    kept_below(_mean_square_threshold),
    last=True,
)
STRICTLY_BELOW = Assumption(
    "strictly-below-threshold",
    "step size < eta*",
    lambda view: [Check(view["step_size"], "<", view["mean_square_threshold"])],
    kept_below(_mean_square_threshold, DIGITS),
    last=True,
)
ABOVE_THRESHOLD = Assumption(
    "above-threshold",
    "step size > eta*",
    lambda view: [Check(view["mean_square_threshold"], "<", view["step_size"])],
    kept_above(_mean_square_threshold),
    last=True,
)
BELOW_MEAN_THRESHOLD = Assumption(
    "below-mean-threshold",
    "step size <= 2 / lambda_max(H)",
    lambda view: [Check(view["step_size"], "<=", view["mean_threshold"])],
    kept_below(_mean_threshold),
    last=True,
)
ABOVE_MEAN_THRESHOLD = Assumption(
    "above-mean-threshold",
    "step size > 2 / lambda_max(H), with lambda_max(H) > 0",
    lambda view: [Check(2, "<", view["step_size"] * view["sharpness"])],
    kept_above(_mean_threshold),
    last=True,
)
PARTIAL_BATCHES = Assumption("partial-batches", "batches hold fewer losses than there are: B < n", _partial)
SINGLE_SAMPLES = Assumption(
    "single-samples",
    "batches of one loss: B = 1",
    lambda view: [Check(view["batch_size"], "==", 1, "batch size")],
)
RANK_ONE = Assumption(
    "rank-one",
    "every H_i has rank at most 1: H_i = a_i a_i^T, a_i = grad f(x_i), for squared loss",
    lambda view: [Check(view["rank_one"], "true", reason="some H_i has rank 2 or more")],
)
