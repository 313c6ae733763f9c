"""The record sobolev-approximation: sums of bends by hand and by quadrature, equality, mutants."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from flint import fmpq

from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.exact import as_real, sign, to_float
from refutable.theorems.families.two_atoms import two_atoms
from refutable.theorems.instances import Instance
from refutable.theorems.papers.nacson_2023.sobolev import (
    BOUND,
    BY_PLACE,
    SOBOLEV_APPROXIMATION,
    STABLE_STEP,
    by_place,
    by_total,
    neuron_sum,
    reach,
    stable_sharpness,
    total_bend,
)
from refutable.theorems.papers.own.implementations import flattest_sharpness, infimum
from refutable.theorems.records import Mutant, all_mutants
from refutable.verify.decide import decide


def drawn(k: int, n: int, d: int, seed: int) -> Instance:
    source = np.random.default_rng(seed)
    quarters = lambda *shape: [[fmpq(int(c), 4) for c in row] for row in source.integers(-8, 9, size=shape)]  # noqa: E731
    return SHALLOW_RELU.instance(w1=quarters(k, d), b1=quarters(1, k)[0], w2=quarters(1, k)[0], b2=0, x=quarters(n, d))


def test_the_total_bend_is_the_variation_of_the_slope() -> None:
    instance = SHALLOW_RELU.instance(w1=[[2], [-1], [1]], b1=[-1, 3, -3], w2=[3, -1, "1/2"], b2=0, x=[[0], [4]])
    view = SHALLOW_RELU.view(instance)
    # Bends: 6 at 1/2; at 3 the neurons relu(3 - x) and relu(x - 3) share a hyperplane, -1 + 1/2.
    assert as_real(total_bend(view)).exact() == fmpq(13, 2)
    assert as_real(neuron_sum(view)).exact() == fmpq(15, 2)
    places = np.linspace(-10, 10, 200_001)
    f = sum(to_float(w2) * np.maximum(to_float(w) * places + to_float(b), 0) for (w,), b, w2 in zip(
        instance["w1"], instance["b1"], instance["w2"], strict=True))  # fmt: skip
    slopes = np.diff(f) / np.diff(places)
    assert np.abs(np.diff(slopes)).sum() == pytest.approx(6.5, rel=1e-6)


@pytest.mark.parametrize("number", range(8))
def test_floats_agree_with_the_exact_sides(number: int) -> None:
    instance = drawn(3, 4, 1 + number % 3, number)
    view = SHALLOW_RELU.view(instance)
    x, w1, b1 = (torch.tensor(np.vectorize(to_float)(instance[name])) for name in ("x", "w1", "b1"))
    w2 = torch.tensor(np.vectorize(to_float)(instance["w2"]))
    r = x.norm(dim=1).max()
    room = (r**2 * w1.norm(dim=1) ** 2 - b1**2).clamp(min=0).sqrt()
    merged = torch.tensor([float(as_real(m)) for m in view["merged_mass"]])
    place = (1 + r**2).sqrt() / 4 * (merged.abs() * room).sum()
    assert float(as_real(by_place(view))) == pytest.approx(float(place), rel=1e-12)
    total = r * (1 + r**2).sqrt() / 4 * (merged.abs() * w1.norm(dim=1)).sum()
    assert float(as_real(by_total(view))) == pytest.approx(float(total), rel=1e-12)
    if bool((w1.abs().sum(1) > 0).all()):
        far = torch.maximum(r, (b1.abs() / w1.norm(dim=1)).max())
        assert float(as_real(reach(view))) == pytest.approx(float(far), rel=1e-12)
        bound = 1 + 4 * far * (1 + r**2).sqrt() * (w2.abs() * w1.norm(dim=1)).sum()
        assert float(as_real(stable_sharpness(view))) == pytest.approx(float(bound), rel=1e-12)
        # The flattest implementation itself, whose sharpness the bound is about.
        assert float(as_real(flattest_sharpness(view))) <= float(bound) * (1 + 1e-12)
    assert {decide(claim, view).verdict for claim in (BOUND, BY_PLACE, STABLE_STEP)} <= {"holds", "vacuous"}


def test_only_the_knot_at_zero_touches() -> None:
    for instance in SOBOLEV_APPROXIMATION.equality[0].instances(12):
        outcome = decide(BOUND, instance)
        assert (outcome.verdict, outcome.touching) == ("holds", True)
    off = decide(BOUND, two_atoms(knots=(fmpq(1, 4),)))
    assert (off.verdict, off.touching) == ("holds", False)


def test_one_datum_at_the_radius_attains_the_stable_step() -> None:
    instance = SHALLOW_RELU.instance(w1=[[1]], b1=["3/4"], w2=[1], b2=0, x=[["3/4"]])
    view = SHALLOW_RELU.view(instance)
    assert as_real(infimum(view)).exact() == as_real(stable_sharpness(view)).exact() == fmpq(19, 4)
    assert decide(STABLE_STEP, view).touching


@pytest.mark.parametrize("mutant", all_mutants(SOBOLEV_APPROXIMATION), ids=lambda m: m.id)
def test_every_mutant_dies_of_a_substantive_witness(mutant: Mutant) -> None:
    view = SHALLOW_RELU.view(mutant.witness())
    outcome = decide(mutant.claim, view)
    assert outcome.verdict == "violated"
    assert outcome.headline is not None
    assert outcome.headline.left is not None
    assert sign(outcome.headline.left) == 1
    assert SHALLOW_RELU.hollow(view) is None
