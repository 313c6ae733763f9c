"""Moments of the squared gradients |a_i|^2 = Tr H_i of losses of rank one."""

from __future__ import annotations

from typing import Any

from flint import fmpq

from refutable.theorems.constants import ratio
from refutable.theorems.domains.regular_minimum.operators import sample_count, trace
from refutable.theorems.views import View


def over_step_size(view: View, factor: fmpq = fmpq(2)) -> Any:
    """factor / eta."""
    return ratio(view.ops, factor) / view["step_size"]


def fourth_moment(view: View) -> Any:
    """(1/n) sum_i |a_i|^4."""
    return view.ops.mean(view["traces"] * view["traces"])


def largest(view: View) -> Any:
    """max_i |a_i|^2."""
    return view.ops.max(view["traces"])


def root_of_count(view: View) -> Any:
    """sqrt(n), in the view's arithmetic."""
    ones = view.ops.ones_like(view["traces"])
    return view.ops.sqrt(view.ops.sum(ones))


def deviation(view: View) -> Any:
    """sum_i (|a_i|^2 - 1/eta)^2."""
    gap = view["traces"] - view.ops.spread(over_step_size(view, fmpq(1)))
    return view.ops.sum(gap * gap)


def count(view: View) -> Any:
    """n, in the view's arithmetic."""
    return view.ops.ratio(sample_count(view))


def isotropic_step(view: View) -> Any:
    """E |theta_1|^2 on perp from E theta_0 theta_0^T = the projection onto perp, averaged over all batches."""
    return trace(view.ops, view["isotropic_moments"][1])


def isotropic_formula(view: View) -> Any:
    """r - eta (2 Tr H - eta (1/n) sum_i |a_i|^4), with r the dimension of perp."""
    dimension = trace(view.ops, view["perp_projector"])
    eta = view["step_size"]
    return dimension - eta * (2 * view["trace"] - eta * fourth_moment(view))
