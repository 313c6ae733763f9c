"""The code's own step on symbols: its direction is the gradient of log L, whose curvature is a variance."""

from __future__ import annotations

from typing import Any

import numpy as np

from refutable.theorems.domains.normalised_descent import NORMALISED_DESCENT
from refutable.theorems.records import ClosedForm
from refutable.theorems.views import View


def _view() -> View:
    """Two data (x_n, -log z_n) at w = (h, 1): the exponentials are z_n at h = 0."""
    import sympy

    from refutable.theorems.ops.symbolic import SymbolicOps

    x, z = sympy.symbols("x0:2", real=True), sympy.symbols("z0:2", positive=True)
    rows = [[a, -sympy.log(b)] for a, b in zip(x, z, strict=True)]
    known = {"x": np.array(rows, dtype=object), "w": np.array([sympy.Symbol("h", real=True), 1], dtype=object)}
    return View(NORMALISED_DESCENT, SymbolicOps(), {**known, "step_size": sympy.Symbol("eta", positive=True)})


def _at_zero(expression: Any) -> Any:
    import sympy

    return sympy.together(expression.subs(sympy.Symbol("h", real=True), 0))


def _derivative(order: int) -> Any:
    import sympy

    return _at_zero(sympy.diff(_view()["log_loss"], sympy.Symbol("h", real=True), order))


def _variance() -> Any:
    """p_0 p_1 (x_0 - x_1)^2: the variance of the input under the weights p_n = z_n / sum z."""
    import sympy

    z, x = sympy.symbols("z0:2", positive=True), sympy.symbols("x0:2", real=True)
    return z[0] * z[1] / (z[0] + z[1]) ** 2 * (x[0] - x[1]) ** 2


CLOSED_FORMS = (
    ClosedForm(
        "direction",
        "two data: the step's direction is -grad log L",
        lambda: _at_zero(_view()["descent"][0]),
        lambda: -_derivative(1),
        "cancel",
    ),
    ClosedForm(
        "curvature-is-variance",
        "two data: the second derivative of log L along an input is that input's variance under exp(-x_n.w)/L",
        lambda: _derivative(2),
        _variance,
        "cancel",
    ),
)
