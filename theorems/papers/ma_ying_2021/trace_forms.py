"""Identities behind the trace bounds, on symbols."""

from __future__ import annotations

from typing import Any

from refutable.theorems.records import ClosedForm

SAMPLES = 3


def _symbols() -> tuple[list[Any], Any]:
    import sympy

    return list(sympy.symbols(f"s0:{SAMPLES}")), sympy.Symbol("eta", positive=True)


def _deviation(expanded: bool) -> Any:
    """eta^2 sum (s_i - 1/eta)^2 - n, and eta n (eta mean s_i^2 - 2 mean s_i)."""
    squares, eta = _symbols()
    if expanded:
        return eta * (eta * sum(s * s for s in squares) - 2 * sum(squares))
    return eta**2 * sum((s - 1 / eta) ** 2 for s in squares) - SAMPLES


def _jensen(expanded: bool) -> Any:
    """n^2 (mean s_i^2 - (mean s_i)^2) as a sum of squares."""
    squares, _ = _symbols()
    if expanded:
        return SAMPLES * sum(s * s for s in squares) - sum(squares) ** 2
    return sum((squares[i] - squares[j]) ** 2 for i in range(SAMPLES) for j in range(i))


def _one_large(left: bool) -> Any:
    """mean s^2 against (2 / eta) mean s for s = 1/eta, but one of (1 + r)/eta, with n = r^2."""
    import sympy

    r, eta = sympy.symbols("r eta", positive=True)
    n = r**2
    if left:
        return ((n - 1) + (1 + r) ** 2) / eta**2 / n
    return 2 / eta * ((n - 1) + (1 + r)) / eta / n


CLOSED_FORMS = (
    ClosedForm(
        "deviation",
        "eta^2 sum (s_i - 1/eta)^2 - n = eta (eta sum s_i^2 - 2 sum s_i), for three samples",
        lambda: _deviation(False),
        lambda: _deviation(True),
        "cancel",
    ),
    ClosedForm(
        "jensen",
        "n sum s_i^2 - (sum s_i)^2 = sum over pairs of (s_i - s_j)^2, for three samples",
        lambda: _jensen(True),
        lambda: _jensen(False),
        "poly",
    ),
    ClosedForm(
        "one-large-sample",
        "s = 1/eta but one of (1 + sqrt(n))/eta: mean s^2 = (2/eta) mean s, so that eta is the threshold",
        lambda: _one_large(True),
        lambda: _one_large(False),
        "cancel",
    ),
)
