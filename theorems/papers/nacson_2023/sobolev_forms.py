"""Both sides of int |alpha| <= gamma_3 |S^2| int |Laplace^2 f| for the Gaussian, and bounds behind R/4, with SymPy."""

from __future__ import annotations

from typing import Any

from refutable.theorems.records import ClosedForm


def _symbol() -> Any:
    import sympy

    return sympy.Symbol("x", positive=True)


def _bump() -> Any:
    import sympy

    return sympy.exp(-(_symbol() ** 2) / 2)


def _iterated_laplacian() -> Any:
    """r^2 Laplace^2 exp(-r^2/2) in three dimensions."""
    import sympy

    r, f = _symbol(), _bump()
    for _ in range(2):
        f = sympy.diff(r**2 * sympy.diff(f, r), r) / r**2
    return sympy.simplify(r**2 * f / _bump())


def _printed_laplacian() -> Any:
    r = _symbol()
    return r**2 * (r**4 - 10 * r**2 + 15)


def _antiderivative() -> Any:
    import sympy

    r = _symbol()
    return sympy.simplify(sympy.diff(r**3 * (5 - r**2) * _bump(), r) / _bump())


def _fourth() -> Any:
    import sympy

    return sympy.simplify(sympy.diff(_bump(), _symbol(), 4) / _bump())


def _hermite() -> Any:
    b = _symbol()
    return b**4 - 6 * b**2 + 3


def _variance_gap(factored: bool) -> Any:
    """1/4 - P(1 - P) is a square: the product of the two sides' probabilities."""
    import sympy

    p = sympy.Symbol("P")
    return (p - sympy.Rational(1, 2)) ** 2 if factored else sympy.Rational(1, 4) - p * (1 - p)


def _reach(factored: bool) -> Any:
    import sympy

    r, t = sympy.symbols("R t")
    return (r - t) * (r + t) if factored else r**2 - t**2


CLOSED_FORMS = (
    ClosedForm(
        "two-sides", "1/4 - P (1 - P) = (P - 1/2)^2", lambda: _variance_gap(False), lambda: _variance_gap(True), "poly"
    ),
    ClosedForm("reach", "(R - t)(R + t) = R^2 - t^2", lambda: _reach(True), lambda: _reach(False), "poly"),
    ClosedForm(
        "fourth-derivative",
        "(d/db)^4 exp(-b^2/2) = He4(b) exp(-b^2/2)",
        _fourth,
        _hermite,
        "poly",
    ),
    ClosedForm(
        "iterated-laplacian",
        "r^2 Laplace^2 exp(-r^2/2) = r^2 (r^4 - 10 r^2 + 15) exp(-r^2/2) in three dimensions",
        _iterated_laplacian,
        _printed_laplacian,
        "poly",
    ),
    ClosedForm(
        "laplacian-antiderivative",
        "which is the derivative of r^3 (5 - r^2) exp(-r^2/2)",
        _antiderivative,
        _printed_laplacian,
        "poly",
    ),
)
