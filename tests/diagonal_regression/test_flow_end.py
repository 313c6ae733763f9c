"""Where the gradient flow of a diagonal network ends: certified balls against ODE solvers and 50 digits."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest
from flint import arb, arb_mat, fmpq
from scipy.integrate import solve_ivp

from refutable.theorems.domains.diagonal_regression import DIAGONAL_REGRESSION
from refutable.theorems.domains.diagonal_regression.flow_solution import FlowProblem, float_solution, top_of_balls
from refutable.theorems.exact import TopEigenvalue, as_real, compare, working_precision
from refutable.theorems.instances import Instance, InstanceError
from refutable.theorems.papers.kreisler_2023.squared_regression import SQUARED_REGRESSION as THEOREM
from refutable.theorems.papers.kreisler_2023.squared_regression_cases import FEWER_DATA, RISING, minimum, state
from refutable.verify.decide import decide

SIZES = [(1, 1), (1, 2), (1, 4), (2, 3), (2, 2), (3, 3), (3, 6)]


def drawn(seed: int, n: int, d: int, step_size: str = "1/50") -> Instance:
    """Weights and data that are multiples of 1/8."""
    source = np.random.default_rng(seed)

    def eighths(*shape: int) -> list[Any]:
        return [[f"{q}/8" for q in row] for row in source.integers(-16, 17, shape)]

    (u, v), (y,) = source.integers(2, 16, (2, d)), eighths(1, n)
    weights = {"u": [f"{q}/8" for q in u], "v": [f"{q}/8" for q in v]}
    return DIAGONAL_REGRESSION.instance(**weights, x=eighths(n, d), y=y, step_size=step_size)


def floats(array: Any) -> np.ndarray:
    return np.vectorize(lambda q: int(q.p) / int(q.q), otypes=[float])(array)


def integrated(instance: Instance) -> tuple[float, float]:
    """Sharpness and residual at the end of the flow, by an ODE solver; the Hessian from its definition."""
    u, v, x, y = (floats(instance[name]) for name in ("u", "v", "x", "y"))
    n, d = x.shape

    def field(t: float, state: np.ndarray) -> np.ndarray:
        a, b = state[:d], state[d:]
        pull = 2 / n * x.T @ (x @ (a * a - b * b) - y)
        return np.concatenate([-a * pull, b * pull])

    run = solve_ivp(field, (0, 1e4), np.concatenate([u, v]), rtol=1e-12, atol=1e-13, method="LSODA")
    a, b = run.y[:d, -1], run.y[d:, -1]
    jacobian = np.concatenate([2 * x * a, -2 * x * b], axis=1)
    residual = x @ (a * a - b * b) - y
    return float(np.linalg.eigvalsh(jacobian.T @ jacobian / n)[-1]), float(np.abs(residual).max())


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("n", "d"), SIZES)
def test_the_flow_ends_where_an_ode_solver_ends(seed: int, n: int, d: int) -> None:
    instance = drawn(seed, n, d)
    view = DIAGONAL_REGRESSION.view(instance)
    assert view["full_rank"]
    reference, residual = integrated(instance)
    assert residual < 1e-8
    assert float(as_real(view["gfs_sharpness"])) == pytest.approx(reference, rel=1e-6)


@pytest.mark.parametrize("seed", range(8))
def test_as_many_data_as_inputs_have_a_closed_form(seed: int) -> None:
    """X w = y is solved by one w, and u_i^2 + v_i^2 = sqrt(w_i^2 + 4 (u_i v_i)^2) at the end: 50 digits."""
    instance = drawn(seed, 2, 2)
    view = DIAGONAL_REGRESSION.view(instance)
    assert view["full_rank"]
    with mpmath.workdps(50):
        u, v, y = ([mpmath.mpf(int(q.p)) / int(q.q) for q in instance[name]] for name in ("u", "v", "y"))
        x = mpmath.matrix([[mpmath.mpf(int(q.p)) / int(q.q) for q in row] for row in instance["x"]])
        w = mpmath.lu_solve(x, mpmath.matrix(y))
        weights = mpmath.diag([mpmath.sqrt(w[i] ** 2 + 4 * (u[i] * v[i]) ** 2) for i in range(2)])
        reference = max(mpmath.eigsy(2 * x * weights * x.T, eigvals_only=True))
        ball = as_real(view["gfs_sharpness"]).ball(150)
        assert abs(mpmath.mpf(ball.mid().str(45, radius=False)) / reference - 1) < mpmath.mpf(10) ** -40
        assert ball.rel_accuracy_bits() >= 150


@pytest.mark.parametrize("seed", range(4))
def test_fewer_data_agree_with_newton_in_fifty_digits(seed: int) -> None:
    instance = drawn(seed, 1, 3)
    with mpmath.workdps(50):
        u, v, x = (
            [mpmath.mpf(int(q.p)) / int(q.q) for q in part] for part in (instance["u"], instance["v"], instance["x"][0])
        )
        y = mpmath.mpf(int(instance["y"][0].p)) / int(instance["y"][0].q)
        triples = list(zip(u, v, x, strict=True))

        def gap(nu: Any) -> Any:
            ends = (c * (a**2 * mpmath.exp(-4 * c * nu) - b**2 * mpmath.exp(4 * c * nu)) for a, b, c in triples)
            return mpmath.fsum(ends) - y

        nu = mpmath.findroot(gap, 0)
        ends = (c**2 * (a**2 * mpmath.exp(-4 * c * nu) + b**2 * mpmath.exp(4 * c * nu)) for a, b, c in triples)
        reference = 4 * mpmath.fsum(ends)
        ball = as_real(DIAGONAL_REGRESSION.view(instance)["gfs_sharpness"]).ball(150)
        assert abs(mpmath.mpf(ball.mid().str(45, radius=False)) / reference - 1) < mpmath.mpf(10) ** -40


def problem(instance: Instance) -> FlowProblem:
    u, v, x, y = (instance[name] for name in ("u", "v", "x", "y"))
    return FlowProblem(tuple(u * u), tuple(v * v), tuple(map(tuple, x)), tuple(y))


@pytest.mark.parametrize("seed", range(5))
def test_balls_of_more_bits_lie_within_those_of_fewer(seed: int) -> None:
    one = problem(drawn(seed, 2, 4))
    coarse, fine = one.sharpness(64), one.sharpness(300)
    assert coarse.overlaps(fine)
    assert float(fine.rad()) < float(coarse.rad()) * 1e-40


def test_a_wrong_proposal_is_mended_or_refused() -> None:
    """The certificate does not rest on the proposal: from a poor start it still encloses, or says that it cannot."""
    one = problem(drawn(3, 2, 3))
    truth = one.sharpness(100)
    for shift in (fmpq(1, 1000), fmpq(1, 20), fmpq(3)):
        other = problem(drawn(3, 2, 3))
        object.__setattr__(other, "proposal", [q + shift for q in one.proposal])
        if shift < 3:
            assert other.sharpness(100).overlaps(truth)
            continue
        with pytest.raises(ArithmeticError):
            other.sharpness(100)


def test_a_residual_of_zero_is_solved_at_zero() -> None:
    """The enclosure knows nothing of residuals: at a minimum it must find nu = 0, and the kernel's eigenvalue."""
    for instance in (minimum(2, 3), minimum(3, fmpq(1, 2))):
        exact = DIAGONAL_REGRESSION.view(instance)["gfs_sharpness"]
        assert isinstance(exact, TopEigenvalue)
        assert problem(instance).sharpness(100).overlaps(exact.ball(100))
        with working_precision(132):
            assert all(nu.contains(0) for nu in problem(instance).enclosure(100))


def test_one_pair_and_one_datum_give_a_surd() -> None:
    phi = DIAGONAL_REGRESSION.view(RISING)["gfs_sharpness"]
    assert compare(phi * phi, fmpq(16 * 20)) == 0  # 4 sqrt(4^2 + 4)
    assert problem(RISING).sharpness(100).overlaps(as_real(phi).ball(100))


def test_largest_eigenvalue_of_a_matrix_of_balls() -> None:
    wide = arb_mat([[arb(2, 0.125), arb(1, 0.25)], [arb(1, 0.25), arb(3, 0.125)]])
    ball = top_of_balls(wide, 64)
    for a, b, c in ((2, 1, 3), (2.125, 1.25, 3.125), (1.875, 0.75, 2.875), (2.125, 0.75, 2.875)):
        assert ball.contains(arb(float(np.linalg.eigvalsh([[a, b], [b, c]])[-1])))


def test_floats_that_overflow_propose_nothing() -> None:
    c = np.array([1e300])
    assert float_solution(c, c, np.array([[1e200]]), np.array([1e300])) is None
    huge = state((fmpq(10) ** 60, 1), (1, fmpq(10) ** 60), 1, 1, (1, fmpq(10) ** 50))
    assert decide(THEOREM.headline, huge).verdict in ("undecided", "holds", "violated")


def test_rank_and_zero_weights_leave_the_end_open() -> None:
    one = [[1, 2], [2, 4]]
    dependent = DIAGONAL_REGRESSION.instance(u=[1, 1], v=[1, 1], x=one, y=[1, 1], step_size=1)
    assert decide(THEOREM.headline, dependent).verdict == "vacuous"
    without = THEOREM.headline.without("full-rank")
    assert "depend on each other" in decide(without, dependent).reason
    zero = THEOREM.claim("least-sharpness").without("nonzero-weights")
    assert "a weight is 0" in decide(zero, state((1,), (0,), -1)).reason


def test_small_shares_are_not_enough_for_fewer_data_than_inputs() -> None:
    view = DIAGONAL_REGRESSION.view(FEWER_DATA)
    assert [str(share) for share in view["shares"]] == ["49/25", "49/100"]
    phi, after = (float(as_real(one["gfs_sharpness"])) for one in (view, view["after"]))
    assert 1.07 < after / phi < 1.071


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"u": [1, 2]}, "d = "),
        ({"x": [[1] * 13], "u": [1] * 13, "v": [1] * 13}, "too many"),
        ({"x": [[1]] * 7, "y": [1] * 7}, "too many"),
        ({"u": [f"1/{3**300}"]}, "400 bits"),
        ({"step_size": f"1/{3**300}"}, "step_size holds a fraction of more than 400 bits"),
        ({"step_size": 0}, "step_size must be > 0"),
        ({"y": ["inf"]}, "data.y"),
    ],
)
def test_bad_instances_are_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(InstanceError, match=message):
        DIAGONAL_REGRESSION.instance(**{"u": [1], "v": [1], "x": [[1]], "y": [1], "step_size": 1, **changes})
