"""The potential's derivative along the flow on symbols, and the inequality behind its least value."""

from __future__ import annotations

from typing import Any

import numpy as np

from refutable.theorems.domains.separable import SEPARABLE
from refutable.theorems.flows import lie_derivative
from refutable.theorems.records import ClosedForm
from refutable.theorems.views import View


def symbolic_view(n: int, d: int) -> View:
    """n data with d inputs as symbols; ``direction`` any vector."""
    import sympy

    from refutable.theorems.ops.symbolic import SymbolicOps

    def symbols(name: str, *shape: int) -> Any:
        return np.array(sympy.symbols(f"{name}0:{int(np.prod(shape))}", real=True), dtype=object).reshape(shape)

    v = symbols("v", d)
    known = {"x": symbols("x", n, d), "w": symbols("w", d), "direction": v, "direction_square": (v * v).sum()}
    known |= {"step_size": sympy.Symbol("eta", positive=True), "log_time": sympy.Symbol("s", real=True)}
    return View(SEPARABLE, SymbolicOps(), known)


def slope_in_log_time(view: View, quantity: Any) -> Any:
    """Derivative of an expression along the flow in logarithmic time."""
    field = dict(zip(view["w"], view["velocity"], strict=True)) | {view["log_time"]: 1}
    return lie_derivative(quantity, field)


def _slope() -> Any:
    view = symbolic_view(2, 2)
    return slope_in_log_time(view, view["potential"])


def _squares() -> Any:
    view = symbolic_view(2, 2)
    rest = (view["excesses"] * view["timed_losses"]).sum()
    return -(view["residual_velocity"] ** 2).sum() - rest


def _term(side: str) -> Any:
    """eta e^{s-u} + alpha (u - s) at u = s + log(eta/alpha) + z, less its least value."""
    import sympy

    eta, alpha = sympy.symbols("eta alpha", positive=True)
    z = sympy.Symbol("z", real=True)
    if side == "right":
        return alpha * (sympy.exp(-z) - 1 + z)
    deviation = sympy.log(eta / alpha) + z
    lost = eta * (alpha / eta) * sympy.exp(-z)
    return lost + alpha * deviation - alpha * (1 + sympy.log(eta / alpha))


CLOSED_FORMS = (
    ClosedForm(
        "potential-falls",
        "two data, two inputs, any vector for w_hat: dF/ds = -|d rho/ds|^2 - sum (x_n.w_hat - 1) eta t exp(-x_n.w)",
        _slope,
        _squares,
        "cancel",
    ),
    ClosedForm(
        "potential-term",
        "each support vector adds alpha (e^{-z} - 1 + z) to F - F_min",
        lambda: _term("left"),
        lambda: _term("right"),
        "cancel",
    ),
)
