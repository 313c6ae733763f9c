"""The code's own gradients and steps on symbols, and the flow's end for one pair of weights."""

from __future__ import annotations

from typing import Any

import numpy as np

from refutable.theorems.domains.diagonal_regression import DIAGONAL_REGRESSION
from refutable.theorems.records import ClosedForm
from refutable.theorems.views import View


def _view(n: int, d: int) -> View:
    import sympy

    from refutable.theorems.ops.symbolic import SymbolicOps

    def symbols(name: str, *shape: int) -> Any:
        return np.array(sympy.symbols(f"{name}0:{int(np.prod(shape))}"), dtype=object).reshape(shape)

    known = {"u": symbols("u", d), "v": symbols("v", d), "x": symbols("x", n, d), "y": symbols("y", n)}
    return View(DIAGONAL_REGRESSION, SymbolicOps(), {**known, "step_size": sympy.Symbol("eta")})


def _generic(entries: Any) -> Any:
    """One polynomial that is 0 only if all entries are: their combination with new symbols."""
    import sympy

    flat = list(np.asarray(entries).ravel())
    return sympy.expand(sum(s * entry for s, entry in zip(sympy.symbols(f"s0:{len(flat)}"), flat, strict=True)))


def _gradients(view: View) -> Any:
    return _generic([*(view["u"] * view["pull"]), *(-view["v"] * view["pull"])])


def _derivatives(view: View) -> Any:
    import sympy

    return _generic([sympy.diff(view["loss"], w) for w in (*view["u"], *view["v"])])


def _hessian_trace() -> Any:
    """Trace of the loss's Hessian, two data, two pairs, with labels that make the residual 0."""
    import sympy

    view = _view(2, 2)
    weights = [*view["u"], *view["v"]]
    w = view["u"] * view["u"] - view["v"] * view["v"]
    labels = dict(zip(view["y"], view["x"] @ w, strict=True))
    return sympy.expand(sum(sympy.diff(view["loss"], a, 2) for a in weights).subs(labels))


def _kernel_trace() -> Any:
    from refutable.theorems.domains.diagonal_regression.steps import kernel_of

    view = _view(2, 2)
    return kernel_of(view, view["u"] * view["u"] + view["v"] * view["v"]).trace()


def _one_pair(side: str) -> Any:
    """(a + b)^2 and (a - b)^2 + 4 c e for a = c/z, b = e z: the end of the flow, z = e^{4s}."""
    import sympy

    c, e, z = sympy.symbols("c e z", positive=True)
    a, b = c / z, e * z
    return (a + b) ** 2 if side == "left" else (a - b) ** 2 + 4 * c * e


CLOSED_FORMS = (
    ClosedForm(
        "gradients",
        "two data, two pairs: g u and -g v are the derivatives of the loss",
        lambda: _gradients(_view(2, 2)),
        lambda: _derivatives(_view(2, 2)),
        "poly",
    ),
    ClosedForm(
        "products-after-step",
        "(u_i v_i)^+ = u_i v_i (1 - eta^2 g_i^2)",
        lambda: _generic(_view(1, 2)["next_u"] * _view(1, 2)["next_v"]),
        lambda: _generic(_view(1, 2)["u"] * _view(1, 2)["v"] * (1 - _view(1, 2)["shares"])),
        "poly",
    ),
    ClosedForm(
        "hessian-trace",
        "two data, two pairs at residual 0: the trace of the Hessian is that of (4/n) X diag(u^2 + v^2) X^T",
        _hessian_trace,
        _kernel_trace,
        "poly",
    ),
    ClosedForm(
        "one-pair",
        "along the flow (u^2 + v^2)^2 = (u^2 - v^2)^2 + 4 (u v)^2",
        lambda: _one_pair("left"),
        lambda: _one_pair("right"),
        "cancel",
    ),
)
