"""Identities behind the chain, on the code's own formulas with SymPy symbols."""

from __future__ import annotations

from typing import Any

import numpy as np

from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.records import ClosedForm
from refutable.theorems.views import View


def symbolic_view(samples: int, neurons: int, scale: Any = 1) -> View:
    """A univariate network of symbols, every neuron active on every datum; neuron 0 rescaled by ``scale``."""
    import sympy

    from refutable.theorems.ops.symbolic import SymbolicOps

    def symbols(name: str, count: int) -> list[Any]:
        return [sympy.Symbol(f"{name}{i}", real=True) for i in range(count)]

    w, b, v = symbols("w", neurons), symbols("b", neurons), symbols("v", neurons)
    w[0], b[0], v[0] = scale * w[0], scale * b[0], v[0] / scale
    numbers = {
        "w1": np.array([[s] for s in w], dtype=object),
        "b1": np.array(b, dtype=object),
        "w2": np.array(v, dtype=object),
        "b2": sympy.Symbol("b", real=True),
        "x": np.array([[s] for s in symbols("x", samples)], dtype=object),
        "y": None, "frozen": None, "step_size": None, "batch_size": None,
    }  # fmt: skip
    ones = np.full((samples, neurons), sympy.Integer(1), dtype=object)
    structure = {
        "active": ones,
        "kink": ones * 0,
        "segments": np.arange(neurons),
        "ratio": np.full(neurons, sympy.Integer(1), dtype=object),
    }
    return View(SHALLOW_RELU, SymbolicOps(), numbers, structure)


def _scale() -> Any:
    import sympy

    return sympy.Symbol("c", positive=True)


def _mean_gradient_literal() -> Any:
    view = symbolic_view(2, 2)
    mean = view.ops.mean(view["features"], -2)
    return view.ops.sum(mean * mean)


def _kernel_entry_literal() -> Any:
    view = symbolic_view(2, 2)
    phi = view["features"]
    return view.ops.sum(phi[0] * phi[1]) * view.ops.ratio(1, 2)


def _characteristic_polynomial(quantity: str, power: int) -> Any:
    import sympy

    t = sympy.Symbol("t")
    view = symbolic_view(2, 1)
    matrix = sympy.Matrix(view[quantity].tolist())
    return sympy.expand(t**power * (t * sympy.eye(matrix.rows) - matrix).det(method="berkowitz"))


def _am_gm(balanced: bool) -> Any:
    import sympy

    a, b = sympy.symbols("A B", positive=True)
    square = b / a
    return square * a**2 + b**2 / square if balanced else 2 * a * b


def _am_gm_gap(expanded: bool) -> Any:
    import sympy

    a, b = sympy.symbols("A B", positive=True)
    return a**2 + b**2 - 2 * a * b if expanded else (a - b) ** 2


CLOSED_FORMS = (
    ClosedForm(
        "rescaling-invariance",
        "f is unchanged by (w1_i, b1_i, w2_i) -> (c w1_i, c b1_i, w2_i / c)",
        lambda: symbolic_view(1, 2, _scale())["output"][0],
        lambda: symbolic_view(1, 2)["output"][0],
        "cancel",
    ),
    ClosedForm(
        "mean-gradient",
        "|mean of the per-sample gradients|^2 = 1 + sum_i (A_i^2 + B_i^2)",
        _mean_gradient_literal,
        lambda: symbolic_view(2, 2)["mean_gradient_square"],
        "poly",
    ),
    ClosedForm(
        "kernel-entry",
        "the closed form of the gradient kernel is the inner product of per-sample gradients over n",
        _kernel_entry_literal,
        lambda: symbolic_view(2, 2)["gradient_kernel"][0, 1],
        "poly",
    ),
    ClosedForm(
        "same-spectrum",
        "t^(P - n) det(t - Phi Phi^T / n) = det(t - Phi^T Phi / n): both Gram matrices have one sharpness",
        lambda: _characteristic_polynomial("gradient_kernel", 2),
        lambda: _characteristic_polynomial("gauss_newton", 0),
        "poly",
    ),
    ClosedForm(
        "balance",
        "c^2 A^2 + B^2 / c^2 at c^2 = B / A is 2 A B",
        lambda: _am_gm(True),
        lambda: _am_gm(False),
        "cancel",
    ),
    ClosedForm(
        "balance-gap",
        "A^2 + B^2 - 2 A B = (A - B)^2",
        lambda: _am_gm_gap(True),
        lambda: _am_gm_gap(False),
        "poly",
    ),
)
