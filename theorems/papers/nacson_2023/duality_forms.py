"""Identities behind duality, with SymPy."""

from __future__ import annotations

from typing import Any

from refutable.theorems.records import ClosedForm


def _hat_certificate(expanded: bool) -> Any:
    """sum_j mu_j p(x_j) of the hat with tail T: mu = (1/(T-1), -2 - 1/(T-1), 4, ...), p = (0, 0, 1, 0, 0)."""
    import sympy

    end = sympy.Symbol("T")
    fall = 1 / (end - 1)
    mu = (fall, -2 - fall, sympy.Integer(4), -2 - fall, fall)
    places = (-end, sympy.Integer(-1), sympy.Integer(0), sympy.Integer(1), end)
    if expanded:
        return sum(mu) ** 2 + sum(m * x for m, x in zip(mu, places, strict=True)) ** 2 + mu[2]
    return sympy.Integer(4)


def _hat_height(at: int) -> Any:
    """h_mu(1, s) of the hat at s = -1, 0, 1."""
    import sympy

    end = sympy.Symbol("T")
    fall = 1 / (end - 1)
    right = {
        -1: (4, 1, -2 - fall, 2, fall, end + 1),
        0: (0, 0, -2 - fall, 1, fall, end),
        1: (0, 0, 0, 0, fall, end - 1),
    }
    a, x, b, y, c, z = right[at]
    return sympy.together(a * x + b * y + c * z)


def _integer(value: int) -> Any:
    import sympy

    return sympy.Integer(value)


CLOSED_FORMS = (
    ClosedForm(
        "hat-certificate",
        "the hat's multipliers are orthogonal to affine functions and pair with the pyramid to 4",
        lambda: _hat_certificate(True),
        lambda: _hat_certificate(False),
        "cancel",
    ),
    *(
        ClosedForm(
            f"hat-height-{name}",
            f"the hat's h_mu is {value} at s = {at}, for every tail T",
            lambda at=at: _hat_height(at),  # type: ignore[misc]
            lambda value=value: _integer(value),  # type: ignore[misc]
            "cancel",
        )
        for name, at, value in (("left", -1, 1), ("apex", 0, -1), ("right", 1, 1))
    ),
)
