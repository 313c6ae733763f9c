"""Derivatives along the flow on symbols, and the flow of a single datum."""

from __future__ import annotations

from typing import Any

from refutable.theorems.flows import lie_derivative
from refutable.theorems.papers.soudry_2018.direction_forms import symbolic_view
from refutable.theorems.records import ClosedForm


def _loss_slope() -> Any:
    view = symbolic_view(2, 2)
    return lie_derivative(view["loss"], dict(zip(view["w"], view["pull"], strict=True)))


def _single(side: str) -> Any:
    """L = 1/(1/L_0 + c^2 t): its slope, and -c^2 L^2."""
    import sympy

    t, c, first = sympy.symbols("t c L_0", positive=True)
    loss = 1 / (1 / first + c**2 * t)
    return sympy.diff(loss, t) if side == "left" else -(c**2) * loss**2


def _steady(side: str) -> Any:
    """1/(L - d) - 1/L and d/(L (L - d))."""
    import sympy

    loss, drop = sympy.symbols("L d", positive=True)
    return 1 / (loss - drop) - 1 / loss if side == "left" else drop / (loss * (loss - drop))


CLOSED_FORMS = (
    ClosedForm(
        "loss-slope",
        "two data, two inputs: dL/dt = -|grad L|^2 along the gradient flow",
        _loss_slope,
        lambda: -symbolic_view(2, 2)["squared_gradient"],
        "cancel",
    ),
    ClosedForm(
        "single-datum",
        "one datum of length c: L = 1/(1/L_0 + c^2 t) solves dL/dt = -c^2 L^2, so that both bounds are equal",
        lambda: _single("left"),
        lambda: _single("right"),
        "cancel",
    ),
    ClosedForm(
        "reciprocal-drop",
        "a drop d of the loss adds d/(L (L - d)) to 1/L",
        lambda: _steady("left"),
        lambda: _steady("right"),
        "cancel",
    ),
)
