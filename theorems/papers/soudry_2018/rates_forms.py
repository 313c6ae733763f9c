"""The expansions behind the constants of angle and margin."""

from __future__ import annotations

from typing import Any

from refutable.theorems.records import ClosedForm


def _cosine_term(side: str) -> Any:
    """Series of 1/sqrt(1 + x) to the second order."""
    import sympy

    x = sympy.Symbol("x", positive=True)
    if side == "left":
        return sympy.series(1 / sympy.sqrt(1 + x), x, 0, 3).removeO()
    return 1 - x / 2 + sympy.Rational(3, 8) * x**2


def _remainder(side: str) -> Any:
    """(sqrt(a^2 + b^2) - a) (sqrt(a^2 + b^2) + a) = b^2."""
    import sympy

    a, b = sympy.symbols("a b", positive=True)
    root = sympy.sqrt(a**2 + b**2)
    return sympy.expand((root - a) * (root + a)) if side == "left" else b**2


def _entropy(side: str) -> Any:
    """max log alpha - sum p log alpha for multipliers 3 : 1 with largest c is (log 3)/4."""
    import sympy

    c = sympy.Symbol("c", positive=True)
    if side == "right":
        return sympy.log(3) / 4
    quarter = sympy.Rational(1, 4)
    found = sympy.log(c) - 3 * quarter * sympy.log(c) - quarter * (sympy.log(c) - sympy.log(3))
    return sympy.expand(found)


CLOSED_FORMS = (
    ClosedForm(
        "cosine",
        "1/sqrt(1 + x) = 1 - x/2 + (3/8) x^2 + O(x^3)",
        lambda: _cosine_term("left"),
        lambda: _cosine_term("right"),
        "poly",
    ),
    ClosedForm(
        "remainder",
        "sqrt(a^2 + b^2) - a = b^2/(sqrt(a^2 + b^2) + a), which is at most b^2/(2 a)",
        lambda: _remainder("left"),
        lambda: _remainder("right"),
        "cancel",
    ),
    ClosedForm(
        "three-to-one",
        "two support vectors with multipliers 3 : 1 have the gap constant (log 3)/4",
        lambda: _entropy("left"),
        lambda: _entropy("right"),
        "cancel",
    ),
)
