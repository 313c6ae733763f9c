"""Identities behind the flattest implementation, with SymPy symbols."""

from __future__ import annotations

from typing import Any

from flint import fmpq

from refutable.theorems.records import ClosedForm


def _symbols() -> Any:
    import sympy

    return sympy.symbols("w M A s x", positive=True)


def _share(s: Any) -> Any:
    w, m, a, _, _ = _symbols()
    return w**2 * m / s + s * a


def _share_at_best() -> Any:
    import sympy

    w, m, a, _, _ = _symbols()
    return _share(w * sympy.sqrt(m / a)) - 2 * w * sympy.sqrt(a * m)


def _excess() -> Any:
    """The share at s = r^2 w sqrt(M / A) with M = p^2, A = q^2, minus its smallest value."""
    import sympy

    w, p, q, r = sympy.symbols("w p q r", positive=True)
    s = r**2 * w * p / q
    return w**2 * p**2 / s + s * q**2 - 2 * w * p * q


def _excess_as_square() -> Any:
    import sympy

    w, p, q, r = sympy.symbols("w p q r", positive=True)
    return w * p * q * (r - 1 / r) ** 2


def _single_point_sharpness() -> Any:
    """K of one neuron at one point: 1 + w^2 (x^2 + 1)/s + s z^2, here by the gradient's length."""
    import sympy

    w, z, c, x = sympy.symbols("w z c x", positive=True)
    gradient = sympy.Matrix([w / c * x, w / c, c * z, 1])
    return (gradient.T * gradient)[0, 0]


def _single_point_bound() -> Any:
    import sympy

    w, z, c, x = sympy.symbols("w z c x", positive=True)
    return 1 + w**2 * (x**2 + 1) / c**2 + c**2 * z**2


CLOSED_FORMS = (
    ClosedForm(
        "best-scale",
        "w^2 M / s + s A is stationary at s = w sqrt(M / A), where it is 2 w sqrt(A M)",
        _share_at_best,
        lambda: _symbols()[0] * 0,
        "balls",
        points=tuple({"w": fmpq(a), "M": fmpq(b), "A": fmpq(c)} for a, b, c in ((1, 2, 3), (7, 1, 5), (2, 10, 1))),
    ),
    ClosedForm(
        "excess",
        "at s = r^2 times the best scale the share exceeds its minimum by w sqrt(A M) (r - 1/r)^2",
        _excess,
        _excess_as_square,
        "cancel",
    ),
    ClosedForm(
        "single-point",
        "at one point the sharpness of one neuron is the upper bound, for every scale",
        _single_point_sharpness,
        _single_point_bound,
        "cancel",
    ),
)
