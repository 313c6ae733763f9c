"""Wrong weights: each a plausible slip in the weight g that must be refuted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from refutable.theorems.domains.shallow_relu.weights import inactive_side
from refutable.theorems.views import View

Side = Callable[[View, dict[str, Any], Any], Any]
"""(view, moments of a side, indicator of the side [n, k]) -> weight of that side [k]."""


def _safe(view: View, p: Any) -> Any:
    return p + view.ops.zero(p)


def first_power(view: View, moments: dict[str, Any], side: Any) -> Any:
    """P in place of P^2."""
    p, m = moments["probability"], moments["moment"]
    return moments["excess"] * view.ops.sqrt(p * p + view.ops.sum(m * m)) / _safe(view, p)


def no_root(view: View, moments: dict[str, Any], side: Any) -> Any:
    """1 + |E[X|.]|^2 without its square root."""
    p, m = moments["probability"], moments["moment"]
    return moments["excess"] * (p * p + view.ops.sum(m * m)) / _safe(view, p)


def sum_for_root(view: View, moments: dict[str, Any], side: Any) -> Any:
    """1 + |E[X|.]| in place of sqrt(1 + |E[X|.]|^2)."""
    return moments["excess"] * (moments["probability"] + view.ops.norm(moments["moment"]))


def second_moment(view: View, moments: dict[str, Any], side: Any) -> Any:
    """E[|X|^2 | .] in place of |E[X | .]|^2."""
    ops, x, p = view.ops, view["x"], moments["probability"]
    square = ops.matvec(ops.transpose(side), ops.sum(x * x)) * ops.ratio(1, int(x.shape[-2]))
    return moments["excess"] * ops.sqrt(p * p + p * square)


def sides(view: View, side: Side) -> tuple[Any, Any]:
    """The alternative weight on the active and on the other side [k], [k]."""
    return (
        side(view, view["active_moments"], view["active"]),
        side(view, view["inactive_moments"], inactive_side(view)),
    )


def norm_with(view: View, weight: Any) -> Any:
    """sum over distinct hyperplanes of |merged mass| times ``weight`` [k]."""
    return view.ops.sum(view.ops.abs(view["merged_mass"]) * weight)


def norm_by(side: Side) -> Callable[[View], Any]:
    """The stability norm with an alternative weight, smaller side taken."""
    return lambda view: norm_with(view, view.ops.minimum(*sides(view, side)))


def larger_side(view: View) -> Any:
    """max for min."""
    return norm_with(view, view.ops.maximum(view["active_weight"], view["inactive_weight"]))


def average_side(view: View) -> Any:
    """The average of the two sides in place of the smaller."""
    return norm_with(view, (view["active_weight"] + view["inactive_weight"]) / 2)


def swapped_side_sum(view: View) -> Any:
    """sum_i |w2_i| G(-w1_i, -b1_i): the inactive side."""
    return view.ops.sum(view.ops.abs(view["w2"]) * view["inactive_weight"])
