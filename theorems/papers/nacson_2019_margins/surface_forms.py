"""The counterexample's derivatives on symbols."""

from __future__ import annotations

from typing import Any

from refutable.theorems.records import ClosedForm


def _symbols() -> tuple[Any, ...]:
    import sympy

    return tuple(sympy.symbols("s d a phi", positive=True))


def _terms() -> Any:
    import sympy

    s, d, a, phi = _symbols()
    return sympy.exp(s * phi**2) + sympy.exp(-s * d - s * a * phi)


def _slope_at_best() -> Any:
    """-dh/da where the derivative in phi vanishes: s phi exp(-s d - s a phi), by the stationarity written below."""
    import sympy

    s, _, a, phi = _symbols()
    stationary = 2 * phi * sympy.exp(s * phi**2) / a
    return s * phi * stationary


def _direct_slope() -> Any:
    import sympy

    s, _, a, phi = _symbols()
    slope = -sympy.diff(_terms(), a)
    balance = sympy.diff(_terms(), phi) / s
    # Adding a multiple of what vanishes there.
    return sympy.expand(slope + phi * s / a * balance)


def _claimed_slope() -> Any:
    import sympy

    return sympy.expand(_slope_at_best())


def _loss_on_symbols() -> Any:
    import numpy as np
    import sympy

    from refutable.theorems.domains.margin_surface import MARGIN_SURFACE
    from refutable.theorems.ops.symbolic import SymbolicOps
    from refutable.theorems.views import View

    g = np.array(sympy.symbols("g1:4", real=True), dtype=object)
    s, phi, psi = sympy.symbols("s phi psi", real=True)
    view = View(MARGIN_SURFACE, SymbolicOps(), {"levels": g, "scale": s, "phi": phi, "psi": psi})
    return sympy.expand(view["loss"])


def _loss_by_hand() -> Any:
    import sympy

    g1, g2, g3 = sympy.symbols("g1:4", real=True)
    s, phi, psi = sympy.symbols("s phi psi", real=True)
    exponents = (s * phi**2, s * (g1 - g2 - phi / (1 + psi**2)), s * (g1 - g3 + (psi - 1) ** 2))
    return sympy.expand(sum(sympy.exp(e) for e in exponents))


CLOSED_FORMS = (
    ClosedForm(
        "slope-of-the-least",
        "where d/dphi (e^(s phi^2) + e^(-s d - s a phi)) = 0, its derivative in -a is 2 s phi^2 e^(s phi^2) / a: the "
        "difference is a multiple of that derivative",
        _direct_slope,
        _claimed_slope,
        "cancel",
    ),
    ClosedForm(
        "surface-loss",
        "the code's loss at a point is e^(s phi^2) + e^(-s (g_2 - g_1 + phi a)) + e^(-s (g_3 - g_1 - (psi - 1)^2))",
        _loss_on_symbols,
        _loss_by_hand,
        "cancel",
    ),
)
