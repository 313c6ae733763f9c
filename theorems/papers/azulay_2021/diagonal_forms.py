"""The code's own potentials, gradients and time map on symbols, reduced to the paper's closed forms."""

from __future__ import annotations

from typing import Any

import numpy as np

from refutable.theorems.domains.diagonal_flow import DIAGONAL_FLOW
from refutable.theorems.domains.diagonal_flow.dynamics import STATE
from refutable.theorems.domains.diagonal_flow.potentials import potential, root_k_of
from refutable.theorems.domains.diagonal_flow.states import grown
from refutable.theorems.flows import lie_derivative
from refutable.theorems.records import ClosedForm
from refutable.theorems.views import View


def _view(n: int, d: int) -> View:
    """A state, its start and its data as symbols."""
    import sympy

    from refutable.theorems.ops.symbolic import SymbolicOps

    def symbols(name: str, *shape: int) -> Any:
        return np.array(sympy.symbols(f"{name}0:{int(np.prod(shape))}"), dtype=object).reshape(shape)

    state = {name: symbols(name, d) for name in STATE}
    starts = {f"{name}0": symbols(f"start_{name}", d) for name in STATE}
    known = {**state, **starts, "x": symbols("x", n, d), "y": symbols("y", n), "step_size": sympy.Symbol("eta")}
    return View(DIAGONAL_FLOW, SymbolicOps(), known)


def _generic(entries: Any) -> Any:
    """One polynomial that is 0 only if all entries are: their combination with new symbols."""
    import sympy

    flat = list(np.asarray(entries).ravel())
    return sympy.expand(sum(s * entry for s, entry in zip(sympy.symbols(f"s0:{len(flat)}"), flat, strict=True)))


def _zero() -> Any:
    import sympy

    return sympy.Integer(0)


def _q(positive: bool = False) -> tuple[Any, Any, Any]:
    """(q_k(x), x, sqrt k) by the code's formula."""
    import sympy

    from refutable.theorems.ops.symbolic import SymbolicOps

    x, root = sympy.Symbol("x", real=True, positive=positive or None), sympy.Symbol("K", positive=True)
    formula = potential(SymbolicOps(), np.array([x], dtype=object), np.array([root], dtype=object))
    return formula, x, root


def _half_asinh() -> Any:
    import sympy

    _, x, root = _q()
    return sympy.asinh(2 * x / root) / 2


def _slope() -> Any:
    q, x, _ = _q()
    return q.diff(x)


def _squared_curvature() -> Any:
    import sympy

    _, x, _ = _q()
    return sympy.simplify(_half_asinh().diff(x) ** 2)


def _inverse_metric() -> Any:
    _, x, root = _q()
    return 1 / (root**2 + 4 * x**2)


def _at_zero() -> Any:
    q, x, _ = _q()
    return q.subs(x, 0)


def _large_start() -> Any:
    """lim 2 sqrt(k) q_k(x) for k -> oo."""
    import sympy

    q, _, root = _q(True)
    return sympy.limit(2 * root * q, root, sympy.oo)


def _small_start() -> Any:
    """lim q_k(x) - (x/2)(log(4 x/sqrt k) - 1) for k -> 0, x > 0."""
    import sympy

    q, x, root = _q(True)
    big = sympy.Symbol("big", positive=True)
    difference = q - x / 2 * (sympy.log(4 * x / root) - 1)
    return sympy.limit(sympy.expand(difference.subs(root, x / big).rewrite(sympy.log)), big, sympy.oo)


def _scale_and_shape() -> Any:
    """sqrt k at u = sqrt(alpha (1 - s)/(1 + s)), v = sqrt(alpha (1 + s)/(1 - s))."""
    import sympy

    alpha, s = sympy.symbols("alpha s", positive=True)
    u, v = sympy.sqrt(alpha * (1 - s) / (1 + s)), sympy.sqrt(alpha * (1 + s) / (1 - s))
    return sympy.expand(root_k_of(u, v))


def _scale_and_shape_closed() -> Any:
    import sympy

    alpha, s = sympy.symbols("alpha s", positive=True)
    return 4 * alpha * (1 + s**2) / (1 - s**2)


def _gradient_error() -> Any:
    """The vector field plus the derivatives of the loss, two data, two inputs."""
    import sympy

    view = _view(2, 2)
    errors = [
        speed + sympy.diff(view["loss"], w)
        for name in STATE
        for speed, w in zip(view["velocity"][name], view[name], strict=True)
    ]
    return _generic(errors)


def _conserved_error() -> Any:
    """Lie derivatives of the conserved quantities, two data, two inputs."""
    view = _view(2, 2)
    field = {w: s for name in STATE for w, s in zip(view[name], view["velocity"][name], strict=True)}
    (up, less, down, more) = view["factors"]
    invariants = [*(up * down), *(less * more), *(up * more), *(less * down)]
    return _generic([lie_derivative(one, field) for one in invariants])


def _rate(left: bool) -> Any:
    """The squared Lie derivative of grad Q_k(w) times k + 4 w^2, one input; and (S X^T nu')^2. X^T nu' is a symbol."""
    import sympy

    plain = _view(1, 1)
    named = {name: np.array([sympy.Symbol(name, positive=True)], dtype=object) for name in ("root_k", "push")}
    known = {name: plain[name] for name in STATE}
    view = View(DIAGONAL_FLOW, plain.ops, {**known, **named})
    if not left:
        return (view["squares"][0] * named["push"][0]) ** 2
    field = {view[name][0]: view["velocity"][name][0] for name in STATE}
    slope = lie_derivative(view["gradient"][0], field)
    return slope**2 * (named["root_k"][0] ** 2 + 4 * view["w"][0] ** 2)


def _grown_view() -> tuple[View, Any]:
    """A state grown from its start by rho, one input, and rho."""
    import sympy

    view = _view(1, 1)
    rho = np.array([sympy.Symbol("rho", positive=True)], dtype=object)
    state = grown([view[f"{name}0"] for name in STATE], rho)
    known = {field.name: view[field.name] for field in DIAGONAL_FLOW.fields if view.has(field.name)}
    return View(DIAGONAL_FLOW, view.ops, {**known, **state}), rho[0]


def _grown_weights() -> Any:
    import sympy

    view, _ = _grown_view()
    return sympy.expand(view["w"][0])


def _grown_weights_closed() -> Any:
    import sympy

    view, rho = _grown_view()
    c_plus, c_minus = view["balances"]
    return sympy.expand((c_plus[0] * rho**2 - c_minus[0] / rho**2) / 2)


def _metric_error() -> Any:
    import sympy

    view, rho = _grown_view()
    c_plus, c_minus = view["balances"]
    error = c_plus[0] * c_minus[0] + view["w"][0] ** 2 - view["squares"][0] ** 2 / 4
    return sympy.expand(error * rho**4)


CLOSED_FORMS = (
    ClosedForm("slope", "q_k'(x) = asinh(2 x/sqrt k)/2", _slope, _half_asinh, "cancel"),
    ClosedForm("curvature", "q_k''(x)^2 = 1/(k + 4 x^2)", _squared_curvature, _inverse_metric, "cancel"),
    ClosedForm("value-at-zero", "q_k(0) = 0", _at_zero, _zero, "cancel"),
    ClosedForm("large-start", "2 sqrt(k) q_k(x) -> x^2 for k -> oo: a weighted Euclidean norm", _large_start,
               lambda: _q(True)[1] ** 2, "cancel"),
    ClosedForm("small-start", "q_k(x) - (|x|/2)(log(4 |x|/sqrt k) - 1) -> 0 for k -> 0: the l1 norm up to a logarithm",
               _small_start, _zero, "cancel"),
    ClosedForm("scale-and-shape", "sqrt k = 4 alpha (1 + s^2)/(1 - s^2), scale alpha = u v, shape s = (v - u)/(v + u)",
               _scale_and_shape, _scale_and_shape_closed, "cancel"),
    ClosedForm("vector-field", "the vector field is minus the gradient of the loss", _gradient_error, _zero, "poly"),
    ClosedForm("conserved", "the Lie derivatives of the conserved products vanish identically", _conserved_error, _zero,
               "poly"),
    ClosedForm("gradient-rate", "(d/dt grad Q_k(w))^2 (k + 4 w^2) = (S X^T nu')^2 at any state, S the sum of "
               "squares: and `metric` says that k + 4 w^2 = S^2", lambda: _rate(True), lambda: _rate(False), "cancel"),
    ClosedForm("time-map", "w = (C_+ rho^2 - C_- rho^-2)/2 after growth rho", _grown_weights, _grown_weights_closed,
               "cancel"),
    ClosedForm("metric", "C_+ C_- + w^2 = (u_+^2 + v_+^2 + u_-^2 + v_-^2)^2/4 after growth rho", _metric_error, _zero,
               "poly"),
)  # fmt: skip
