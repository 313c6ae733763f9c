"""Homogeneous networks: gradients against autograd, rates against finite differences of an ODE solver's path."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from scipy.integrate import solve_ivp

from refutable.strategies.homogeneous_network.flow import FlowProblem, random_problem
from refutable.strategies.homogeneous_network.runs import Runs, read
from refutable.strategies.homogeneous_network.solutions import SOLUTIONS
from refutable.theorems.domains.homogeneous_network import HOMOGENEOUS_NETWORK
from refutable.theorems.domains.homogeneous_network.forward import along, degree
from refutable.theorems.domains.homogeneous_network.forward import smoothed_margin as smoothed
from refutable.theorems.exact import as_real
from refutable.theorems.instances import InstanceError
from refutable.theorems.papers.lyu_li_2020.networks import CONFLICT, aligned, network
from refutable.theorems.papers.lyu_li_2020.smoothed_margin import HOMOGENEOUS_KKT, RISES
from refutable.theorems.views import View
from refutable.verify.decide import decide
from refutable.verify.integrations import compared


def problem(seed: int) -> tuple[FlowProblem, Any]:
    return random_problem(np.random.default_rng(seed))


def by_torch(task: FlowProblem, theta: torch.Tensor) -> torch.Tensor:
    """Margins, written with torch alone."""
    k, d, m = task.units, task.x.shape[1], task.square_layers
    h = torch.as_tensor(task.x)
    layers = [theta[: k * d].reshape(k, d), *theta[k * d : -k].reshape(m, k, k)]
    for weights in layers:
        h = torch.nn.functional.leaky_relu(h @ weights.T, task.slope)
    return torch.as_tensor(task.y) * (h @ theta[-k:])


@pytest.mark.parametrize("seed", range(8))
def test_margins_and_gradients_agree_with_autograd(seed: int) -> None:
    task, theta = problem(seed)
    view = HOMOGENEOUS_NETWORK.view(read(task, theta))
    point = torch.tensor(theta, requires_grad=True)
    margins = by_torch(task, point)
    assert [float(f) for f in view["margins"]] == pytest.approx(margins.tolist(), abs=1e-12)
    for n in range(len(task.y)):
        (slope,) = torch.autograd.grad(margins[n], point, retain_graph=True)
        exact = [view["gradients"][name][n] for name in ("w1", "middle", "w2") if name in view["gradients"]]
        flat = [float(q) for part in exact for q in part.ravel()]
        assert flat == pytest.approx(slope.tolist(), abs=1e-12)
    (fall,) = torch.autograd.grad(-torch.logsumexp(-margins, 0), point)
    speed = fall.numpy() / np.linalg.norm(theta) ** task.square_layers
    assert task.velocity(theta) == pytest.approx(speed, abs=1e-12)


@pytest.mark.parametrize("seed", range(6))
def test_the_derivative_is_that_of_a_solver_s_path(seed: int) -> None:
    """The smoothed margin's exact derivative against central differences along a path at 1e-12."""
    task, theta = problem(seed)
    view = HOMOGENEOUS_NETWORK.view(read(task, theta))
    pull = float(as_real(view["relative_loss"]))
    exact = float(as_real(along(view, smoothed))) / pull / np.linalg.norm(theta) ** task.square_layers

    def value(time: float) -> float:
        sign = np.sign(time)
        run = solve_ivp(lambda t, z: sign * task.velocity(z), (0, abs(time)), theta, rtol=1e-12, atol=1e-13)
        end = run.y[:, -1]
        return task.log_inverse_loss(end) / float(np.linalg.norm(end)) ** degree(view)

    h = 1e-4
    assert (value(h) - value(-h)) / (2 * h) == pytest.approx(exact, rel=1e-5, abs=1e-7)


def test_increments_along_a_path_are_never_negative() -> None:
    """Every increment of 40 along 6 paths once L < 1."""
    least = np.inf
    for seed in range(6):
        task, theta = random_problem(np.random.default_rng(seed), smooth=True)
        run = solve_ivp(lambda t, z, task=task: task.velocity(z), (0, 2), theta, rtol=1e-11, atol=1e-13,
                        t_eval=np.linspace(0, 2, 41))  # fmt: skip
        power = task.square_layers + 2
        path = [(task.log_inverse_loss(z), float(np.linalg.norm(z)) ** power) for z in run.y.T]
        values = [log / size for log, size in path if log > 0]
        least = min([least, *(b / a - 1 for a, b in pairwise(values))])
    assert -1e-12 < least < 0.1


@pytest.mark.parametrize("depth", [2, 3, 4])
def test_aligned_networks_touch_exactly(depth: int) -> None:
    outcome = decide(RISES, aligned(2, depth, 0))
    assert outcome.verdict == "holds"
    assert outcome.touching


def normalised(view: View) -> Any:
    """min_n f_n / |theta|^2."""
    return view["least_margin"] / view["squared_norm"]


def test_the_least_margin_may_fall_while_the_smoothed_one_rises() -> None:
    view = HOMOGENEOUS_NETWORK.view(CONFLICT)
    assert decide(RISES, CONFLICT).verdict == "holds"
    assert float(as_real(along(view, normalised))) < 0 < float(as_real(along(view, smoothed)))


def test_dividing_by_one_power_less_is_no_mutant() -> None:
    """log(1/L) / |theta|^(a-1) rises too, at every visited state."""
    ids = frozenset({"homogeneous", "off-kinks", "loss-below-one"})
    for state in Runs().states(ids, 12, 3):
        view = HOMOGENEOUS_NETWORK.view(state.instance)
        rate = float(as_real(view["rise"])) - (degree(view) - 1) * float(as_real(view["growth"])) * float(
            as_real(view["log_inverse_loss"])
        )
        assert rate > 0


def test_solutions_agree_and_false_variants_are_suspect() -> None:
    (integration,) = HOMOGENEOUS_KKT.integrated
    solutions = list(SOLUTIONS.solutions(integration.claim.id, frozenset(), 6, 0))
    assert len(solutions) == 6
    assert {compared(integration.claim, one).sight for one in solutions} == {"agrees"}
    for decoy in integration.decoys:
        assert "suspect" in {compared(decoy, one).sight for one in solutions}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"y": [2]}, "labels are 1 or -1"),
        ({"slope": 2}, "between 0"),
        ({"x": [[10**9]]}, "smaller weights"),
        ({"w1": [[f"1/{3**200}"]]}, "256 bits"),
        ({"w1": [[1]] * 9, "w2": [1] * 9}, "at most"),
    ],
)
def test_hostile_networks_are_refused(changes: dict[str, object], said: str) -> None:
    with pytest.raises(InstanceError, match=said):
        HOMOGENEOUS_NETWORK.instance(**{**network([[1]], [1], [[1]]).values, **changes})


@pytest.mark.parametrize("x", [[[1], [4000]], [[5], [4000]]])
def test_data_far_ahead_are_decided(x: list[list[int]]) -> None:
    for claim in (*HOMOGENEOUS_KKT.claims, *HOMOGENEOUS_KKT.links):
        assert decide(claim, network([[1]], [1], x)).verdict == "holds", claim.id


@pytest.mark.parametrize("seed", [3, 4])
def test_three_solutions_tell_every_false_variant(seed: int) -> None:
    (integration,) = HOMOGENEOUS_KKT.integrated
    solutions = list(SOLUTIONS.solutions(integration.claim.id, frozenset(), 3, seed))
    for decoy in integration.decoys:
        assert "suspect" in {compared(decoy, one).sight for one in solutions}, decoy.id
