"""What the residuals add to the bound: corrections that depend on the data's radius and the loss."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from refutable.theorems.views import View


def radius(view: View) -> Any:
    """R = max_j |x_j|."""
    return view.ops.max(view.ops.norm(view["x"]))


def root_of_twice_loss(view: View) -> Any:
    """sqrt(2 L) = sqrt(mean r_j^2)."""
    return view.ops.sqrt(2 * view["loss"])


def mean_absolute_residual(view: View) -> Any:
    """mean |r_j|."""
    return view.ops.mean(view.ops.abs(view["residual"]))


def largest_input(view: View) -> Any:
    """sqrt(1 + R^2) = max_j |(x_j, 1)|."""
    return view.ops.max(view.ops.norm(view["augmented"]))


def liang(view: View) -> Any:
    """(R + 1) sqrt(2 L)."""
    return (radius(view) + 1) * root_of_twice_loss(view)


def qiao(view: View) -> Any:
    """x_max sqrt(2 L)."""
    return radius(view) * root_of_twice_loss(view)


def sharp(view: View) -> Any:
    """(1/2) sqrt(1 + R^2) mean |r_j|."""
    return largest_input(view) * mean_absolute_residual(view) * view.ops.ratio(1, 2)


def half_sharpness_plus(correction: Callable[[View], Any]) -> Callable[[View], Any]:
    """sharpness/2 - 1/2 + correction."""

    def right(view: View) -> Any:
        half = view.ops.ratio(1, 2)
        return view["sharpness"] * half - half + correction(view)

    return right
