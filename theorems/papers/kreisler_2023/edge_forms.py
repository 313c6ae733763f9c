"""One step near a minimum, on the code's own formulas."""

from __future__ import annotations

from typing import Any

from refutable.theorems.papers.kreisler_2023.closed_form_forms import symbolic_view
from refutable.theorems.papers.kreisler_2023.monotone_forms import next_product
from refutable.theorems.records import ClosedForm


def _slope(left: bool) -> Any:
    """Derivative of p^+ by w_1 at a minimum, and (1 - eta phi) dp/dw_1; three weights."""
    from refutable.theorems.domains.scalar_factors.products import product

    view = symbolic_view(3)
    w1, w2, w3 = view["weights"]
    if left:
        value = product(view.ops, view["next_weights"]).diff(w1)
    else:
        value = (1 - view["step_size"] * view["speed"]) * view["cofactors"][0]
    return value.subs(w3, 1 / (w1 * w2))


def _factored(left: bool) -> Any:
    view = symbolic_view(2)
    if left:
        return next_product(True) - 1
    eta, p, (w1, w2) = view["step_size"], view["product"], view["weights"]
    return (p - 1) * (1 - eta * (w1**2 + w2**2) + eta**2 * (p - 1) * p)


CLOSED_FORMS = (
    ClosedForm(
        "linearised",
        "D = 3: at a minimum a step multiplies small p - 1 by 1 - eta phi = -(1 - delta)",
        lambda: _slope(True),
        lambda: _slope(False),
        "cancel",
    ),
    ClosedForm(
        "residual-factor",
        "D = 2: p^+ - 1 = (p - 1)(1 - eta (w_1^2 + w_2^2) + eta^2 (p - 1) p)",
        lambda: _factored(True),
        lambda: _factored(False),
        "poly",
    ),
)
