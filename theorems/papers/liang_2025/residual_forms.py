"""Identities behind the residual corrections."""

from __future__ import annotations

from typing import Any

from refutable.theorems.records import ClosedForm


def _coupling_polynomial() -> Any:
    """det(t - M) of the block that one datum couples: (w1, b1) in two dimensions with w2 by (x1, x2, 1)."""
    import sympy

    t, x1, x2 = sympy.symbols("t x1 x2")
    block = sympy.Matrix([[0, 0, 0, x1], [0, 0, 0, x2], [0, 0, 0, 1], [x1, x2, 1, 0]])
    return sympy.expand((t * sympy.eye(4) - block).det(method="berkowitz"))


def _factored_polynomial() -> Any:
    import sympy

    t, x1, x2 = sympy.symbols("t x1 x2")
    return t**2 * (t**2 - (x1**2 + x2**2 + 1))


def _radius_gap(factored: bool) -> Any:
    import sympy

    r = sympy.Symbol("R")
    return 2 * r if factored else (r + 1) ** 2 - (1 + r**2)


CLOSED_FORMS = (
    ClosedForm(
        "one-datum-block",
        "the Hessian block [[0, (x, 1)], [(x, 1)', 0]] has eigenvalues 0 and +-|(x, 1)| (two inputs)",
        _coupling_polynomial,
        _factored_polynomial,
        "poly",
    ),
    ClosedForm(
        "radius-gap",
        "(R + 1)^2 - (1 + R^2) = 2 R: the sharp correction is below that of R + 1",
        lambda: _radius_gap(False),
        lambda: _radius_gap(True),
        "poly",
    ),
)
