"""Identities behind the loss inequality, on symbols."""

from __future__ import annotations

from typing import Any

from refutable.theorems.records import ClosedForm


def _enumerated() -> Any:
    """E L(theta_1) over batches of one out of three losses of one parameter, from 1."""
    import sympy

    h = sympy.symbols("h0:3")
    eta = sympy.Symbol("eta")
    return sum((1 - eta * q) ** 2 for q in h) / 3 * sum(h) / 6


def _split() -> Any:
    """L of the mean step, and (eta^2 / 2) Tr(H Sigma_noise)."""
    import sympy

    h = sympy.symbols("h0:3")
    eta = sympy.Symbol("eta")
    mean = sum(h) / 3
    power = sum(q * mean * q for q in h) / 3 - mean**3
    return mean * (1 - eta * mean) ** 2 / 2 + eta**2 * power / 2


def _aligned(left: bool) -> Any:
    """mu |H|_F^2 of one parameter is the variance of the curvature."""
    import sympy

    h = sympy.symbols("h0:3", positive=True)
    mean = sum(h) / 3
    variance = sum(q**2 for q in h) / 3 - mean**2
    power = sum(q * mean * q for q in h) / 3 - mean**3
    return power / (mean**2 * mean) * mean**2 if left else variance


CLOSED_FORMS = (
    ClosedForm(
        "loss-after-a-step",
        "E L(theta_1) = L((1 - eta h) theta_0) + (eta^2 / 2) Tr(H Sigma_noise), one out of three losses",
        _enumerated,
        _split,
        "poly",
    ),
    ClosedForm(
        "one-parameter",
        "mu |H|_F^2 is the variance of the curvature for one parameter",
        lambda: _aligned(True),
        lambda: _aligned(False),
        "cancel",
    ),
)
