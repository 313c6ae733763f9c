"""Gradient flow on separable data: potential, residual's limit and rates against slow references."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest
from flint import fmpq
from scipy.integrate import solve_ivp
from scipy.optimize import minimize

from refutable.strategies.separable.solutions import SOLUTIONS, flow
from refutable.strategies.separable.whitened import whitened_from
from refutable.theorems.domains.separable import SEPARABLE
from refutable.theorems.exact import to_float
from refutable.theorems.papers.soudry_2018.curve import curve, gap_constant, margin
from refutable.theorems.papers.soudry_2018.data import DEGENERATE, NOT_SPANNING, UNEVEN, state
from refutable.theorems.papers.soudry_2018.formulas import along_flow, least_potential
from refutable.theorems.papers.soudry_2018.residual import SEPARABLE_RESIDUAL
from refutable.verify.decide import decide


def floats(rows: Any) -> Any:
    return np.vectorize(lambda q: to_float(fmpq(q)), otypes=[float])(np.array(rows, dtype=object))


@pytest.mark.parametrize("others", [0, 2])
def test_potential_changes_as_a_solver_sees_it(others: int) -> None:
    generator = np.random.default_rng(3)
    data = whitened_from(generator, 2, others)
    instance = state(data.x.tolist(), [2 * entry for entry in data.direction], fmpq(3, 4), 1)
    exact = float(along_flow(SEPARABLE.view(instance), lambda view: view["potential"]))
    x, w, eta = floats(data.x), floats(instance["w"]), 0.75
    what = floats(data.direction)

    def potential(s: float, v: Any) -> float:
        return float(eta * np.exp(s - x @ v).sum() + what @ v - s * what @ what)

    h = 1e-5
    ends = []
    for sign in (1, -1):
        solved = solve_ivp(
            lambda s, v: eta * np.exp(s - x @ v) @ x, (1, 1 + sign * h), w, rtol=1e-13, atol=1e-14, method="DOP853"
        )
        ends.append(potential(1 + sign * h, solved.y[:, -1]))
    assert (ends[0] - ends[1]) / (2 * h) == pytest.approx(exact, rel=1e-5)


def test_residual_limit_minimises_the_potential() -> None:
    generator = np.random.default_rng(8)
    for d in (1, 2, 3):
        data = whitened_from(generator, d)
        eta = fmpq(2, 3)
        view = SEPARABLE.view(state(data.x.tolist(), [0] * d, eta))
        x, what = floats(data.x), floats(data.direction)
        found = minimize(
            lambda r, x=x, what=what: 2 / 3 * np.exp(-x @ r).sum() + what @ r,
            np.zeros(d),
            jac=lambda r, x=x, what=what: what - 2 / 3 * np.exp(-x @ r) @ x,
            method="BFGS",
            options={"gtol": 1e-10},
        )
        assert [float(v) for v in view["residual_limit"]] == pytest.approx(found.x, abs=1e-6)
        assert found.fun == pytest.approx(float(least_potential(view)), abs=1e-9)


def test_degenerate_data_grow_like_log_log() -> None:
    """w_2 + exp(w_2) - w_1 is conserved, and w_2 follows log log t as published."""
    view = SEPARABLE.view(state(DEGENERATE, (fmpq(1, 2), fmpq(1, 3)), 2, 3))

    def conserved(moved: Any) -> Any:
        from refutable.theorems.ops.exponentials import exp_of

        w = moved["w"]
        return w[0] - w[1] - exp_of(moved.ops, w)[1]

    assert abs(float(along_flow(view, conserved))) == 0
    with mpmath.workdps(30):
        for log_time, ratio in ((1e2, 0.992), (1e3, 0.9991), (1e4, 0.9999)):
            # From w = 0 the constant is -1, and w_1 - s vanishes.
            w_2 = mpmath.findroot(lambda v, s=log_time: v + mpmath.exp(v) - s - 1, mpmath.log(log_time))
            assert float(w_2 / mpmath.log(log_time)) == pytest.approx(ratio, abs=2e-4)


def test_degenerate_solution() -> None:
    x = np.array(DEGENERATE, dtype=float)
    ends = [flow(x, 1.0, np.zeros(2), s, 1e-10, False) for s in (20.0, 40.0)]
    assert ends[1][0] - ends[1][1] - np.exp(ends[1][1]) == pytest.approx(-1, abs=1e-6)
    assert ends[1][1] - ends[0][1] == pytest.approx(np.log(2), abs=0.1)


def test_displaced_limit() -> None:
    """From (0, 0.3) w_2 tends to 0.7627, not 0.3, where the support vector does not span the data."""
    limit = 6 / 17 * (2 / 5 + np.log(17 / 4 + np.exp(9 / 20)))
    assert limit == pytest.approx(0.7627, abs=5e-5)
    end = flow(floats(NOT_SPANNING), 1.0, np.array([0.0, 0.3]), 40.0, 1e-11, False)
    assert end[1] == pytest.approx(limit, abs=1e-8)
    spanned = flow(np.array([[1.0, 0.0], [2.0, 0.0]]), 1.0, np.array([0.0, 0.3]), 40.0, 1e-11, False)
    assert spanned[1] == 0.3


def test_powers_of_the_limit() -> None:
    """exp(-x.w_tilde) against exponentials of floats, support vectors and others."""
    generator = np.random.default_rng(5)
    data = whitened_from(generator, 3, 2)
    view = SEPARABLE.view(state(data.x.tolist(), [0, 0, 0], fmpq(5, 7), 0, [1, fmpq(1, 2), -1]))
    from refutable.theorems.ops.exact import to_matrix

    found = [float(v) for v in view["residual_limit_form"].exponentials(to_matrix(view["x"]))]
    w_tilde = np.array([float(v) for v in view["residual_limit"]])
    assert found == pytest.approx(np.exp(-floats(data.x) @ w_tilde), rel=1e-12)


def test_curve_against_floats() -> None:
    generator = np.random.default_rng(6)
    for d in (1, 2, 3):
        data = whitened_from(generator, d)
        s, eta = 7.0, 0.4
        view = SEPARABLE.view(state(data.x.tolist(), [0] * d, fmpq(2, 5), 7))
        point, alpha = curve(view), floats(data.multipliers)
        x, what, gamma = floats(data.x), floats(data.direction), to_float(data.gamma)
        w = what * s + np.linalg.solve(x, np.log(eta / alpha))
        assert float(point.length) == pytest.approx(gamma * np.linalg.norm(w), rel=1e-12)
        assert float(margin(view)) == pytest.approx((x @ w).min(), rel=1e-12)
        assert float(point.cosine) == pytest.approx(w @ what * gamma / np.linalg.norm(w), rel=1e-12)
        p = alpha * gamma**2
        assert float(gap_constant(view)) == pytest.approx(np.log(alpha).max() - p @ np.log(alpha), abs=1e-12)


def test_gap_of_three_to_one() -> None:
    view = SEPARABLE.view(state(UNEVEN, (1, 0), 4, 10))
    assert float(gap_constant(view)) == pytest.approx(np.log(3) / 4)


def test_limit_does_not_depend_on_what_the_solver_is_given_first() -> None:
    """Solutions are the same for the same seed, and fine and coarse end at different times where a limit is meant."""
    first, again = (list(SOLUTIONS.solutions("residual-limit", frozenset(), 2, 9)) for _ in range(2))
    assert (first[0].fine["w"] == again[0].fine["w"]).all()
    assert (first[0].fine["log_time"], first[0].coarse["log_time"]) == (40.0, 30.0)


def test_polynomial_tail_keeps_a_gap() -> None:
    """-l' = u^{-3}: the margin stays 7.6 % below gamma, so that the exponential tail is needed."""
    x = floats(UNEVEN)
    end = solve_ivp(
        lambda s, v: np.exp(s) * np.maximum(x @ v, 1.0) ** -3.0 @ x,
        (0, 40),
        np.array([1.0, 0.0]),
        method="LSODA",
        rtol=1e-9,
    ).y[:, -1]
    gap = 1 - (x @ end).min() / np.linalg.norm(end) / 2
    assert gap == pytest.approx(0.076078, abs=1e-5)


@pytest.mark.parametrize("necessity", [n for n in SEPARABLE_RESIDUAL.necessity if n.witness is not None])
def test_necessity(necessity: Any) -> None:
    claim = SEPARABLE_RESIDUAL.claim(necessity.claim)
    assert decide(claim, necessity.instance()).verdict == "vacuous"
    assert decide(claim.without(necessity.drops), necessity.instance()).verdict == "violated"
