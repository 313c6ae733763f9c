"""The code's own formulas on symbols, reduced to those of the paper."""

from __future__ import annotations

from typing import Any

import numpy as np

from refutable.theorems.domains.scalar_factors import SCALAR_FACTORS
from refutable.theorems.records import ClosedForm
from refutable.theorems.views import View


def symbolic_view(size: int, **known: Any) -> View:
    """Weights w1, w2, ... and step size eta as symbols, with quantities that are known."""
    import sympy

    from refutable.theorems.ops.symbolic import SymbolicOps

    weights = np.array(sympy.symbols(f"w1:{size + 1}", positive=True), dtype=object)
    eta = sympy.Symbol("eta", positive=True)
    return View(SCALAR_FACTORS, SymbolicOps(), {"weights": weights, "step_size": eta, **known})


def _zero() -> Any:
    import sympy

    return sympy.Integer(0)


def _one() -> Any:
    import sympy

    return sympy.Integer(1)


def _two_factor_form() -> Any:
    import sympy

    w1, w2 = symbolic_view(2)["weights"]
    return sympy.sqrt((w1**2 - w2**2) ** 2 + 4)


def _two_factor_product() -> Any:
    first, second = symbolic_view(2)["gfs_squares"]
    return first * second


def _squares(array: Any) -> Any:
    """The sum of squares of all entries: 0 exactly where all are 0."""
    import sympy

    return sum(sympy.expand(entry) ** 2 for entry in np.ravel(array))


def _update_error() -> Any:
    view = symbolic_view(3)
    return _squares(view["next_balances"] - view["balances"] * view["contractions"])


def _hessian_error() -> Any:
    import sympy

    view = symbolic_view(3)
    reference = sympy.hessian(view["loss"], list(view["weights"]))
    return _squares(np.array(reference, dtype=object) - view["hessian"])


def _gradient_error() -> Any:
    view = symbolic_view(3)
    return _squares([view["loss"].diff(w) - g for w, g in zip(view["weights"], view["gradient"], strict=True)])


def _flow_error() -> Any:
    return _squares(symbolic_view(4)["balance_rates"])


def _flow_speed(left: bool) -> Any:
    """d/dt (p - 1)^2 along the flow."""
    view = symbolic_view(3)
    residual = view["residual"]
    if not left:
        return -2 * view["speed"] * residual**2
    return sum(-g * (residual**2).diff(w) for w, g in zip(view["weights"], view["gradient"], strict=True))


def _top_entry() -> Any:
    """Entry (1, 3) of the Hessian times w_1 w_3 at w_3 = 1/(w_1 w_2)."""
    view = symbolic_view(3)
    w1, w2, w3 = view["weights"]
    return (view["hessian"][0, 2] * w1 * w3).subs(w3, 1 / (w1 * w2))


CLOSED_FORMS = (
    ClosedForm(
        "two-factors",
        "D = 2: the code's phi is the square root of (w_1^2 - w_2^2)^2 + 4",
        lambda: symbolic_view(2)["gfs_sharpness"],
        _two_factor_form,
        "cancel",
    ),
    ClosedForm("two-factors-end", "D = 2: the end squares multiply to 1", _two_factor_product, _one, "cancel"),
    ClosedForm("update", "D = 3: the balances after a step are c_ij times those before", _update_error, _zero, "poly"),
    ClosedForm("gradient", "D = 3: the gradient is that of the loss", _gradient_error, _zero, "poly"),
    ClosedForm("hessian", "D = 3: the Hessian is that of the loss", _hessian_error, _zero, "poly"),
    ClosedForm("conserved", "D = 4: the flow changes no balance", _flow_error, _zero, "poly"),
    ClosedForm(
        "flow-speed",
        "D = 3: along the flow d/dt (p - 1)^2 = -2 |grad p|^2 (p - 1)^2",
        lambda: _flow_speed(True),
        lambda: _flow_speed(False),
        "poly",
    ),
    ClosedForm("rank-one", "D = 3, p = 1: H_13 = 1/(w_1 w_3)", _top_entry, _one, "cancel"),
)
