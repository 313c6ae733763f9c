"""Bounds of the loss: the footnote's step condition, the smoothness threshold, single data, and slow references."""

from __future__ import annotations

from itertools import pairwise

import mpmath
import numpy as np
import pytest
from flint import fmpq

from refutable.strategies.separable.solutions import flow
from refutable.theorems.exact import to_float
from refutable.theorems.papers.soudry_2018.data import state
from refutable.theorems.papers.soudry_2018.direction_forms import symbolic_view
from refutable.theorems.papers.soudry_2018.flow_bounds import SEPARABLE_FLOW_BOUNDS as THEOREM
from refutable.theorems.papers.soudry_2018.flow_bounds_mutants import (
    AFTER_ONE_STEP,
    FOOTNOTE_DATA,
    FOOTNOTE_STEP,
    NARROW,
    narrow,
)
from refutable.verify.decide import decide


def losses_of_run(x: np.ndarray, w: np.ndarray, eta: float, steps: int, logistic: bool) -> list[float]:
    """The loss before and after each step of gradient descent, in floats; infinite where it overflows."""
    found = []
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(steps + 1):
            u = x @ w
            found.append(float(np.logaddexp(0, -u).sum() if logistic else np.exp(-u).sum()))
            w = w + eta * (1 / (1 + np.exp(u)) if logistic else np.exp(-u)) @ x
    return found


def test_footnote_run_overflows_in_seven_steps() -> None:
    x = np.array([[to_float(fmpq(entry)) for entry in row] for row in FOOTNOTE_DATA])
    first = losses_of_run(x, np.array([0, 0.01]), 0.99 / 2.0004, 8, False)
    assert first[1] < first[0]
    assert first[2] > first[1]
    assert not np.isfinite(first[7])
    assert to_float(FOOTNOTE_STEP) * first[0] < 0.99


def test_footnote_run_passes_the_witness() -> None:
    with mpmath.workdps(30):
        x = [(mpmath.mpf(1) / 10, 2), (mpmath.mpf(1) / 10, -2)]
        w = [mpmath.mpf(0), mpmath.mpf(1) / 100]
        eta = mpmath.mpf(4949) / 10000
        e = [mpmath.exp(-mpmath.fdot(row, w)) for row in x]
        w = [w[i] + eta * (e[0] * x[0][i] + e[1] * x[1][i]) for i in range(2)]
        for found, seen in zip(AFTER_ONE_STEP["w"], w, strict=True):
            assert abs(mpmath.mpf(int(found.p)) / int(found.q) - seen) < 1e-4


def test_small_loss_step_keeps_random_runs_falling() -> None:
    generator = np.random.default_rng(11)
    for _ in range(60):
        x = generator.normal(size=(4, 2)) * generator.uniform(0.3, 3)
        x[:, 0] = np.abs(x[:, 0]) + 0.1
        w = generator.normal(size=2)
        largest = 1 / ((x**2).sum(1).max() * np.exp(-x @ w).sum())
        losses = losses_of_run(x, w, largest, 40, False)
        assert all(b <= a for a, b in pairwise(losses))


@pytest.mark.parametrize(
    ("factor", "least", "most"), [(0.95, 0, 0), (1.0, 0, 0), (1.05, 6.5e-3, 7.5e-3), (1.5, 0.5, 0.65)]
)
def test_narrow_run(factor: float, least: float, most: float) -> None:
    """Increase along the run from (0, 0.001): none up to the threshold, 6.9e-3 and 0.57 beyond it."""
    x = np.array([[0.01, 1.0], [0.01, -1.0]])
    assert (x == np.array([[to_float(fmpq(e)) for e in row] for row in NARROW])).all()
    losses = losses_of_run(x, np.array([0, 1e-3]), factor * 4, 2000, True)
    increase = max(b - a for a, b in pairwise(losses))
    if most == 0:
        assert increase <= 1e-15
    else:
        assert least <= increase <= most


def test_threshold_of_the_narrow_data() -> None:
    claim = THEOREM.claim("logistic-falls")
    assert decide(claim, narrow(fmpq(99, 100))).verdict == "holds"
    assert decide(claim, narrow(fmpq(1))).verdict == "vacuous"
    assert decide(claim.without("stable-step"), narrow(fmpq(105, 100))).verdict == "violated"


def test_single_datum_is_a_hyperbola() -> None:
    for length, t in ((fmpq(2), 5.0), (fmpq(1, 2), 30.0)):
        c = to_float(length)
        w = flow(np.array([[c]]), 1.0, np.array([0.3]), float(np.log(t)), 1e-11, True)
        assert np.exp(-c * w[0]) == pytest.approx(1 / (np.exp(0.3 * c) + c * c * t), rel=1e-7)
        instance = state([[length]], [fmpq(3, 10)], 1, None)
        for id in ("separable-flow-bounds", "not-steeper"):
            outcome = decide(THEOREM.claim(id), instance)
            assert (outcome.verdict, outcome.touching) == ("holds", True)


def test_slope_of_the_loss_is_the_codes_own_gradient() -> None:
    import sympy

    view = symbolic_view(2, 2)
    gradient = [sympy.diff(view["loss"], v) for v in view["w"]]
    assert all(sympy.expand(a + b) == 0 for a, b in zip(gradient, view["pull"], strict=True))
    logistic = [sympy.diff(view["logistic_loss"], v) for v in view["w"]]
    point = {v: sympy.Rational(i + 1, 3) for i, v in enumerate((*view["w"], *view["x"].ravel()))}
    for a, b in zip(logistic, view["logistic_pull"], strict=True):
        assert abs(sympy.N((a + b).subs(point), 40)) < 1e-35
