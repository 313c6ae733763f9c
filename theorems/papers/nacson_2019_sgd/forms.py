"""The code's own gradients on symbols, and the mean square of a batch of independent draws."""

from __future__ import annotations

from typing import Any

import numpy as np

from refutable.theorems.domains.minibatch_descent import MINIBATCH_DESCENT
from refutable.theorems.records import ClosedForm
from refutable.theorems.views import View


def _view() -> View:
    """One datum (x, -log z) at w = (h, 1): its exponential is z at h = 0."""
    import sympy

    from refutable.theorems.ops.symbolic import SymbolicOps

    x, z = sympy.Symbol("x", real=True), sympy.Symbol("z", positive=True)
    known = {
        "x": np.array([[x, -sympy.log(z)]], dtype=object),
        "w": np.array([sympy.Symbol("h", real=True), 1], dtype=object),
        "batch_size": 1,
    }
    return View(MINIBATCH_DESCENT, SymbolicOps(), known)


def _derivative(order: int) -> Any:
    import sympy

    h = sympy.Symbol("h", real=True)
    return sympy.together(sympy.diff(_view()["loss"], h, order).subs(h, 0))


def _first() -> Any:
    import sympy

    view = _view()
    return sympy.together((-view["pulls"][0] * view["x"][0, 0]).subs(sympy.Symbol("h", real=True), 0))


def _slack() -> Any:
    """x^2/4 minus the second derivative: never negative."""
    import sympy

    return sympy.Symbol("x", real=True) ** 2 / 4 - _derivative(2)


def _square() -> Any:
    import sympy

    x, z = sympy.Symbol("x", real=True), sympy.Symbol("z", positive=True)
    return x**2 * ((1 - z) / (2 * (1 + z))) ** 2


CLOSED_FORMS = (
    ClosedForm("gradient", "the derivative of the loss is -pull x", lambda: _derivative(1), _first, "cancel"),
    ClosedForm(
        "smoothness",
        "x^2/4 minus the second derivative is a square, 0 where exp(-x.w) = 1: the loss is 1/4-smooth and no smoother",
        _slack,
        _square,
        "cancel",
    ),
)
