"""First integrals of the two data sets that show what the hypotheses are for, on the code's own gradients."""

from __future__ import annotations

from typing import Any

import numpy as np

from refutable.theorems.domains.separable import SEPARABLE
from refutable.theorems.flows import lie_derivative
from refutable.theorems.papers.soudry_2018.data import DEGENERATE, NOT_SPANNING
from refutable.theorems.records import ClosedForm
from refutable.theorems.views import View


def _slope_on(rows: Any, quantity: Any) -> Any:
    """Derivative of ``quantity(sympy, w_1, w_2)`` along the gradient flow of the exponential loss of two data."""
    import sympy

    from refutable.theorems.ops.symbolic import SymbolicOps

    w = sympy.symbols("w_1 w_2", real=True)
    x = np.array([[sympy.Rational(str(entry)) for entry in row] for row in rows], dtype=object)
    view = View(SEPARABLE, SymbolicOps(), {"x": x, "w": np.array(w, dtype=object)})
    return lie_derivative(quantity(sympy, *w), dict(zip(w, view["pull"], strict=True)))


def _log_log(sympy: Any, a: Any, b: Any) -> Any:
    return a - b - sympy.exp(b)


def _displaced(sympy: Any, a: Any, b: Any) -> Any:
    third = sympy.Rational(4, 3)
    return sympy.exp(third * b - a) + sympy.Rational(4, 17) * sympy.exp(sympy.Rational(17, 6) * b)


def _zero() -> Any:
    import sympy

    return sympy.Integer(0)


CLOSED_FORMS = (
    ClosedForm(
        "log-log-growth",
        "data (1, 0), (1, 1): the flow conserves w_1 - w_2 - exp(w_2), so that w_2 grows like log log t",
        lambda: _slope_on(DEGENERATE, _log_log),
        _zero,
        "cancel",
    ),
    ClosedForm(
        "displaced-limit",
        "data (1, 0), (2, 3/2): the flow conserves e^{4 w_2/3 - w_1} + (4/17) e^{17 w_2/6}, so that from (0, 3/10) w_2 "
        "tends to (6/17) (2/5 + log(17/4 + e^{9/20})) = 0.7627",
        lambda: _slope_on(NOT_SPANNING, _displaced),
        _zero,
        "cancel",
    ),
)
