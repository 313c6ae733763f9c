"""The loss on the asymptotic curve, and the second moment of the support vectors."""

from __future__ import annotations

from typing import Any

from flint import fmpq

from refutable.theorems.domains.separable.exponential_sums import exponential
from refutable.theorems.exact import as_real
from refutable.theorems.ops.exact import to_matrix
from refutable.theorems.papers.soudry_2018.residual_formulas import limit, total
from refutable.theorems.views import View


def scaled_loss(view: View) -> Any:
    """eta t L(w) on the curve w = s w_hat + w_tilde: sum_n eta exp(-x_n.w_tilde) t^{1 - x_n.w_hat}."""
    losses = limit(view).exponentials(to_matrix(view["x"]))
    terms = [
        as_real(loss) * (view["step_size"] * exponential(-view["log_time"] * excess))
        for loss, excess in zip(losses, view["excesses"], strict=True)
    ]
    support: list[Any] = []
    others: list[Any] = []
    for term, excess in zip(terms, view["excesses"], strict=True):
        (support if excess == 0 else others).append(term)
    return total([*others, total(support)])


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
