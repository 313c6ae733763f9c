"""Integrals behind the weight of a cap, with SymPy: the substitution 1 - s = h u, and the constants at h = 0."""

from __future__ import annotations

from typing import Any

from flint import fmpq

from refutable.theorems.papers.weight_closed_forms.closed import ball_constant
from refutable.theorems.records import ClosedForm


def _literal(a: int, excess: bool) -> Any:
    """int_t^1 (1 - s^2)^a ds, or with the factor s - t, at t = 1 - h."""
    import sympy

    h, s = sympy.symbols("h s")
    factor = s - (1 - h) if excess else sympy.Integer(1)
    return sympy.expand(sympy.integrate(sympy.expand(factor * (1 - s**2) ** a), (s, 1 - h, 1)))


def _substituted(a: int, excess: bool) -> Any:
    """h^(a+1) int_0^1 u^a (2 - h u)^a du, or h^(a+2) with the factor 1 - u."""
    import sympy

    h, u = sympy.symbols("h u")
    factor = h * (1 - u) if excess else sympy.Integer(1)
    return sympy.expand(h ** (a + 1) * sympy.integrate(sympy.expand(factor * (u * (2 - h * u)) ** a), (u, 0, 1)))


def _beta(twice_a: int) -> Any:
    """int_0^1 (1 - u) u^a du by the gamma function."""
    import sympy

    a = sympy.Rational(twice_a, 2)
    return sympy.simplify(sympy.gamma(a + 1) * sympy.gamma(2) / sympy.gamma(a + 3))


def _beta_printed(twice_a: int) -> Any:
    import sympy

    a = sympy.Rational(twice_a, 2)
    return 1 / ((a + 1) * (a + 2))


def _printed_constant(d: int) -> Any:
    """sqrt2 (c 2^a/(a + 1))^2/(a + 2) with c by gamma functions."""
    import sympy

    a, half = sympy.Rational(d - 1, 2), sympy.Rational(d, 2)
    c = sympy.gamma(half + 1) / (sympy.sqrt(sympy.pi) * sympy.gamma(half + sympy.Rational(1, 2)))
    return sympy.sqrt(2) * (c * 2**a / (a + 1)) ** 2 / (a + 2)


def _own_constant(d: int) -> Any:
    """The code's rational, c^2 2^(d+2)/((d + 1)^2 (d + 3)), times sqrt2 (odd d)."""
    import sympy

    c = ball_constant(d)
    assert isinstance(c, fmpq)
    rational = c * c * fmpq(2 ** (d + 2), (d + 1) ** 2 * (d + 3))
    return sympy.Rational(int(rational.p), int(rational.q)) * sympy.sqrt(2)


def _substitution(a: int, excess: bool) -> ClosedForm:
    name, factor = ("excess", "(s - t) ") if excess else ("mass", "")
    return ClosedForm(
        f"{name}-d{2 * a + 1}",
        f"d = {2 * a + 1}: int_t^1 {factor}(1 - s^2)^a ds by 1 - s = h u",
        lambda: _literal(a, excess),
        lambda: _substituted(a, excess),
        "poly",
    )


def _moment(twice_a: int) -> ClosedForm:
    return ClosedForm(
        f"beta-a{twice_a}-halves",
        f"int_0^1 (1 - u) u^a du = 1/((a + 1)(a + 2)) at a = {twice_a}/2",
        lambda: _beta(twice_a),
        lambda: _beta_printed(twice_a),
        "cancel",
    )


def _constant(d: int) -> ClosedForm:
    return ClosedForm(
        f"constant-d{d}",
        f"the leading constant in dimension {d}, with gamma functions and as the code has it",
        lambda: _printed_constant(d),
        lambda: _own_constant(d),
        "cancel",
    )


CLOSED_FORMS = (
    *(_substitution(a, excess) for a in (0, 1, 2, 3) for excess in (False, True)),
    *(_moment(twice_a) for twice_a in (1, 3, 5, 7)),
    *(_constant(d) for d in (1, 3, 5, 7)),
)
