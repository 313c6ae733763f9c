"""Identities behind the criterion, on symbols."""

from __future__ import annotations

from typing import Any

from refutable.theorems.records import ClosedForm


def _enumerated() -> Any:
    """E (1 - eta h_B)^2 over all batches of two out of three losses of one parameter."""
    import sympy

    h = sympy.symbols("h0:3")
    eta = sympy.Symbol("eta")
    pairs = ((0, 1), (0, 2), (1, 2))
    return sum((1 - eta * (h[i] + h[j]) / 2) ** 2 for i, j in pairs) / 3


def _criterion() -> Any:
    """(1 - eta h)^2 + eta^2 p s^2 with p = (n - B) / (B (n - 1)) = 1/4."""
    import sympy

    h = sympy.symbols("h0:3")
    eta = sympy.Symbol("eta")
    mean = sum(h) / 3
    variance = sum(q**2 for q in h) / 3 - mean**2
    return (1 - eta * mean) ** 2 + eta**2 * variance / 4


def _uniformity(left: bool) -> Any:
    """1/eta - (2 h - eta h^2) = (1 - eta h)^2 / eta: what one parameter has left of eta p s^2 <= 1/eta."""
    import sympy

    h, eta = sympy.symbols("h eta", positive=True)
    return 1 / eta - (2 * h - eta * h**2) if left else (1 - eta * h) ** 2 / eta


CLOSED_FORMS = (
    ClosedForm(
        "two-of-three",
        "averaging over batches of two out of three: E (1 - eta h_B)^2 = (1 - eta h)^2 + eta^2 s^2 / 4",
        _enumerated,
        _criterion,
        "poly",
    ),
    ClosedForm(
        "non-uniformity",
        "1/eta - (2 h - eta h^2) = (1 - eta h)^2 / eta",
        lambda: _uniformity(True),
        lambda: _uniformity(False),
        "cancel",
    ),
)
