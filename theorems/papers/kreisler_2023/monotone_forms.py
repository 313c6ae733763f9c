"""Closed forms behind the monotone sharpness of gradient flow solutions, on the code's own formulas."""

from __future__ import annotations

from typing import Any

from refutable.theorems.papers.kreisler_2023.closed_form_forms import symbolic_view
from refutable.theorems.records import ClosedForm


def _gap_after(left: bool) -> Any:
    view = symbolic_view(2)
    gain = view["step_size"] * view["residual"]
    return view["next_balances"][0, 1] if left else view["balances"][0, 1] * (1 - gain**2)


def _at_root_two(left: bool) -> Any:
    """(w_1^2 - w_2^2)^2 after a step of size sqrt 2 / (p - 1), and before it."""
    import sympy

    view = symbolic_view(2)
    eta = sympy.sqrt(2) / view["residual"]
    return view["next_balances"][0, 1].subs(view["step_size"], eta) ** 2 if left else view["balances"][0, 1] ** 2


def next_product(left: bool) -> Any:
    """p after a step: code, and p - eta (p - 1) (w_1^2 + w_2^2) + eta^2 (p - 1)^2 p."""
    view = symbolic_view(2)
    first, second = view["next_weights"]
    if left:
        return first * second
    eta, p, (w1, w2) = view["step_size"], view["product"], view["weights"]
    return p - eta * (p - 1) * (w1**2 + w2**2) + eta**2 * (p - 1) ** 2 * p


def _order_kept(left: bool) -> Any:
    """c_12 for p >= 1: 1 - c_12 = (1 - w_1^+/w_1) (1 - w_2^+/w_2)."""
    view = symbolic_view(3)
    if left:
        return 1 - view["contractions"][0, 1]
    (w1, w2, _), (n1, n2, _) = view["weights"], view["next_weights"]
    return (1 - n1 / w1) * (1 - n2 / w2)


def _period_two(left: bool) -> Any:
    """Small steps, z = eta (p - 1), beta = eta (w_1^2 - w_2^2): z^+ = -z at z^2 = sqrt(beta^2 - 4), beta fixed."""
    import sympy

    z, beta = sympy.symbols("z beta", positive=True)
    after = z * (1 - sympy.sqrt(beta**2 + 4 * z**2) + z**2)
    at = after.subs(sympy.sqrt(beta**2 + 4 * z**2), 2 + z**2)  # beta^2 = z^4 + 4: the root is 2 + z^2
    return sympy.expand(at) if left else -z


def _period_two_root(left: bool) -> Any:
    import sympy

    z = sympy.Symbol("z", positive=True)
    return (z**4 + 4) + 4 * z**2 if left else sympy.expand((2 + z**2) ** 2)


TWO_FORMS = (
    ClosedForm(
        "gap-factor",
        "D = 2: w_1^2 - w_2^2 is multiplied by 1 - (eta (p - 1))^2",
        lambda: _gap_after(True),
        lambda: _gap_after(False),
        "poly",
    ),
    ClosedForm(
        "gap-at-root-two",
        "D = 2, eta (p - 1) = sqrt 2: (w_1^2 - w_2^2)^2 does not change",
        lambda: _at_root_two(True),
        lambda: _at_root_two(False),
        "cancel",
    ),
    ClosedForm(
        "next-product",
        "D = 2: p^+ = p - eta (p - 1) (w_1^2 + w_2^2) + eta^2 (p - 1)^2 p",
        lambda: next_product(True),
        lambda: next_product(False),
        "poly",
    ),
)

MONOTONE_FORMS = (
    ClosedForm(
        "order-kept",
        "D = 3: 1 - c_12 = (1 - w_1^+/w_1)(1 - w_2^+/w_2), so positive weights after a step from p >= 1 keep 0 <= "
        "c_12 <= 1",
        lambda: _order_kept(True),
        lambda: _order_kept(False),
        "cancel",
    ),
    ClosedForm(
        "period-two",
        "small steps: z -> z (1 - sqrt(beta^2 + 4 z^2) + z^2) flips the sign of z where the root is 2 + z^2",
        lambda: _period_two(True),
        lambda: _period_two(False),
        "poly",
    ),
    ClosedForm(
        "period-two-root",
        "beta^2 = z^4 + 4 makes that root 2 + z^2; with z^2 = 2, where the balance flips, beta^2 = 8: again 2 sqrt 2",
        lambda: _period_two_root(True),
        lambda: _period_two_root(False),
        "poly",
    ),
)
