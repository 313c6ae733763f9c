"""The code's own gradients, norm and loss on symbols: two layers, two inputs, one datum or two."""

from __future__ import annotations

from typing import Any

import numpy as np

from refutable.theorems.domains.homogeneous_network import HOMOGENEOUS_NETWORK
from refutable.theorems.flows import lie_derivative
from refutable.theorems.records import ClosedForm
from refutable.theorems.views import View


def _view(n: int, width: int = 1) -> View:
    """A linear network with one hidden layer; weights and data are symbols."""
    import sympy

    from refutable.theorems.ops.symbolic import SymbolicOps

    def symbols(name: str, *shape: int) -> Any:
        return np.array(sympy.symbols(f"{name}0:{int(np.prod(shape))}"), dtype=object).reshape(shape)

    numbers = {"w1": symbols("a", width, 2), "w2": symbols("b", width), "x": symbols("x", n, 2), "y": symbols("y", n)}
    ones = np.full((n, width), sympy.Integer(1), dtype=object)
    facts = {"gains": (ones,), "kinks": sympy.Integer(0), "anchor": sympy.Integer(0)}
    return View(
        HOMOGENEOUS_NETWORK, SymbolicOps(), {**numbers, "slope": sympy.Integer(1), "middle": None, "bias": None}, facts
    )


def _flow(view: View) -> dict[Any, Any]:
    """Velocity by symbol, from the code's gradients."""
    speed = view["velocity"]
    pairs = [(view[name], speed[name]) for name in ("w1", "w2")]
    return {w: v for weights, part in pairs for w, v in zip(weights.ravel(), part.ravel(), strict=True)}


def _mixed(entries: Any) -> Any:
    """One polynomial that is 0 only if all entries are."""
    import sympy

    flat = list(entries)
    return sympy.expand(sum(s * e for s, e in zip(sympy.symbols(f"s0:{len(flat)}"), flat, strict=True)))


def _velocity() -> Any:
    return _mixed(_flow(_view(2, 2)).values())


def _minus_gradient() -> Any:
    import sympy

    view = _view(2, 2)
    loss = view["relative_loss"]
    return _mixed(-sympy.diff(loss, w) for w in _flow(view))


def _norm_rate() -> Any:
    import sympy

    view = _view(2)
    return sympy.expand(lie_derivative(view["squared_norm"], _flow(view)))


def _euler_rate() -> Any:
    """2 a sum_n exp(-f_n) f_n, a = 2."""
    import sympy

    view = _view(2)
    return sympy.expand(4 * sum(w * f for w, f in zip(view["weights_of_data"], view["margins"], strict=True)))


def _loss_rate() -> Any:
    """d/dt log(1/L) |theta|^2 - a d/dt (|theta|^2/2) log(1/L) for one datum, over exp(-2 f)."""
    import sympy

    view = _view(1)
    flow, f = _flow(view), view["margins"][0]
    rise, growth = lie_derivative(f, flow), lie_derivative(view["squared_norm"], flow) / 2
    return sympy.expand((rise * view["squared_norm"] - 2 * growth * f) * sympy.exp(f))


def _lagrange() -> Any:
    """The sum of squares of theta_i g_j - theta_j g_i, g the gradient of the margin (Lagrange's identity)."""
    import itertools

    import sympy

    view = _view(1)
    weights = list(_flow(view))
    slopes = [sympy.diff(view["margins"][0], w) for w in weights]
    pairs = itertools.combinations(range(len(weights)), 2)
    return sympy.expand(sum((weights[i] * slopes[j] - weights[j] * slopes[i]) ** 2 for i, j in pairs))


CLOSED_FORMS = (
    ClosedForm(
        "velocity-is-minus-gradient",
        "the code's velocity is minus the gradient of sum_n exp(-f_n): two layers, two units, two data",
        _velocity,
        _minus_gradient,
        "cancel",
    ),
    ClosedForm(
        "norm-grows-with-margins",
        "along the flow d/dt |theta|^2 = 2 a sum_n exp(-f_n) f_n, from the code's norm and velocity, a = 2",
        _norm_rate,
        _euler_rate,
        "cancel",
    ),
    ClosedForm(
        "one-datum-sum-of-squares",
        "for one datum the headline's difference is the sum of squares of theta_i g_j - theta_j g_i over |theta|^2",
        _loss_rate,
        _lagrange,
        "cancel",
    ),
)
