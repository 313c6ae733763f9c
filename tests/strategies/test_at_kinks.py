"""End points of training beside kinks: kept, decided exactly, and moved onto their kinks for claims about those."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from flint import fmpq

from refutable.strategies.shallow_relu import SUPPLY, resting, trained
from refutable.strategies.shallow_relu.demands import demands
from refutable.strategies.shallow_relu_kinks import snapped
from refutable.strategies.supply import TrainedInstance
from refutable.strategies.training.cache import trained as train
from refutable.strategies.training.recipes import Recipe
from refutable.theorems.catalogue import theorem
from refutable.theorems.claims import Claim
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.exact import as_real
from refutable.verify.decide import decide
from refutable.verify.events import Run
from refutable.verify.evidence import trained as evidence
from refutable.verify.profiles import PROFILES

WIDE = Recipe(105, 12, 5, 8, 3, "gaussian", "noise", "1/5", 1000)
"""Many of its networks end on kinks."""
CHAIN, NORM, KINKED = (theorem(id).headline for id in ("sharpness-chain", "stability-norm", "nondifferentiable-bound"))


def ids(claim: Claim) -> frozenset[str]:
    return frozenset(a.id for a in claim.assumes)


@pytest.fixture
def wide(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Recipe]:
    """Training reduced to `WIDE`."""
    monkeypatch.setenv("REFUTABLE_CACHE", str(tmp_path))
    monkeypatch.setattr(trained, "RECIPES", {"default": (WIDE,)})
    trained.end_points.cache_clear()
    yield WIDE
    trained.end_points.cache_clear()


def fresh(claim: Claim) -> list[TrainedInstance]:
    supply = SUPPLY.trained(ids(claim), "default", "cpu")
    return [item for item in supply.instances if item.origin.startswith("recipe")]


def test_no_end_point_is_thrown_away_for_being_beside_a_kink(wide: Recipe) -> None:
    result = train(wide, device="cpu")
    beside = [index for index in result.alive() if result.margin[index] <= 1e-9]
    assert len(beside) >= 4
    supply = SUPPLY.trained(ids(CHAIN), "default", "cpu")
    assert supply.counts["beside a kink"] == len(beside)
    offered = [item for item in fresh(CHAIN) if item.kind == "trained-relabelled"]
    assert len(offered) == len(result.alive())
    assert [f"network {index}" for index in beside] == [i.origin.split(", ")[1] for i in offered if i.at_kink]
    assert {decide(CHAIN, item.instance).verdict for item in fresh(CHAIN)} == {"holds"}


def test_beside_a_kink_the_edge_of_stability_is_the_exact_one(wide: Recipe) -> None:
    own = [item for item in fresh(NORM) if item.at_kink and item.origin.endswith("own edge")]
    assert own
    for item in own:
        assert decide(NORM, item.instance).verdict == "holds"
        beyond = item.instance.replace(step_size=item.instance["step_size"] * (1 + fmpq(1, 10**9)))
        assert decide(NORM, beyond).verdict == "vacuous"


def test_exact_arithmetic_corrects_the_sharpness_of_the_wrong_side() -> None:
    """A datum 10^-40 inside: in floats the neuron is off there, and the sharpness 1."""
    one = SHALLOW_RELU.instance(
        w1=[[1]], b1=[fmpq(-1) + fmpq(1, 10**40)], w2=[3], b2=0, x=[[0], [1]], y=None, step_size=1
    )
    sharpness, stable = trained._exact_sharpness(one)
    assert sharpness == pytest.approx(float(as_real(SHALLOW_RELU.view(one)["sharpness"])))
    assert sharpness > 5
    assert not stable
    assert trained._exact_sharpness(one.replace(b1=one["b1"] - fmpq(2, 10**40))) == (1.0, True)


def test_a_datum_exactly_on_a_kink_is_a_control_where_differentiability_is_assumed() -> None:
    atoms = SHALLOW_RELU.instance(w1=[[1], [1]], b1=[-1, 1], w2=[1, 1], b2=0, x=[[0], [1]], y=None, step_size="1/9")
    point = trained.EndPoint("trained-relabelled", atoms, 4.0, True, "made", at_kink=True)
    [item] = trained._readings(demands(ids(NORM)), point)
    assert item.control
    assert decide(NORM, item.instance).verdict == "vacuous"
    [free] = trained._readings(demands(ids(CHAIN) - {"differentiable"}), point)
    assert not free.control
    off = replace(point, instance=atoms.replace(b1=atoms["b1"] + fmpq(1, 10**20)))
    assert not any(one.control for one in trained._readings(demands(ids(NORM)), off))


def test_claims_about_kinks_get_those_that_training_found() -> None:
    supply = SUPPLY.trained(ids(KINKED), "quick", "cpu")
    found = [item for item in supply.instances if item.at_kink]
    assert len(found) == supply.counts["taken of those"] >= 30
    assert supply.counts["in mass resting on a kink"] >= 500
    sizes = Counter(len(SHALLOW_RELU.view(item.instance)["toggles"]) for item in found)
    assert sizes[0] == 0
    assert sizes[2] + sizes[3] >= 5
    assert {decide(KINKED, item.instance).verdict for item in found} == {"holds"}
    event = evidence(theorem("nondifferentiable-bound"), KINKED, "trained-relabelled", Run(PROFILES["quick"]))
    assert event["at_kinks"] == PROFILES["quick"].trained // 2
    assert sum(event["counts"].values()) == PROFILES["quick"].trained
    assert event["training"]["in mass resting on a kink"] == supply.counts["in mass resting on a kink"]


def test_a_false_bound_at_kinks_dies_on_them() -> None:
    """The kink that training found tells a mutant from the theorem as well as a drawn one does."""
    found = [item for item in SUPPLY.trained(ids(KINKED), "quick", "cpu").instances if item.at_kink]
    tightest = max(decide(KINKED, item.instance).tightness or 0 for item in found)
    false = KINKED.scaled(tightest * (1 - 1e-6), "false")
    assert "violated" in {decide(false, item.instance).verdict for item in found}


def test_rows_rest_where_a_preactivation_is_rounding() -> None:
    bias = torch.tensor([[-1.0], [-1.0 + 1e-15], [-1.0 + 1e-9], [-3.0]], dtype=torch.float64)
    one = torch.ones(4, 1, dtype=torch.float64)
    fields = {"w1": one[..., None], "b1": bias, "w2": one, "b2": one[:, 0], "x": one[..., None]}
    assert resting.resting_rows(fields) == [0, 1]


def test_several_kinks_are_moved_only_if_they_rest_on_data() -> None:
    near = fmpq(1, 10**14)
    network = SHALLOW_RELU.instance(
        w1=[[1], [1], [2], [1]], b1=[near, -1 + near, -4 - near, fmpq(-1, 2)], w2=[1, 1, 1, 1], b2=0,
        x=[[0], [1], [2]], y=None, step_size=1,
    )  # fmt: skip
    for most in (1, 2, 3, 4):
        moved = snapped(network, most)
        assert moved is not None
        assert len(SHALLOW_RELU.view(moved)["toggles"]) == min(most, 3)
        assert moved["b1"][3] == network["b1"][3]
