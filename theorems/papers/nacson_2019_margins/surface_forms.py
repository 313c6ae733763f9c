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


def _scale() -> tuple[Any, Any]:
    """s, and the slope a."""
    import sympy

    return tuple(sympy.symbols("s a", positive=True))


def _tilt_balance() -> Any:
    """d/ds of G = log(2 phi/a) + s phi^2 + s a phi at phi = log(s)/(2 a s): negative G puts the best phi above it."""
    import sympy

    s, a = _scale()
    phi = sympy.log(s) / (2 * a * s)
    return sympy.diff(sympy.log(2 * phi / a) + s * phi**2 + s * a * phi, s)


def _tilt_balance_falls() -> Any:
    import sympy

    s, a = _scale()
    logarithm = sympy.log(s)
    half = sympy.Rational(1, 2)
    return -(half - 1 / logarithm) / s - logarithm * (logarithm - 2) / (4 * a**2 * s**2)


def _third_over_gain() -> Any:
    """d/ds of the logarithm of e^(-7 s/16) over (12/85) (log s)^2/(2 s)."""
    import sympy

    s, _ = _scale()
    gain = sympy.log(sympy.Rational(12, 85) / 2) + 2 * sympy.log(sympy.log(s)) - sympy.log(s)
    return sympy.diff(-sympy.Rational(7, 16) * s - gain, s)


def _third_over_gain_falls() -> Any:
    import sympy

    s, _ = _scale()
    return -(sympy.Rational(7, 16) - 1 / s) - 2 / (s * sympy.log(s))


CLOSED_FORMS = (
    ClosedForm(
        "tilt-for-all-scales",
        "dG/ds = -(1/2 - 1/log s)/s - log(s) (log(s) - 2)/(4 a^2 s^2) for G = log(2 phi/a) + s phi^2 + s a phi at phi "
        "= log(s)/(2 a s): negative once log s > 2",
        _tilt_balance,
        _tilt_balance_falls,
        "cancel",
    ),
    ClosedForm(
        "third-for-all-scales",
        "log of e^(-7 s/16) over (12/85) (log s)^2/(2 s) has the derivative -(7/16 - 1/s) - 2/(s log s): negative once "
        "s > 16/7",
        _third_over_gain,
        _third_over_gain_falls,
        "cancel",
    ),
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
