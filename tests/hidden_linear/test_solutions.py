"""Flows integrated apart from the package end where the records say, and their false variants do not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize

from refutable.strategies.hidden_linear.solutions import SOLUTIONS, Problem, integrated, minimiser
from refutable.theorems.papers.azulay_2021.balanced import INIT_SHAPE_BALANCED
from refutable.theorems.papers.azulay_2021.leaky import INIT_SHAPE_LEAKY
from refutable.theorems.papers.azulay_2021.neuron import INIT_SHAPE_NEURON
from refutable.theorems.records import Theorem
from refutable.verify.integrations import compared
from tests.hidden_linear.flows import Run, flow, gradient, neuron, problem

DELTAS = (0.0, 0.01, 0.3, 1.0, 4.0)


@pytest.fixture(scope="module")
def runs() -> list[Run]:
    return [neuron(seed, DELTAS[seed % 5]) for seed in range(15)]


def test_one_unit_ends_where_the_gradient_is_a_combination_of_data(runs: list[Run]) -> None:
    assert max(float(np.abs(r.x @ r.theta - r.y).max()) for r in runs) < 1e-9
    assert max(r.off_rows(gradient(r.theta, r.before, r.delta)) for r in runs) < 1e-8
    ends = [(float((r.end[0] ** 2).sum() - (r.end[1] ** 2).sum()), r.delta) for r in runs]
    assert max(abs(after - before) for after, before in ends) < 1e-8
    assert all(r.end[0][0] * r.start[0][0] > 0 for r in runs)


def test_false_functions_are_told_apart(runs: list[Run]) -> None:
    coefficient = [r.off_rows(gradient(r.theta, r.before, r.delta, 1.0)) for r in runs]
    no_start = [r.off_rows(gradient(r.theta, r.before, r.delta, 0.0)) for r in runs]
    no_delta = [r.off_rows(gradient(r.theta, r.before, 0.0)) for r in runs if r.delta > 0.2]
    assert min(coefficient) > 1e-3
    assert min(no_start) > 3e-3
    assert min(no_delta) > 1e-4
    assert float(np.median(no_start)) > float(np.median(coefficient)) > 0.02


def test_for_a_negative_imbalance_the_sign_may_flip_and_only_then_it_fails() -> None:
    runs = [neuron(seed, -0.91) for seed in range(12)]
    flipped = [r for r in runs if r.end[0][0] * r.start[0][0] < 0]
    assert 2 <= len(flipped) <= 15
    for r in runs:
        sign = float(np.sign(r.end[0][0]))
        off = r.off_rows(r.end[1][0] * sign - r.start[1][0] * float(np.sign(r.start[0][0])))
        assert off > 0.3 if r in flipped else off < 1e-8
        assert r.off_rows(r.end[1][0] - r.start[1][0]) < 1e-8


def balanced(seed: int) -> Run:
    source = np.random.default_rng(seed)
    x, y = problem(source)
    a, unit = source.standard_normal(1 + seed % 4), source.standard_normal(4)
    return flow(x, y, a, np.outer(a, unit / np.linalg.norm(unit)))


def test_balanced_units_have_the_coefficient_three_halves() -> None:
    runs = [balanced(seed) for seed in range(12)]
    residuals = [[r.off_rows(1.5 * root(r.theta) - c * root(r.before)) for r in runs] for c in (1.5, 1.0, 2.0)]
    assert max(residuals[0]) < 1e-8
    assert float(np.median(residuals[1])) > 0.02
    assert max(residuals[1]) > 0.4
    assert float(np.median(residuals[2])) > 0.02
    assert float(np.median([r.off_rows(r.theta - r.before) for r in runs])) > 0.02
    assert float(np.median([r.off_rows(unit(r.theta) - unit(r.before)) for r in runs])) > 0.02


def root(v: Any) -> Any:
    return v / np.sqrt(np.linalg.norm(v))


def unit(v: Any) -> Any:
    return v / np.linalg.norm(v)


def setting(delta: float, size: float, seed: int = 3) -> Problem:
    source = np.random.default_rng(seed)
    x, y = problem(source)
    w = source.standard_normal((1, 4))
    w = w * size / np.linalg.norm(w)
    return Problem(x, y, np.sqrt(np.array([size**2 + delta])), w, 1.0)


def q(p: Problem, v: Any) -> float:
    """q by numerical integration of (3/2) |w| over |v|, and the start's term."""
    half = float(p.a @ p.a - (p.w * p.w).sum()) / 2
    t = (np.polynomial.legendre.leggauss(60)[0] + 1) / 2
    weights = np.polynomial.legendre.leggauss(60)[1] / 2
    n, begin = float(np.linalg.norm(v)), p.a @ p.w
    radii = n * t**2  # |w| behaves as a root at 0
    slopes = np.sqrt(radii**2 / (np.hypot(radii, half) + half))
    size = float(np.linalg.norm(begin))
    pull = np.sqrt(size**2 / (np.hypot(size, half) + half)) * begin / size
    return float(1.5 * (slopes * weights * 2 * t).sum() * n - 1.5 * pull @ v)


@pytest.mark.parametrize(("delta", "size"), [(0.0, 1.0), (0.3, 0.2), (4.0, 1.5)])
def test_the_minimiser_is_a_general_solvers(delta: float, size: float) -> None:
    p = setting(delta, size)
    found = minimiser(p, p.y)
    assert found is not None
    kernel = np.linalg.svd(p.x)[2][2:].T
    base = np.linalg.pinv(p.x) @ p.y
    general = minimize(lambda c: q(p, base + kernel @ c), np.ones(2), method="BFGS", tol=1e-9)
    assert found == pytest.approx(base + kernel @ general.x, abs=1e-4)
    assert q(p, found) <= general.fun + 1e-10


def test_the_limits_of_large_imbalance_and_of_small_starts() -> None:
    wide = setting(1e8, 1.0)
    begin = wide.a @ wide.w
    nearest = begin + np.linalg.pinv(wide.x) @ (wide.y - wide.x @ begin)
    assert minimiser(wide, wide.y) == pytest.approx(nearest, rel=1e-3)
    small = setting(0.0, 1e-5)
    assert minimiser(small, small.y) == pytest.approx(np.linalg.pinv(small.x) @ small.y, abs=1e-4)


def small_steps(p: Problem, time: float, steps: int) -> Any:
    """The output weight and the hidden weights by the classical method, kinks not looked for."""

    def rates(state: Any) -> Any:
        a, w = state[0], state[1:]
        z = p.x @ w
        slopes = np.where(z > 0, 1.0, p.slope)
        r = a * z * slopes - p.y
        return np.concatenate([[-(r * z * slopes).sum()], -a * p.x.T @ (r * slopes)])

    state, h = np.concatenate([p.a, p.w[0]]), time / steps
    for _ in range(steps):
        k1 = rates(state)
        k2 = rates(state + h / 2 * k1)
        k3 = rates(state + h / 2 * k2)
        k4 = rates(state + h * k3)
        state = state + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return state


@pytest.mark.parametrize("slope", [1.0, 0.5, 0.1])
def test_pieces_between_kinks_agree_with_small_steps(slope: float) -> None:
    p = replace(setting(0.3, 0.8), slope=slope)
    found = integrated(p, 1.5, (1e-10, 1e-12))
    assert found is not None
    assert found[:5] == pytest.approx(small_steps(p, 1.5, 1500), abs=1e-8 if slope == 1 else 2e-3)
    assert ((p.x @ p.w[0] > 0) != (p.x @ found[1:5] > 0)).any()


@pytest.mark.parametrize("theorem", [INIT_SHAPE_NEURON, INIT_SHAPE_BALANCED, INIT_SHAPE_LEAKY], ids=lambda t: t.id)
def test_solutions_agree_and_decoys_are_suspect(theorem: Theorem) -> None:
    for integration in theorem.integrated:
        ids = frozenset(a.id for a in integration.claim.assumes)
        offered = list(SOLUTIONS.solutions(integration.claim.id, ids, 4, 11))
        assert len(offered) == 4
        assert "suspect" not in {compared(integration.claim, one).sight for one in offered}
        for decoy in integration.decoys:
            assert "suspect" in {compared(decoy, one).sight for one in offered}, decoy.id
