"""What the residuals add to the bound: corrections that depend on the data's radius and the loss."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import fmpq

from refutable.theorems.constants import ratio
from refutable.theorems.views import View

HALF, ONE, TWO = fmpq(1, 2), fmpq(1), fmpq(2)


def radius(view: View) -> Any:
    """R = max_j |x_j|."""
    return view.ops.max(view.ops.norm(view["x"]))


def root_of_twice_loss(view: View) -> Any:
    """sqrt(2 L) = sqrt(mean r_j^2)."""
    return root_of_loss(view, fmpq(2))


def root_of_loss(view: View, multiple: fmpq) -> Any:
    """sqrt(multiple L)."""
    return view.ops.sqrt(ratio(view.ops, multiple) * view["loss"])


def mean_absolute_residual(view: View) -> Any:
    """mean |r_j|."""
    return view.ops.mean(view.ops.abs(view["residual"]))


def largest_input(view: View) -> Any:
    """sqrt(1 + R^2) = max_j |(x_j, 1)|."""
    return view.ops.max(view.ops.norm(view["augmented"]))


def liang(view: View, beyond: fmpq = ONE, multiple: fmpq = TWO) -> Any:
    """(R + beyond) sqrt(multiple L): (R + 1) sqrt(2 L) in the paper."""
    return (radius(view) + ratio(view.ops, beyond)) * root_of_loss(view, multiple)


def qiao(view: View) -> Any:
    """x_max sqrt(2 L)."""
    return radius(view) * root_of_twice_loss(view)


def sharp(view: View) -> Any:
    """(1/2) sqrt(1 + R^2) mean |r_j|."""
    return largest_input(view) * mean_absolute_residual(view) * view.ops.ratio(1, 2)


def half_sharpness_plus(correction: Callable[[View], Any], offset: fmpq = HALF) -> Callable[[View], Any]:
    """sharpness/2 - offset + correction; the offset is 1/2 in the paper."""

    def right(view: View) -> Any:
        return view["sharpness"] * view.ops.ratio(1, 2) - ratio(view.ops, offset) + correction(view)

    return right
