"""Dual numbers and derivatives along a flow against SymPy, finite differences and autograd."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy
import torch
from flint import fmpq

from refutable.theorems.domains.diagonal_regression import DIAGONAL_REGRESSION
from refutable.theorems.exact import as_real, compare
from refutable.theorems.flows import derivative_along, lie_derivative, moving
from refutable.theorems.ops.dual import Dual, DualOps, dual
from refutable.theorems.ops.exact import ExactOps
from refutable.theorems.views import View

OPS, EXACT = DualOps(), ExactOps()
STATE = DIAGONAL_REGRESSION.instance(
    u=[1, 2], v=[3, "1/2"], x=[[1, 2], [-1, "1/3"], ["1/2", 0]], y=[3, -1, 2], step_size=1
)


def moves(value: Any, derivative: Any = 1) -> Dual:
    return Dual(fmpq(value), fmpq(derivative))


@pytest.mark.parametrize("name", ["exp", "log", "sinh", "asinh", "sin", "cos"])
def test_elementary_functions_have_their_slopes(name: str) -> None:
    x = sympy.Symbol("x")
    found = OPS.elementary(name, moves(fmpq(3, 4), 2))
    expected = 2 * sympy.diff(getattr(sympy, name)(x), x).subs(x, sympy.Rational(3, 4))
    assert float(as_real(found.derivative).ball(64)) == pytest.approx(float(expected), rel=1e-15)


def test_arithmetic_follows_leibniz() -> None:
    a, b = moves(3, 1), moves(5, -2)
    assert (a * b).derivative == 1 * 5 + 3 * -2
    assert (a / b).derivative == fmpq(5 + 6, 25)
    assert (1 / a).derivative == fmpq(-1, 9)
    assert (2 - a).derivative == -1
    assert (-a + b - 7).derivative == -3
    assert (a - 1).value == 2
    assert dual(4).derivative == 0


def test_matrices_sums_and_norms() -> None:
    a = np.array([[moves(1), moves(2)], [moves(3), moves(4, 0)]], dtype=object)
    product = OPS.matmul(a, OPS.transpose(a))
    assert product[0, 0].value == 5
    assert product[0, 0].derivative == 2 * (1 + 2)
    assert OPS.sum(a, -1)[1].derivative == 1
    assert OPS.norm(np.array([moves(3), moves(4)], dtype=object)).derivative == fmpq(7, 5)
    assert OPS.max(np.array([moves(3, 1), moves(4, 9)], dtype=object)).derivative == 9
    assert OPS.minimum(moves(3, 1), moves(4, 9)).derivative == 1
    assert OPS.abs(moves(-3, 2)).derivative == -2
    summed = OPS.segment_sum(np.array([moves(1), moves(2)], dtype=object), np.array([0, 0]))
    assert [summed[0].derivative, summed[1].derivative] == [2, 0]
    assert OPS.concat([a[0], a[1]]).shape == (4,)
    assert OPS.ones_like(a)[0, 0].derivative == 0
    assert OPS.take(a[0], np.array([1]))[0].value == 2


def test_what_has_no_derivative_is_refused() -> None:
    with pytest.raises(ZeroDivisionError, match="no derivative at 0"):
        OPS.sqrt(moves(0))
    with pytest.raises(ZeroDivisionError, match="at a tie"):
        OPS.maximum(moves(1), moves(1, 2))
    with pytest.raises(ZeroDivisionError, match="passes 0"):
        OPS.positive(moves(0))
    assert OPS.positive(moves(0, 0)) == 0
    with pytest.raises(TypeError, match="not compared"):
        bool(moves(1) == moves(1))
    with pytest.raises(NotImplementedError, match="eigenvalues"):
        OPS.top_eigenvalue(None)
    with pytest.raises(NotImplementedError, match="differentiate gamma"):
        OPS.elementary("gamma", moves(1))


def velocity(view: View) -> dict[str, Any]:
    """Gradient flow of 1/(2n) |X(u^2 - v^2) - y|^2."""
    residual = view["x"] @ (view["u"] * view["u"] - view["v"] * view["v"]) - view["y"]
    pull = view["x"].T @ residual * fmpq(2, len(residual))
    return {"u": -view["u"] * pull, "v": view["v"] * pull}


def test_a_conserved_quantity_has_derivative_zero() -> None:
    view = DIAGONAL_REGRESSION.view(STATE)
    assert all(entry == 0 for entry in derivative_along(view, lambda v: v["u"] * v["v"], velocity(view)))
    assert derivative_along(view, lambda v: v["step_size"] + v["u"][0] * 0, velocity(view)) == 0


def test_the_loss_falls_by_the_squared_gradient_like_autograd() -> None:
    view = DIAGONAL_REGRESSION.view(STATE)
    found = derivative_along(view, lambda v: v["loss"], velocity(view))
    floats = {
        n: torch.tensor([[float(q.p) / float(q.q) for q in row] for row in np.atleast_2d(STATE[n])]) for n in "uvxy"
    }
    u, v = (floats[n][0].requires_grad_() for n in "uv")
    loss = (floats["x"] @ (u * u - v * v) - floats["y"][0]).square().sum() / 6
    gradients = torch.autograd.grad(loss, (u, v))
    assert float(found.p) / float(found.q) == pytest.approx(-sum(float(g @ g) for g in gradients), rel=1e-5)


def test_fields_that_are_not_named_stand_still() -> None:
    view = DIAGONAL_REGRESSION.view(STATE)
    still = moving(view, {"u": np.array([fmpq(1), fmpq(0)], dtype=object)})
    assert [entry.derivative for entry in still["u"]] == [1, 0]
    assert {str(entry.derivative) for entry in still["x"].ravel()} == {"0"}
    assert still["step_size"] == 1


def test_values_are_those_of_the_exact_view() -> None:
    view = DIAGONAL_REGRESSION.view(STATE)
    assert compare(moving(view, velocity(view))["loss"].value, view["loss"]) == 0


def test_lie_derivative() -> None:
    a, w = sympy.symbols("a w")
    assert sympy.expand(lie_derivative(a**2 - w**2, {a: w * a**3, w: a**4})) == 0
    assert lie_derivative(sympy.exp(a), {a: sympy.Integer(2)}) == 2 * sympy.exp(a)
