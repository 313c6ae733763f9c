"""The maximum margin direction and its multipliers: decided once, exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.exact import rational, to_float
from refutable.theorems.exact.max_margin import MaxMargin, max_margin
from refutable.theorems.ops.protocol import Ops
from refutable.theorems.views import Quantity, View

LARGEST_DENOMINATOR = 10**7
"""Floats are read as the nearest fraction with a denominator up to this: they come from solvers fed such data."""


def structure(view: View) -> Mapping[str, Any]:
    """``margin``: the maximum margin direction with its multipliers, None where the data are not separable.

    A float batch must hold one instance.
    """
    x = view["x"]
    rows = x if view.ops.exact else simplest_rows(x)
    return {"margin": max_margin([list(row) for row in rows])}


def simplest_rows(x: Any) -> list[list[fmpq]]:
    """Floats [1, n, d] as the simple fractions that they stand for.

    Raises:
        NotImplementedError: the batch holds several data sets.
    """
    if len(x) != 1:
        raise NotImplementedError("the maximum margin is found for one data set at a time")
    rows = x[0].detach().cpu().tolist()
    return [[rational(Fraction(entry).limit_denominator(LARGEST_DENOMINATOR)) for entry in row] for row in rows]


def separated(view: View) -> MaxMargin:
    """The maximum margin direction.

    Raises:
        ValueError: the data are not separable.
    """
    found: MaxMargin | None = view["margin"]
    if found is None:
        raise ValueError("the data are not separable: there is no maximum margin direction")
    return found


def constants(ops: Ops, values: Sequence[Any]) -> Any:
    """Rationals (nested lists) in the arithmetic ``ops``."""
    if ops.exact or ops.name == "dual":
        return ops.array(values)
    return ops.array(np.vectorize(to_float, otypes=[float])(np.array(values, dtype=object)))


def constant(ops: Ops, value: fmpq) -> Any:
    """One rational in the arithmetic ``ops``."""
    return value if ops.exact or ops.name == "dual" else to_float(value)


def _indicator(view: View) -> Any:
    support = set(separated(view).support)
    return constants(view.ops, [fmpq(i in support) for i in range(int(view["x"].shape[-2]))])


def _excesses(view: View) -> Any:
    return view.ops.sum(view["x"] * view["direction"][..., None, :]) - view.ops.ratio(1)


def along(view: View, v: Any) -> Any:
    """w_hat.v for entries of v [d] of any kind."""
    return view.ops.sum(view["direction"] * v)


DUAL = (
    Quantity(
        "direction",
        lambda view: constants(view.ops, separated(view).direction),
        "w_hat = argmin |w|^2 subject to x_n.w >= 1 [d]",
    ),
    Quantity(
        "multipliers",
        lambda view: constants(view.ops, separated(view).multipliers),
        "alpha_n >= 0 with w_hat = sum_n alpha_n x_n, 0 where x_n.w_hat > 1 [n]",
    ),
    Quantity(
        "direction_square",
        lambda view: constant(view.ops, separated(view).squared_norm),
        "w_hat.w_hat = 1/gamma^2, gamma the margin",
        True,
    ),
    Quantity("excesses", _excesses, "x_n.w_hat - 1 >= 0 [n]: 0 for support vectors"),
    Quantity("on_support", _indicator, "1 for support vectors, else 0 [n]"),
)
