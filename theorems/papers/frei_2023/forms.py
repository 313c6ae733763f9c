"""Identities of the proof, on the code's own formulas where they are about the network."""

from __future__ import annotations

from typing import Any

import numpy as np

from refutable.theorems.domains.leaky_margin import LEAKY_MARGIN
from refutable.theorems.domains.leaky_margin.network import activations, combined
from refutable.theorems.records import ClosedForm
from refutable.theorems.views import View


def _view() -> View:
    """Two data, two inputs, two neurons: weights from the multipliers, activations slope times height."""
    import sympy

    from refutable.theorems.ops.symbolic import SymbolicOps

    def table(name: str) -> Any:
        return np.array(sympy.symbols(f"{name}0:4"), dtype=object).reshape(2, 2)

    def row(name: str) -> Any:
        return np.array(sympy.symbols(f"{name}0:2"), dtype=object)

    one = np.array([sympy.Integer(1), sympy.Integer(-1)], dtype=object)
    numbers = {"x": table("x"), "y": one, "a": row("a"), "multipliers": row("l"), "slopes": table("g")}
    view = View(LEAKY_MARGIN, SymbolicOps(), numbers)
    known = {**numbers, "w": combined(view, numbers["slopes"])}
    heights = View(LEAKY_MARGIN, view.ops, known)["heights"]
    return View(LEAKY_MARGIN, view.ops, {**known, "activations": heights * numbers["slopes"]})


def _norm(left: bool) -> Any:
    """sum_i lambda_i y_i f(x_i) against sum_j |w_j|^2."""
    view = _view()
    return view.ops.sum(view["margins"] * view["multipliers"]) if left else view["squared_norm"]


def _sign_margin(left: bool) -> Any:
    """gamma lambda_i R_min^2 - (n-1) p lambda at the bounds of the multipliers, R_min = 1, q = (n-1) p."""
    import sympy

    gamma, q, r, total = sympy.symbols("gamma q r A", positive=True)
    if not left:
        return (gamma**3 - q * (r + gamma + gamma**2)) / (total * r * gamma * (gamma - q))
    largest = 1 / (total * gamma * (gamma - q))
    return gamma * (1 / total - q * largest) / r - q * largest


def _orthogonal(left: bool) -> Any:
    """Unit vectors, output weights 1 and -1, at multiplier 1/(1 + gamma^2): the margin, against 1."""
    import sympy

    from refutable.theorems.ops.symbolic import SymbolicOps

    if not left:
        return sympy.Integer(1)
    gamma = sympy.Rational(1, 3)
    share = 1 / (1 + gamma**2)
    numbers = {
        "x": np.array([[1, 0], [0, 1]], dtype=object) * sympy.Integer(1),
        "y": np.array([sympy.Integer(1), sympy.Integer(-1)], dtype=object),
        "a": np.array([sympy.Integer(1), sympy.Integer(-1)], dtype=object),
        "w": np.array([[share, -gamma * share], [-gamma * share, share]], dtype=object),
        "slope": gamma,
    }
    view = View(LEAKY_MARGIN, SymbolicOps(), numbers)
    assert activations(view).shape == (2, 2)
    return view["margins"][1]


CLOSED_FORMS = (
    ClosedForm(
        "norm",
        "sum_i lambda_i y_i f(x_i) = sum_j |w_j|^2 for w_j = a_j sum_i lambda_i y_i g_ji x_i",
        lambda: _norm(True),
        lambda: _norm(False),
        "poly",
    ),
    ClosedForm(
        "room-for-the-signs",
        "what the bounds of the multipliers leave of gamma lambda_i R_min^2 > (n - 1) p lambda is positive exactly "
        "where (n - 1) p (R_max^2 + (gamma + gamma^2) R_min^2) < gamma^3 R_min^4 (R_min = 1)",
        lambda: _sign_margin(True),
        lambda: _sign_margin(False),
        "cancel",
    ),
    ClosedForm(
        "orthogonal-pair",
        "unit vectors, output weights 1 and -1, gamma = 1/3: multipliers 1/(1 + gamma^2) give margins 1",
        lambda: _orthogonal(True),
        lambda: _orthogonal(False),
        "cancel",
    ),
)
