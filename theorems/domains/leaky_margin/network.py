"""Outputs and margins of the network, correlations of the data, and what the multipliers make of the weights.

f(x) = sum_j a_j phi(w_j.x) with phi(h) = max(h, gamma h), 0 < gamma <= 1, and a_j fixed. The max-margin problem is
min 1/2 sum_j |w_j|^2 subject to y_i f(x_i) >= 1.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq, fmpq_mat

from refutable.theorems.views import Quantity, View


def heights(view: View) -> Any:
    """w_j.x_i [m, n]."""
    return view.ops.matmul(view["w"], view.ops.transpose(view["x"]))


def activations(view: View) -> Any:
    """phi(w_j.x_i) [m, n]."""
    return view.ops.maximum(view["heights"], view["heights"] * view["slope"])


def margins(view: View) -> Any:
    """y_i f(x_i) [n]."""
    return view.ops.matvec(view.ops.transpose(view["activations"]), view["a"]) * view["y"]


def combined(view: View, slopes: Any) -> Any:
    """a_j sum_i lambda_i y_i g_ji x_i [m, d] for slopes g [m, n]."""
    weights = slopes * (view["multipliers"] * view["y"])
    return view.ops.matmul(weights, view["x"]) * view["a"][..., None]


def expected_slopes(view: View) -> Any:
    """1 where a_j y_i > 0, gamma elsewhere [m, n]."""
    agree = view.ops.positive(view["a"][..., None] * view["y"])
    return agree + (agree * -1 + 1) * view["slope"]


def gram(view: View) -> Any:
    """x_i.x_k [n, n]."""
    return view.ops.matmul(view["x"], view.ops.transpose(view["x"]))


def largest_correlation(view: View) -> fmpq:
    """max over i != k of |x_i.x_k|; 0 for a single datum."""
    table = view["gram"]
    return max((abs(table[i, k]) for i in range(len(table)) for k in range(i)), default=fmpq(0))


def weight_rank(view: View) -> int:
    """Rank of the matrix of input weights; exact views only."""
    w = view["w"]
    return int(fmpq_mat([list(row) for row in w]).rank())


def probe_output(view: View) -> Any:
    """f at the probe."""
    h = view.ops.matvec(view["w"], view["probe"])
    return view.ops.sum(view.ops.maximum(h, h * view["slope"]) * view["a"])


def probe_linear(view: View) -> Any:
    """sum_j a_j w_j.x at the probe."""
    return view.ops.sum(view.ops.matvec(view["w"], view["probe"]) * view["a"])


def squares(view: View) -> list[fmpq]:
    """|x_i|^2; exact views only."""
    return [view["gram"][i, i] for i in range(len(view["y"]))]


QUANTITIES = (
    Quantity("heights", heights, "w_j.x_i, [m, n]"),
    Quantity("activations", activations, "phi(w_j.x_i), [m, n]"),
    Quantity("margins", margins, "y_i f(x_i), [n]"),
    Quantity("combined", lambda view: combined(view, view["slopes"]), "a_j sum_i lambda_i y_i g_ji x_i, [m, d]"),
    Quantity("expected_slopes", expected_slopes, "1 where a_j y_i > 0, else gamma, [m, n]"),
    Quantity("gram", gram, "x_i.x_k, [n, n]"),
    Quantity("largest_correlation", largest_correlation, "max over i != k of |x_i.x_k|", scalar=True),
    Quantity("largest_square", lambda view: max(squares(view)), "R_max^2 = max |x_i|^2", scalar=True),
    Quantity("smallest_square", lambda view: min(squares(view)), "R_min^2 = min |x_i|^2", scalar=True),
    Quantity("output_square", lambda view: view.ops.sum(view["a"] * view["a"]), "sum_j a_j^2", scalar=True),
    Quantity("weight_rank", weight_rank, "rank of the input weights", scalar=True),
    Quantity("squared_norm", lambda v: v.ops.sum(v.ops.sum(v["w"] * v["w"])), "sum_j |w_j|^2", scalar=True),
    Quantity("probe_output", probe_output, "f at the probe", scalar=True),
    Quantity("probe_linear", probe_linear, "sum_j a_j w_j.x at the probe", scalar=True),
)
