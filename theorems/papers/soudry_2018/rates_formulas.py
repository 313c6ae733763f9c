"""The loss on the asymptotic curve, and the second moment of the support vectors."""

from __future__ import annotations

from typing import Any

from flint import fmpq

from refutable.theorems.domains.separable.limit import plain
from refutable.theorems.exact import as_real, power
from refutable.theorems.exact.exponential_sums import exponential
from refutable.theorems.ops.exact import to_matrix
from refutable.theorems.papers.soudry_2018.curve import curve
from refutable.theorems.papers.soudry_2018.residual_formulas import limit, total
from refutable.theorems.views import View


def scaled_loss(view: View) -> Any:
    """eta e^s sum_n exp(-x_n.w) at the point w = s w_hat + w_tilde of the curve, from that point's entries."""
    support, others = scaled_losses(view)
    return total([*others, total(support)])


def scaled_losses(view: View) -> tuple[list[Any], list[Any]]:
    """The same, one datum at a time: of the support vectors, and of the other data."""
    point = curve(view)
    margins = to_matrix(view["x"]) * point.entries
    support: list[Any] = []
    others: list[Any] = []
    for n, excess in enumerate(view["excesses"]):
        number: Any = as_real(exponential(view["log_time"] - margins[n, 0])) * view["step_size"]
        for j, q in enumerate(point.ratios, 1):
            if margins[n, j] != 0:
                number = number * as_real(power(q, -margins[n, j]))
        (support if excess == 0 else others).append(plain(number))
    return support, others


def second_moment(view: View) -> Any:
    """sum_n alpha_n x_n x_n^T [d, d]."""
    x = view["x"]
    return view.ops.matmul(view.ops.transpose(x * view["multipliers"][:, None]), x)


def field_slope(view: View) -> Any:
    """Derivative of the support vectors' field at w_tilde: -sum_n eta exp(-x_n.w_tilde) x_n x_n^T [d, d]."""
    form = limit(view)
    rows, losses = form.rows, form.exponentials(form.rows)
    found = view["x"].T @ view["x"] * fmpq(0)
    for n, loss in enumerate(losses):
        row = view.ops.array([rows[n, i] for i in range(rows.ncols())])
        found = found - row[:, None] * row[None, :] * (loss * view["step_size"])
    return found
