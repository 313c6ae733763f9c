"""A neuron that is stationary, on symbols."""

from __future__ import annotations

from typing import Any

from refutable.theorems.records import ClosedForm


def _stationary() -> Any:
    """v, S_0, S_1, decay, bias decay; w and b as they are at a stationary point."""
    import sympy

    v, level, slope, decay, bias_decay = sympy.symbols("v S0 S1 decay bias_decay", positive=True)
    return v, level, slope, decay, bias_decay, v * slope / decay, v * level / bias_decay


def _knot(left: bool) -> Any:
    _, level, slope, decay, bias_decay, w, b = _stationary()
    return -b / w if left else -(decay / bias_decay) * level / slope


def _output(left: bool) -> Any:
    """decay v = w S_1 + b S_0, divided by v."""
    v, level, slope, decay, bias_decay, w, b = _stationary()
    return (w * slope + b * level) / v if left else slope**2 / decay + level**2 / bias_decay


CLOSED_FORMS = (
    ClosedForm(
        "knot-of-the-pull",
        "the knot of a stationary neuron is -(decay/bias decay) S_0/S_1: v drops out",
        lambda: _knot(True),
        lambda: _knot(False),
        "cancel",
    ),
    ClosedForm(
        "size-of-the-pull",
        "(w S_1 + b S_0)/v = S_1^2/decay + S_0^2/(bias decay)",
        lambda: _output(True),
        lambda: _output(False),
        "cancel",
    ),
)
