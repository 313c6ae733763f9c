"""Identities behind the pyramid's gradients and behind duality, with SymPy."""

from __future__ import annotations

from typing import Any

from refutable.theorems.domains.pyramid import PYRAMID
from refutable.theorems.records import ClosedForm
from refutable.theorems.views import View


def _inside(d: int) -> tuple[Any, Any]:
    """The code's view of one datum x > 0 (every coordinate) inside the pyramid, and its coordinates."""
    import numpy as np
    import sympy

    from refutable.theorems.ops.symbolic import SymbolicOps

    x = sympy.symbols(f"x1:{d + 1}", positive=True)
    row = np.array([x], dtype=object)
    one, zero = sympy.Integer(1), sympy.Integer(0)
    gates = {
        "first_active": np.array([[one] * d + [zero] * d], dtype=object),
        "second_active": np.array([one], dtype=object),
    }
    return View(PYRAMID, SymbolicOps(), {"x": row}, gates), x


def _differentiated(d: int) -> Any:
    """|grad f|^2 by differentiating the network's formula in every parameter, at the pyramid's parameters."""
    import sympy

    _, x = _inside(d)
    w = sympy.symbols(f"w1:{d * d + 1}")
    b, v = sympy.symbols(f"b1:{d + 1}"), sympy.symbols(f"v1:{d + 1}")
    c, out, bias = sympy.symbols("c out bias")
    hidden = [sum(w[i * d + e] * x[e] for e in range(d)) + b[i] for i in range(d)]
    f = out * (sum(v[i] * hidden[i] for i in range(d)) + c) + bias
    at: dict[Any, Any] = {symbol: sympy.Integer(0) for symbol in (*w, *b)}
    at |= {w[i * d + i]: 1 for i in range(d)} | dict.fromkeys(v, -1) | {c: 1, out: 1, bias: 0}
    gradient = [sympy.diff(f, symbol).subs(at) for symbol in (*w, *b, *v, c, out, bias)]
    # A second-layer weight of an inactive neuron has derivative 0: only d of the 2 d are written down.
    return sympy.expand(sum(g**2 for g in gradient))


def _by_features(d: int) -> Any:
    import sympy

    view, _ = _inside(d)
    return sympy.expand(view["gradient_square"][0])


def _by_kernel(d: int) -> Any:
    import sympy

    view, _ = _inside(d)
    return sympy.expand(view["gradient_kernel"][0, 0])


def _end_gap(expanded: bool) -> Any:
    """2 d + 2 minus the convex bound (1 - s)^2 + (d + 1)(1 + s^2), or its factors."""
    import sympy

    s, d = sympy.symbols("s d")
    if expanded:
        return 2 * d + 2 - ((1 - s) ** 2 + (d + 1) * (1 + s**2))
    return (1 - s) * ((d + 2) * s + d)


CLOSED_FORMS = (
    *(
        ClosedForm(
            f"gradient-d{d}",
            f"d = {d}: |grad f|^2 by differentiating the network is that of the code's features",
            lambda d=d: _differentiated(d),  # type: ignore[misc]
            lambda d=d: _by_features(d),  # type: ignore[misc]
            "poly",
        )
        for d in (1, 2, 3)
    ),
    ClosedForm(
        "kernel-d2",
        "d = 2: the kernel in closed form has |grad f|^2 on its diagonal",
        lambda: _by_kernel(2),
        lambda: _by_features(2),
        "poly",
    ),
    ClosedForm(
        "largest-at-vertex",
        "2 d + 2 - (1 - s)^2 - (d + 1)(1 + s^2) = (1 - s)((d + 2) s + d) >= 0 for 0 <= s <= 1",
        lambda: _end_gap(True),
        lambda: _end_gap(False),
        "poly",
    ),
)
