"""Losses of other tails: the curve's margins against 50 digits, rates between two levels, and solved flows."""

from __future__ import annotations

import math
from typing import Any

import mpmath
import numpy as np
import pytest
from flint import fmpq
from scipy.integrate import solve_ivp

from refutable.strategies.tail_margins_solutions import SOLUTIONS, reached
from refutable.theorems.domains.tail_margins import TAIL_MARGINS
from refutable.theorems.exact import as_real
from refutable.theorems.instances import InstanceError
from refutable.theorems.papers.nacson_2019_tails.loss_tails import LOSS_TAILS as THEOREM
from refutable.theorems.papers.nacson_2019_tails.tail_cases import NARROW, data, uneven
from refutable.theorems.records import all_mutants
from refutable.verify.decide import decide
from refutable.verify.integrations import compared

EXPONENTS = ["1/2", "3/4", 1, "3/2", 2, 3]


@pytest.mark.parametrize("exponent", EXPONENTS)
def test_gap_and_angle_agree_with_fifty_digits(exponent: Any) -> None:
    """Weights solved from the margins u_n = (level + e_n)^(1/nu), alpha = (3/4, 1/4), what = (1, 0)."""
    view = TAIL_MARGINS.view(uneven(exponent, 7))
    with mpmath.workdps(50):
        nu = fmpq(*map(int, str(exponent).split("/")))
        root = mpmath.mpf(int(nu.q)) / int(nu.p)
        u = [mpmath.mpf(7) ** root, (7 + mpmath.log(3)) ** root]
        w = mpmath.lu_solve(mpmath.matrix([[1, 1], [1, -3]]), mpmath.matrix(u))
        expected = {
            "gap": 1 - u[0] / mpmath.norm(w),
            "along_gap": 1 - u[0] / w[0],
            "tangent_square": (w[1] / w[0]) ** 2,
            "mean_cost": mpmath.log(3) / 4,
        }
        for name, reference in expected.items():
            ball = as_real(view[name]).ball(150)
            assert abs(mpmath.mpf(ball.mid().str(45, radius=False)) - reference) < mpmath.mpf(10) ** -40


@pytest.mark.parametrize(("exponent", "rate"), [(1, 1.0), ("3/2", 2 / 3), (2, 1 / 2), (3, 1 / 3)])
def test_rates_between_two_levels(exponent: Any, rate: float) -> None:
    """A frozen component's angle falls as level^(-1/nu); the spanned part's as 1/level for every nu."""
    near, far = (TAIL_MARGINS.view(uneven(exponent, 10**k).replace(frozen=fmpq(1))) for k in (4, 6))

    def slope(name: str) -> float:
        return math.log(float(as_real(near[name])) / float(as_real(far[name]))) / (2 * math.log(100))

    assert slope("frozen_tangent_square") == pytest.approx(rate, abs=1e-3)
    assert slope("tangent_square") == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("exponent", EXPONENTS)
def test_the_constant_has_the_factor_one_over_nu(exponent: Any) -> None:
    view = TAIL_MARGINS.view(uneven(exponent, 10**7))
    expected = math.log(3) / 4 / float(view["exponent"])
    assert 10**7 * float(as_real(view["gap"])) == pytest.approx(expected, rel=1e-5)


def test_solved_flows_have_the_gradient_along_what() -> None:
    """Far out exp(-u^nu) is nearly proportional to the multipliers: the curve is where flows go."""
    for one in SOLUTIONS.solutions("gap-of-the-flow", frozenset({"every-datum-used"}), 6, 7):
        x, w, nu = (one.fine[name] for name in ("x", "w", "exponent"))
        slopes = np.exp(-((x @ w) ** nu - ((x @ w) ** nu).min()))
        times = -x[1, 1] / x[0, 1]
        assert slopes[0] / slopes[1] == pytest.approx(times, rel=1e-4)


@pytest.mark.parametrize("exponent", [0.5, 1.0, 2.0, 3.0])
def test_flows_solved_for_the_costs_are_those_solved_for_the_weights(exponent: float) -> None:
    """dw/ds = sum exp(s - u_n^nu) x_n up to s = 20, without the change of variables."""
    x, start = np.array([[1.0, 1.5], [1.0, -4.5]]), np.array([2.0, 0.0])
    run = solve_ivp(
        lambda s, w: np.exp(s - (x @ w) ** exponent) @ x, (0, 20), start, method="LSODA", rtol=1e-10, atol=1e-12
    )
    assert reached(x, exponent, 20.0, 1e-10) == pytest.approx(run.y[:, -1], rel=1e-6)


def test_constants_one_hundredth_off_are_suspect_and_the_true_one_agrees() -> None:
    """The residual of the statement falls as 1/log t; that of its variants stays."""
    (statement,) = THEOREM.integrated
    one = next(iter(SOLUTIONS.solutions(statement.claim.id, frozenset(), 1, 3)))
    sights = {decoy.id: compared(decoy, one).sight for decoy in statement.decoys}
    assert compared(statement.claim, one).sight == "agrees"
    assert sights["gap-one-hundredth-more"] == sights["gap-one-hundredth-less"] == "suspect"


def test_the_gap_between_its_bounds() -> None:
    """Data close together: the gap 0.0594 is above the bound by the length along what, below it and half of tan^2."""
    view = TAIL_MARGINS.view(NARROW)
    gap, along, tangent = (float(as_real(view[name])) for name in ("gap", "along_gap", "tangent_square"))
    w = np.linalg.solve([[1, 0.1], [1, -0.3]], [10, 10 + math.log(3)])
    assert gap == pytest.approx(1 - 10 / np.linalg.norm(w), rel=1e-12)
    assert along + tangent / 4 < gap < along + tangent / 2


def test_equal_multipliers_have_no_gap_at_all() -> None:
    even = data([[1, 1], [1, -1]], 2, 10, 1)
    outcomes = {claim.id: decide(claim, even) for claim in THEOREM.claims}
    assert {one.verdict for one in outcomes.values()} == {"holds"}
    assert as_real(TAIL_MARGINS.view(even)["gap"]).exact() == 0


def test_data_without_a_multiplier_are_not_meant() -> None:
    unused = data([[1, 0], [1, 1]])
    assert decide(THEOREM.headline, unused).verdict == "vacuous"
    assert "multiplier 0" in decide(THEOREM.headline.without("every-datum-used"), unused).reason


def test_mutants_are_refuted_and_spare_the_record() -> None:
    assert len(all_mutants(THEOREM)) == 13
    for mutant in all_mutants(THEOREM):
        assert decide(mutant.claim, mutant.witness()).verdict == "violated", mutant.id
        verdicts = {decide(claim, mutant.witness()).verdict for claim in (*THEOREM.claims, *THEOREM.links)}
        assert verdicts <= {"holds", "agrees", "inapplicable"}, mutant.id  # one needs a frozen component


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"x": [[1]] * 7}, "too many"),
        ({"exponent": 17}, "at most 16"),
        ({"exponent": "1/17"}, "at most 16"),
        ({"level": 10**10}, "beyond 1000000000"),
        ({"level": 0}, "must be > 0"),
    ],
)
def test_bad_instances_are_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(InstanceError, match=message):
        TAIL_MARGINS.instance(**{"x": [[1]], "exponent": 1, "level": 1, **changes})
