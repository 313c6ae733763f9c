"""The code's own steps on symbols, against their closed forms."""

from __future__ import annotations

from typing import Any

import numpy as np

from refutable.theorems.domains.quadratic import QUADRATIC
from refutable.theorems.records import ClosedForm
from refutable.theorems.views import View


def symbolic_view(n: int, p: int, steps: int, batch_size: int | None) -> View:
    """Losses with symbols h<i><a><b> (symmetric), displacement v<a>, step size eta."""
    import sympy

    from refutable.theorems.ops.symbolic import SymbolicOps

    hessians = np.empty((n, p, p), dtype=object)
    for i, a, b in np.ndindex(n, p, p):
        hessians[i, a, b] = sympy.Symbol(f"h{i}{min(a, b)}{max(a, b)}", real=True)
    numbers = {
        "hessians": hessians,
        "displacement": np.array(sympy.symbols(f"v0:{p}", real=True), dtype=object),
        "step_size": sympy.Symbol("eta", positive=True),
        "batch_size": batch_size,
        "steps": steps,
    }
    return View(QUADRATIC, SymbolicOps(), numbers)


def _component(steps: int, of_sgd: bool) -> Any:
    """First component of the mean SGD iterate or of gradient descent's, three losses of two parameters."""
    view = symbolic_view(3, 2, steps, 1)
    return view["sgd_mean"][0] if of_sgd else view["orbit"][steps][0]


def _variance_by_enumeration() -> Any:
    view = symbolic_view(3, 1, 1, 1)
    return view["sgd_mean_square"] - view["squared_distances"][1]


def _variance() -> Any:
    import sympy

    h = sympy.symbols("h000 h100 h200", real=True)
    eta, v = sympy.Symbol("eta", positive=True), sympy.Symbol("v0", real=True)
    mean = sum(h) / 3
    return eta**2 * v**2 * sum((x - mean) ** 2 for x in h) / 3


def _decrease() -> Any:
    """Entry (0, 1) of I - (I - eta H)^2."""
    view = symbolic_view(1, 2, 1, None)
    step = view["gradient_step"]
    return (view.ops.identity(step) - step @ step)[0, 1]


def _factored() -> Any:
    """Entry (0, 1) of eta H (2 I - eta H)."""
    view = symbolic_view(1, 2, 1, None)
    hessian, eta = view["mean_hessian"], view["step_size"]
    return (eta * hessian @ (2 * view.ops.identity(hessian) - eta * hessian))[0, 1]


CLOSED_FORMS = (
    ClosedForm(
        "mean-after-one-step",
        "three losses, batches of one: E theta_1 = (I - eta H) v",
        lambda: _component(1, True),
        lambda: _component(1, False),
        "poly",
    ),
    ClosedForm(
        "mean-after-two-steps",
        "three losses, batches of one: E theta_2 = (I - eta H)^2 v",
        lambda: _component(2, True),
        lambda: _component(2, False),
        "poly",
    ),
    ClosedForm(
        "variance-of-one-step",
        "one parameter: E theta_1^2 = (1 - eta h)^2 v^2 + eta^2 v^2 Var(h_i)",
        _variance_by_enumeration,
        _variance,
        "poly",
    ),
    ClosedForm("decrease", "I - (I - eta H)^2 = eta H (2 I - eta H)", _decrease, _factored, "poly"),
)
