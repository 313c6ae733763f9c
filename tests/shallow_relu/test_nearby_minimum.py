"""The certificate of an exact minimum: what it promises is found independently, and nothing false is promised."""

from __future__ import annotations

import random
from typing import Any

import mpmath as mp
import numpy as np
import pytest
import torch
from flint import fmpq

from refutable.strategies.engine.train import Data, train
from refutable.strategies.training.closed_form import Networks
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU, cells
from refutable.theorems.domains.shallow_relu import nearby_minimum as module
from refutable.theorems.domains.shallow_relu.nearby_box import box
from refutable.theorems.domains.shallow_relu.nearby_minimum import Nearby, Uncertified, nearby_minimum
from refutable.theorems.exact import compare, to_float
from refutable.theorems.instances import Instance, InstanceError
from tests.shallow_relu.networks import random_network

DIGITS = 60
SHAPES = [(1, 6, 3), (2, 5, 4), (3, 6, 5)]


def certified(found: Nearby | Uncertified) -> Nearby:
    assert isinstance(found, Nearby), found
    return found


def disturbed(seed: int, shape: tuple[int, int, int], size: float, frozen: tuple[str, ...] = ()) -> Instance:
    """A random network whose labels are those of a network nearby."""
    rng = random.Random(seed)
    d, k, n = shape

    def drawn(*sizes: int) -> Any:
        return [drawn(*sizes[1:]) for _ in range(sizes[0])] if sizes else rng.gauss(0, 1)

    network = SHALLOW_RELU.instance(
        w1=drawn(k, d),
        b1=drawn(k),
        w2=drawn(k),
        b2=drawn(),
        x=drawn(n, d),
        step_size="1/8",
        frozen=list(frozen) or None,
    )
    labels = [
        value + fmpq(*(size * rng.gauss(0, 1)).as_integer_ratio()) for value in SHALLOW_RELU.view(network)["output"]
    ]
    return network.replace(y=np.array(labels, dtype=object))


# --- An independent network: mpmath numbers, no cells, no formula of ours.


def high(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return [high(v) for v in value]
    return mp.mpf(int(value.p)) / int(value.q)


class Plain:
    """Parameters of a network as one flat list, and the network as a function of it."""

    def __init__(self, instance: Instance) -> None:
        self.k, self.d = instance["w1"].shape
        self.x, self.y = high(instance["x"]), high(instance["y"])
        frozen = instance["frozen"] or frozenset()
        self.theta, self.free = [], []
        for group in ("w1", "b1", "w2", "b2"):
            absent = instance[group] is None
            flat = [mp.mpf(0)] if absent else [high(v) for v in np.asarray(instance[group], dtype=object).ravel()]
            self.theta += flat
            self.free += [group not in frozen and not absent] * len(flat)

    def preactivations(self, theta: list[Any], x: list[Any]) -> list[Any]:
        k, d = self.k, self.d
        return [mp.fdot(theta[i * d : (i + 1) * d], x) + theta[k * d + i] for i in range(k)]

    def values(self, theta: list[Any]) -> list[Any]:
        top = self.k * (self.d + 1)
        weights = theta[top : top + self.k]
        return [
            mp.fdot(weights, [max(z, mp.mpf(0)) for z in self.preactivations(theta, x)]) + theta[-1] for x in self.x
        ]

    def jacobian(self, theta: list[Any]) -> Any:
        """Central differences: exact up to rounding, since f is quadratic in a cell."""
        step = mp.mpf(10) ** (-DIGITS // 2)
        columns = []
        for index in np.flatnonzero(self.free):
            ahead, behind = list(theta), list(theta)
            ahead[index] += step
            behind[index] -= step
            columns.append([(a - b) / (2 * step) for a, b in zip(self.values(ahead), self.values(behind), strict=True)])
        return mp.matrix(columns).T

    def minimum(self) -> tuple[list[Any], Any]:
        """A point with f = y by chord iterations from here, and how far it is: no step is checked on the way."""
        jacobian, theta = self.jacobian(self.theta), list(self.theta)
        inverse = jacobian.T * (jacobian * jacobian.T) ** -1
        for _ in range(200):
            # u -> u - J+ F(theta + u) keeps u in the row space of J, as the map of the proof does
            gaps = mp.matrix([v - y for v, y in zip(self.values(theta), self.y, strict=True)])
            if mp.norm(gaps) < mp.mpf(10) ** (8 - DIGITS):
                break
            move = inverse * gaps
            for place, index in enumerate(np.flatnonzero(self.free)):
                theta[index] -= move[place]
        assert mp.norm(gaps) < mp.mpf(10) ** (8 - DIGITS)
        return theta, mp.norm(mp.matrix([a - b for a, b in zip(theta, self.theta, strict=True)]))

    def sharpness(self, theta: list[Any]) -> Any:
        jacobian = self.jacobian(theta)
        return max(mp.eigsy(jacobian * jacobian.T, eigvals_only=True)) / len(self.x)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("steps", [0, 1, 4])
def test_a_minimum_is_where_the_certificate_says(shape: tuple[int, int, int], steps: int) -> None:
    seen = 0
    for seed in range(8):
        found = nearby_minimum(disturbed(seed, shape, 1e-4), steps)
        if isinstance(found, Uncertified):
            continue
        seen += 1
        with mp.workdps(DIGITS):
            about = Plain(found.centre)
            theta, far = about.minimum()
            assert far <= high(found.radius) + mp.mpf(10) ** (10 - DIGITS)
            start = Plain(disturbed(seed, shape, 1e-4)).theta
            assert mp.norm(mp.matrix(theta) - mp.matrix(start)) <= high(found.distance)
            slack = mp.mpf(10) ** (12 - DIGITS // 2)
            assert high(found.lower) - slack <= about.sharpness(theta) <= high(found.upper) + slack
            for x in about.x:
                signs = [z > 0 for z in about.preactivations(about.theta, x)]
                assert signs == [z > 0 for z in about.preactivations(theta, x)]
    assert seen >= 4


@pytest.mark.parametrize("frozen", [("w1",), ("b1",), ("w2",), ("b2",), ("w1", "b1"), ("w2", "b2")])
def test_frozen_groups_stay_where_they_are(frozen: tuple[str, ...]) -> None:
    found = [(seed, nearby_minimum(disturbed(seed, (2, 6, 3), 1e-6, frozen))) for seed in range(4)]
    good = [(seed, one) for seed, one in found if isinstance(one, Nearby)]
    assert len(good) >= 2
    for seed, one in good:
        for group in frozen:
            assert np.all(one.centre[group] == disturbed(seed, (2, 6, 3), 1e-6, frozen)[group])
        with mp.workdps(DIGITS):
            assert Plain(one.centre).minimum()[1] <= high(one.radius) + mp.mpf(10) ** (10 - DIGITS)


@pytest.mark.parametrize("shape", SHAPES)
def test_newton_steps_shrink_the_ball_to_nothing(shape: tuple[int, int, int]) -> None:
    networks = [disturbed(seed, shape, 1e-6) for seed in range(8)]
    good = [network for network in networks if isinstance(nearby_minimum(network, 0), Nearby)]
    assert len(good) >= 3
    for network in good:
        near = [certified(nearby_minimum(network, steps)) for steps in (0, 1, 4)]
        assert near[0].radius > 100 * near[1].radius > 10**4 * near[2].radius
        assert near[2].radius < fmpq(1, 10**25)
        assert near[2].same_cell


def test_a_network_that_meets_its_labels_is_its_own_minimum() -> None:
    rng = random.Random(4)
    seen = 0
    for _ in range(40):
        network = random_network(rng, 2, 3, 3)
        view = SHALLOW_RELU.view(network)
        for labels in (None, view["output"]):
            found = nearby_minimum(network.replace(y=labels))
            if any(kink == 1 for kink in view["kink"].ravel()):
                assert isinstance(found, Uncertified)
                continue
            seen += 1
            found = certified(found)
            assert found.exact
            assert found.radius == found.distance == 0
            order = compare(view["sharpness"], view["stability_threshold"])
            assert found.stable is (order is not None and order <= 0)
            assert found.lower <= found.upper <= found.lower * (1 + fmpq(1, 2**50)) + fmpq(1, 2**50)
    assert seen > 20


def test_the_edge_of_stability_is_decided_exactly() -> None:
    network = {"w1": [[0]], "b1": [1], "w2": [1], "b2": 0, "x": [[0]], "y": [1]}  # J = (0, 1, 1, 1): sharpness 3
    for step_size, stable in (("2/3", True), ("2000000000000000000000001/3000000000000000000000000", False)):
        assert certified(nearby_minimum(SHALLOW_RELU.instance(**network, step_size=step_size))).stable is stable
    assert certified(nearby_minimum(SHALLOW_RELU.instance(**network))).stable is None


def at_threshold(network: Instance, ratio: fmpq) -> Instance:
    """At a step size for which the sharpness, in floating point, is ``ratio`` times 2/step size."""
    top = float(SHALLOW_RELU.view(network.replace(y=None))["sharpness"].ball(64).mid())
    return network.replace(step_size=2 * ratio / fmpq(*top.as_integer_ratio()))


@pytest.mark.parametrize("shape", SHAPES)
def test_minima_beyond_the_threshold_are_called_unstable(shape: tuple[int, int, int]) -> None:
    for seed in range(6):
        network = disturbed(seed, shape, 1e-7)
        for ratio, stable in ((fmpq(999, 1000), True), (fmpq(1001, 1000), False)):
            found = nearby_minimum(at_threshold(network, ratio))
            assert isinstance(found, Uncertified) or found.stable is stable


def test_a_network_held_by_a_kink_is_stable_on_one_of_its_sides() -> None:
    # Neuron 1 all but touches datum 1: active there, the network is sharper.
    network = SHALLOW_RELU.instance(
        w1=[[1], [1]], b1=[1, "-999999999999999999/1000000000000000000"], w2=[1, 2], b2=0, x=[[0], [1]], y=[1, 2]
    )
    steep, flat = (
        SHALLOW_RELU.view(network.replace(b1=np.array([fmpq(1), b1], dtype=object), y=None))["sharpness"]
        for b1 in (fmpq(-99, 100), fmpq(-101, 100))
    )
    between = 2 / (
        fmpq(*float(steep.ball(64).mid()).as_integer_ratio()) / 2
        + fmpq(*float(flat.ball(64).mid()).as_integer_ratio()) / 2
    )
    found = certified(nearby_minimum(network.replace(step_size=between)))
    assert found.stable
    assert not found.same_cell
    assert found.distance < fmpq(1, 10**10)
    for step_size, stable in ((between * 4, False), (between / 4, True)):
        again = certified(nearby_minimum(network.replace(step_size=step_size)))
        assert again.stable is stable
        assert again.same_cell


# --- What is no minimum is never certified.


def test_labels_out_of_reach_are_refused() -> None:
    # relu(b1) with a frozen weight never is negative; its linear extension is, just beyond the kink.
    beyond = SHALLOW_RELU.instance(
        w1=[[1]], b1=["1/100"], w2=[1], b2=None, x=[[0]], y=["-1/20"], frozen=["w2"], step_size="1/2"
    )
    for steps in (0, 1, 4):
        assert isinstance(nearby_minimum(beyond, steps), Uncertified)


def test_one_place_with_two_labels_is_refused() -> None:
    network = disturbed(1, (2, 5, 3), 1e-9)
    x, y = np.array(network["x"]), np.array(network["y"])
    x[2] = x[0]
    found = nearby_minimum(network.replace(x=x, y=y))
    assert isinstance(found, Uncertified)
    assert "data 0 and 2 are the same point with different labels" in found.reason
    y[2] = y[0]
    assert certified(nearby_minimum(network.replace(x=x, y=y))).radius < fmpq(1, 10**20)


def test_too_few_parameters_are_refused() -> None:
    # One neuron and no bias on four data: labels off its graph cannot be met.
    for seed in range(6):
        assert isinstance(nearby_minimum(disturbed(seed, (1, 1, 6), 1e-6)), Uncertified)


def test_a_datum_on_a_kink_at_a_minimum_is_refused() -> None:
    network = SHALLOW_RELU.instance(w1=[[1]], b1=[0], w2=[1], b2=0, x=[[0], [1]], y=[0, 1])
    assert isinstance(nearby_minimum(network), Uncertified)


def test_dead_networks_with_wrong_labels_are_refused() -> None:
    network = SHALLOW_RELU.instance(w1=[[1]], b1=[-9], w2=[1], b2=0, x=[[0], [1]], y=[0, 1])
    found = nearby_minimum(network)
    assert isinstance(found, Uncertified)
    assert "linearly dependent" in found.reason


def test_misuse_is_said() -> None:
    with pytest.raises(ValueError, match="newton_steps"):
        nearby_minimum(disturbed(0, (1, 2, 2), 0.0), -1)
    with pytest.raises(ValueError, match="shallow-relu"):
        nearby_minimum(Instance("quadratic", {}))
    with pytest.raises(ValueError, match="no minima"):
        box([])
    assert issubclass(InstanceError, ValueError)


# --- Mutants of the certificate promise what is false, and the independent network finds it out.


def product_instance(gap: fmpq) -> Instance:
    """w2 relu(b1) = 1 - gap from w2 = b1 = 1: the nearest solution is w2 = b1 = sqrt(1 - gap)."""
    return SHALLOW_RELU.instance(w1=[[1]], b1=[1], w2=[1], b2=None, x=[[0]], y=[1 - gap], step_size="1/2")


def nearest_solution(gap: fmpq) -> float:
    """Least distance of (w2, b1) to {w2 b1 = 1 - gap, b1 > 0}, by brute force on the curve."""
    b1 = np.linspace(0.05, 2.0, 400_001)
    return float(np.sqrt((b1 - 1) ** 2 + (float(1 - to_float(gap)) / b1 - 1) ** 2).min())


def test_the_radius_is_tight_where_the_quadratic_part_is() -> None:
    gap = fmpq(3, 5)
    radius = to_float(certified(nearby_minimum(product_instance(gap), 0)).radius)
    assert nearest_solution(gap) <= radius <= 1.002 * nearest_solution(gap)


@pytest.mark.parametrize("gap", [fmpq(3, 5), fmpq(-3, 5)])
def test_the_sharpness_moves_by_twice_the_curvature(gap: fmpq) -> None:
    """At w2 = b1 = sqrt(1 - gap) the sharpness is 2 (1 - gap); below, its root moves by all of 2 beta r."""
    found = certified(nearby_minimum(product_instance(gap), 0))
    assert found.lower <= 2 * (1 - gap) <= found.upper
    if gap > 0:
        assert found.lower > fmpq(198, 100) * (1 - gap)


def test_the_clearance_counts_from_the_minimum() -> None:
    """With w2 frozen the minimum is b1 = 1 - gap exactly, and so far from the kink at b1 = 0."""
    gap = fmpq(3, 5)
    found = certified(nearby_minimum(product_instance(gap).replace(frozen=frozenset({"w2"})), 0))
    assert found.clearance is not None
    assert fmpq(99, 100) * (1 - gap) < found.radius + found.clearance <= 1 - gap


def test_half_the_curvature_is_a_false_certificate(monkeypatch: pytest.MonkeyPatch) -> None:
    gap = fmpq(3, 5)
    true = cells.curvature_square
    monkeypatch.setattr(module, "curvature_square", lambda view: true(view) / 4)
    found = certified(nearby_minimum(product_instance(gap), 0))
    assert to_float(found.radius) < 0.99 * nearest_solution(gap)


def test_twice_the_singular_value_is_a_false_certificate(monkeypatch: pytest.MonkeyPatch) -> None:
    gap = fmpq(3, 5)
    true = module._Attempt._least_singular_value
    monkeypatch.setattr(module._Attempt, "_least_singular_value", lambda self, rows: 2 * true(self, rows))
    found = certified(nearby_minimum(product_instance(gap), 0))
    assert to_float(found.radius) < 0.99 * nearest_solution(gap)


def test_no_cell_check_is_a_false_certificate(monkeypatch: pytest.MonkeyPatch) -> None:
    beyond = SHALLOW_RELU.instance(w1=[[1]], b1=["1/100"], w2=[1], b2=None, x=[[0]], y=["-1/20"], frozen=["w2"])
    monkeypatch.setattr(module, "outside", lambda view, radius: None)
    assert isinstance(nearby_minimum(beyond, 0), Nearby)  # though relu(b1) = -1/20 has no solution


def test_an_unmoved_sharpness_is_a_false_enclosure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module._Attempt, "_shift", lambda self, radius: fmpq(0))
    wrong = 0
    for seed in range(8):
        found = nearby_minimum(disturbed(seed, (2, 5, 4), 1e-4), 0)
        if isinstance(found, Nearby):
            with mp.workdps(DIGITS):
                about = Plain(found.centre)
                wrong += not high(found.lower) <= about.sharpness(about.minimum()[0]) <= high(found.upper)
    assert wrong >= 3


# --- Trained networks.


def trained(count: int, inputs: int, neurons: int, samples: int, steps: int) -> list[Instance]:
    source = torch.Generator().manual_seed(5)

    def normal(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, generator=source, dtype=torch.float64)

    x, y = normal(count, samples, inputs), normal(count, samples)
    start = Networks(normal(count, neurons, inputs) / inputs**0.5, normal(count, neurons) * 0.3,
                     normal(count, neurons) / neurons**0.5, normal(count) * 0.1)  # fmt: skip
    end = train(start, Data(x, y), 0.05, steps, backend="torch").networks
    return [
        SHALLOW_RELU.instance(
            w1=end.w1[b].tolist(), b1=end.b1[b].tolist(), w2=end.w2[b].tolist(), b2=end.b2[b].item(),
            x=x[b].tolist(), y=y[b].tolist(), step_size="1/20",
        )
        for b in range(count)
    ]  # fmt: skip


def test_trained_networks_are_certified_though_they_stick_to_kinks() -> None:
    found = [nearby_minimum(instance) for instance in trained(6, 10, 12, 4, 3000)]
    assert all(isinstance(one, Nearby) and one.stable for one in found)
    assert all(certified(one).radius < fmpq(1, 10**25) for one in found)
    clearances = [certified(one).clearance for one in found]
    assert all(c is not None and c > fmpq(1, 10**14) for c in clearances)
