"""Sharpness at the end of gradient flow against flows that are integrated, and against dense Hessians."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from flint import fmpq
from scipy.integrate import solve_ivp

from refutable.theorems.domains.scalar_factors import SCALAR_FACTORS
from refutable.theorems.domains.scalar_factors.runs import BallRun
from refutable.theorems.exact import agreement, as_real, compare, sqrt
from refutable.theorems.instances import Instance, InstanceError
from refutable.theorems.views import View


def view_of(weights: Sequence[object], step_size: object = 1, steps: int | None = None) -> View:
    return SCALAR_FACTORS.view(SCALAR_FACTORS.instance(weights=list(weights), step_size=step_size, steps=steps))


def number(view: View, name: str) -> float:
    return float(as_real(view[name]))


def flow_end(weights: np.ndarray) -> np.ndarray:
    """Where gradient flow of (p - 1)^2 / 2 ends, integrated."""

    def descent(time: float, w: np.ndarray) -> np.ndarray:
        return -(np.prod(w) - 1) * np.array([np.prod(np.delete(w, i)) for i in range(len(w))])

    solved = solve_ivp(descent, (0, 200), weights, method="LSODA", rtol=1e-12, atol=1e-13)
    end: list[float] = solved.y[:, -1].tolist()
    return np.array(end)


def dense_sharpness(weights: np.ndarray) -> float:
    """lambda_max of the Hessian by differences of the gradient's closed form."""
    size, p = len(weights), np.prod(weights)
    rows = [
        [p * p / weights[i] ** 2 if i == j else (2 * p * p - p) / (weights[i] * weights[j]) for j in range(size)]
        for i in range(size)
    ]
    return float(np.linalg.eigvalsh(np.array(rows))[-1])


def starts(seed: int, count: int) -> list[np.ndarray]:
    generator = np.random.default_rng(seed)
    drawn = [np.exp(generator.normal(0, 0.7, generator.integers(2, 5))) for _ in range(count)]
    for weights in drawn[::2]:
        weights[weights.argmin()] *= -1  # the flow carries the smallest weight through 0
    return drawn


@pytest.mark.parametrize("weights", [*starts(1, 8), np.array([-1.2, 0.8, 0.3]), np.array([2.0, -0.5])])
def test_the_flow_ends_with_the_sharpness_that_the_balances_say(weights: np.ndarray) -> None:
    end, view = flow_end(weights), view_of(weights.tolist())
    assert np.prod(end) == pytest.approx(1, abs=1e-9)
    assert number(view, "gfs_sharpness") == pytest.approx(dense_sharpness(end), rel=1e-8)
    squares = [float(as_real(square)) for square in view["gfs_squares"]]
    assert squares == pytest.approx(np.sort(end**2), rel=1e-7)


def test_from_opposite_weights_the_flow_ends_at_the_saddle() -> None:
    end = flow_end(np.array([1.0, -1.0]))
    assert abs(end).max() < 0.1
    assert number(view_of((1, -1)), "slowest") == 0


@pytest.mark.parametrize("weights", starts(2, 6))
def test_quantities_agree_with_float_formulas(weights: np.ndarray) -> None:
    eta, p = 0.3, np.prod(weights)
    view = view_of(weights.tolist(), eta)
    after = weights - eta * (p - 1) * p / weights
    assert [float(w) for w in view["next_weights"]] == pytest.approx(after, rel=1e-12)
    assert number(view, "sharpness") == pytest.approx(dense_sharpness(weights), rel=1e-9)
    assert number(view, "next_sharpness") == pytest.approx(dense_sharpness(after), rel=1e-9)
    assert number(view, "next_loss") == pytest.approx((np.prod(after) - 1) ** 2 / 2, rel=1e-9)
    c = 1 - (eta * (p - 1) * p) ** 2 / np.outer(weights, weights) ** 2
    found = np.array([[float(entry) for entry in row] for row in view["contractions"]])
    off = ~np.eye(len(weights), dtype=bool)
    assert found[off] == pytest.approx(c[off], rel=1e-9)
    assert number(view, "next_gfs_sharpness") == pytest.approx(dense_sharpness(flow_from_balances(after)), rel=1e-8)


def flow_from_balances(weights: np.ndarray) -> np.ndarray:
    """The minimum with the same balances, by bisection."""
    gaps, low, high = weights**2 - (weights**2).min(), -200.0, 0.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (low, middle) if np.log(np.exp(middle) + gaps).sum() > 0 else (middle, high)
    return np.asarray(np.sqrt(np.exp(low) + gaps))


def test_ties_are_decided() -> None:
    balanced = view_of(("2/3",) * 5, "1/7", 30)
    assert [balanced[name] for name in ("gfs_sharpness", "next_gfs_sharpness", "later_gfs_sharpness")] == [5, 5, 5]
    assert compare(view_of((2, 3, 5))["gfs_sharpness"], view_of((5, -2, 3))["gfs_sharpness"]) == 0
    assert view_of((3, "1/2", "2/3"))["gfs_sharpness"] == fmpq(1, 9) + 4 + fmpq(9, 4)
    assert compare(view_of((2, 1))["gfs_sharpness"], sqrt(fmpq(13))) == 0


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_a_run_in_balls_is_the_run_in_rationals(steps: int) -> None:
    state = SCALAR_FACTORS.instance(weights=["1.3", "0.7", "0.5"], step_size="0.31", steps=steps)
    exact = SCALAR_FACTORS.view(state)["run"][-1]
    enclosed = BallRun(tuple(state["weights"]), state["step_size"]).at(steps)
    for rational, ball in zip(exact, enclosed, strict=True):
        assert isinstance(rational, fmpq)
        assert ball.ball(200).rel_accuracy_bits() >= 200
        assert agreement(ball, rational, 400)


def test_a_long_run_follows_floats() -> None:
    weights, eta = np.array([1.3, 0.7, 0.5]), 0.31
    view = view_of(weights.tolist(), eta, 24)
    for _ in range(24):
        weights = weights - eta * (np.prod(weights) - 1) * np.prod(weights) / weights
    assert [float(w) for w in view["run"][-1]] == pytest.approx(weights, rel=1e-9)
    assert number(view, "later_gfs_sharpness") == pytest.approx(dense_sharpness(flow_from_balances(weights)), rel=1e-7)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"weights": [1], "step_size": 1}, "2 to 12"),
        ({"weights": [1] * 13, "step_size": 1}, "2 to 12"),
        ({"weights": [1, 2], "step_size": 0}, "must be > 0"),
        ({"weights": [1, 2], "step_size": 1, "steps": 65}, "at most 64"),
        ({"weights": [1, 2], "step_size": 1, "steps": 0}, "at least 1"),
        ({"weights": ["1/" + "7" * 4000, 10**4000], "step_size": "1/" + "3" * 4000}, "bits"),
    ],
)
def test_senseless_values_are_refused(values: dict[str, object], message: str) -> None:
    with pytest.raises(InstanceError, match=message):
        SCALAR_FACTORS.instance(**values)


def test_weights_of_very_different_size_are_decided() -> None:
    long = "1." + "3" * 300
    view = view_of((f"{long}e100", "1e-200", long, f"-{long}e-90"), "1e-150", 9)
    assert number(view, "gfs_sharpness") > 1e50
    assert compare(view["next_gfs_sharpness"], view["gfs_sharpness"]) in (-1, 0, 1)


def test_an_instance_is_written_and_read_again() -> None:
    state = SCALAR_FACTORS.instance(weights=["3/2", "-1/5"], step_size="1/2", steps=3)
    assert SCALAR_FACTORS.load(SCALAR_FACTORS.dump(state)) == state
    assert SCALAR_FACTORS.describe is not None
    assert SCALAR_FACTORS.describe(state)[0] == "w = (3/2, -1/5), product -3/10"


def test_reductions_are_instances_and_differ() -> None:
    state: Instance = SCALAR_FACTORS.instance(weights=["13/7", "-22/9", "5/3"], step_size="17/31", steps=5)
    for move in (*SCALAR_FACTORS.moves, *SCALAR_FACTORS.variations):
        for other in move.reductions(state):
            SCALAR_FACTORS.check(other.values)
            assert other != state


@pytest.mark.parametrize("weights", [*starts(3, 8), np.array([3.0, 3.0]), np.array([2.0, 1.5, 0.9])])
def test_the_slowest_place_is_that_of_integrated_flows(weights: np.ndarray) -> None:
    def slopes(w: np.ndarray) -> np.ndarray:
        return np.array([np.prod(np.delete(w, i)) for i in range(len(w))])

    def descent(time: float, w: np.ndarray) -> np.ndarray:
        return -(np.prod(w) - 1) * slopes(w)

    solved = solve_ivp(descent, (0, 60), weights, method="LSODA", rtol=1e-11, atol=1e-12, max_step=0.05)
    seen = min(float(np.sum(slopes(w) ** 2)) for w in solved.y.T)
    slowest = number(view_of(weights.tolist()), "slowest")
    assert slowest <= seen * (1 + 1e-6)
    assert seen == pytest.approx(slowest, rel=0.1)
