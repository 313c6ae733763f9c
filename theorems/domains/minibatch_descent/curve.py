"""The curve w = what log t + wt at a time t, wt such that the mean update is what / t to leading order.

Support vectors have (eta/N) exp(-x_n.wt) = alpha_n. Data beyond the margin, at margin m > 1, may have any exp(-x_n.wt);
it is read off the state, as exp(-x_n.w), and their losses fall as t^-m. Shapes: [n] unless said otherwise.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.minibatch_descent.batches import count, distinct
from refutable.theorems.views import Quantity, View


def on_support(view: View) -> Any:
    """1 for support vectors, 0 for data beyond the margin."""
    support = set(view["max_margin"].support)
    return np.array([fmpq(i in support) for i in range(count(view))], dtype=object)


def curve_margins(view: View) -> Any:
    """m_n = x_n.what >= 1."""
    return view.ops.sum(view["x"] * view["direction"][..., None, :])


def limit_exponentials(view: View) -> Any:
    """exp(-x_n.wt) = N alpha_n / eta at the limit, 0 for data beyond the margin."""
    return view["multipliers"] * fmpq(count(view)) / view["step_size"]


def exponentials(view: View, limit: Any) -> Any:
    """exp(-x_n.w) on the curve, exp(-x_n.wt) being ``limit`` on support vectors."""
    ops, one = view.ops, view.ops.ratio(1)
    beyond = one - view["on_support"]
    start = limit * view["on_support"] + ops.elementary("exp", -ops.sum(view["x"] * view["w"][..., None, :])) * beyond
    faster = ops.elementary("exp", (one - view["curve_margins"]) * ops.elementary("log", view["time"]))
    return start * faster / view["time"]


def loss_times_time(view: View, curve: Any) -> Any:
    """t L, L the mean logistic loss where exp(-x_n.w) is ``curve``."""
    return view.ops.mean(view.ops.elementary("log", curve + view.ops.ratio(1))) * view["time"]


def update_times_time(view: View, curve: Any) -> Any:
    """t times the update (eta/B) sum x_n / (1 + exp(x_n.w)), averaged over all batches of distinct data [d]."""
    pulls = curve / (curve + view.ops.ratio(1))
    total = np.full(view["x"].shape[-1], fmpq(0), dtype=object)
    for probability, batch in distinct(count(view), view["batch_size"]):
        chosen = list(batch)
        moved = (view["x"][chosen] * pulls[chosen][:, None]).sum(0)
        total = total + moved * (probability * view["step_size"] * view["time"] / len(chosen))
    return total


def shares(view: View) -> Any:
    """P_n = eta t exp(-x_n.w) / N on the curve: alpha_n, or (eta/N) exp(-x_n.wt) t^(1 - m_n) beyond the margin."""
    return exponentials(view, view["limit_exponentials"]) * (view["step_size"] * view["time"] / count(view))


CURVE = (
    Quantity("on_support", on_support, "1 for support vectors, 0 beyond the margin, [n]"),
    Quantity("curve_margins", curve_margins, "m_n = x_n.what, [n]"),
    Quantity("limit_exponentials", limit_exponentials, "N alpha_n / eta, [n]"),
    Quantity("curve_shares", shares, "P_n = eta t exp(-x_n.w) / N on the curve, [n]"),
)
