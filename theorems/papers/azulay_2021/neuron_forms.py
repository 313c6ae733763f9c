"""Closed forms behind q of a single neuron, on the code's own formulas."""

from __future__ import annotations

from typing import Any

import numpy as np

from refutable.theorems.domains.hidden_linear import HIDDEN_LINEAR
from refutable.theorems.domains.hidden_linear.network import state_imbalance, velocity
from refutable.theorems.domains.hidden_linear.potential import gain, radial, radial_gradient
from refutable.theorems.flows import lie_derivative
from refutable.theorems.ops.symbolic import SymbolicOps
from refutable.theorems.records import ClosedForm
from refutable.theorems.views import View

OPS = SymbolicOps()


def _symbols() -> tuple[Any, Any]:
    """b = |w|^2 and delta."""
    import sympy

    b, delta = sympy.symbols("b delta", positive=True)
    return b, delta


def _norm() -> Any:
    """n = |v| = sqrt(b (b + delta)): that of a neuron with |w|^2 = b."""
    import sympy

    b, delta = _symbols()
    return sympy.sqrt(b * (b + delta))


def _plain(expression: Any) -> Any:
    """Roots of perfect squares taken."""
    import sympy

    return expression.replace(
        lambda e: e.is_Pow and e.exp.q == 2 if e.is_Pow and e.exp.is_Rational else False,
        lambda e: sympy.sqrt(sympy.factor(sympy.expand(e.base))) ** e.exp.p,
    )


def _radial() -> Any:
    return _plain(radial(OPS, np.array([_norm()], dtype=object), _symbols()[1]))


def _paper_radial() -> Any:
    """The paper's form of the radial part."""
    import sympy

    _, delta = _symbols()
    n = _norm()
    root = sympy.sqrt(n**2 + delta**2 / 4)
    return _plain((n**2 - delta / 2 * (delta / 2 + root)) * sympy.sqrt(root - delta / 2) / n)


def _slope_of(expression: Any) -> Any:
    """d/dn through b."""
    import sympy

    b, _ = _symbols()
    return sympy.diff(expression, b) / sympy.diff(_norm(), b)


def _gradient() -> Any:
    """The radial component of grad q without the start's term."""
    return _plain(radial_gradient(OPS, np.array([_norm()], dtype=object), _symbols()[1])[0])


def _from_weights() -> Any:
    import sympy

    b, delta = _symbols()
    return sympy.sqrt(b + delta) * (3 * b - (b + delta)) / 2


def _curvatures() -> Any:
    """Radial over tangential curvature of q."""
    return _slope_of(_gradient()) / (_gradient() / _norm())


def _metric_ratio() -> Any:
    """The same of (a^2 I + w w^T)^{-1}."""
    b, delta = _symbols()
    return (1 / (b + delta + b)) / (1 / (b + delta))


def _at_balance(norm: Any) -> Any:
    import sympy

    return radial(OPS, np.array([norm], dtype=object), sympy.Integer(0))


def _wide_limit(of: Any) -> Any:
    import sympy

    n, delta = sympy.symbols("n delta", positive=True)
    v = np.array([n], dtype=object)
    return sympy.limit(sympy.sqrt(delta) * of(v, delta), delta, sympy.oo)


def _wide_excess(v: Any, delta: Any) -> Any:
    return radial(OPS, v, delta) - radial(OPS, v * 0, delta)


def _n() -> Any:
    import sympy

    return sympy.Symbol("n", positive=True)


def _ratio(numerator: int, denominator: int) -> Any:
    import sympy

    return sympy.Rational(numerator, denominator)


def _start_pull() -> Any:
    """Squared norm of the gradient of the start's term at delta = 0, |theta_0| = n."""
    import sympy

    return (sympy.Rational(3, 2) * _n() / gain(OPS, np.array([_n()], dtype=object), sympy.Integer(0))) ** 2


def symbolic_state(m: int, d: int) -> tuple[View, dict[Any, Any]]:
    """A view of m linear units on one datum in symbols, and its flow: symbol -> time derivative."""
    import sympy

    names = {
        "inputs": sympy.symbols(f"x:{d}", real=True),
        "output": sympy.symbols(f"a:{m}", real=True),
        "hidden": sympy.symbols(f"w:{m * d}", real=True),
    }
    known: dict[str, Any] = {name: np.array(symbols, dtype=object) for name, symbols in names.items()}
    known["inputs"], known["hidden"] = known["inputs"].reshape(1, d), known["hidden"].reshape(m, d)
    known["labels"] = np.array([sympy.Symbol("y", real=True)], dtype=object)
    active = np.full((m, 1), sympy.Integer(1), dtype=object)
    view = View(HIDDEN_LINEAR, OPS, known, {"active": active, "sign": sympy.Integer(1)})
    speed = velocity(view)
    moving = zip(
        [*known["output"], *known["hidden"].ravel()], [*speed["output"], *speed["hidden"].ravel()], strict=True
    )
    return view, dict(moving)


def conserved_form(m: int) -> ClosedForm:
    """d/dt of the sum of all entries a_i a_j - <w_i, w_j>, weighted by c_i c_j."""

    def left() -> Any:
        import sympy

        view, field = symbolic_state(m, 2)
        weights = np.array(sympy.symbols(f"c:{m}", real=True), dtype=object)
        return sympy.expand(lie_derivative(weights @ state_imbalance(view) @ weights, field))

    return ClosedForm(
        "imbalance-conserved", f"m = {m}, two inputs: d/dt (a a^T - W W^T) = 0 in all symbols", left, lambda: 0, "poly"
    )


PAPER_FORM = ClosedForm(
    "paper-form",
    "[|v|^2 - (delta/2)(delta/2 + S)] sqrt(S - delta/2)/|v| = sqrt(S + delta/2) (S - delta)",
    _paper_radial,
    _radial,
    "cancel",
)
BALANCED_FORM = ClosedForm(
    "balanced",
    "delta = 0: the radial part is |v|^{3/2}",
    lambda: _at_balance(_n()),
    lambda: _n() ** _ratio(3, 2),
    "cancel",
)


SMALL_START = ClosedForm(
    "small-start",
    "delta = 0: the start's term has a gradient of squared norm (9/4) |theta_0|: it vanishes with the start",
    _start_pull,
    lambda: _n() * 3 * _ratio(3, 4),
    "cancel",
)


def _three_halves_root() -> Any:
    import sympy

    return _ratio(3, 2) * sympy.sqrt(_symbols()[0])


FORMS = (
    PAPER_FORM,
    ClosedForm("from-weights", "and it is |a| (3 |w|^2 - a^2)/2", _radial, _from_weights, "cancel"),
    ClosedForm(
        "radial-slope", "its derivative in |v| is (3/2) |w|", lambda: _slope_of(_radial()), _three_halves_root, "cancel"
    ),
    ClosedForm("gradient", "(3/2) |v|/|a| = (3/2) |w|", _gradient, _three_halves_root, "cancel"),
    ClosedForm(
        "time-warping",
        "radial over tangential curvature of q is (b + delta)/(2b + delta), as of the metric (a^2 I + w w^T)^{-1}",
        _curvatures,
        _metric_ratio,
        "cancel",
    ),
    BALANCED_FORM,
    ClosedForm(
        "large-imbalance",
        "delta -> infinity: sqrt(delta) (radial part - its value at 0) -> (3/4) |v|^2",
        lambda: _wide_limit(_wide_excess),
        lambda: _n() ** 2 * _ratio(3, 4),
        "cancel",
    ),
    ClosedForm(
        "large-imbalance-gradient",
        "delta -> infinity: sqrt(delta) (3/2) v/|a| -> (3/2) v: the squared distance to theta_0 is minimised",
        lambda: _wide_limit(lambda v, delta: radial_gradient(OPS, v, delta)[0]),
        lambda: _n() * 2 * _ratio(3, 4),
        "cancel",
    ),
    SMALL_START,
    conserved_form(1),
)
