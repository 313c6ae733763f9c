"""Multilinear networks: contractions by einsum, velocities by autograd, directions by SVD and solvers."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from flint import fmpq
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from refutable.strategies.multilinear_flow import SUPPLY, float_velocities
from refutable.strategies.multilinear_solutions import SOLUTIONS
from refutable.strategies.supply import Size
from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.multilinear_flow import MULTILINEAR_FLOW
from refutable.theorems.domains.multilinear_flow.contraction import rate
from refutable.theorems.domains.tensor_network import architectures
from refutable.theorems.instances import Instance, InstanceError
from refutable.theorems.ops.exact import ExactOps
from refutable.theorems.papers.yun_2021.directions import TENSOR_DIRECTIONS as THEOREM
from refutable.theorems.papers.yun_2021.directions_cases import (
    AT_SECOND,
    AT_TOP,
    GENERIC_STATE,
    ONE_PAIR,
    SECOND_PAIR_FIRST,
    state,
    stretched,
)
from refutable.theorems.papers.yun_2021.directions_claims import share_rate
from refutable.verify.decide import decide
from refutable.verify.integrations import compared
from refutable.verify.shrink import shrink

AXES = "abcd"
ALL = (*THEOREM.claims, *THEOREM.links)


def floats(array: Any) -> np.ndarray:
    return np.vectorize(lambda q: float(q.p) / float(q.q), otypes=[float])(array)


def any_state(number: int, layers: int, size: int, count: int) -> Instance:
    source = np.random.default_rng(number)
    tensors = source.integers(-3, 4, (count, size, size ** (layers - 1)))
    slopes = [fmpq(int(p), 4) for p in source.integers(1, 9, count)]
    return state(source.integers(-3, 4, (layers, size)).tolist(), *tensors.tolist(), slopes=slopes)


def by_einsum(tensor: np.ndarray, factors: np.ndarray, free: int | None) -> np.ndarray:
    places = [place for place in range(len(factors)) if place != free]
    letters = AXES[: len(factors)]
    return np.einsum(
        f"{letters},{','.join(AXES[p] for p in places)}->{'' if free is None else AXES[free]}",
        tensor,
        *factors[places],
    )


@pytest.mark.parametrize(("layers", "size", "count"), [(2, 3, 2), (3, 2, 3), (3, 3, 1), (4, 2, 2)])
@pytest.mark.parametrize("number", range(3))
def test_contractions_agree_with_einsum(number: int, layers: int, size: int, count: int) -> None:
    instance = any_state(number, layers, size, count)
    view = MULTILINEAR_FLOW.view(instance)
    tensors = floats(instance["tensors"]).reshape(count, *[size] * layers)
    factors, slopes = floats(instance["factors"]), floats(instance["slopes"])
    assert np.allclose(floats(view["outputs"]), [by_einsum(t, factors, None) for t in tensors])
    whole = np.tensordot(slopes, tensors, axes=(0, 0))
    assert np.allclose(floats(view["velocities"]), [by_einsum(whole, factors, p) for p in range(layers)])


@pytest.mark.parametrize("number", range(4))
def test_rates_agree_with_autograd_on_the_exponential_loss(number: int) -> None:
    source = np.random.default_rng(number)
    factors = torch.tensor(source.standard_normal((3, 2)), requires_grad=True)
    tensors = torch.tensor(source.standard_normal((2, 2, 2, 2)))

    def loss(v: torch.Tensor) -> torch.Tensor:
        return torch.exp(-torch.einsum("nabc,a,b,c->n", tensors, v[0], v[1], v[2])).sum()

    (gradient,) = torch.autograd.grad(loss(factors), factors)
    assert np.allclose(float_velocities(factors.detach().numpy(), tensors.numpy()), -gradient.numpy())

    def directions(v: torch.Tensor) -> torch.Tensor:
        return v[:, :, None] * v[:, None, :] / v.square().sum(-1)[:, None, None]

    outputs = torch.einsum("nabc,a,b,c->n", tensors, *factors.detach())
    instance = MULTILINEAR_FLOW.instance(
        factors=factors.detach().tolist(),
        tensors=tensors.reshape(2, 2, 4).tolist(),
        slopes=torch.exp(-outputs).tolist(),
    )
    view = MULTILINEAR_FLOW.view(instance)
    _, expected = torch.func.jvp(directions, (factors.detach(),), (-gradient,))
    assert np.allclose(floats(rate(view, "directions")), expected.numpy(), atol=1e-9)
    _, norms = torch.func.jvp(lambda v: v.square().sum(-1), (factors.detach(),), (-gradient,))
    assert np.allclose(floats(rate(view, "squared_norms")), norms.numpy())
    assert np.allclose(norms.numpy(), norms.numpy()[0])


@pytest.mark.parametrize("claim", ALL, ids=lambda c: c.id)
def test_drawn_states_satisfy_their_assumptions_and_the_claim(claim: Claim) -> None:
    assumes = frozenset(a.id for a in claim.assumes)

    @seed(7)
    @settings(
        max_examples=12, database=None, deadline=None, phases=(Phase.generate,), suppress_health_check=HealthCheck
    )
    @given(SUPPLY.drawn(assumes, Size()))
    def body(instance: Instance) -> None:
        assert decide(claim, instance).verdict == "holds"

    body()


def test_singular_vectors_drawn_for_two_factors_are_those_of_svd() -> None:
    found = []

    @seed(3)
    @settings(
        max_examples=30, database=None, deadline=None, phases=(Phase.generate,), suppress_health_check=HealthCheck
    )
    @given(SUPPLY.drawn(frozenset({"nonzero-factors", "singular-vectors"}), Size()))
    def body(instance: Instance) -> None:
        if instance["factors"].shape[0] == 2:
            found.append(instance)

    body()
    assert len(found) > 5
    for instance in found:
        matrix = floats(MULTILINEAR_FLOW.view(instance)["weighted"])
        first, second = (v / np.linalg.norm(v) for v in floats(instance["factors"]))
        value = first @ matrix @ second
        assert np.abs(np.linalg.svd(matrix, compute_uv=False) - abs(value)).min() < 1e-9
        assert np.allclose(matrix @ second, value * first)


def test_the_two_pairs_of_a_stretch_and_a_state_between_them() -> None:
    """At diag(2, 1): both pairs stand; (1, 1), (1, 1) turns; components 2, 2 grow at 2 and 1."""
    for still in (AT_TOP, AT_SECOND):
        assert decide(THEOREM.claims[0], still).verdict == "holds"
    assert decide(THEOREM.claims[0], GENERIC_STATE).verdict == "vacuous"
    view = MULTILINEAR_FLOW.view(GENERIC_STATE)
    assert list(view["components"]) == [2, 2]
    assert list(rate(view, "components")) == [4, 2]
    assert view["score"] == 3
    assert share_rate(view) == 8


def test_components_against_a_solver_for_a_drawn_matrix() -> None:
    """The ratio of the components decays by e^{-(s_1 - s_2) tau}, tau the integral of e^-f."""
    matrix, start = np.diag([2.0, 1.0]), np.array([0.3, 0.5, 0.2, 0.4])

    def flow(_: float, y: np.ndarray) -> np.ndarray:
        slope = math.exp(-y[:2] @ matrix @ y[2:4])
        return np.concatenate([slope * (matrix @ y[2:4]), slope * (matrix.T @ y[:2]), [slope]])

    end = solve_ivp(flow, (0, 20), np.append(start, 0.0), method="LSODA", rtol=1e-12, atol=1e-13).y[:, -1]
    ratio = (end[1] + end[3]) / (end[0] + end[2])
    assert ratio == pytest.approx(0.9 / 0.5 * math.exp(-end[4]), rel=1e-8)


def test_a_start_that_is_not_generic_ends_at_the_second_pair() -> None:
    y = np.array([1.0, 0.3, -1.0, 0.3])
    for _ in range(400):  # the time-changed flow, by its exact map over short times
        growth = np.exp(0.02 * np.array([2.0, 1.0]))
        a, b = (y[:2] + y[2:]) * growth, (y[:2] - y[2:]) / growth
        y = np.concatenate([(a + b) / 2, (a - b) / 2])
    assert abs(y[0]) / np.linalg.norm(y[:2]) < 1e-4


@pytest.mark.parametrize("x", [(1, 2), (3, -1), (1, 0, 2)])
def test_one_datum_of_a_fully_connected_network_stands_along_the_datum(x: tuple[int, ...]) -> None:
    """Singular vectors of x (x) I: the predictor W_1 w_2 is a multiple of x."""
    ops, inputs, width = ExactOps(), len(x), 2
    net = architectures.fully_connected((inputs, width))
    tensor = net.tensor(ops, ops.array(x))
    size = inputs * width
    padded = np.full((size, size), fmpq(0), dtype=object)
    padded[:, :width] = tensor.reshape(size, width)
    w2 = ops.array([3, -1])
    w1 = np.multiply.outer(ops.array(x), w2).ravel()
    still = state((w1, [*w2, *[0] * (size - width)]), padded)
    assert decide(THEOREM.claims[0], still).verdict == "holds"
    beta = net.predictor(ops, [w1, w2])
    assert list(beta * x[0]) == [beta[0] * entry for entry in x]
    tilted = still["factors"].copy()
    tilted[0, 0] += 1
    assert decide(THEOREM.claims[0], still.replace(factors=tilted)).verdict == "vacuous"


def test_diagonal_networks_end_at_the_largest_coordinate() -> None:
    """The top pair of diag(x) is e_i, e_i for the largest |x_i|."""
    net, ops = architectures.diagonal(3, 2), ExactOps()
    x = ops.array([1, -3, 2])
    matrix = net.tensor(ops, x).reshape(3, 3)
    left, values, right = np.linalg.svd(floats(matrix))
    assert np.allclose(values, [3, 2, 1])
    assert abs(left[1, 0] * right[0, 1]) == pytest.approx(1)
    assert decide(THEOREM.claims[0], state(((0, 2, 0), (0, 1, 0)), matrix)).verdict == "holds"


@pytest.mark.parametrize("integration", THEOREM.integrated, ids=lambda i: i.claim.id)
def test_solutions_agree_and_decoys_do_not(integration: Any) -> None:
    claim = integration.claim
    found = list(SOLUTIONS.solutions(claim.id, frozenset(a.id for a in claim.assumes), 3, 5))
    assert all(compared(claim, one).sight == "agrees" for one in found)
    for decoy in integration.decoys:
        assert any(compared(decoy, one).sight == "suspect" for one in found)


@pytest.mark.parametrize("number", range(8))
def test_the_share_rises_at_every_sign_as_autograd_says(number: int) -> None:
    instance = any_state(number, 3, 2, 2)
    if not all(any(factor) for factor in instance["factors"]):
        instance = instance.replace(factors=MULTILINEAR_FLOW.instance(**_ones(instance))["factors"])
    view = MULTILINEAR_FLOW.view(instance)
    whole = torch.tensor(floats(view["weighted"]).reshape(2, 2, 2))
    factors, velocities = torch.tensor(floats(view["factors"])), torch.tensor(floats(view["velocities"]))

    def share(v: torch.Tensor) -> torch.Tensor:
        units = v / v.norm(dim=-1, keepdim=True)
        return torch.einsum("abc,a,b,c->", whole, units[0], units[1], units[2])

    _, expected = torch.func.jvp(share, (factors,), (velocities,))
    product = float(factors.norm(dim=-1).square().prod())
    assert float(share_rate(view)) == pytest.approx(2 * product**1.5 * float(expected))
    assert float(expected) >= 0
    assert decide(THEOREM.claim("share-grows"), instance).verdict == "holds"


def _ones(instance: Instance) -> dict[str, Any]:
    fields = {name: instance[name] for name in ("tensors", "slopes")}
    return {**fields, "factors": [[1, -1]] * len(instance["factors"])}


def test_the_share_rises_from_a_negative_score() -> None:
    turned = state(((1, 1), (-1, -1)), ((2, 0), (0, 1)))
    assert MULTILINEAR_FLOW.view(turned)["score"] < 0
    assert decide(THEOREM.claim("share-grows"), turned).verdict == "holds"


END = next(one.claim for one in THEOREM.integrated if one.claim.id == "end-direction")


@pytest.mark.parametrize(
    ("dropped", "instance"),
    [
        ("first-pair-largest", SECOND_PAIR_FIRST),
        ("complete-pairs", ONE_PAIR),
        ("positive-pull", stretched((1, 1), (1, 1), -1)),
        ("positive-pull", state(((2,), (1,)), ((-1,),), left=((1,),), right=((1,),), gains=(-1,))),
        ("generic-start", stretched((1, 1), (-1, 1))),
    ],
)
def test_the_end_direction_needs_each_hypothesis(dropped: str, instance: Instance) -> None:
    """Without one of them the exact flow of the components ends elsewhere than at the first pair."""
    assert _failing(END, instance) == [dropped]
    matrix, start = floats(instance["tensors"][0]), floats(instance["factors"])
    slope, size = float(instance["slopes"][0]), len(matrix)
    whole = slope * np.block([[np.zeros((size, size)), matrix], [matrix.T, np.zeros((size, size))]])
    values, frame = np.linalg.eigh(whole)
    late = frame @ (np.exp(30 * (values - values.max())) * (frame.T @ start.ravel()))
    end = np.outer(late[:size], late[size:]) / np.linalg.norm(late[:size]) / np.linalg.norm(late[size:])
    first = np.outer(floats(instance["left"][0]), floats(instance["right"][0]))
    assert np.abs(end - first).max() > 0.5


def _failing(claim: Claim, instance: Instance) -> list[str]:
    """Ids of the assumptions that do not hold."""
    sure = replace(claim, concludes=lambda view: [Check(0, "==", 0)])
    return [a.id for a in decide(sure, instance).assumptions if a.verdict != "holds"]


def test_where_all_hypotheses_hold_the_end_is_the_first_pair() -> None:
    assert _failing(END, GENERIC_STATE) == []


def test_each_half_of_the_flow_has_a_decoy_of_its_own() -> None:
    integration = next(one for one in THEOREM.integrated if one.claim.id == "components-along-solutions")
    assumes = frozenset(a.id for a in integration.claim.assumes)
    (solution,) = SOLUTIONS.solutions(integration.claim.id, assumes, 1, 5)
    assert {compared(decoy, solution).label for decoy in integration.decoys} == {"a_j", "b_j"}


@pytest.mark.parametrize("mutant", THEOREM.mutants, ids=lambda m: m.id)
def test_counterexamples_shrink_to_small_ones(mutant: Any) -> None:
    def keeps(instance: Instance) -> bool:
        return decide(mutant.claim, instance).verdict == "violated"

    assert keeps(mutant.witness())
    small = shrink(MULTILINEAR_FLOW, mutant.witness(), keeps, 150).instance
    assert small["factors"].shape[1] <= 2
    assert len(small["slopes"]) <= 2
    assert all(abs(entry) <= 4 for entry in small["factors"].ravel())


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({"factors": [[1]], "tensors": [[[1]]], "slopes": [1]}, "1 factors"),
        ({"factors": [[1, 2], [1, 2]], "tensors": [[[1], [2]]], "slopes": [1]}, "need 2"),
        ({"factors": [[1] * 3] * 7, "tensors": [[[1]] * 3], "slopes": [1]}, "7 factors"),
        ({"factors": [[1], [1]], "tensors": [[[1]]], "slopes": [1], "left": [[1]]}, "pairs gives left"),
        ({"factors": [[1], [1]], "tensors": [[[1 << 3000]]], "slopes": [1]}, "bits"),
        ({"factors": [[1] * 40] * 2, "tensors": [[[1] * 40] * 40], "slopes": [1]}, "at most 8"),
        ({"factors": [[1] * 6] * 4, "tensors": [[[1] * 216] * 6], "slopes": [1]}, "at most 512"),
    ],
)
def test_senseless_states_are_refused(raw: dict[str, Any], said: str) -> None:
    with pytest.raises(InstanceError, match=said):
        MULTILINEAR_FLOW.instance(**raw)


@given(st.integers(0, 3))
@settings(max_examples=4, database=None, deadline=None)
def test_documents_round_trip(which: int) -> None:
    instance = (AT_TOP, AT_SECOND, GENERIC_STATE, stretched((1, 2), (3, 4), fmpq(1, 3)))[which]
    assert MULTILINEAR_FLOW.load(MULTILINEAR_FLOW.dump(instance)) == instance
    assert MULTILINEAR_FLOW.describe is not None
    assert MULTILINEAR_FLOW.describe(instance)


def test_states_of_runs_are_tried() -> None:
    assert SUPPLY.visited is not None
    seen = list(SUPPLY.visited.states(frozenset(), 7, 1))
    assert len(seen) == 7
    assert len({one.origin for one in seen}) == 7
    assert all(decide(THEOREM.claim("norm-gaps-conserved"), one.instance).verdict == "holds" for one in seen)
