"""Patterns and the largest z.(Xu)_+ against sampling, optimisation in floats, and solved convex programs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flint import fmpq
from scipy.optimize import minimize

from refutable.strategies.coded_choices import Choices
from refutable.strategies.weight_decay_relu.optima import Optimum, feasible_share, optimum, root_below
from refutable.strategies.weight_decay_relu.solved import certified, solve, solved_programs
from refutable.strategies.weight_decay_relu.units import turned_axes
from refutable.theorems.domains.weight_decay_relu import WEIGHT_DECAY_RELU
from refutable.theorems.domains.weight_decay_relu.arrangement import (
    Rows,
    all_patterns,
    interior_points,
    patterns,
    pieces,
)
from refutable.theorems.domains.weight_decay_relu.dual import dual_norm_square, touching
from refutable.theorems.exact import as_real
from refutable.theorems.instances import Instance

SIZES = [(1, 1), (3, 1), (1, 2), (3, 2), (6, 2), (1, 3), (3, 3), (5, 3)]


def exact(array: Any) -> Rows:
    return tuple(tuple(fmpq(int(c)) for c in row) for row in array)


def drawn(seed: int, n: int, d: int) -> tuple[np.ndarray, np.ndarray]:
    """Small integers: rows of zeros, parallel rows and triple intersections occur."""
    source = np.random.default_rng(seed)
    return source.integers(-2, 3, (n, d)), source.integers(-4, 5, n)


def sampled_units(d: int, count: int = 40_000) -> np.ndarray:
    u = np.random.default_rng(0).normal(size=(count, d))
    return np.asarray(u / np.linalg.norm(u, axis=1)[:, None])


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("n", "d"), SIZES)
def test_patterns_are_those_of_sampled_directions(seed: int, n: int, d: int) -> None:
    x, _ = drawn(seed, n, d)
    seen = {tuple(int(c) for c in row) for row in sampled_units(d) @ x.T > 0}
    found = patterns(exact(x))
    assert len(set(found)) == len(found)
    assert seen == set(found)


def test_a_point_lies_inside_each_cell() -> None:
    x, _ = drawn(3, 5, 3)
    for point in interior_points(exact(x), 3):
        assert all(sum(p * int(c) for p, c in zip(point, row, strict=True)) != 0 for row in x if row.any())


def test_six_planes_in_space_in_general_position() -> None:
    moments = exact([[1, t, t * t] for t in range(6)])
    assert len(patterns(moments)) == 32
    assert len(pieces(moments)) == 32 + 60 + 30


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("n", "d"), SIZES)
def test_largest_pairing_is_that_of_a_search_in_floats(seed: int, n: int, d: int) -> None:
    x, z = drawn(seed, n, d)
    units = sampled_units(d, 4_000)
    values = np.abs(np.maximum(units @ x.T, 0) @ z)
    best = float(values.max())
    for start in units[np.argsort(-values)[:3]]:
        run = minimize(
            lambda u: -abs(np.maximum(x @ u, 0) @ z) / np.linalg.norm(u),
            start, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12},
        )  # fmt: skip
        best = max(best, -float(run.fun))
    largest = float(dual_norm_square(exact(x), tuple(fmpq(int(q)) for q in z))) ** 0.5
    assert largest == pytest.approx(best, rel=1e-6, abs=1e-12)
    assert largest >= best * (1 - 1e-12)


def test_directions_that_touch_attain_the_largest_pairing() -> None:
    rows, z = exact([[1, 0], [-1, 0], [0, 1], [0, -1]]), tuple(map(fmpq, (3, 3, 4, 4)))
    found = touching(rows, z)
    assert {tuple(c / abs(c) for c in one.direction) for one in found} == {
        (fmpq(s), fmpq(t)) for s in (1, -1) for t in (1, -1)
    }
    assert {one.square for one in found} == {fmpq(25)}


def values(instance: Instance) -> dict[str, float]:
    view = WEIGHT_DECAY_RELU.view(instance)
    return {name: float(as_real(view[name])) for name in ("convex_value", "dual_value", "cost", "built_cost")}


@pytest.mark.parametrize("number", range(12))
def test_a_solved_program_certifies_the_least_cost(number: int) -> None:
    """Feasible on both sides exactly, and the network's cost within 10^-9 of the dual value."""
    instance, _ = solved_programs(12)[number]
    view = WEIGHT_DECAY_RELU.view(instance)
    assert view["dual_square"] <= instance["penalty"] ** 2
    assert (view["margins"] >= 0).all()
    found = values(instance)
    assert found["dual_value"] <= found["convex_value"] * (1 + 1e-15)
    assert found["cost"] - found["dual_value"] < 1e-9 * found["cost"]
    assert found["built_cost"] == pytest.approx(found["convex_value"], rel=1e-14)


def descended(instance: Instance, seed: int, neurons: int = 8) -> float:
    """The least cost that a search over networks in floats finds."""
    x, y = (np.array(instance[name], dtype=float) for name in ("x", "y"))
    beta, d = float(instance["penalty"]), x.shape[1]
    source = np.random.default_rng(seed)

    def cost(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        w, a = parameters[: neurons * d].reshape(neurons, d), parameters[neurons * d :]
        heights = x @ w.T
        active = np.maximum(heights, 0)
        gap = active @ a - y
        by_w = ((gap[:, None] * a) * (heights > 0)).T @ x + beta * w
        by_a = active.T @ gap + beta * a
        total = gap @ gap / 2 + beta / 2 * float(parameters @ parameters)
        return float(total), np.concatenate([by_w.ravel(), by_a])

    start = source.normal(size=neurons * (d + 1))
    return float(minimize(cost, start, jac=True, method="L-BFGS-B", options={"maxiter": 500}).fun)


@pytest.mark.parametrize("number", range(6))
def test_no_search_beats_the_dual_value_and_some_reach_it(number: int) -> None:
    instance, _ = solved_programs(12)[number]
    bound = values(instance)["dual_value"]
    reached = [descended(instance, seed) for seed in range(8)]
    assert min(reached) >= bound * (1 - 1e-9)
    assert min(reached) <= bound * (1 + 1e-3)


def test_a_program_whose_least_point_is_nothing() -> None:
    """A penalty above every pairing of the labels leaves no vector."""
    instance = certified(exact([[1], [2]]), (fmpq(1), fmpq(1)), fmpq(4))
    assert instance is not None
    assert values(instance)["convex_value"] == pytest.approx(1, rel=1e-9)
    assert values(instance)["dual_value"] == pytest.approx(1, rel=1e-9)


def test_a_program_that_the_solver_gives_up_on_is_left_out() -> None:
    x, both = np.array([[1.0], [2.0]]), np.array([[1, 1], [0, 0]])
    assert solve(x, np.array([1e200, 1.0]), 1.0, both) is None
    assert solve(x, np.array([1.0, 1.0]), 1.0, both) is not None


@pytest.mark.parametrize(("x", "count"), [([[1], [-1]], 3), ([[1], [2]], 2), ([[1, 0], [-1, 1], [-1, -1]], 7)])
def test_all_patterns_are_those_of_a_grid(x: list[list[int]], count: int) -> None:
    """Whole numbers from -3 to 3 meet every cell and edge of these planes, and the origin."""
    grid = np.stack(np.meshgrid(*[range(-3, 4)] * len(x[0])), -1).reshape(-1, len(x[0]))
    seen = {tuple(int(c) for c in row) for row in grid @ np.array(x).T >= 0}
    assert len(all_patterns(exact(x))) == len(seen) == count


@pytest.mark.parametrize("seed", range(6))
def test_optima_built_backwards_satisfy_the_optimality_conditions(seed: int) -> None:
    x = tuple(tuple(fmpq(a, 5) for a in row) for row in ((3, 4), (5, 0), (-4, 3)))
    z = tuple(fmpq(int(q)) for q in np.random.default_rng(seed).integers(-4, 5, 3))
    conditions_hold(optimum(x, z, fmpq(1, 2), [fmpq(1), fmpq(2)] * 3))


def test_optima_on_turned_axes_keep_their_dimension() -> None:
    """Most of them: their best directions are rational."""
    kept = 0
    for code in range(1, 41):
        d = 2 + code % 2
        x, z = turned_axes(Choices.of_code(code), 1 + code % 5, d)
        best = optimum(tuple(x), tuple(z), fmpq(1, 2), [fmpq(1), fmpq(2)] * 4)
        conditions_hold(best)
        kept += len(best.x[0]) == d
    assert kept >= 30


def conditions_hold(best: Optimum) -> None:
    if any(best.z):
        assert dual_norm_square(best.x, best.z) <= best.penalty**2
    for v, sign, pattern in zip(best.v, best.signs, best.patterns, strict=True):
        heights = [sum(p * q for p, q in zip(row, v, strict=True)) for row in best.x]
        assert all((2 * p - 1) * h >= 0 for p, h in zip(pattern, heights, strict=True))
        paired = sign * sum(q * max(h, fmpq(0)) for q, h in zip(best.z, heights, strict=True))
        assert paired >= 0
        assert paired**2 == best.penalty**2 * sum(c * c for c in v)


@pytest.mark.parametrize("q", [fmpq(2), fmpq(1, 3), fmpq(2, 10**40), fmpq(9, 4), fmpq(0)])
def test_rational_roots_from_below(q: fmpq) -> None:
    root = root_below(q)
    assert root * root <= q
    assert q <= (root * (1 + fmpq(1, 2**29))) ** 2
    assert root_below(fmpq(9, 4)) == fmpq(3, 2)


def test_the_feasible_share_is_feasible_and_nearly_the_largest() -> None:
    x, z = drawn(1, 4, 2)
    rows, weights = exact(x), tuple(fmpq(int(q)) for q in z)
    share = feasible_share(rows, weights, fmpq(1))
    assert dual_norm_square(rows, tuple(share * q for q in weights)) <= 1
    assert dual_norm_square(rows, tuple(share * fmpq(1001, 1000) * q for q in weights)) > 1
