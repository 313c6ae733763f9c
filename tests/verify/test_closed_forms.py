"""The checker of closed forms: proves what is true, refuses what is false, encloses what mpmath computes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import mpmath
import pytest
import sympy
from flint import arb, fmpq

from refutable.theorems.papers.weight_closed_forms.forms import CLOSED_FORMS
from refutable.theorems.records import ClosedForm
from refutable.verify.closed_forms import EvaluationError, evaluate, prove, reduced

x, y, n = sympy.symbols("x y n", positive=True)
r = sympy.Symbol("r", real=True)


def form(left: Any, right: Any, method: Any, **more: Any) -> ClosedForm:
    return ClosedForm("form", "a statement", lambda: sympy.sympify(left), lambda: sympy.sympify(right), method, **more)


TRUE = [
    form(1 / (x - 1) - 1 / (x + 1), 2 / (x**2 - 1), "cancel"),
    form(sympy.sqrt(x) * sympy.sqrt(x) ** 3, x**2, "cancel"),
    form((1 - x**2) ** sympy.Rational(3, 2) / sympy.sqrt(1 - x**2), 1 - x**2, "cancel"),
    form(1 / (sympy.sqrt(x) + sympy.sqrt(y)), (sympy.sqrt(x) - sympy.sqrt(y)) / (x - y), "cancel"),
    form(sympy.exp(2 * x) - 1, (sympy.exp(x) - 1) * (sympy.exp(x) + 1), "cancel"),
    form(x ** (n + 1), x * x**n, "cancel"),
    form(sympy.gamma(n + 2), n * (n + 1) * sympy.gamma(n), "cancel"),
    form(sympy.sqrt(1 + sympy.sqrt(x)) ** 3, (1 + sympy.sqrt(x)) * sympy.sqrt(1 + sympy.sqrt(x)), "cancel"),
    form(1 / (sympy.sqrt(1 + sympy.sqrt(x)) - 1), (sympy.sqrt(1 + sympy.sqrt(x)) + 1) / sympy.sqrt(x), "cancel"),
    form(sympy.atan(x), sympy.Integral(1 / (1 + y**2), (y, 0, x)), "derivative", point=fmpq(0)),
    form((x + y) ** 2, x**2 + 2 * x * y + y**2, "poly"),
    form(sympy.sin(2 * x), 2 * sympy.sin(x) * sympy.cos(x), "balls", points=({"x": fmpq(1, 3)}, {"x": fmpq(-7)})),
    form(sympy.log(x), sympy.Integral(1 / y, (y, 1, x)), "balls", points=({"x": fmpq(5, 2)},)),
]

FALSE = [
    form(1 / (x - 1) - 1 / (x + 1), 2 / (x**2 + 1), "cancel"),
    form(sympy.sqrt(1 - x**2), 1 - x, "cancel"),
    form(sympy.sqrt(x + y), sympy.sqrt(x) + sympy.sqrt(y), "cancel"),
    form(sympy.gamma(n + 1), sympy.gamma(n), "cancel"),
    form(1 / (x * (sympy.sqrt(1 + y) ** 3 / sympy.sqrt(1 + y) - 1 - y)), 0, "cancel"),
    form(1 / (sympy.sqrt(1 + sympy.sqrt(x)) - 1), (sympy.sqrt(1 + sympy.sqrt(x)) - 1) / sympy.sqrt(x), "cancel"),
    form(sympy.atan(x) + 1, sympy.Integral(1 / (1 + y**2), (y, 0, x)), "derivative", point=fmpq(0)),
    form(sympy.atan(x) + x, sympy.Integral(1 / (1 + y**2), (y, 0, x)), "derivative", point=fmpq(0)),
    form((x + y) ** 2, x**2 + y**2, "poly"),
    form(sympy.sin(x) + sympy.Rational(1, 10**50), sympy.sin(x), "balls", points=({"x": fmpq(1, 3)},)),
    form(sympy.sin(x), sympy.sin(x) + (x - 1), "balls", points=({"x": fmpq(1)}, {"x": fmpq(1, 2)})),
]

UNUSABLE = [
    (form(x, x, "derivative"), "needs a point"),
    (form(x, x, "derivative", variable="z", point=fmpq(0)), "no symbol is called 'z'"),
    (form(x, x, "balls"), "needs points"),
    (form(sympy.exp(x), sympy.exp(x) + sympy.sin(x), "poly"), "not a polynomial"),
    (form(x, x + y, "balls", points=({"x": fmpq(1)},)), "symbol y has no value"),
    (form(1 / x, 1 / x + x, "derivative", point=fmpq(0)), "differ"),
    (form(sympy.log(x), x * 0 + sympy.oo, "cancel"), "undefined"),
]


@pytest.mark.parametrize("case", TRUE, ids=lambda f: str(f.left()))
def test_true_identities_are_proved(case: ClosedForm) -> None:
    result = prove(case)
    assert result.proved, result.detail
    assert result.method == case.method


@pytest.mark.parametrize("case", FALSE, ids=lambda f: str(f.left()))
def test_false_identities_are_not_proved(case: ClosedForm) -> None:
    result = prove(case)
    assert not result.proved
    assert result.detail


@pytest.mark.parametrize(("case", "said"), UNUSABLE, ids=[said for _, said in UNUSABLE])
def test_unusable_forms_say_what_is_wrong(case: ClosedForm, said: str) -> None:
    result = prove(case)
    assert not result.proved
    assert said in result.detail


@pytest.mark.parametrize(
    "expression",
    [
        sympy.erf(x) * sympy.exp(-(x**2)),
        sympy.gamma(x + sympy.Rational(1, 3)),
        sympy.acos(x / 3) + sympy.asin(x / 3) ** 2 + sympy.atan(x),
        x ** sympy.Rational(5, 3) + sympy.sqrt(x) + sympy.pi**x + sympy.E,
        sympy.Min(x, 2) * sympy.Max(x, sympy.Rational(1, 7)) + sympy.Abs(-x) - sympy.log(x),
        sympy.sinh(x) + sympy.cosh(x) + sympy.asinh(x) + sympy.erfc(x) + sympy.tan(x),
        sympy.Integral(sympy.sqrt(1 - y**2) * sympy.exp(y), (y, 0, x / 2)),
    ],
    ids=str,
)
def test_balls_contain_what_mpmath_computes(expression: sympy.Expr) -> None:
    for value in (fmpq(1, 2), fmpq(13, 10)):
        ball = evaluate(expression, {"x": value}, 160)
        at = expression.subs(x, sympy.Rational(int(value.p), int(value.q)))
        with mpmath.workdps(60):
            reference = mpmath.mpf(at.evalf(45))
            assert abs(mpmath.mpf(ball.str(50, radius=False)) - reference) < mpmath.mpf(10) ** -38
        assert float(ball.rad()) < 1e-30


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        (sympy.zeta(x), "zeta"),
        (sympy.Float("0.1") + x, "Float"),
        (sympy.Integral(sympy.exp(-y), (y, 0, sympy.oo)), "infinite range"),
        (sympy.Integral(sympy.Abs(r), (r, 0, 1)), "not analytic"),
        (sympy.Integral(y), "single definite"),
    ],
)
def test_what_balls_cannot_evaluate_is_named(expression: sympy.Expr, said: str) -> None:
    with pytest.raises(EvaluationError, match=said):
        evaluate(expression, {"x": fmpq(1, 2)})


def test_a_branch_cut_under_the_integral_does_not_give_a_narrow_wrong_ball() -> None:
    z = sympy.Symbol("z")
    jagged = sympy.Integral(sympy.sqrt((z - sympy.Rational(1, 3)) ** 2), (z, 0, 1))
    ball, exact = evaluate(jagged, {}, 64), fmpq(5, 18)
    assert ball.overlaps(arb(exact))
    assert float(ball.rad()) < 1e-6


def test_a_reduced_expression_is_zero_only_for_identities() -> None:
    assert reduced(sympy.sqrt(x**2 + 1) ** 2 - x**2 - 1) == 0
    assert reduced(sympy.sqrt(x**2 + 1) - x) != 0


@pytest.mark.parametrize("closed", CLOSED_FORMS, ids=lambda f: f.id)
def test_closed_forms_are_proved_and_their_false_neighbours_are_not(closed: ClosedForm) -> None:
    result = prove(closed)
    assert result.proved, result.detail
    for off in (sympy.Rational(1, 10**30), *((sympy.Rational(1, 10**30) * _variable(closed),))):
        wrong = replace(closed, left=lambda off=off: closed.left() + off)
        assert not prove(wrong).proved


def _variable(closed: ClosedForm) -> Any:
    symbols = sorted((closed.left() - closed.right()).free_symbols | closed.left().free_symbols, key=str)
    named = [s for s in symbols if s.name == closed.variable]
    return (named or symbols or [sympy.Integer(1)])[0]
