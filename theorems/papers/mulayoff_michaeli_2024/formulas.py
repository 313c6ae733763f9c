"""Sides of comparisons that several of the paper's records share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from refutable.theorems.checks import Check
from refutable.theorems.domains.regular_minimum.noise import inside
from refutable.theorems.domains.regular_minimum.operators import squared_size, trace
from refutable.theorems.views import View

NOT_SWEPT = "floats have no error bound for eta*: every instance is decided exactly, and those are drawn ones"


def perp_sizes(view: View) -> list[Any]:
    """|P E theta_t theta_t^T P|_F^2 for t = 0..T+1, from the displacement."""
    return [squared_size(view.ops, inside(view, second)) for _, second in view["sgd_moments"]]


def isotropic_squares(view: View) -> list[Any]:
    """E |theta_t|^2 for t = 0..T, from a start with E theta_0 theta_0^T = the projection onto perp."""
    return [trace(view.ops, second) for second in view["isotropic_moments"]]


def contraction(view: View) -> Iterable[Check]:
    """|E theta_t theta_t^T|_F on perp is never larger than at the start."""
    sizes, steps = perp_sizes(view), view["steps"]
    yield Check(sizes[steps], "<=", sizes[0], f"after {steps} steps")
    for t in range(1, steps):
        yield Check(sizes[t], "<=", sizes[0], f"after {t} steps")


def shrinking(view: View) -> Iterable[Check]:
    """|E theta_t theta_t^T|_F on perp is smaller after each of the steps than before, or 0."""
    return shrinking_sizes(view, perp_sizes(view))


def shrinking_sizes(view: View, sizes: list[Any]) -> Iterable[Check]:
    """Sizes at t = 0..T are smaller after each of the steps than before, or 0."""
    for t in range(view["steps"], 0, -1):
        still = view.ops.exact and sizes[t - 1] == 0
        yield Check(sizes[t], "<=" if still else "<", sizes[t - 1], f"from step {t - 1} to {t}")


def growth(view: View) -> Iterable[Check]:
    """E |theta_t|^2 from an isotropic start exceeds 1 at every step."""
    squares, steps = isotropic_squares(view), view["steps"]
    yield Check(1, "<", squares[steps], f"after {steps} steps")
    for t in range(1, steps):
        yield Check(1, "<", squares[t], f"after {t} steps")
