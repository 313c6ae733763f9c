"""The constants of a cell bound what they say they bound, against values and derivatives found independently."""

from __future__ import annotations

import numpy as np
import pytest
from flint import fmpq

from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.domains.shallow_relu.cells import clearance_square, curvature_square, in_cell, outside, reaches
from refutable.theorems.exact import to_float
from refutable.theorems.instances import Instance

GROUPS = ("w1", "b1", "w2", "b2")


def network(seed: int, frozen: tuple[str, ...] = (), shape: tuple[int, int, int] = (2, 4, 5)) -> Instance:
    rng = np.random.default_rng(seed)
    d, k, n = shape
    return SHALLOW_RELU.instance(
        w1=rng.normal(size=(k, d)), b1=rng.normal(size=k), w2=rng.normal(size=k), b2=rng.normal(),
        x=rng.normal(size=(n, d)), frozen=list(frozen) or None,
    )  # fmt: skip


def flat(instance: Instance) -> np.ndarray:
    return np.concatenate([np.vectorize(to_float)(np.asarray(instance[g], dtype=object)).ravel() for g in GROUPS])


def polynomial(instance: Instance, theta: np.ndarray, gates: np.ndarray) -> np.ndarray:
    """Values [n] with the gates held fixed."""
    k, d = instance["w1"].shape
    x = np.vectorize(to_float)(instance["x"])
    w1, b1, w2 = theta[: k * d].reshape(k, d), theta[k * d : k * d + k], theta[k * d + k : -1]
    return np.asarray(((x @ w1.T + b1) * gates) @ w2 + theta[-1])


def trained(instance: Instance) -> np.ndarray:
    frozen = instance["frozen"] or ()
    return np.concatenate([np.full(np.size(instance[g]), g not in frozen) for g in GROUPS])


@pytest.mark.parametrize("frozen", [(), ("w1",), ("b1",), ("w2",), ("w1", "b1"), ("b2",)])
def test_curvature_bounds_the_quadratic_part_and_the_move_of_the_jacobian(frozen: tuple[str, ...]) -> None:
    rng = np.random.default_rng(1)
    for seed in range(4):
        instance = network(seed, frozen)
        view = in_cell(instance)
        gates = np.vectorize(to_float)(view["active"])
        theta, free = flat(instance), trained(instance)
        beta = to_float(curvature_square(view)) ** 0.5

        def quadratic(
            u: np.ndarray, theta: np.ndarray = theta, gates: np.ndarray = gates, it: Instance = instance
        ) -> np.ndarray:
            return (polynomial(it, theta + u, gates) + polynomial(it, theta - u, gates)) / 2 - polynomial(
                it, theta, gates
            )

        largest = 0.0
        for _ in range(200):
            u = rng.normal(size=len(theta)) * free
            u[rng.random(len(u)) < 0.6] = 0
            if not u.any():
                continue
            u /= np.linalg.norm(u)
            largest = max(largest, float(np.linalg.norm(quadratic(u))))
            # B is quadratic: the Jacobian's move along e is B(u + e) - B(u) - B(e)
            moves = [quadratic(u + e) - quadratic(u) - quadratic(e) for e in np.eye(len(u))[free]]
            assert np.linalg.norm(moves) <= 2 * beta * (1 + 1e-9) + 1e-12
        assert largest <= beta * (1 + 1e-9) + 1e-12
        assert (beta == 0) == ("w2" in frozen or {"w1", "b1"} <= set(frozen))


def test_curvature_is_attained() -> None:
    # One neuron, one datum: c <u, a> with u along a and |c| = |u|.
    instance = SHALLOW_RELU.instance(w1=[[1, 2]], b1=[3], w2=[1], b2=0, x=[[2, "1/2"]])
    assert curvature_square(in_cell(instance)) == fmpq(21, 16)  # (4 + 1/4 + 1) / 4
    a = np.array([2, 0.5, 1]) / np.sqrt(5.25)
    u = np.concatenate([a, [1, 0]]) / np.sqrt(2)
    value = polynomial(instance, flat(instance) + u, np.ones((1, 1))) + polynomial(
        instance, flat(instance) - u, np.ones((1, 1))
    )
    assert np.isclose(value / 2 - polynomial(instance, flat(instance), np.ones((1, 1))), np.sqrt(21 / 16))


def test_the_ball_stays_in_the_cell_up_to_the_clearance_and_no_further() -> None:
    for seed in range(6):
        view = in_cell(network(seed))
        square = clearance_square(view)
        assert square is not None
        nearest = (
            np.abs(np.vectorize(to_float)(view["preactivation"]))
            / np.sqrt(np.vectorize(to_float)(reaches(view)))[:, None]
        )
        assert np.isclose(to_float(square), nearest.min() ** 2)
        edge = fmpq(*float(nearest.min()).as_integer_ratio())
        assert outside(view, edge * fmpq(999999, 1000000)) is None
        assert outside(view, edge * fmpq(1000001, 1000000)) == np.unravel_index(nearest.argmin(), nearest.shape)


def test_a_kink_on_a_datum_is_outside_at_any_radius() -> None:
    instance = SHALLOW_RELU.instance(w1=[[1]], b1=[0], w2=[1], b2=0, x=[[0]], frozen=["w1", "b1"])
    assert outside(in_cell(instance), fmpq(0)) == (0, 0)


def test_gates_are_those_of_the_domain() -> None:
    for seed in range(4):
        instance = network(seed)
        assert (in_cell(instance)["active"] == SHALLOW_RELU.view(instance)["active"]).all()
