"""The code's own gradients and balances on symbols."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from refutable.theorems.domains.matrix_regression import MATRIX_REGRESSION
from refutable.theorems.domains.matrix_regression.dynamics import gradients
from refutable.theorems.flows import lie_derivative
from refutable.theorems.records import ClosedForm
from refutable.theorems.views import View


def _view(n: int, d: int, h: int, deep: bool) -> View:
    """A state and its data as symbols."""
    import sympy

    from refutable.theorems.ops.symbolic import SymbolicOps

    def symbols(name: str, *shape: int) -> Any:
        return np.array(sympy.symbols(f"{name}_0:{int(np.prod(shape))}"), dtype=object).reshape(shape)

    known = {"first": symbols("a", d, h), "last": symbols("v", h), "x": symbols("x", n, d), "y": symbols("y", n)}
    if deep:
        known["middle"] = symbols("b", h, h)
    return View(MATRIX_REGRESSION, SymbolicOps(), {"middle": None, "sample_weights": symbols("c", n), **known})


def _zero() -> Any:
    import sympy

    return sympy.Integer(0)


def _generic(entries: Any) -> Any:
    """One polynomial that is 0 only if all entries are: their combination with new symbols."""
    import sympy

    flat = list(np.asarray(entries).ravel())
    return sympy.expand(sum(s * entry for s, entry in zip(sympy.symbols(f"s0:{len(flat)}"), flat, strict=True)))


def _gradient_error() -> Any:
    import sympy

    view = _view(2, 2, 2, True)
    errors = [
        slope - sympy.diff(view["loss"], w)
        for name, slopes in gradients(view).items()
        for slope, w in zip(np.ravel(slopes), np.ravel(view[name]), strict=True)
    ]
    return _generic(errors)


def _field(view: View) -> Mapping[Any, Any]:
    speeds: Mapping[str, Any] = view["velocity"]
    return {w: s for name, v in speeds.items() for w, s in zip(np.ravel(view[name]), np.ravel(v), strict=True)}


def _balance_error(deep: bool) -> Any:
    view = _view(1, 2, 2, deep)
    field = _field(view)
    return _generic([lie_derivative(entry, field) for balance in view["balances"] for entry in np.ravel(balance)])


def _frozen_error() -> Any:
    """One datum (x_0, x_1): (-x_1, x_0) W_1 stands still."""
    view = _view(1, 2, 2, True)
    (first, second), rates = view["x"][0], view["velocity"]["first"]
    return _generic(first * rates[1] - second * rates[0])


CLOSED_FORMS = (
    ClosedForm("gradients", "three layers, two data: the gradients are the derivatives of the loss", _gradient_error,
               _zero, "poly"),
    ClosedForm("balances-two-layers", "d/dt (W_1^T W_1 - w_2 w_2^T) vanishes identically",
               lambda: _balance_error(False), _zero, "poly"),
    ClosedForm("balances-three-layers", "d/dt (W_1^T W_1 - W_2 W_2^T) and d/dt (W_2^T W_2 - w_3 w_3^T) vanish "
               "identically", lambda: _balance_error(True), _zero, "poly"),
    ClosedForm("first-layer", "what of W_1 is orthogonal to the datum stands still", _frozen_error, _zero, "poly"),
)  # fmt: skip
