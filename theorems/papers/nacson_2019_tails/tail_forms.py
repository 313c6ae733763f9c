"""The constant 1/nu symbolically: two data, the code's own gap on the curve expanded in h = 1/level."""

from __future__ import annotations

from typing import Any

from refutable.theorems.domains.tail_margins import TAIL_MARGINS
from refutable.theorems.papers.nacson_2019_tails.tail_claims import curve_gradient
from refutable.theorems.records import ClosedForm
from refutable.theorems.views import View


def _symbols() -> Any:
    import sympy

    return sympy.symbols("p e nu h", positive=True)


def _view() -> View:
    """Two data (a, b) with shares 1 - p, p and costs 0, e, at level 1/h."""
    import sympy

    from refutable.theorems.ops.symbolic import SymbolicOps

    p, e, nu, h = _symbols()
    ops = SymbolicOps()
    rows = ops.array([list(sympy.symbols("a:2")), list(sympy.symbols("b:2"))])
    known = {"x": rows, "shares": ops.array([1 - p, p]), "excess_costs": ops.array([0, e])}
    return View(TAIL_MARGINS, ops, {**known, "exponent": nu, "level": 1 / h})


def _coefficient(order: int) -> Any:
    """Coefficient of h^order of the gap."""
    import sympy

    h = _symbols()[3]
    return sympy.expand(sympy.diff(_view()["along_gap"], h, order).subs(h, 0) / sympy.factorial(order))


def _first() -> Any:
    p, e, nu, _ = _symbols()
    return p * e / nu


def _second() -> Any:
    p, e, nu, _ = _symbols()
    return (1 / nu) * (1 / nu - 1) / 2 * p * e**2 - (p * e / nu) ** 2


def _gradient() -> Any:
    import sympy

    return sympy.simplify(curve_gradient(_view())[0])


def _weighted() -> Any:
    import sympy

    return sympy.Symbol("a0") + sympy.exp(-_symbols()[1]) * sympy.Symbol("b0")


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
    ClosedForm(
        "tail-on-curve",
        "on the curve the slopes exp(level - u_n^nu) are exp(-e_n), whatever nu and the level",
        _gradient,
        _weighted,
        "cancel",
    ),
)
