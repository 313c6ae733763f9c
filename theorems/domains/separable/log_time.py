"""The gradient flow of the exponential loss in logarithmic time s = log t, where w = w_hat s + rho."""

from __future__ import annotations

from typing import Any

from refutable.theorems.domains.separable.dual import along
from refutable.theorems.domains.separable.losses import combination
from refutable.theorems.ops.exponentials import exp_of
from refutable.theorems.views import Quantity, View


def _timed_losses(view: View) -> Any:
    """One exponential a datum: at w = w_hat s + rho its exponent does not depend on s for support vectors."""
    ops = view.ops
    return exp_of(ops, -view["margins"] + ops.spread(view["log_time"])) * ops.spread(view["step_size"])


def _residual(view: View) -> Any:
    return view["w"] - view["direction"] * view.ops.spread(view["log_time"])


def _potential(view: View) -> Any:
    ops = view.ops
    gained = along(view, view["w"]) - view["log_time"] * view["direction_square"]
    return ops.sum(view["timed_losses"]) + gained


LOG_TIME = (
    Quantity("timed_losses", _timed_losses, "eta t exp(-x_n.w) [n], t = e^s"),
    Quantity("velocity", lambda view: combination(view, view["timed_losses"]), "dw/ds of the gradient flow [d]"),
    Quantity("residual", _residual, "rho = w - s w_hat [d]"),
    Quantity("residual_velocity", lambda view: view["velocity"] - view["direction"], "d rho/ds [d]"),
    Quantity("potential", _potential, "F = eta t L(w) + w_hat.w - s |w_hat|^2", True),
)
