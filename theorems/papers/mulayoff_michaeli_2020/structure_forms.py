"""The kernel of amplified layers, and its quadratic form at rank-one directions, on symbols."""

from __future__ import annotations

from typing import Any

import numpy as np

from refutable.theorems.domains.deep_linear import DEEP_LINEAR
from refutable.theorems.papers.mulayoff_michaeli_2020.flattest_forms import TWO_LAYERS, symbolic_view
from refutable.theorems.records import ClosedForm
from refutable.theorems.views import View

DEPTH = 4


def _amplified_polynomial() -> Any:
    """det(z - kernel) for the layers diag(1, c), diag(1, 0), ..., loss scale 1."""
    import sympy

    c, z = sympy.symbols("c z")
    layers = (np.array([[1, 0], [0, c]], dtype=object), *[np.array([[1, 0], [0, 0]], dtype=object)] * (DEPTH - 1))
    ops = symbolic_view(((1, 1),)).ops
    exact = tuple(np.vectorize(sympy.sympify, otypes=[object])(layer) for layer in layers)
    view = View(DEEP_LINEAR, ops, {"layers": exact, "loss_scale": sympy.Integer(1), "inputs": None})
    kernel = sympy.Matrix(view["hessian_kernel"].tolist())
    return (z * sympy.eye(4) - kernel).det()


def _amplified_eigenvalues() -> Any:
    import sympy

    c, z = sympy.symbols("c z")
    return (z - DEPTH) * (z - 1 - c**2) * (z - 1) * z


def _quadratic_form() -> Any:
    """(u kron x)^T kernel (u kron x) for two 2 x 2 layers."""
    import sympy

    u, x = sympy.symbols("u0:2"), sympy.symbols("x0:2")
    direction = sympy.Matrix([a * b for a in u for b in x])
    kernel = sympy.Matrix(symbolic_view(TWO_LAYERS)["hessian_kernel"].tolist())
    return (direction.T * kernel * direction)[0, 0]


def _path_terms() -> Any:
    """kappa (|W_2^T u|^2 |x|^2 + |u|^2 |W_1 x|^2)."""
    import sympy

    view = symbolic_view(TWO_LAYERS)
    first, second = (sympy.Matrix(layer.tolist()) for layer in view["layers"])
    u, x = (sympy.Matrix(sympy.symbols(name)) for name in ("u0:2", "x0:2"))
    back, forth = second.T * u, first * x
    return view["loss_scale"] * (back.dot(back) * x.dot(x) + u.dot(u) * forth.dot(forth))


CLOSED_FORMS = (
    ClosedForm(
        "amplified-spectrum",
        "four layers diag(1, c), diag(1, 0), ...: the kernel has eigenvalues 4, 1 + c^2, 1 and 0: flattest to c^2 = 3",
        _amplified_polynomial,
        _amplified_eigenvalues,
        "poly",
    ),
    ClosedForm(
        "rank-one-form",
        "two layers: the kernel's quadratic form at u x^T is kappa times the sum of |B_i^T u|^2 |A_{i-1} x|^2",
        _quadratic_form,
        _path_terms,
        "poly",
    ),
)
