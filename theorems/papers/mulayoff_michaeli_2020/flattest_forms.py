"""The code's own Kronecker kernel on symbols, against the second derivatives of the loss."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from refutable.theorems.domains.deep_linear import DEEP_LINEAR
from refutable.theorems.records import ClosedForm
from refutable.theorems.views import View


def symbolic_view(shapes: Sequence[tuple[int, int]]) -> View:
    """A network of symbols w0, w1, ... with loss scale kappa."""
    import sympy

    from refutable.theorems.ops.symbolic import SymbolicOps

    sizes = [rows * columns for rows, columns in shapes]
    names = iter(sympy.symbols(f"w0:{sum(sizes)}", real=True))
    layers = tuple(
        np.array([next(names) for _ in range(size)], dtype=object).reshape(shape)
        for size, shape in zip(sizes, shapes, strict=True)
    )
    kappa = sympy.Symbol("kappa", positive=True)
    return View(DEEP_LINEAR, SymbolicOps(), {"layers": layers, "loss_scale": kappa, "inputs": None})


def loss_hessian(view: View) -> Any:
    """Second derivatives [P, P] of kappa/2 |W_m ... W_1 - T|_F^2, taken at T = W_m ... W_1."""
    import sympy

    weights = [w for layer in view["layers"] for w in layer.ravel()]
    gaps = view["product"].ravel()
    targets = sympy.symbols(f"t0:{len(gaps)}")
    loss = view["loss_scale"] / 2 * sum((gap - t) ** 2 for gap, t in zip(gaps, targets, strict=True))
    at_minimum = dict(zip(targets, gaps, strict=True))
    return sympy.hessian(loss, weights).subs(at_minimum)


TWO_LAYERS = ((2, 2), (2, 2))
THREE_LAYERS = ((2, 1), (1, 2), (2, 1))


def _kernel_trace(shapes: Sequence[tuple[int, int]]) -> Any:
    return symbolic_view(shapes)["hessian_kernel"].trace()


def _kernel_square(shapes: Sequence[tuple[int, int]]) -> Any:
    kernel = symbolic_view(shapes)["hessian_kernel"]
    return (kernel * kernel).sum()


def _loss_trace(shapes: Sequence[tuple[int, int]]) -> Any:
    return loss_hessian(symbolic_view(shapes)).trace()


def _loss_square(shapes: Sequence[tuple[int, int]]) -> Any:
    return sum(entry**2 for entry in loss_hessian(symbolic_view(shapes)))


def _balanced_scalar(quantity: str) -> Any:
    import sympy

    s = sympy.Symbol("s", positive=True)
    view = symbolic_view(((1, 1),) * 4)
    layers = tuple(np.array([[s]], dtype=object) for _ in range(4))
    known = {"layers": layers, "loss_scale": view["loss_scale"], "inputs": None, "top_singular_square": s**8}
    value = View(DEEP_LINEAR, view.ops, known)[quantity]
    return value[0, 0] if quantity == "hessian_kernel" else value


CLOSED_FORMS = (
    ClosedForm(
        "two-layers-trace",
        "two 2 x 2 layers: the kernel's trace is that of the loss's Hessian at the minimum",
        lambda: _kernel_trace(TWO_LAYERS),
        lambda: _loss_trace(TWO_LAYERS),
        "poly",
    ),
    ClosedForm(
        "two-layers-square",
        "two 2 x 2 layers: the same for the trace of the square",
        lambda: _kernel_square(TWO_LAYERS),
        lambda: _loss_square(TWO_LAYERS),
        "poly",
    ),
    ClosedForm(
        "three-layers-square",
        "three layers of widths 1, 2, 1, 2: the same for the trace of the square",
        lambda: _kernel_square(THREE_LAYERS),
        lambda: _loss_square(THREE_LAYERS),
        "poly",
    ),
    ClosedForm(
        "balanced-scalar",
        "four equal scalar layers: the sharpness is kappa m sigma^{2(1 - 1/m)}",
        lambda: _balanced_scalar("hessian_kernel"),
        lambda: _balanced_scalar("flattest_sharpness"),
        "cancel",
    ),
)
