"""The code's Hessian against SymPy's second derivatives, on a network of symbols with labels."""

from __future__ import annotations

from typing import Any

import numpy as np

from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.papers.own import gradient_blocks
from refutable.theorems.records import ClosedForm
from refutable.theorems.views import View

SAMPLES = 2
PARAMETERS = ("w", "b", "v", "c")
"""Symbols of the one neuron v relu(w x + b) + c, in the order of the trained parameters."""


def _symbols() -> dict[str, Any]:
    import sympy

    names = (*PARAMETERS, *(f"{letter}{j}" for letter in "xy" for j in range(SAMPLES)))
    return {name: sympy.Symbol(name, real=True) for name in names}


def labelled_symbols() -> View:
    """One neuron on two labelled data, active on both."""
    import sympy

    from refutable.theorems.ops.symbolic import SymbolicOps

    s = _symbols()
    numbers = {
        "w1": np.array([[s["w"]]], dtype=object),
        "b1": np.array([s["b"]], dtype=object),
        "w2": np.array([s["v"]], dtype=object),
        "b2": s["c"],
        "x": np.array([[s["x0"]], [s["x1"]]], dtype=object),
        "y": np.array([s["y0"], s["y1"]], dtype=object),
        "frozen": None, "step_size": None, "batch_size": None,
    }  # fmt: skip
    ones = np.full((SAMPLES, 1), sympy.Integer(1), dtype=object)
    structure = {"active": ones, "kink": ones * 0, "segments": np.arange(1), "ratio": ones[0]}
    return View(SHALLOW_RELU, SymbolicOps(), numbers, structure)


def _loss() -> Any:
    import sympy

    s = _symbols()
    residuals = [s["v"] * (s["w"] * s[f"x{j}"] + s["b"]) + s["c"] - s[f"y{j}"] for j in range(SAMPLES)]
    return sum(r**2 for r in residuals) * sympy.Rational(1, 2 * SAMPLES)


def _generating(entries: Any) -> Any:
    """sum over i, j of t^i u^j entries(i, j): one polynomial for a whole matrix."""
    import sympy

    t, u = sympy.symbols("t u")
    size = range(len(PARAMETERS))
    return sympy.expand(sum(t**i * u**j * entries(i, j) for i in size for j in size))


def _second_derivatives() -> Any:
    import sympy

    s, loss = _symbols(), _loss()
    return _generating(lambda i, j: sympy.diff(loss, s[PARAMETERS[i]], s[PARAMETERS[j]]))


def _hessian() -> Any:
    hessian = labelled_symbols()["hessian"]
    return _generating(lambda i, j: hessian[i, j])


def _block_gradient() -> Any:
    view = labelled_symbols()
    return view["w2"][0] * view["residual_blocks"][0, 0]


def _input_weight_derivative() -> Any:
    import sympy

    return sympy.diff(_loss(), _symbols()["w"])


def _coupling_by_forms() -> Any:
    view = labelled_symbols()
    difference = view["hessian"] - view["gauss_newton"]
    return gradient_blocks.form_at_mean_gradient(view, difference)


CLOSED_FORMS = (
    ClosedForm(
        "hessian-entries",
        "the code's Hessian is the matrix of second derivatives of the loss (entries as coefficients of t^i u^j)",
        _hessian,
        _second_derivatives,
        "poly",
    ),
    ClosedForm(
        "gradient-is-block",
        "the derivative of the loss in w1 is w2 times the residual block E[r X 1]",
        _block_gradient,
        _input_weight_derivative,
        "poly",
    ),
    ClosedForm(
        "coupling",
        "the residual part adds 2 E[relu] E[(X, 1) 1] . grad_{(w1, b1)} L to q' H q",
        _coupling_by_forms,
        lambda: gradient_blocks.coupling(labelled_symbols()),
        "poly",
    ),
)
