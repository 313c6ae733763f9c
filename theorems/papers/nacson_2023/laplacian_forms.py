"""The Radon transforms of the densities, with the constants the code uses."""

from __future__ import annotations

from functools import partial
from typing import Any

from refutable.theorems.domains.shallow_relu_density.radon import power_constant
from refutable.theorems.records import ClosedForm

POWERS = (0, 1, 2)


def _integral_over_slice(inputs: int) -> Any:
    """sum over m of z^m times the integral of (h^2 - |y|^2)^m over the ball |y| < h in d - 1 dimensions."""
    import sympy

    z, h, s = sympy.symbols("z h s", positive=True)
    dimension = sympy.Rational(inputs - 1)
    area = 2 * sympy.pi ** (dimension / 2) / sympy.gamma(dimension / 2)
    return sum(
        z**m * area * sympy.integrate(sympy.expand(s ** (inputs - 2) * (h**2 - s**2) ** m), (s, 0, h)) for m in POWERS
    )


def _closed_form(inputs: int) -> Any:
    """sum over m of z^m times the code's constant, the power of pi and h^(2m + d - 1)."""
    import sympy

    z, h = sympy.symbols("z h", positive=True)
    constants = {m: power_constant(inputs, m) for m in POWERS}
    return sum(
        z**m * sympy.Rational(int(c.p), int(c.q)) * sympy.pi ** ((inputs - 1) // 2) * h ** (2 * m + inputs - 1)
        for m, c in constants.items()
    )


def _bump_over_line(integrated: bool) -> Any:
    import sympy

    y, s = sympy.Symbol("y", real=True), sympy.Symbol("s", positive=True)
    if integrated:
        return sympy.integrate(sympy.exp(-(y**2) / (2 * s**2)), (y, -sympy.oo, sympy.oo))
    return sympy.sqrt(2 * sympy.pi) * s


CLOSED_FORMS = (
    *(
        ClosedForm(
            f"radon-of-power-{inputs}d",
            f"int of (h^2 - |y|^2)^m over |y| < h in {inputs - 1} dimensions, m = 0, 1, 2 (coefficients of z^m)",
            partial(_integral_over_slice, inputs),
            partial(_closed_form, inputs),
            "cancel",
        )
        for inputs in (2, 3, 4, 5)
    ),
    ClosedForm(
        "gaussian-over-line",
        "int exp(-y^2 / (2 s^2)) dy = sqrt(2 pi) s, once for each of the d - 1 directions of a hyperplane",
        lambda: _bump_over_line(True),
        lambda: _bump_over_line(False),
        "cancel",
    ),
)
