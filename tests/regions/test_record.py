"""The record against automatic differentiation and plain counting; figures computed by hand, decided exactly."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from flint import fmpq

from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.domains.shallow_relu.conversion import floats
from refutable.theorems.exact import as_real, to_float
from refutable.theorems.families.edge import at_its_edge
from refutable.theorems.instances import Instance
from refutable.theorems.papers.li_2025 import REGION_COUNT, formulas
from refutable.theorems.papers.li_2025.networks import one_datum, seldom_active, three_kinks, zigzag
from refutable.verify.decide import decide


def network(rng: np.random.Generator, n: int, k: int, d: int) -> Instance:
    numbers = {"w1": (k, d), "b1": (k,), "w2": (k,), "x": (n, d), "y": (n,)}
    raw = {name: (rng.integers(-40, 41, shape) / 16 + 1 / 64).tolist() for name, shape in numbers.items()}
    plain = SHALLOW_RELU.instance(**raw, b2=0.25)
    sharpness = to_float(SHALLOW_RELU.view(plain)["sharpness"].ball(64).upper().fmpq())
    return plain.replace(step_size=fmpq(2) / fmpq(*(2 * sharpness).as_integer_ratio()))


def reference_hessian(instance: Instance) -> tuple[np.ndarray, np.ndarray]:
    """The Hessian of the loss by torch.func, in the order w1, b1, w2, b2; and the per-sample gradients in (w1, b1)."""
    shapes = {name: floats(instance[name]).shape for name in ("w1", "b1", "w2")}
    x, y = (torch.tensor(floats(instance[name])) for name in ("x", "y"))
    parts = [torch.tensor(floats(instance[name])).ravel() for name in shapes]
    theta = torch.cat([*parts, torch.tensor([to_float(instance["b2"])], dtype=torch.float64)])

    def outputs(theta: torch.Tensor) -> torch.Tensor:
        pieces = torch.split(theta, [int(np.prod(shape)) for shape in shapes.values()] + [1])
        w1, b1, w2 = (piece.reshape(shape) for piece, shape in zip(pieces[:3], shapes.values(), strict=True))
        return torch.relu(x @ w1.T + b1) @ w2 + pieces[3]

    whole = torch.func.hessian(lambda theta: (outputs(theta) - y).square().mean() / 2)(theta)
    block = len(parts[0]) + len(parts[1])
    return whole.numpy(), torch.func.jacrev(outputs)(theta)[:, :block].numpy()


def test_the_block_of_the_hessian_is_that_of_the_gradients() -> None:
    rng = np.random.default_rng(1)
    for _ in range(5):
        instance = network(rng, int(rng.integers(1, 5)), int(rng.integers(1, 4)), int(rng.integers(1, 4)))
        whole, jacobian = reference_hessian(instance)
        n, block = jacobian.shape
        np.testing.assert_allclose(whole[:block, :block], jacobian.T @ jacobian / n, atol=1e-12)
        view = SHALLOW_RELU.view(instance)
        np.testing.assert_allclose(floats(formulas.block_kernel(view)), jacobian @ jacobian.T / n, atol=1e-12)
        top = float(np.linalg.eigvalsh(whole[:block, :block])[-1])
        assert float(as_real(formulas.block_top(view))) == pytest.approx(top, rel=1e-10, abs=1e-15)
        by_gradients = floats(formulas.block_gauss_newton(view))
        assert np.linalg.eigvalsh(by_gradients)[-1] == pytest.approx(top, rel=1e-10, abs=1e-12)
        assert float(as_real(view["sharpness"])) == pytest.approx(np.linalg.eigvalsh(whole)[-1], rel=1e-10)
        assert to_float(formulas.block_diagonal(view)) == pytest.approx((jacobian**2).sum(-1).max() / n)


def test_all_conclusions_hold_on_random_networks_by_plain_counting() -> None:
    rng = np.random.default_rng(2)
    for _ in range(25):
        n, k, d = (int(rng.integers(1, top)) for top in (8, 9, 6))
        instance = network(rng, n, k, d)
        w1, b1, w2, x = (floats(instance[name]) for name in ("w1", "b1", "w2", "x"))
        whole, _ = reference_hessian(instance)
        edge, a_min = np.linalg.eigvalsh(whole)[-1] * (1 + 1e-12), np.abs(w2).min()
        active = (x @ w1.T + b1 > 0).sum(1)
        square = 1 + (x**2).sum(1)
        assert (active <= n * edge / (a_min**2 * square)).all()
        shares = (x @ w1.T + b1 > 0).mean(0)
        assert ((w2 * shares) ** 2).sum() <= edge
        assert active.mean() <= np.sqrt(k * edge) / a_min
        counts = []
        for i in range(n):
            for j in range(i):
                f = np.maximum((x[i] + np.linspace(0, 1, 2001)[:, None] * (x[j] - x[i])) @ w1.T + b1, 0) @ w2 + 0.25
                counts.append(1 + (np.diff(np.sign(f[f != 0])) != 0).sum())
                assert counts[-1] <= 2 + active[i] + active[j]
                assert counts[-1] <= 2 + n * edge / a_min**2 * (1 / square[i] + 1 / square[j])
        assert not counts or np.mean(counts) <= 2 + 2 * np.sqrt(k * edge) / a_min
        for claim in (*REGION_COUNT.claims, *REGION_COUNT.links):
            assert decide(claim, instance).verdict == "holds", claim.id


def test_one_datum_with_three_active_neurons_is_an_equality() -> None:
    instance = one_datum()
    view = SHALLOW_RELU.view(instance)
    assert [int(a) for a in view["active_count"]] == [3]
    assert instance["step_size"] == fmpq(1, 3)
    bound = formulas.samples_over_step(view) / 2  # |x|^2 + 1 = 2 and a_min = 1
    assert bound == 3
    assert formulas.samples_over_step(view, fmpq(1)) / 2 == fmpq(3, 2)
    found = decide(REGION_COUNT.headline, instance)
    assert found.touching
    assert found.tightness == 1


@pytest.mark.parametrize("stretch", [1, fmpq(1, 100), 8])
def test_the_zigzag_has_four_kinks_and_six_regions(stretch: Any) -> None:
    instance = zigzag(stretch)
    view = SHALLOW_RELU.view(instance)
    assert ([int(v) for v in view["segment_kinks"]], [int(v) for v in view["segment_regions"]]) == ([4], [6])
    assert [int(a) for a in view["active_count"]] == [2, 2]
    for claim in REGION_COUNT.claims[:2]:
        assert decide(claim, instance).touching, claim.id


def test_the_averaged_bounds_are_approached_as_the_zigzag_shrinks() -> None:
    for claim in REGION_COUNT.claims[2:]:
        wide, narrow = (decide(claim, zigzag(stretch)) for stretch in (1, fmpq(1, 100)))
        assert wide.verdict == narrow.verdict == "holds"
        assert 0.999 < (narrow.tightness or 0) < 1
    at_zero = decide(REGION_COUNT.claim("mean-active-neurons"), one_datum(x=0))
    assert at_zero.touching


def test_three_kinks_are_the_fewest_with_as_many_regions_as_allowed() -> None:
    view = SHALLOW_RELU.view(three_kinks())
    assert sorted(int(a) for a in view["active_count"]) == [1, 2]
    assert [int(v) for v in view["segment_regions"]] == [5]
    rng = np.random.default_rng(4)
    for _ in range(300):
        k = int(rng.integers(1, 3))
        raw = {"w1": rng.integers(-9, 10, (k, 1)), "b1": rng.integers(-9, 10, k), "w2": rng.integers(-3, 4, k)}
        few = SHALLOW_RELU.instance(
            **{n: v.tolist() for n, v in raw.items()}, b2=int(rng.integers(-20, 21)), x=[[-3], [3]]
        )
        view = SHALLOW_RELU.view(few)
        assert view["segment_regions"][0] < 2 + sum(view["active_count"])


def test_a_rescaling_flattens_the_block_but_not_the_network() -> None:
    plain, small = zigzag(), zigzag(scale=fmpq(1, 100))
    views = [SHALLOW_RELU.view(one) for one in (plain, small)]
    assert [list(map(int, view["active_count"])) for view in views] == [[2, 2], [2, 2]]
    block = [as_real(view["sharpness"]).exact() for view in views]
    assert block == [fmpq(137, 16), fmpq(137, 160000)]
    whole = [float(as_real(SHALLOW_RELU.view(one.replace(frozen=None))["sharpness"])) for one in (plain, small)]
    assert whole[1] > 1000 * whole[0]
    (mutant,) = (m for m in REGION_COUNT.mutants if m.id == "output-weights-left-out")
    assert decide(mutant.claim, small).verdict == "violated"
    assert decide(mutant.claim, at_its_edge(small.replace(frozen=None))).verdict == "holds"


def test_output_weights_of_zero_are_allowed() -> None:
    instance = at_its_edge(zigzag().replace(w2=np.array([fmpq(v) for v in (-1, 1, -1, 0)], dtype=object)))
    for claim in REGION_COUNT.claims:
        assert decide(claim, instance).verdict == "holds"


def test_a_seldom_active_neuron_separates_mean_and_maximum() -> None:
    view = SHALLOW_RELU.view(seldom_active(9))
    assert formulas.mean_active(view) == fmpq(1, 9)
    assert as_real(view["sharpness"]).exact() == fmpq(1, 9)
