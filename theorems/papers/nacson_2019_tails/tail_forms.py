"""The constant 1/nu symbolically: two data, expanded in h = 1/level."""

from __future__ import annotations

from typing import Any

from refutable.theorems.records import ClosedForm


def _symbols() -> Any:
    import sympy

    return sympy.symbols("p e q h", positive=True)


def _gap() -> Any:
    """1 - 1/(sum p r) for shares 1 - p, p and costs 0, e."""
    p, e, q, h = _symbols()
    return 1 - 1 / (1 - p + p * (1 + e * h) ** q)


def _coefficient(order: int) -> Any:
    """Coefficient of h^order."""
    import sympy

    h = _symbols()[3]
    return sympy.expand(sympy.diff(_gap(), h, order).subs(h, 0) / sympy.factorial(order))


def _first() -> Any:
    p, e, q, _ = _symbols()
    return q * p * e


def _second() -> Any:
    p, e, q, _ = _symbols()
    return q * (q - 1) / 2 * p * e**2 - (q * p * e) ** 2


def _tail() -> Any:
    """-log of the tail at the curve's margin: ((level + e)^(1/nu))^nu."""
    import sympy

    level, e, nu = sympy.symbols("level e nu", positive=True)
    return ((level + e) ** (1 / nu)) ** nu


def _cost() -> Any:
    import sympy

    level, e, _ = sympy.symbols("level e nu", positive=True)
    return level + e


CLOSED_FORMS = (
    ClosedForm(
        "leading-constant",
        "the gap over gamma is (1/nu) (sum p e) / level to first order: the constant of every nu",
        lambda: _coefficient(1),
        _first,
        "cancel",
    ),
    ClosedForm(
        "second-order",
        "its second order is ((1/nu)(1/nu - 1)/2 sum p e^2 - (sum p e / nu)^2) / level^2",
        lambda: _coefficient(2),
        _second,
        "cancel",
    ),
    ClosedForm("tail-on-curve", "u_n^nu is level + e_n on the curve", _tail, _cost, "cancel"),
)
