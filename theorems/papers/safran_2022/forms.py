"""Two pulls of length 1 and their difference, on symbols."""

from __future__ import annotations

from typing import Any

from refutable.theorems.records import ClosedForm


def _angles() -> Any:
    import sympy

    return sympy.symbols("h k", real=True)


def _pull(half: Any) -> Any:
    """(S_0, S_1) with S_1 > 0 for half angles in (-1, 1)."""
    return -2 * half / (1 + half**2), (1 - half**2) / (1 + half**2)


def _knot(half: Any) -> Any:
    return 2 * half / (1 - half**2)


def _perpendicular() -> Any:
    """S_0 + S_1 t."""
    half, _ = _angles()
    level, slope = _pull(half)
    return level + slope * _knot(half)


def _zero() -> Any:
    import sympy

    return sympy.Integer(0)


def _chord(left: bool) -> Any:
    """The difference of two pulls is perpendicular to their sum: its place S_1/S_0 is the tangent of the mean angle."""
    h, k = _angles()
    (a0, a1), (b0, b1) = _pull(h), _pull(k)
    return (a1 - b1) / (a0 - b0) if left else (h + k) / (1 - h * k)


CLOSED_FORMS = (
    ClosedForm(
        "pull-and-knot", "a pull of length 1 is perpendicular to (1, t), t the neuron's knot", _perpendicular, _zero,
        "cancel",
    ),
    ClosedForm(
        "place-of-a-chord",
        "the datum whose force turns one pull into another (both with S_1 > 0) lies at the tangent of the mean of "
        "their angles: between the two knots",
        lambda: _chord(True),
        lambda: _chord(False),
        "cancel",
    ),
)  # fmt: skip
