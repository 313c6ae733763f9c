"""One datum, a filter of two entries: the closed direction against SVD, autograd, and integrated flows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from flint import fmpq
from hypothesis import HealthCheck, Phase, given, seed, settings
from scipy.integrate import solve_ivp

from refutable.strategies.circular_convolution import SUPPLY, pulls
from refutable.strategies.circular_solutions import SOLUTIONS
from refutable.strategies.pictures import drawing
from refutable.strategies.supply import Size
from refutable.theorems.claims import Claim
from refutable.theorems.domains.circular_convolution import CIRCULAR_CONVOLUTION
from refutable.theorems.domains.circular_convolution.single_datum import first_mode_of_one, mode_rates, velocity
from refutable.theorems.domains.multilinear_flow import MULTILINEAR_FLOW
from refutable.theorems.domains.tensor_network import architectures
from refutable.theorems.exact import as_real
from refutable.theorems.flows import derivative_along
from refutable.theorems.instances import Instance
from refutable.theorems.ops.exact import ExactOps
from refutable.theorems.papers.yun_2021.convolution_single_datum import CONVOLUTION_SINGLE_DATUM as THEOREM
from refutable.theorems.papers.yun_2021.convolution_single_datum_mutants import (
    AT_SECOND,
    AT_TOP,
    ELSEWHERE,
    OPPOSED_OF_ONE,
    TURNING_TOP,
    datum,
)
from refutable.theorems.papers.yun_2021.directions import TENSOR_DIRECTIONS
from refutable.verify.decide import decide
from refutable.verify.integrations import compared
from refutable.verify.shrink import shrink

ALL = (*THEOREM.claims, *THEOREM.links)


def floats(array: Any) -> np.ndarray:
    return np.vectorize(lambda q: float(as_real(q)), otypes=[float])(array)


def direction(x: np.ndarray) -> np.ndarray:
    sign = np.sign(x @ np.roll(x, -1))
    return 2 * x + sign * (np.roll(x, -1) + np.roll(x, 1))


def without_sign(x: np.ndarray) -> np.ndarray:
    return 2 * x + np.roll(x, -1) + np.roll(x, 1)


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


def beta(w: np.ndarray, v: np.ndarray) -> np.ndarray:
    return sum(np.roll(v, k) * weight for k, weight in enumerate(w))


@pytest.mark.parametrize("d", [4, 6, 9])
def test_the_closed_flow_ends_along_the_direction(d: int) -> None:
    """50 data each, random starts, tau = 40 / (s_+ - s_-) by SVD: 1 - cos at rounding; without the sign it is not."""
    source = np.random.default_rng(d)
    misses = []
    for _ in range(50):
        x, w, v = source.standard_normal(d), source.standard_normal(2), source.standard_normal(d)
        matrix = np.stack([x, np.roll(x, -1)], axis=1)
        left, values, right = np.linalg.svd(matrix, full_matrices=False)
        assert values**2 == pytest.approx([x @ x + abs(x @ np.roll(x, -1)), x @ x - abs(x @ np.roll(x, -1))])
        decay = np.exp(-40 * (values[0] - values) / (values[0] - values[1]))
        first, second = right @ w, left.T @ v
        grown = (first + second) / 2 * decay
        end = beta(right.T @ grown, left @ grown)
        assert 1 - cosine(end, direction(x)) <= 1e-13
        if x @ np.roll(x, -1) < 0:
            misses.append(1 - abs(cosine(end, without_sign(x))))
    assert len(misses) > 10
    assert min(misses) > 0.02


def test_drawn_standing_directions_are_those_of_svd() -> None:
    seen = []

    @seed(2)
    @settings(
        max_examples=20, database=None, deadline=None, phases=(Phase.generate,), suppress_health_check=HealthCheck
    )
    @given(SUPPLY.drawn(frozenset({"filter-of-2", "neighbours-correlated", "direction-stands", "top-value"}), Size()))
    def body(instance: Instance) -> None:
        x, w, v = floats(instance["x"]), floats(instance["filters"][0]), floats(instance["output"])
        matrix = np.stack([x, np.roll(x, -1)], axis=1)
        assert v @ matrix @ w / np.linalg.norm(v) / np.linalg.norm(w) == pytest.approx(
            np.linalg.svd(matrix, compute_uv=False)[0]
        )
        assert cosine(beta(w, v), direction(x)) == pytest.approx(1)
        seen.append(instance)

    body()
    assert len(seen) > 5


@pytest.mark.parametrize("claim", ALL, ids=lambda c: c.id)
def test_claims_hold_on_drawn_networks(claim: Claim) -> None:
    @seed(5)
    @settings(
        max_examples=12, database=None, deadline=None, phases=(Phase.generate,), suppress_health_check=HealthCheck
    )
    @given(SUPPLY.drawn(frozenset(a.id for a in claim.assumes), Size()))
    def body(instance: Instance) -> None:
        assert decide(claim, instance).verdict == "holds"

    body()


@pytest.mark.parametrize("number", range(3))
def test_velocities_agree_with_autograd(number: int) -> None:
    source = np.random.default_rng(number)
    x, w, v = source.integers(-3, 4, 5), source.standard_normal(2), source.standard_normal(5)
    tw, tv = torch.tensor(w, requires_grad=True), torch.tensor(v, requires_grad=True)
    tx = torch.tensor(x, dtype=torch.float64)
    output = ((tx * tw[0] + tx.roll(-1) * tw[1]) * tv).sum()
    by_w, by_v = torch.autograd.grad(-torch.exp(-output), (tw, tv))
    slope = float(torch.exp(-output.detach()))
    instance = CIRCULAR_CONVOLUTION.instance(x=x.tolist(), filters=[w.tolist()], output=v.tolist(), slope=slope)
    moved = velocity(CIRCULAR_CONVOLUTION.view(instance))
    assert np.allclose(floats(moved["filters"][0]), by_w.numpy())
    assert np.allclose(floats(moved["output"]), by_v.numpy())
    matrix = np.stack([x, np.roll(x, -1)], axis=1).astype(float)
    assert np.allclose(np.concatenate(pulls(matrix, w, v)), np.concatenate([by_w.numpy(), by_v.numpy()]))


def test_modes_of_a_small_network_by_hand() -> None:
    """x = (1, 2, 0, 0): |x|^2 = 5, <x, x_left> = 2, s^2 = 7 and 3; w = (1, 0), v = (1, 0, 0, 1)."""
    view = CIRCULAR_CONVOLUTION.view(ELSEWHERE)
    assert [(s * s).exact() for s in view["singular_values"]] == [7, 3]
    assert list(view["filter_pull"]) == [1, 3]
    assert list(view["predicted_direction"]) == [4, 5, 2, 1]
    grown = mode_rates(view)
    assert [float(as_real(g)) for g in grown] == pytest.approx([7 + 4 * 7**0.5, 3 - 2 * 3**0.5])


def test_signs_and_values_at_the_standing_directions() -> None:
    assert list(CIRCULAR_CONVOLUTION.view(AT_TOP)["predictor"]) == [4, 5, 2, 1]
    assert list(CIRCULAR_CONVOLUTION.view(TURNING_TOP)["predictor"]) == [4, -5, 2, -1]
    assert decide(THEOREM.claims[0], AT_TOP).verdict == "holds"
    assert decide(THEOREM.claims[0], TURNING_TOP).verdict == "holds"
    assert decide(THEOREM.claims[0], AT_SECOND).verdict == "vacuous"
    assert decide(THEOREM.claims[1], datum((1, 2, 0), (fmpq(1, 2),))).verdict == "holds"


def test_a_start_without_the_first_mode_ends_elsewhere() -> None:
    """v = M w, w = (1, -1), on the unit sphere: it stays at the second pair for a while, and exactly for ever."""
    matrix = np.array([[1.0, 2.0], [2.0, 0.0], [0.0, 0.0], [0.0, 1.0]])
    w, s = np.array([1.0, -1.0]), 3**0.5
    v = matrix @ w / s

    def flow(_: float, y: np.ndarray) -> np.ndarray:
        pull = np.concatenate([matrix.T @ y[2:], matrix @ y[:2]])
        return pull - (y @ pull) * y

    start = np.concatenate([w, v]) / np.linalg.norm(np.concatenate([w, v]))
    end = solve_ivp(flow, (0, 3), start, rtol=1e-11, atol=1e-13).y[:, -1]
    assert np.allclose(end, start, atol=1e-8)
    assert cosine(beta(end[:2], end[2:]), direction(np.array([1.0, 2.0, 0.0, 0.0]))) < 0.9


def test_an_opposed_start_of_one_entry_stays_a_negative_multiple_for_ever() -> None:
    """v = -w x / |x|: dw/dt = -slope |x| w and dv/dt = slope w x = -slope |x| v, so that both keep their directions."""
    view = CIRCULAR_CONVOLUTION.view(OPPOSED_OF_ONE)
    moved, norm = velocity(view), 5
    assert list(moved["filters"][0]) == list(-norm * view["filters"][0])
    assert list(moved["output"]) == list(-norm * view["output"])
    assert list(view["predictor"]) == list(-5 * view["x"])
    end = next(one.claim for one in THEOREM.integrated if one.claim.id == "predictor-direction-of-one-entry")
    failing = [a.id for a in decide(end, OPPOSED_OF_ONE).assumptions if a.verdict != "holds"]
    assert failing == ["generic-mode-of-one-entry"]


def test_the_mode_of_one_entry_grows_at_the_norm_of_the_datum() -> None:
    """x = (3, 4): p = 5 w + <x, v> grows at the rate slope 5."""
    instance = datum((3, 4), (2,), (1, -1), slope=3)
    view = CIRCULAR_CONVOLUTION.view(instance)
    change = derivative_along(view, lambda moved: first_mode_of_one(moved, 5), velocity(view))
    assert as_real(first_mode_of_one(view)).exact() == 9
    assert change == 3 * 5 * 9


@pytest.mark.parametrize("integration", THEOREM.integrated, ids=lambda i: i.claim.id)
def test_solutions_agree_and_decoys_do_not(integration: Any) -> None:
    claim = integration.claim
    found = list(SOLUTIONS.solutions(claim.id, frozenset(a.id for a in claim.assumes), 4, 5))
    assert all(compared(claim, one).sight == "agrees" for one in found)
    for decoy in integration.decoys:
        assert any(compared(decoy, one).sight == "suspect" for one in found)


def test_each_half_of_the_flow_has_a_decoy_of_its_own() -> None:
    integration = next(one for one in THEOREM.integrated if one.claim.id == "modes-along-solutions")
    assumes = frozenset(a.id for a in integration.claim.assumes)
    (solution,) = SOLUTIONS.solutions(integration.claim.id, assumes, 1, 5)
    assert {compared(decoy, solution).label for decoy in integration.decoys} == {"p_+-", "q_+-"}


@pytest.mark.parametrize("mutant", THEOREM.mutants, ids=lambda m: m.id)
def test_counterexamples_shrink_to_small_ones(mutant: Any) -> None:
    def keeps(instance: Instance) -> bool:
        return decide(mutant.claim, instance).verdict == "violated"

    assert keeps(mutant.witness())
    small = shrink(CIRCULAR_CONVOLUTION, mutant.witness(), keeps, 150).instance
    assert len(small["x"]) <= 4
    assert all(abs(entry) <= 3 for entry in small["x"])


def test_networks_are_drawn() -> None:
    chart = drawing("circular-convolution", TURNING_TOP)
    assert chart is not None
    assert "cosine 1.000000" in chart.description
    named = {one.name: one.y for one in chart.series}
    assert named["predictor beta"] == pytest.approx(named["2x + sgn<x, x_left> (x_left + x_right)"])
    assert drawing("circular-convolution", datum((1, 2, 0, 0), (1, 1), (0, 0, 0, 0))) is None


def test_states_of_runs_are_tried() -> None:
    assert SUPPLY.visited is not None
    seen = list(SUPPLY.visited.states(frozenset({"filter-of-2"}), 6, 1))
    assert len({one.origin for one in seen}) == 6
    assert all(decide(THEOREM.claim("modes-grow"), one.instance).verdict == "holds" for one in seen)


@pytest.mark.parametrize(("instance", "verdict"), [(AT_TOP, "holds"), (AT_SECOND, "holds"), (ELSEWHERE, "vacuous")])
def test_standing_directions_are_singular_vectors_of_the_data_tensor(instance: Instance, verdict: str) -> None:
    """The same networks as multilinear ones: their data tensor is M, padded to a square."""
    ops, size = ExactOps(), len(instance["x"])
    tensor = architectures.circular_convolution(size, [2]).tensor(ops, instance["x"]).reshape(2, size)
    assert (CIRCULAR_CONVOLUTION.view(instance)["datum_matrix"] == tensor.T).all()
    padded = [*tensor.tolist(), *[[0] * size] * (size - 2)]
    factors = [[*instance["filters"][0], *[0] * (size - 2)], list(instance["output"])]
    state = MULTILINEAR_FLOW.instance(factors=factors, tensors=[padded], slopes=[instance["slope"]])
    assert decide(TENSOR_DIRECTIONS.claims[0], state).verdict == verdict
