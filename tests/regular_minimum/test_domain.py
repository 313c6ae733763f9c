"""The domain regular-minimum against brute force: operators, thresholds, moments, and what it refuses."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
import pytest
import torch
from flint import fmpq, fmpq_mat, fmpq_poly

from refutable.theorems.catalogue import DOMAINS
from refutable.theorems.domains.regular_minimum import REGULAR_MINIMUM, PencilBound
from refutable.theorems.domains.regular_minimum.edge import float_threshold
from refutable.theorems.domains.regular_minimum.largest_root import largest_root, roots_above
from refutable.theorems.domains.regular_minimum.trajectories import moments, outer
from refutable.theorems.exact import Surd, compare
from refutable.theorems.instances import InstanceError
from refutable.theorems.ops.torch import TorchOps
from refutable.theorems.views import View
from tests.regular_minimum.references import (
    end_points,
    floats,
    rank_one_losses,
    reference_threshold,
    same,
    second_moment,
)

CURVED: dict[str, Any] = {"hessians": [[[1]], [[0]], [[0]]], "step_size": 1, "batch_size": 1}


def view_of(**changes: Any) -> View:
    return REGULAR_MINIMUM.view(REGULAR_MINIMUM.instance(**{**CURVED, **changes}))


def test_it_is_in_the_catalogue() -> None:
    assert DOMAINS["regular-minimum"] is REGULAR_MINIMUM


@pytest.mark.parametrize(("batch_size", "threshold"), [(1, 2), (2, 4), (3, 6)])
def test_one_curved_loss_of_three(batch_size: int, threshold: int) -> None:
    view = view_of(batch_size=batch_size)
    assert compare(view["mean_square_threshold"], fmpq(threshold)) == 0
    assert compare(view["mean_threshold"], fmpq(6)) == 0


@pytest.mark.parametrize("seed", range(6))
def test_thresholds_agree_with_a_dense_pseudo_inverse(seed: int) -> None:
    draw = np.random.default_rng(seed)
    n, p = int(draw.integers(2, 5)), int(draw.integers(1, 5))
    losses = rank_one_losses(draw, n, p)
    for batch_size in range(1, n + 1):
        instance = REGULAR_MINIMUM.instance(hessians=losses, step_size=1, batch_size=batch_size)
        threshold = REGULAR_MINIMUM.view(instance)["mean_square_threshold"]
        expected = reference_threshold(np.array(losses, dtype=float), batch_size)
        assert float(threshold) == pytest.approx(expected, rel=1e-9)
        assert float_threshold(instance) == pytest.approx(expected, rel=1e-9)


def test_the_smallest_irregular_threshold_is_rational() -> None:
    losses = [[[x * y for x in a] for y in a] for a in ((2, -3), (2, 0), (2, 3))]
    threshold = view_of(hessians=losses)["mean_square_threshold"]
    assert threshold.exact() == fmpq(1, 6)
    assert compare(threshold, fmpq(1, 6) + fmpq(1, 10**40)) == -1
    assert compare(threshold, fmpq(1, 6) - fmpq(1, 10**40)) == 1


def test_float_batches_agree_with_exact_views() -> None:
    draw = np.random.default_rng(5)
    factors = draw.standard_normal((4, 3, 2, 2))
    hessians = factors @ factors.swapaxes(-1, -2)
    hessians = (hessians + hessians.swapaxes(-1, -2)) / 2
    gradients = draw.integers(-8, 9, (4, 3, 2)).astype(float)
    gradients[:, 2] = -gradients[:, 0] - gradients[:, 1]
    start, eta = draw.standard_normal((4, 2)), np.array([0.1, 0.05, 0.2, 0.01])
    rows = {"hessians": hessians, "gradients": gradients, "displacement": start, "step_size": eta}
    numbers = {**{name: torch.tensor(a) for name, a in rows.items()}, "batch_size": 2, "steps": 3}
    batch = View(REGULAR_MINIMUM, TorchOps(), numbers)
    scalars = ("mean_square_threshold", "mean_threshold", "trace", "squared_hessian")
    arrays = ("limit_covariance", "second_moment_operator", "hessian_noise", "noise_source")
    for row in range(4):
        one = view_of(**{name: a[row] for name, a in rows.items()}, batch_size=2, steps=3)
        for name in scalars:
            assert float(batch[name][row]) == pytest.approx(float(one[name]), rel=1e-9), name
        for name in arrays:
            assert np.allclose(batch[name][row].numpy(), floats(one[name]), rtol=1e-8, atol=1e-12), name
        for name in ("resting_moments", "mirrored_moments", "isotropic_moments"):
            assert np.allclose(batch[name][3].expand(4, 2, 2)[row].numpy(), floats(one[name][3]), rtol=1e-9), name
        assert np.allclose(batch["sgd_moments"][3][1][row].numpy(), floats(one["sgd_moments"][3][1]), rtol=1e-9)


@pytest.mark.parametrize("batch_size", [1, 2, 3])
@pytest.mark.parametrize("noisy", [False, True])
def test_moments_are_those_of_all_sequences(batch_size: int, noisy: bool) -> None:
    draw = np.random.default_rng(batch_size)
    gradients = [[2, 0], [-1, 3], [-1, -3]] if noisy else None
    instance = REGULAR_MINIMUM.instance(
        hessians=rank_one_losses(draw, 3, 2), gradients=gradients, step_size="1/7", batch_size=batch_size,
        displacement=["1/2", -2], steps=3,
    )  # fmt: skip
    view = REGULAR_MINIMUM.view(instance)
    for t in (1, 3):
        ends = end_points(instance, t, instance["displacement"])
        mean, second = view["sgd_moments"][t]
        assert same(second, second_moment(ends))
        assert same(mean, sum(ends) / len(ends))
    mirrored = [end_points(instance, 2, sign * instance["displacement"]) for sign in (fmpq(1), fmpq(-1))]
    assert same(view["mirrored_moments"][2], second_moment([*mirrored[0], *mirrored[1]]))
    assert same(view["resting_moments"][2], second_moment(end_points(instance, 2, instance["displacement"] * fmpq(0))))


def test_isotropic_moments_average_over_an_orthonormal_basis() -> None:
    instance = REGULAR_MINIMUM.instance(
        hessians=rank_one_losses(np.random.default_rng(3), 3, 2), step_size="1/5", batch_size=1,
        displacement=[0, 0], steps=2,
    )  # fmt: skip
    basis = np.array([[fmpq(3, 5), fmpq(4, 5)], [fmpq(-4, 5), fmpq(3, 5)]], dtype=object)
    summed = sum(second_moment(end_points(instance, 2, v)) for v in basis)
    assert same(REGULAR_MINIMUM.view(instance)["isotropic_moments"][2], summed)


def test_a_null_space_is_projected_out() -> None:
    view = view_of(hessians=[[[1, 1], [1, 1]], [[0, 0], [0, 0]]], displacement=[1, 0], steps=1)
    assert view["perp_basis"].shape == (2, 1)
    assert (view["perp_projector"] == fmpq(1, 2)).all()
    assert compare(view["mean_square_threshold"], fmpq(1)) == 0
    assert view["rank_one"] is True
    assert view_of(hessians=[[[1, 0], [0, 1]]])["rank_one"] is False


def test_moments_go_on_without_end() -> None:
    view = view_of(displacement=[1])
    runs = moments(view, view["displacement"], outer(view["displacement"], view["displacement"]))
    assert [next(runs)[1][0, 0] for _ in range(3)] == [1, fmpq(2, 3), fmpq(4, 9)]


def matrix(*rows: list[int]) -> fmpq_mat:
    return fmpq_mat([list(row) for row in rows])


def test_pencil_bounds_are_ordered_exactly() -> None:
    golden = PencilBound(matrix([1, 0], [0, 1]), matrix([1, 1], [1, 0]))  # 2 / (1 + sqrt 5)
    again = PencilBound(matrix([3, 0], [0, 3]), matrix([0, 3], [3, 3]))
    assert golden.exact() is None
    assert compare(golden, again) == 0
    assert compare(2 * golden, again) == 1
    assert compare(-golden, fmpq(0)) == -1
    assert compare(golden, fmpq(617, 1000)) == 1
    assert compare(golden, fmpq(619, 1000)) == -1
    near = PencilBound(matrix([10**30 + 1, 0], [0, 10**30 + 1]), matrix([10**30, 10**30], [10**30, 0]))
    assert compare(golden, near) == -1
    third = PencilBound(matrix([1, 0], [0, 2]), matrix([3, 0], [0, 1]))
    assert third.exact() == fmpq(1, 3)
    assert compare(3 * third, fmpq(1)) == 0
    assert compare(golden, Surd.root(5, fmpq(1, 2))) == -1


def test_pencil_bounds_find_rational_values_with_long_denominators() -> None:
    q = fmpq(10**12 + 39, 10**13 + 37)
    a, b = fmpq_mat([[q, fmpq(0)], [fmpq(0), fmpq(5)]]), matrix([1, 0], [0, 1])
    assert PencilBound(a, b).exact() == q


@pytest.mark.parametrize(
    ("a", "b"),
    [(matrix([0, 0], [0, 1]), matrix([1, 0], [0, 1])), (matrix([1]), matrix([0])), (matrix([1]), matrix([-1]))],
)
def test_pencils_without_a_bound_are_refused(a: fmpq_mat, b: fmpq_mat) -> None:
    with pytest.raises(ArithmeticError):
        PencilBound(a, b)


REFUSED: dict[str, dict[str, Any]] = {
    "not symmetric": {"hessians": [[[1, 2], [0, 1]]]},
    "mean of the Hessians is 0": {"hessians": [[[1]], [[-1]]]},
    "only 3 losses": {"batch_size": 4},
    "at most 6": {"hessians": np.eye(7, dtype=int)[None].tolist()},
    "at most 64": {"hessians": [[[1]]] * 65},
    "without a displacement": {"steps": 2},
    "at most 40": {"steps": 41, "displacement": [1]},
    "updates": {"hessians": [[[1]]] * 20, "batch_size": 10, "steps": 1, "displacement": [1]},
    "hessians: common denominator": {"hessians": [[[fmpq(1, 3**20_000)]]]},
    "step_size: common denominator": {"step_size": fmpq(1, 3**3000)},
    "round the numbers": {"step_size": fmpq(1, 3**500), "steps": 40, "displacement": [1]},
    "must be > 0": {"step_size": 0},
    "n = 3": {"gradients": [[1]]},
    "batch_size is missing": {"batch_size": None},
}


@pytest.mark.parametrize("reason", REFUSED)
def test_what_makes_no_sense_is_refused_in_words(reason: str) -> None:
    with pytest.raises(InstanceError, match=reason):
        REGULAR_MINIMUM.instance(**{**CURVED, **REFUSED[reason]})


def test_a_step_over_too_many_batches_is_undecided_in_words() -> None:
    """Without steps every batch size is admissible; C(64, 32) batches are not listed."""
    view = view_of(hessians=[[[i + 1]] for i in range(64)], gradients=[[(-1) ** i] for i in range(64)], batch_size=32)
    with pytest.raises(ArithmeticError, match="one step averages over"):
        view["batch_steps"]


@pytest.mark.parametrize("scale", [fmpq(10) ** -400, fmpq(10) ** 400], ids=["tiny", "huge"])
def test_thresholds_beyond_the_range_of_floats_are_decided(scale: fmpq) -> None:
    losses = [[[2 * scale, scale], [scale, 3 * scale]], [[scale, 0], [0, scale]]]
    view = view_of(hessians=losses, step_size=1 / scale / 10)
    plain = view_of(hessians=[[[2, 1], [1, 3]], [[1, 0], [0, 1]]], step_size=fmpq(1, 10))
    assert compare(view["step_size"], view["mean_square_threshold"]) == -1
    assert (view["mean_square_threshold"] * scale).ball(64).overlaps(plain["mean_square_threshold"].ball(64))


def test_the_largest_root_is_enclosed_next_to_close_ones() -> None:
    top = fmpq(7, 5)
    roots = [fmpq(-5), fmpq(1, 3), fmpq(1, 3), top - fmpq(1, 2**300), top]
    polynomial = prod((fmpq_poly([-root, 1]) for root in roots), start=fmpq_poly([1]))
    for bits in (8, 64, 400):
        lower, upper = largest_root(polynomial, bits)
        assert lower < top <= upper
        assert upper - lower <= 2 * fmpq(1, 2**bits)
    assert [roots_above(polynomial, x) for x in (fmpq(-6), fmpq(0), fmpq(1), top)] == [5, 4, 2, 0]


def test_documents_are_read_back() -> None:
    instance = REGULAR_MINIMUM.instance(
        **{**CURVED, "gradients": [[1], [0], [-1]], "displacement": ["1/3"], "steps": 2}
    )
    assert REGULAR_MINIMUM.load(REGULAR_MINIMUM.dump(instance)) == instance
    assert REGULAR_MINIMUM.describe is not None
    assert REGULAR_MINIMUM.describe(instance)[-1] == "step size = 1, batches of 1 out of 3, 2 steps"


def test_the_largest_instances_are_decided() -> None:
    draw = np.random.default_rng(0)
    factors = draw.standard_normal((8, 6, 6))
    hessians = factors @ factors.swapaxes(-1, -2)
    hessians = (hessians + hessians.swapaxes(-1, -2)) / 2
    view = view_of(hessians=hessians, step_size=0.001, batch_size=4, displacement=[1.1] * 6, steps=2)
    assert view.instance is not None
    assert compare(view["step_size"], view["mean_square_threshold"]) == -1
    assert len(view["sgd_moments"]) == 4
    expected = float_threshold(view.instance)
    assert float(view["mean_square_threshold"]) == pytest.approx(expected, rel=1e-9)


def test_moves_and_variations_stay_in_the_domain() -> None:
    instance = REGULAR_MINIMUM.instance(
        hessians=[[[2, 1], [1, 3]], [[1, 0], [0, 0]]], gradients=[[1, 2], [-1, -2]], step_size="1/3", batch_size=1,
        displacement=[1, "2/7"], steps=2,
    )  # fmt: skip
    for move in (*REGULAR_MINIMUM.moves, *REGULAR_MINIMUM.variations):
        for found in move.reductions(instance):
            assert REGULAR_MINIMUM.load(REGULAR_MINIMUM.dump(found)) == found, move.id
            gradients = found["gradients"]
            assert gradients is None or (gradients.sum(axis=0) == 0).all(), move.id
