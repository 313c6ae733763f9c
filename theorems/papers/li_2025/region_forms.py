"""Identities behind the region bounds, the code's own formulas among them."""

from __future__ import annotations

from typing import Any

import numpy as np

from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.papers.li_2025 import formulas
from refutable.theorems.records import ClosedForm
from refutable.theorems.views import View

SIZES = (2, 2, 2)
"""Data, neurons, inputs; both neurons active at the first datum, the second one alone at the second."""
GATES = ((1, 1), (0, 1))


def _symbols(name: str, *shape: int) -> Any:
    import sympy

    names = sympy.symbols(f"{name}0:{int(np.prod(shape))}", real=True)
    return np.array(names, dtype=object).reshape(shape)


def symbolic_view() -> View:
    """A network of symbols on two data, with the gates `GATES`."""
    import sympy

    from refutable.theorems.ops.symbolic import SymbolicOps

    n, k, d = SIZES
    numbers = {"w1": _symbols("w", k, d), "b1": _symbols("b", k), "w2": _symbols("a", k), "b2": sympy.Symbol("c")}
    numbers |= {"x": _symbols("x", n, d), "y": _symbols("y", n), "frozen": None}
    active = np.array([[sympy.Integer(gate) for gate in row] for row in GATES], dtype=object)
    return View(SHALLOW_RELU, SymbolicOps(), numbers, {"active": active})


def block_hessian() -> Any:
    """Second derivatives of the loss in (w1, b1), differentiated by SymPy with the gates fixed."""
    import sympy

    view = symbolic_view()
    return sympy.hessian(view["loss"], [*view["w1"].ravel(), *view["b1"]])


def _trace(power: int, code: bool) -> Any:
    import sympy

    matrix = sympy.Matrix(formulas.block_kernel(symbolic_view())) if code else block_hessian()
    return sympy.expand((matrix**power).trace())


def _diagonal(code: bool) -> Any:
    """|(x_0, 1)|^2 (a_0^2 + a_1^2) / 2: the entry of the datum at which both neurons are active."""
    import sympy

    view = symbolic_view()
    if code:
        return sympy.expand(formulas.block_kernel(view)[0, 0])
    gates = sum(a * a for a in view["w2"])
    return sympy.expand(formulas.input_square(view)[0] * gates / 2)


def _constant_vector(code: bool) -> Any:
    """(1/n) 1' K 1 minus sum_i a_i^2 |E[x; i active]|^2 is sum_i a_i^2 q_i^2."""
    import sympy

    view = symbolic_view()
    if not code:
        return sympy.expand(formulas.weighted_shares(view))
    kernel, inputs = formulas.block_kernel(view), view["active"].T @ view["x"] / sympy.Integer(SIZES[0])
    along = sum((a * m) ** 2 for a, row in zip(view["w2"], inputs, strict=True) for m in row)
    return sympy.expand(kernel.sum() / sympy.Integer(SIZES[0]) - along)


def _at_kink(zero: bool) -> Any:
    """(1 - t) z0 + t z1 at t = z0 / (z0 - z1)."""
    import sympy

    first, last = sympy.symbols("z0 z1")
    place = first / (first - last)
    return sympy.Integer(0) if zero else (1 - place) * first + place * last


CLOSED_FORMS = (
    ClosedForm(
        "block-trace",
        "the trace of the (w1, b1)-block of the Hessian is that of the block's kernel, for any labels",
        lambda: _trace(1, False),
        lambda: _trace(1, True),
        "poly",
    ),
    ClosedForm(
        "block-square",
        "the squares of block and kernel have the same trace",
        lambda: _trace(2, False),
        lambda: _trace(2, True),
        "poly",
    ),
    ClosedForm(
        "diagonal-entry",
        "the kernel's diagonal is |(x_k, 1)|^2 times the sum of w2_i^2 over the active neurons, over n",
        lambda: _diagonal(True),
        lambda: _diagonal(False),
        "poly",
    ),
    ClosedForm(
        "constant-vector",
        "the kernel at the constant vector is sum_i w2_i^2 (q_i^2 + |E[x; neuron i active]|^2)",
        lambda: _constant_vector(True),
        lambda: _constant_vector(False),
        "poly",
    ),
    ClosedForm(
        "kink-place",
        "the pre-activation between z0 and z1 vanishes at t = z0 / (z0 - z1)",
        lambda: _at_kink(False),
        lambda: _at_kink(True),
        "cancel",
    ),
)
