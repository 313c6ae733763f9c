"""Identities behind the univariate form, on symbols."""

from __future__ import annotations

from typing import Any

from refutable.theorems.records import ClosedForm


def _radius() -> Any:
    import sympy

    return sympy.Symbol("R", positive=True)


def _threshold_gap(factored: bool) -> Any:
    """4 (R^2 - (1 + R^2) / 4)."""
    r = _radius()
    return 3 * r**2 - 1 if factored else 4 * r**2 - (1 + r**2)


def _two_atoms_gap(factored: bool) -> Any:
    """16 (R^2 - (1 + R^2) / 16): what the two atoms need, a quarter of sqrt(1 + R^2)."""
    r = _radius()
    return 15 * r**2 - 1 if factored else 16 * r**2 - (1 + r**2)


def _coupled_block(factored: bool) -> Any:
    """The symmetric direction of the two-atom Hessian: (q, q) with the weights balanced, q = sqrt(1 + c^2) |r| / 2.

    [[h, h - e], [h - e, h]] with h = a^2 / 2 (a the activation) and e = sqrt(1 + c^2) |r| / 2 the residual block.
    """
    import sympy

    h, e, t = sympy.symbols("h e t")
    block = sympy.Matrix([[h, h - e], [h - e, h]])
    if factored:
        return sympy.expand((t - (2 * h - e)) * (t - e))
    return sympy.expand((t * sympy.eye(2) - block).det(method="berkowitz"))


CLOSED_FORMS = (
    ClosedForm(
        "sufficient-width",
        "4 R^2 - (1 + R^2) = 3 R^2 - 1: R sqrt(2 L) covers the sharp correction from R = 1/sqrt(3) on",
        lambda: _threshold_gap(False),
        lambda: _threshold_gap(True),
        "poly",
    ),
    ClosedForm(
        "width-of-two-atoms",
        "16 R^2 - (1 + R^2) = 15 R^2 - 1: R sqrt(2 L) covers what two atoms need from R = 1/sqrt(15) on",
        lambda: _two_atoms_gap(False),
        lambda: _two_atoms_gap(True),
        "poly",
    ),
    ClosedForm(
        "two-atom-sharpness",
        "a residual block of norm e lowers the top eigenvalue 2 h of a balanced neuron to 2 h - e",
        lambda: _coupled_block(False),
        lambda: _coupled_block(True),
        "poly",
    ),
)
