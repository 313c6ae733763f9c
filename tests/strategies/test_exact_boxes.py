"""Boxes around exact minima: in them claims about interpolating points hold for the labels of the training run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from refutable.strategies.shallow_relu.demands import demands
from refutable.strategies.shallow_relu.exact import RECIPES, exact_boxes
from refutable.strategies.supply import Boxes, TrainedSupply
from refutable.theorems.catalogue import theorem
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.exact import as_real, to_float
from refutable.theorems.ops.certified_array import CertifiedArray
from refutable.verify.certificates import certify
from refutable.verify.events import Run
from refutable.verify.evidence import assumed, at_exact_minima, trained
from refutable.verify.profiles import PROFILES
from refutable.verify.standing import order, standings
from refutable.verify.sweep import row_instance

BOUND = theorem("stability-norm")
NULL = {"y": None, "frozen": None, "batch_size": None}


def boxes(claim: str) -> tuple[Boxes, ...]:
    return exact_boxes(demands(assumed(theorem(claim).headline)), "quick", "cpu")


def test_boxes_are_offered_to_claims_about_interpolating_points_alone() -> None:
    assert len(boxes("stability-norm")) == len(RECIPES)
    assert {one.fields["x"].shape[-1] for one in boxes("weighted-l1")} == {1}
    assert boxes("residual-bound") == boxes("nondifferentiable-bound") == boxes("sharpness-chain") == ()


def test_most_networks_are_certified_and_counted() -> None:
    for one in boxes("stability-norm"):
        assert one.counts["exactly a minimum"] == len(one.controls) >= 3
        assert one.counts["exactly stable"] + one.counts["exactly unstable"] <= one.counts["exactly a minimum"]
        assert (one.fields["w1"].rad > 0).all()
        assert one.fields["w1"].rad.max() < 1e-6


@pytest.mark.parametrize("id", ["stability-norm", "weighted-l1", "critical-point-bound"])
def test_the_bounds_hold_at_every_exactly_stable_minimum(id: str) -> None:
    for one in boxes(id):
        found = certify(theorem(id).headline, one.fields, NULL)
        assert found.holds[~one.controls].all()


def test_a_box_decides_only_what_holds_on_all_of_it() -> None:
    one = boxes("stability-norm")[0]
    wide = {**one.fields, "w2": CertifiedArray(one.fields["w2"].mid, np.full_like(one.fields["w2"].mid, 10.0))}
    assert not certify(BOUND.headline, wide, NULL).holds.any()


def test_the_event_says_how_many_were_certified_and_calls_controls_vacuous() -> None:
    [one, *_] = boxes("stability-norm")
    eta = one.fields["step_size"]
    sharp = Boxes({**one.fields, "step_size": CertifiedArray(100 * eta.mid)}, one.controls | True, one.counts, "x")

    class Supply:
        def trained(self, *_: object) -> TrainedSupply:
            return TrainedSupply(boxes=(one, sharp))

    run = replace(Run(PROFILES["quick"]), supply=lambda domain: Supply())  # type: ignore[arg-type, return-value]
    event = at_exact_minima(BOUND, BOUND.headline, run)
    assert (event["kind"], event["strength"]) == ("trained-converged", "certified-float")
    exact = trained(BOUND, BOUND.headline, "trained-converged", run)
    assert exact["strength"] == "exact"
    assert sum(exact["counts"].values()) == 0, "nothing that floats certify is called exact"
    assert order(exact) != order(event)
    assert event["problems"] == []
    assert event["counts"]["holds"] == int((~one.controls).sum())
    assert event["controls"] >= len(sharp.controls)
    assert event["certified"] == len(one.controls) + len(sharp.controls)


def test_a_claim_that_is_false_at_certified_minima_is_suspect_and_says_so() -> None:
    """A claim certain to fail on a whole box fails at the minimum in it, though no rational witness is at hand."""
    event = at_exact_minima(BOUND, BOUND.headline, Run(PROFILES["quick"]))
    assert event["counts"].get("suspect", 0) == 0
    false = BOUND.headline.scaled(0.9 * event["tightest"], BOUND.headline.id)
    found = at_exact_minima(BOUND, false, Run(PROFILES["quick"]))
    assert found["counts"]["suspect"] >= 1
    assert found["counts"]["holds"] + found["counts"]["suspect"] == event["counts"]["holds"]
    assert "is certainly false at" in found["problems"][0]
    assert standings([found], [])[0].verdict == "suspect"


def test_what_is_not_certain_on_a_whole_box_is_undecided() -> None:
    [one, *_] = boxes("stability-norm")
    mid = one.fields["w2"].mid
    wide = Boxes({**one.fields, "w2": CertifiedArray(mid, np.full_like(mid, 10.0))}, one.controls, one.counts, "x")

    class Supply:
        def trained(self, *_: object) -> TrainedSupply:
            return TrainedSupply(boxes=(wide,))

    run = replace(Run(PROFILES["quick"]), supply=lambda domain: Supply())  # type: ignore[arg-type, return-value]
    event = at_exact_minima(BOUND, BOUND.headline, run)
    assert event["counts"]["undecided"] == len(wide.controls)
    assert event["problems"] == []


def test_the_tightest_is_the_largest_ratio_of_all_stable_minima() -> None:
    """Against ||f|| / (1/eta - 1/2) in exact arithmetic at the middle of every box."""
    found = []
    for one in boxes("stability-norm"):
        rows = {name: value.mid for name, value in one.fields.items()}
        for row in np.flatnonzero(~one.controls):
            instance = row_instance(BOUND.headline, rows, NULL, int(row))
            norm = float(as_real(SHALLOW_RELU.view(instance)["stability_norm"]))
            found.append(norm / (1 / to_float(instance["step_size"]) - 0.5))
    event = at_exact_minima(BOUND, BOUND.headline, Run(PROFILES["quick"], device="cpu"))
    assert event["tightest"] == pytest.approx(max(found), rel=1e-4)
    assert min(found) < 0.9 * max(found)
