"""Strong stability in three values, against simulation and an independent numerical oracle."""

from itertools import product

import numpy as np
import pytest
from flint import fmpq, fmpq_mat
from numpy.typing import NDArray

from refutable.strategies import shallow_relu_kinks as kinks
from refutable.strategies.shallow_relu.choosers import Seeded
from refutable.strategies.supply import Size
from refutable.theorems.assumptions.strong_stability import strongly_stable
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.domains.shallow_relu.nonexpansion import Cone, cone, expanding_start, leaves, never_expands
from refutable.theorems.exact import as_real, compare, to_float
from refutable.theorems.families.kinks import (
    at_modes_edge,
    kept_by_cones,
    knot_on_datum,
    opposed_beyond,
    shattered_triangle,
)
from refutable.theorems.instances import Instance
from refutable.theorems.ops.exact import elementwise

BEYOND = [*(kept_by_cones(number) for number in range(5)), *(opposed_beyond(number) for number in range(4))]


@pytest.fixture(autouse=True)
def _silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinks, "note", lambda regime: None)


def verdict(instance: Instance) -> bool | None:
    truth = strongly_stable(SHALLOW_RELU.view(instance)).left
    return None if truth is None else bool(truth)


def drawn(seed: int, *ids: str) -> Instance:
    assumes = frozenset({"univariate", "strongly-stable", *ids})
    return kinks.a_hair_below(kinks._network(Seeded(seed), assumes, Size(3, 6, 1)))


def floats(values: object) -> NDArray[np.float64]:
    return np.array(elementwise(to_float, values), dtype=float)


def largest_growth(instance: Instance, starts: int, rng: np.random.Generator) -> float:
    """Largest |(I - eta H) v|^2 / |v|^2 - 1 over random starts, each in the mode where it lies: no eigenproblem."""
    view = SHALLOW_RELU.view(instance)
    normals = floats(view["toggle_normals"])
    eta, worst = to_float(instance["step_size"]), -1.0
    hessians = {m.signs: floats(m.view["gauss_newton"]) for m in view["modes"]}
    v = rng.normal(size=(starts, normals.shape[1]))
    for _ in range(40):
        signs = np.where(v @ normals.T > 0, 1, -1)
        after = np.empty_like(v)
        for pattern, hessian in hessians.items():
            here = (signs == np.array(pattern)).all(axis=1)
            after[here] = v[here] - eta * v[here] @ hessian
        growth = (after**2).sum(1) / (v**2).sum(1) - 1
        worst = max(worst, float(growth.max()))
        v = after / np.linalg.norm(after, axis=1, keepdims=True)
    return worst


def test_one_kink_is_decided_by_the_modes_sharpnesses() -> None:
    """For one toggle a cone is a half-space, so strong stability is lambda_max <= 2/eta in both modes."""
    network = knot_on_datum(fmpq(1, 4))
    assert verdict(network) is True
    assert verdict(network.replace(step_size=network["step_size"] * fmpq(1000001, 1000000))) is False
    assert verdict(shattered_triangle()) is True
    assert verdict(shattered_triangle().replace(step_size=fmpq(2))) is False


def test_exact_edge_is_stable_and_anything_above_is_not() -> None:
    triangle = shattered_triangle(fmpq(1, 2))
    assert verdict(triangle) is True
    assert verdict(triangle.replace(step_size=triangle["step_size"] + fmpq(1, 10**9))) is False


@pytest.mark.parametrize("network", BEYOND, ids=range(9))
def test_cones_can_allow_more_than_the_modes(network: Instance) -> None:
    view = SHALLOW_RELU.view(network)
    threshold = view["stability_threshold"]
    assert any(compare(value, threshold) == 1 for value in view["mode_sharpnesses"])
    assert verdict(network) is True
    assert largest_growth(network, 2000, np.random.default_rng(0)) < 1e-9


@pytest.mark.parametrize("network", BEYOND, ids=range(9))
def test_the_same_networks_are_not_stable_at_larger_step_sizes(network: Instance) -> None:
    assert verdict(network.replace(step_size=network["step_size"] * fmpq(3, 2))) is False


@pytest.mark.parametrize("seed", range(30))
def test_verdicts_agree_with_simulation(seed: int) -> None:
    network = drawn(seed, "input-weights-trained")
    rng = np.random.default_rng(seed)
    for factor in (fmpq(1), fmpq(257, 256), fmpq(3, 2)):
        instance = network.replace(step_size=network["step_size"] * factor)
        if verdict(instance) is True:
            assert largest_growth(instance, 300, rng) < 1e-9
        elif verdict(instance) is False:
            assert _rechecked(instance)


def _rechecked(instance: Instance) -> bool:
    """An expanding start found in some mode really leaves: recomputed without the decrease form."""
    view = SHALLOW_RELU.view(instance)
    for mode in view["modes"]:
        start = expanding_start(cone(mode, view["toggle_normals"], instance["step_size"]))
        if start is not None:
            v = np.array(start, dtype=object)
            heights = [(row * v).sum() for row in view["toggle_normals"]]
            inside = all(sign * h > 0 for sign, h in zip(mode.signs, heights, strict=True))
            after = v - instance["step_size"] * (mode.view["gauss_newton"] * v[None, :]).sum(axis=1)
            return inside and bool((after * after).sum() > (v * v).sum())
    return False


def test_almost_every_drawn_case_is_decided_and_some_lie_beyond_the_modes() -> None:
    undecided = beyond = 0
    for seed in range(150):
        network = drawn(seed, "input-weights-trained")
        truth = verdict(network.replace(step_size=network["step_size"] * fmpq(257, 256)))
        undecided += truth is None
        beyond += truth is True
    assert undecided <= 3
    assert beyond >= 1


@pytest.mark.parametrize("seed", range(12))
def test_above_the_mean_gradients_bound_a_start_near_the_output_bias_leaves(seed: int) -> None:
    """The step in the proof of the factor-free bound: eta > 2 / |E grad_m f|^2 is never strongly stable."""
    network = drawn(seed, "output-bias-trained")
    view = SHALLOW_RELU.view(network)
    squares = view["mode_mean_gradient_squares"]
    best = max(range(len(squares)), key=lambda m: as_real(squares[m]).ball(64).mid())
    mode = view["modes"][best]
    above = 2 / squares[best] * fmpq(1001, 1000)
    region = cone(mode, view["toggle_normals"], above)
    inward = sum(sign * row for sign, row in zip(mode.signs, view["toggle_normals"], strict=True))
    start = [fmpq(1, 10**9) * q for q in inward]
    start[-1] += 1
    assert leaves(region, start)
    assert verdict(network.replace(step_size=above)) is False


def test_certificate_matches_a_copositive_form_and_refuses_a_negative_one() -> None:
    form = [[0, 1], [1, 0]]
    quadrant = [[fmpq(1), fmpq(0)], [fmpq(0), fmpq(1)]]
    assert never_expands(Cone(fmpq_mat(form), quadrant))
    assert not never_expands(Cone(-fmpq_mat(form), quadrant))
    assert expanding_start(Cone(fmpq_mat(form), quadrant)) is None
    start = expanding_start(Cone(-fmpq_mat(form), quadrant))
    assert start is not None
    assert all(c > 0 for c in start)


@pytest.mark.parametrize("signs", list(product((1, -1), repeat=2)))
def test_certificate_holds_on_the_cone_it_is_given(signs: tuple[int, int]) -> None:
    """x y >= 0 on two quadrants, <= 0 on the other two."""
    region = Cone(fmpq_mat([[0, 1], [1, 0]]), [[fmpq(signs[0]), fmpq(0)], [fmpq(0), fmpq(signs[1])]])
    assert never_expands(region) is (signs[0] == signs[1])


def test_small_batches_and_residuals_are_left_undecided() -> None:
    triangle = shattered_triangle()
    assert verdict(triangle.replace(batch_size=1)) is None
    assert verdict(triangle.replace(batch_size=3)) is True
    labels = elementwise(lambda q: q + 1, SHALLOW_RELU.view(triangle)["output"])
    assert verdict(triangle.replace(y=labels)) is None


def test_small_batches_are_disproved_by_the_mean_step() -> None:
    assert verdict(shattered_triangle().replace(batch_size=1, step_size=fmpq(3))) is False


def test_the_edge_of_the_modes_is_just_inside() -> None:
    network = at_modes_edge(drawn(3))
    view = SHALLOW_RELU.view(network)
    assert all(compare(value, view["stability_threshold"]) != 1 for value in view["mode_sharpnesses"])
    bolder = SHALLOW_RELU.view(network.replace(step_size=network["step_size"] * (1 + fmpq(1, 2**60))))
    assert any(compare(value, bolder["stability_threshold"]) == 1 for value in bolder["mode_sharpnesses"])


@pytest.mark.parametrize("frozen", [["b1"], ["w1", "b1"], ["b1", "b2"]])
@pytest.mark.parametrize("step_size", [fmpq(1, 100), fmpq(1, 3), fmpq(20)])
def test_kinks_that_training_cannot_move_leave_no_case_undecided(frozen: list[str], step_size: fmpq) -> None:
    """One kink on the datum 0 with hidden biases frozen, another on -1: at most one toggle, decided by sharpness."""
    network = SHALLOW_RELU.instance(
        w1=[[1], [2]], b1=[0, 2], w2=[1, -1], b2=0, frozen=frozen, x=[[0], [-1], [2]], step_size=step_size
    )
    hessians = [floats(m.view["gauss_newton"]) for m in SHALLOW_RELU.view(network)["modes"]]
    sharpest = max(np.linalg.eigvalsh(h)[-1] for h in hessians)
    assert verdict(network) is bool(sharpest <= 2 / to_float(step_size))
