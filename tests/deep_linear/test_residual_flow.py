"""Linear residual networks: exact rates and steps against autograd, flows integrated to the end, hostile instances."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from flint import fmpq
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from refutable.strategies.deep_linear_flow import SUPPLY
from refutable.strategies.pictures import drawing
from refutable.strategies.supply import Size
from refutable.theorems.claims import Claim
from refutable.theorems.domains.deep_linear_flow import DEEP_LINEAR_FLOW
from refutable.theorems.exact import as_real
from refutable.theorems.instances import Instance, InstanceError
from refutable.theorems.papers.mulayoff_michaeli_2020.residual_cases import SHEAR, STALLED, start, state
from refutable.theorems.papers.mulayoff_michaeli_2020.residual_zero_init import RESNET_ZERO_INIT as THEOREM
from refutable.theorems.records import Family, all_mutants
from refutable.verify.decide import decide

ALL = (*THEOREM.claims, *THEOREM.links)
Layers = np.ndarray
"""[m, d, d]"""


def floats(matrix: Any) -> np.ndarray:
    return np.array([[float(q.p) / float(q.q) for q in row] for row in matrix])


def any_state(seed: int, depth: int = 3, size: int = 2) -> Instance:
    source = np.random.default_rng(seed)
    layers, target = source.integers(-2, 3, (depth, size, size)), source.integers(-2, 3, (size, size))
    return DEEP_LINEAR_FLOW.instance(layers=layers.tolist(), target=target.tolist(), loss_scale="3/2", step_size="1/5")


def loss(layers: torch.Tensor, target: torch.Tensor, scale: float = 1.0) -> torch.Tensor:
    whole = layers[0]
    for layer in layers[1:]:
        whole = layer @ whole
    return scale / 2 * (whole - target).square().sum()


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("depth", "size"), [(2, 1), (2, 3), (3, 2), (5, 2)])
def test_gradients_steps_and_rates_agree_with_autograd(seed: int, depth: int, size: int) -> None:
    instance = any_state(seed, depth, size)
    view = DEEP_LINEAR_FLOW.view(instance)
    layers = torch.tensor(np.stack([floats(w) for w in instance["layers"]]), requires_grad=True)
    target = torch.tensor(floats(instance["target"]))
    value = loss(layers, target, 1.5)
    (gradient,) = torch.autograd.grad(value, layers)
    assert float(view["loss"]) == pytest.approx(value.item())
    ours = np.stack([floats(g) for g in view["gradients"]])
    assert np.allclose(ours, gradient.numpy())
    assert np.allclose(np.stack([floats(w) for w in view["next_layers"]]), (layers - gradient / 5).detach().numpy())

    def imbalances(w: torch.Tensor) -> torch.Tensor:
        return w[1:].mT @ w[1:] - w[:-1] @ w[:-1].mT

    _, rates = torch.func.jvp(imbalances, (layers.detach(),), (-gradient,))
    assert np.allclose(np.stack([floats(r) for r in view["imbalance_rates"]]), rates.numpy(), atol=1e-9)
    assert np.allclose(rates.numpy(), 0, atol=1e-9)


def slopes(layers: Layers, target: np.ndarray) -> Layers:
    w = torch.tensor(layers, requires_grad=True)
    (gradient,) = torch.autograd.grad(loss(w, torch.tensor(target)), w)
    return gradient.numpy()


def end_of_flow(layers: Layers, target: np.ndarray, time: float = 60.0) -> Layers:
    shape = layers.shape
    run = solve_ivp(
        lambda t, flat: -slopes(flat.reshape(shape), target).ravel(),
        (0, time), layers.ravel(), rtol=1e-12, atol=1e-13, method="DOP853",
    )  # fmt: skip
    return run.y[:, -1].reshape(shape)


def sharpness(layers: Layers, target: np.ndarray) -> float:
    """Of the dense Hessian, by autograd."""
    shape = layers.shape
    hessian = torch.func.hessian(lambda flat: loss(flat.reshape(shape), torch.tensor(target)))
    return float(torch.linalg.eigvalsh(hessian(torch.tensor(layers.ravel())))[-1])


def flattest(target: np.ndarray, depth: int) -> float:
    return float(depth * np.linalg.norm(target, 2) ** (2 - 2 / depth))


def imbalance(layers: Layers) -> float:
    return max(float(np.abs(b.T @ b - a @ a.T).max()) for a, b in pairwise(layers))


def identity(depth: int, size: int) -> Layers:
    return np.stack([np.eye(size)] * depth)


@pytest.mark.parametrize("symmetric", [True, False])
def test_the_flow_from_identity_layers_ends_at_the_flattest_minimum(symmetric: bool) -> None:
    source = np.random.default_rng(7)
    noise = source.standard_normal((2, 2))
    target = np.eye(2) + 0.3 * noise if not symmetric else np.eye(2) + 0.3 * (noise + noise.T) / 2
    assert np.linalg.det(target) > 0
    layers = end_of_flow(identity(3, 2), target)
    assert np.abs(layers[2] @ layers[1] @ layers[0] - target).max() < 1e-9
    assert imbalance(layers) < 1e-9
    assert sharpness(layers, target) == pytest.approx(flattest(target, 3), rel=1e-8)


def test_the_flow_from_other_layers_keeps_its_imbalance_and_ends_sharper() -> None:
    source = np.random.default_rng(3)
    layers, target = identity(2, 2) + 0.3 * source.standard_normal((2, 2, 2)), np.diag([1.5, 0.8])
    end = end_of_flow(layers, target)
    before, after = (b.T @ b - a @ a.T for a, b in ((layers[0], layers[1]), (end[0], end[1])))
    assert np.abs(before - after).max() < 1e-9
    assert sharpness(end, target) > 1.01 * flattest(target, 2)


@pytest.mark.slow
def test_a_reflecting_target_stalls_at_loss_one_half() -> None:
    target = np.diag([1.5, 1.0, -1.0])
    end = end_of_flow(identity(3, 3), target, 400.0)
    assert loss(torch.tensor(end), torch.tensor(target)).item() == pytest.approx(0.5, abs=1e-3)
    assert loss(torch.tensor(end), torch.tensor(target)).item() >= 0.5
    assert min(np.linalg.det(w) for w in end) > 0


def test_the_stalled_state_touches() -> None:
    outcome = decide(THEOREM.claim("reflecting-target-stalls"), STALLED)
    assert (outcome.verdict, outcome.touching) == ("holds", True)


def test_descent_unbalances_in_first_order_and_sharpens_in_second() -> None:
    target = np.eye(3) + 0.3 * np.random.default_rng(0).standard_normal((3, 3))
    gaps, excesses = [], []
    for step in (0.04, 0.02, 0.01):
        layers = identity(4, 3)
        for _ in range(int(10 / step)):
            layers = layers - step * slopes(layers, target)
        gaps.append(imbalance(layers))
        excesses.append(sharpness(layers, target) / flattest(target, 4) - 1)
    assert 1e-5 < gaps[-1] < 1e-2
    assert gaps[0] / gaps[1] == pytest.approx(2, rel=0.1)
    assert gaps[1] / gaps[2] == pytest.approx(2, rel=0.1)
    assert excesses[0] / excesses[1] == pytest.approx(4, rel=0.15)
    assert excesses[-1] > 1e-9


def test_descent_keeps_layers_equal_for_symmetric_and_normal_targets() -> None:
    claim = THEOREM.claim("layers-stay-equal")
    for target in ([[3, 1], [1, 2]], [[1, -2], [2, 1]]):
        one = [[1, 0], [0, 1]]
        instance = DEEP_LINEAR_FLOW.instance(layers=[one] * 3, target=target, loss_scale=1, step_size="1/10")
        for _ in range(3):
            assert decide(claim, instance).verdict == "holds"
            instance = instance.replace(layers=DEEP_LINEAR_FLOW.view(instance)["next_layers"])
    assert decide(claim, start(SHEAR)).verdict == "vacuous"


def test_the_rate_of_the_determinant_is_the_one_of_the_flow() -> None:
    claim = THEOREM.claim("determinant-rate")
    instance = state([SHEAR, SHEAR.transpose(), SHEAR], SHEAR, 1)
    assert decide(claim, instance).verdict == "holds"
    layers, target = np.stack([floats(w) for w in instance["layers"]]), floats(instance["target"])
    step = 1e-6
    moved = layers - step * slopes(layers, target)
    rate = (np.log(np.linalg.det(moved[-1])) - np.log(np.linalg.det(layers[-1]))) / step
    (check, size) = claim.concludes(DEEP_LINEAR_FLOW.view(instance))
    assert float(as_real(check.left)) == pytest.approx(rate**2, rel=1e-4)
    assert size.decide().truth is True


@pytest.mark.parametrize("family", THEOREM.equality, ids=lambda family: family.id)
def test_families_touch(family: Family) -> None:
    for instance in [*family.instances(20), family.last()]:
        assert decide(THEOREM.headline, instance).touching
        assert {decide(claim, instance).verdict for claim in ALL} <= {"holds", "vacuous"}


def test_mutants_are_refuted_and_spare_the_theorem() -> None:
    assert len(all_mutants(THEOREM)) == 13
    for mutant in all_mutants(THEOREM):
        assert decide(mutant.claim, mutant.witness()).verdict == "violated", mutant.id
        assert {decide(claim, mutant.witness()).verdict for claim in ALL} <= {"holds", "vacuous"}


@pytest.mark.parametrize("claim", ALL, ids=[claim.id for claim in ALL])
@pytest.mark.parametrize("known", [True, False])
@seed(2)
@settings(max_examples=15, deadline=None, database=None, phases=[Phase.generate],
          suppress_health_check=list(HealthCheck))  # fmt: skip
@given(data=st.data())
def test_drawn_states_satisfy_the_assumptions(claim: Claim, known: bool, data: st.DataObject) -> None:
    drawn = SUPPLY.drawn(frozenset(a.id for a in claim.assumes), Size(), known)
    assert decide(claim, data.draw(drawn)).verdict == "holds"


@pytest.mark.parametrize("claim", THEOREM.claims, ids=[claim.id for claim in THEOREM.claims])
def test_states_of_runs_satisfy_the_assumptions(claim: Claim) -> None:
    assumes = frozenset(a.id for a in claim.assumes)
    assert SUPPLY.visited.offers(assumes)
    visited = list(SUPPLY.visited.states(assumes, 20, 5))
    assert visited == list(SUPPLY.visited.states(assumes, 20, 5))
    assert len(visited) == 20
    assert len({state.run for state in visited}) > 1
    assert {decide(claim, state.instance).verdict for state in visited} == {"holds"}


def test_runs_follow_the_integrated_flow() -> None:
    first = next(iter(SUPPLY.visited.states(frozenset(), 1, 5)))
    layers = np.stack([floats(w) for w in first.instance["layers"]])
    reference = end_of_flow(identity(len(layers), len(layers[0])), floats(first.instance["target"]), 7 * 0.02)
    assert np.allclose(layers, reference, atol=1e-7)


MOVES = [*DEEP_LINEAR_FLOW.moves, *DEEP_LINEAR_FLOW.variations]


@pytest.mark.parametrize("move", MOVES, ids=lambda move: move.id)
def test_moves_keep_states_well_formed(move: Any) -> None:
    reductions: Callable[[Instance], Any] = move.reductions
    found = list(reductions(any_state(1, 3, 2)))
    assert found or move.id == "round all numbers"
    for other in found:
        assert DEEP_LINEAR_FLOW.load(DEEP_LINEAR_FLOW.dump(other)) == other


def test_reductions_keep_a_minimum_one() -> None:
    narrow = next(move for move in DEEP_LINEAR_FLOW.moves if move.id == "drop a layer")
    found = [DEEP_LINEAR_FLOW.view(i) for i in narrow.reductions(state([SHEAR, 2 * SHEAR, SHEAR]))]
    assert sum(bool((view["product"] == view["target"]).all()) for view in found) >= 3


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"layers": [[[1]]]}, "at least two"),
        ({"layers": [[[1]], [[1, 2]]]}, r"layers\[1\] is 1 x 2"),
        ({"target": [[1, 2], [3, 4]]}, "target is 2 x 2"),
        ({"layers": [[[1]]] * 33}, "at most 32"),
        ({"loss_scale": 0}, "loss_scale must be > 0"),
        ({"step_size": -1}, "step_size must be > 0"),
        ({"target": [["nan"]]}, "target"),
    ],
)
def test_bad_instances_are_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(InstanceError, match=message):
        DEEP_LINEAR_FLOW.instance(**{"layers": [[[1]], [[1]]], "target": [[1]], "loss_scale": 1, **changes})


def test_without_a_step_size_only_the_flow_is_decided() -> None:
    instance = any_state(1).replace(step_size=None)
    assert decide(THEOREM.claim("balance-conserved"), instance).verdict == "holds"
    assert decide(THEOREM.claim("step-changes-balance"), instance).verdict == "inapplicable"
    assert DEEP_LINEAR_FLOW.describe is not None
    assert DEEP_LINEAR_FLOW.describe(start(SHEAR, step_size=fmpq(1, 2)))[-1] == "step size = 1/2"


def test_unknown_assumptions_are_named() -> None:
    with pytest.raises(ValueError, match="no-such-thing"):
        SUPPLY.drawn(frozenset({"no-such-thing"}), Size())


def test_states_are_drawn() -> None:
    chart = drawing("deep-linear-flow", start(SHEAR))
    assert chart is not None
    assert [len(one.x) for one in chart.series] == [4, 2, 2]
    assert max(chart.series[2].y) == pytest.approx((1 + 5**0.5) / 2)
    assert drawing("deep-linear-flow", start(SHEAR * fmpq(10) ** 400)) is None
