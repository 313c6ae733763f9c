"""Runs of decomposable networks: their angles against the flow of the layers, their states against the assumptions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from refutable.strategies.decomposable_flow_runs import OFFERED, Runs, coordinates, speeds
from refutable.strategies.decomposable_flow_solutions import FINE, problem, solved
from refutable.theorems.claims import Assumption
from refutable.theorems.exact import to_float
from refutable.theorems.papers.yun_2021.classification import TENSOR_CLASSIFICATION
from refutable.theorems.papers.yun_2021.flow_assumptions import AHEAD, DEEP, FLOWING, MOVED, TWO
from refutable.theorems.papers.yun_2021.regression import TENSOR_REGRESSION
from refutable.verify.decide import decide

IDENTITIES = (TENSOR_REGRESSION.headline, TENSOR_CLASSIFICATION.headline)


@pytest.mark.parametrize("margin", [False, True])
@pytest.mark.parametrize("depth", [2, 3, 4, 5])
def test_angles_follow_the_layers(depth: int, margin: bool) -> None:
    made = problem(np.random.default_rng(depth), depth, margin)
    features, sizes = made["x"] @ made["s"].T, np.abs(made["alpha"] * made["eta"])

    def field(t: float, theta: np.ndarray) -> np.ndarray:
        return np.asarray(speeds(theta, sizes, features, made["y"], depth, margin))

    theta = solve_ivp(field, (0, 2), np.zeros(len(sizes)), rtol=1e-10, atol=1e-12).y[:, -1]
    layers = solved(made, 2, FINE, margin)["weights"]
    np.testing.assert_allclose(coordinates(theta, sizes, depth), np.prod(layers, axis=0), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("extra", [(MOVED, AHEAD), (DEEP, MOVED), (TWO,)])
def test_states_satisfy_what_they_are_offered_for(extra: tuple[Assumption, ...]) -> None:
    assumes = (*FLOWING, *extra)
    ids = frozenset(assumption.id for assumption in assumes)
    assert Runs().offers(ids)
    visited = list(Runs().states(ids, 24, 3))
    assert len(visited) == 24
    assert {one.run for one in visited} == {0, 1, 2}
    for one in visited:
        assert {decide(replace(claim, assumes=assumes), one.instance).verdict for claim in IDENTITIES} == {"holds"}


def test_other_assumptions_are_not_offered() -> None:
    assert not Runs().offers(OFFERED)
    assert not Runs().offers(frozenset({"stationary"}))


def test_runs_go_down_and_are_the_same_for_the_same_seed() -> None:
    first, again = (list(Runs().states(frozenset({"two-layers"}), 8, 5)) for _ in range(2))
    assert [one.instance.values["weights"].tolist() for one in first] == [
        one.instance.values["weights"].tolist() for one in again
    ]
    losses = []
    for one in first:
        view = TENSOR_REGRESSION.domain.view(one.instance)
        gap = view["y"] - view["outputs"]
        losses.append(to_float(gap @ gap))
    assert losses == sorted(losses, reverse=True)
