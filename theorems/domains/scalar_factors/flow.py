"""Gradient flow: it keeps every difference of squared weights, which determines the minimum that it ends in.

With gaps b_i = w_i^2 - min_j w_j^2 the minimum has squared weights s + b_i, where prod_i (s + b_i) = 1.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.scalar_factors.products import cofactors, least, multiplied, parts
from refutable.theorems.ops import Ops
from refutable.theorems.views import Quantity, View

Array = Any


def end_squares(ops: Ops, squares: Array) -> Array:
    """Squared weights [..., D] of the minimum with the same balances, ascending where they are exact."""
    gaps = squares
    if not isinstance(squares, np.ndarray):
        gaps = squares - least(ops, parts(squares))[..., None]
    elif all(isinstance(square, fmpq) for square in squares):
        gaps = np.array(sorted(squares - min(squares)), dtype=object)  # sorted: equal balances give equal numbers
    return gaps + ops.spread(ops.product_shift(gaps))


def flow_sharpness(ops: Ops, weights: Array) -> Any:
    """phi: the sum of 1/(s + b_i), the sharpness of the minimum with the balances of ``weights`` [..., D]."""
    return ops.sum(ops.ratio(1) / end_squares(ops, weights * weights))


def _gfs_sharpness(view: View) -> Any:
    return flow_sharpness(view.ops, view["weights"])


def _gfs_squares(view: View) -> Array:
    return end_squares(view.ops, view["weights"] * view["weights"])


def differences(a: Array) -> Array:
    """a_i - a_j: [..., D] -> [..., D, D]."""
    return a[..., :, None] - a[..., None, :]


def _balances(view: View) -> Array:
    return differences(view["weights"] * view["weights"])


def _balance_rates(view: View) -> Array:
    """d/dt (w_i^2 - w_j^2) = -2 (w_i dL/dw_i - w_j dL/dw_j)."""
    return differences(view["weights"] * view["gradient"]) * view.ops.ratio(-2)


def _speed(view: View) -> Any:
    return view.ops.sum(view["cofactors"] * view["cofactors"])


def _crossing_speed(view: View) -> Any:
    squares = parts(view["weights"] * view["weights"])
    low = least(view.ops, squares)
    gaps = [square - low for square in squares]
    return sum(multiplied(view.ops, gaps[:i] + gaps[i + 1 :]) for i in range(len(gaps)))


def _slowest(view: View) -> Any:
    """Along the flow all squared weights grow or shrink together: they shrink for p > 1, and until p > 0."""
    ahead, beyond = view["product_positive"], view.ops.positive(view["residual"])
    on_the_way = ahead * view["speed"] + (view.ops.ratio(1) - ahead) * view["crossing_speed"]
    return beyond * view["gfs_sharpness"] + (view.ops.ratio(1) - beyond) * on_the_way


def _edge_distance(view: View) -> Any:
    return view.ops.ratio(2) - view["step_size"] * view["gfs_sharpness"]


def _cofactors(view: View) -> Array:
    return cofactors(view.ops, view["weights"])


FLOW = (
    Quantity("cofactors", _cofactors, "products of all weights but one, dp/dw_i [D]"),
    Quantity("balances", _balances, "w_i^2 - w_j^2 [D,D]"),
    Quantity("balance_rates", _balance_rates, "d/dt (w_i^2 - w_j^2) along gradient flow [D,D]"),
    Quantity("gfs_squares", _gfs_squares, "squared weights of the minimum with these balances, ascending [D]"),
    Quantity("gfs_sharpness", _gfs_sharpness, "phi: sharpness of the minimum with these balances", scalar=True),
    Quantity("edge_distance", _edge_distance, "delta = 2 - step size * phi", scalar=True),
    Quantity("speed", _speed, "|grad p|^2: (p - 1)^2 decays at twice this rate along the flow", scalar=True),
    Quantity("crossing_speed", _crossing_speed, "|grad p|^2 where the flow has made the least weight 0", scalar=True),
    Quantity(
        "slowest",
        _slowest,
        "least |grad p|^2 on the flow: at p = 1, here, or at a weight 0",
        scalar=True,
    ),
)
