"""Hypotheses about separable data, times and step sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption
from refutable.theorems.domains.separable.dual import separated
from refutable.theorems.views import View


def _separable(view: View) -> Iterable[Check]:
    if view.ops.proposes and not view.ops.exact and len(view["x"]) > 1:
        return  # margins are found one data set at a time; what floats propose is decided exactly
    yield Check(view["margin"] is not None, "true", reason="no weights classify all data")


def _complementary(view: View) -> Iterable[Check]:
    margin = separated(view)
    same = margin.positive == margin.support
    yield Check(same, "true", reason="a support vector has multiplier 0, or they depend on each other")


def _spanning(view: View) -> Iterable[Check]:
    yield Check(view["off_support"], "==", 0, "data off the span of the support vectors")


def _support_only(view: View) -> Iterable[Check]:
    yield Check(view["excesses"], "==", 0, "x_n.w_hat - 1")


def step_at_most(id: str, statement: str, bound: Callable[[View], Any], check: Callable[[View], Check]) -> Assumption:
    """A condition on the step size, which hunts in floats meet by shortening it to ``bound``."""

    def enforce(view: View) -> dict[str, Any]:
        if view.ops.exact:
            return {}
        return {"step_size": view.ops.minimum(view["step_size"], bound(view) * (1 - 2.0**-30))}

    return Assumption(id, statement, lambda view: [check(view)], enforce, last=True)


def _first_inputs_positive(view: View) -> dict[str, Any]:
    """Float data that the first unit vector separates: any separable data are such ones, turned."""
    if view.ops.exact:
        return {}
    first, rest = view["x"][..., :1], view["x"][..., 1:]
    return {"x": view.ops.concat([view.ops.maximum(view.ops.abs(first), 2.0**-10), rest])}


SEPARABLE_DATA = Assumption("separable", "some weights classify all data", _separable, _first_inputs_positive)
COMPLEMENTARY = Assumption(
    "strictly-complementary",
    "the support vectors are linearly independent, each with a positive multiplier (almost all data)",
    _complementary,
)
SPANNING = Assumption("spanning", "the support vectors span the data", _spanning)
SUPPORT_ONLY = Assumption("support-only", "all data are support vectors", _support_only)
STABLE_STEP = step_at_most(
    "stable-step",
    "step size < 2/(beta sigma_max(X)^2) with beta = 1/4 for the logistic loss",
    lambda view: 8 / view["top_square"],
    lambda view: Check(view["step_size"] * view["top_square"], "<", view.ops.ratio(8)),
)
SMALL_LOSS_STEP = step_at_most(
    "small-loss-step",
    "step size times R^2 L(w) <= 1, R = max |x_n|",
    lambda view: 1 / (view["largest_square"] * view["loss"]),
    lambda view: Check(view["largest_square"] * view["step_size"] * view["loss"], "<=", view.ops.ratio(1)),
)


def _late(view: View) -> Iterable[Check]:
    from refutable.theorems.papers.soudry_2018.curve import curve

    yield Check(view.ops.ratio(0), "<", curve(view).a, "a")


LATE = Assumption("late", "log t + gamma^2 w_hat.w_tilde > 0", _late)
