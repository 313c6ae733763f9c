"""Margins on the limiting curve, relative to the smallest one.

On the curve exp(-u_n^nu) is proportional to the multipliers alpha_n, so that the gradient is along what:
u_n^nu = level + e_n with e_n = log(alpha_max / alpha_n) >= 0 and level = u_min^nu, about log t.
Shapes: x [n, d]; all data are support vectors where these quantities are used.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat

from refutable.theorems.domains.separable.dual import DUAL, constants
from refutable.theorems.exact import computed
from refutable.theorems.ops.exact import elementwise, from_matrix, to_matrix
from refutable.theorems.ops.protocol import NotCertified
from refutable.theorems.views import Quantity, View


def raised(view: View, base: Any, power: Any) -> Any:
    """base^power, elementwise, for base > 0; the power a rational, or floats [B]."""
    if not view.ops.exact:
        axes = base.ndim - getattr(power, "ndim", 0)
        return view.ops.elementary("exp", view.ops.elementary("log", base) * view.ops.spread(power, axes))
    if power == 0:
        return view.ops.ones_like(base) if isinstance(base, np.ndarray) else fmpq(1)
    return base if power == 1 else elementwise(lambda b: computed.power(b, power), base)


def inverse_exponent(view: View) -> Any:
    """1/nu."""
    return view.ops.ratio(1) / view["exponent"]


def shares(view: View) -> Any:
    """p_n = gamma^2 alpha_n [n], of sum 1."""
    return view["multipliers"] / view["direction_square"]


def excess_costs(view: View) -> Any:
    """e_n = log(alpha_max / alpha_n) >= 0 [n]: exactly 0 at the largest multiplier.

    Raises:
        ArithmeticError: a multiplier is 0.
    """
    alphas = view["margin"].multipliers
    if any(a == 0 for a in alphas):
        raise ArithmeticError("a datum has multiplier 0: its loss falls faster than the others'")
    ratios = constants(view.ops, [max(alphas) / a for a in alphas])
    return view.ops.elementary("log", ratios)


def spread(view: View) -> Any:
    """The largest e_n."""
    return view.ops.max(view["excess_costs"])


def mean_cost(view: View) -> Any:
    """D = sum p_n e_n = max log alpha - sum p log alpha."""
    return view.ops.sum(view["shares"] * view["excess_costs"])


def relative_margins(view: View) -> Any:
    """r_n = u_n / u_min = (1 + e_n / level)^(1/nu) [n]."""
    one = view.ops.ratio(1)
    return raised(view, view["excess_costs"] / view.ops.spread(view["level"]) + one, view["inverse_exponent"])


def relative_mean(view: View) -> Any:
    """sum p_n r_n: the length of w along what, in units of u_min/gamma."""
    return view.ops.sum(view["shares"] * view["relative_margins"])


def along_gap(view: View) -> Any:
    """1 - u_min/(sum p u): the margin gap over gamma, with the length of w along what in place of |w|."""
    return view.ops.ratio(1) - view.ops.ratio(1) / view["relative_mean"]


def inverse_gram(view: View) -> Any:
    """(X X^T)^{-1} [n, n].

    Raises:
        NotCertified: in floats.
        ArithmeticError: the data are linearly dependent.
    """
    if not view.ops.exact:
        raise NotCertified("the data's Gram matrix is inverted exactly, not in floats")
    gram: fmpq_mat = to_matrix(view.ops.matmul(view["x"], view.ops.transpose(view["x"])))
    try:
        return from_matrix(gram.inv())
    except ZeroDivisionError:
        raise ArithmeticError("the data are linearly dependent: no weights have these margins") from None


def relative_length(view: View) -> Any:
    """|w|^2 / u_min^2, w the shortest weights with the margins of the curve: r^T (X X^T)^{-1} r."""
    r = view["relative_margins"]
    return view.ops.sum(r * view.ops.sum(view["inverse_gram"] * r[..., None, :]))


def gap(view: View) -> Any:
    """1 - min_n x_n.w / (gamma |w|): the margin gap over gamma."""
    return view.ops.ratio(1) - view.ops.sqrt(view["direction_square"] / view["relative_length"])


def tangent_square(view: View) -> Any:
    """tan^2 of the angle between w and what."""
    mean = view["relative_mean"]
    return view["relative_length"] / (mean * mean * view["direction_square"]) - view.ops.ratio(1)


def frozen_scale(view: View) -> Any:
    """f^2 gamma^2 / level^(2/nu)."""
    f = view["frozen"]
    return f * f / (view["direction_square"] * raised(view, view["level"], 2 * view["inverse_exponent"]))


def frozen_tangent_square(view: View) -> Any:
    """tan^2 of the angle that a component f of w orthogonal to all data makes with what."""
    return view["frozen_scale"] * (1 / (view["relative_mean"] * view["relative_mean"]))


QUANTITIES = (
    *DUAL,
    Quantity("inverse_exponent", inverse_exponent, "1/nu", scalar=True),
    Quantity("shares", shares, "p_n = gamma^2 alpha_n, [n]"),
    Quantity("excess_costs", excess_costs, "e_n = log(alpha_max/alpha_n), [n]"),
    Quantity("spread", spread, "the largest e_n", scalar=True),
    Quantity("mean_cost", mean_cost, "D = sum p_n e_n", scalar=True),
    Quantity("relative_margins", relative_margins, "r_n = (1 + e_n/level)^(1/nu), [n]"),
    Quantity("relative_mean", relative_mean, "sum p_n r_n", scalar=True),
    Quantity("along_gap", along_gap, "margin gap over gamma, by the length of w along what", scalar=True),
    Quantity("inverse_gram", inverse_gram, "(X X^T)^{-1}, [n, n]"),
    Quantity("relative_length", relative_length, "|w|^2/u_min^2", scalar=True),
    Quantity("gap", gap, "margin gap over gamma", scalar=True),
    Quantity("tangent_square", tangent_square, "tan^2 of the angle between w and what", scalar=True),
    Quantity("frozen_scale", frozen_scale, "f^2 gamma^2 / level^(2/nu)", scalar=True),
    Quantity("frozen_tangent_square", frozen_tangent_square, "tan^2 of the frozen component's angle", scalar=True),
)
