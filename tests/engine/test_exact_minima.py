"""Networks at rest are certified, counted, and enclosed; what is not at an exact minimum is not."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from flint import fmpq

from refutable.strategies.engine.converge import Converged, Rule, converge
from refutable.strategies.engine.exact_minima import ExactMinima, exact_minima
from refutable.strategies.training.closed_form import Networks
from refutable.theorems.catalogue import theorem
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.ops.certified import CertifiedOps, certified
from refutable.theorems.views import View

ETA = 0.2


@pytest.fixture(scope="module")
def at_rest() -> tuple[Converged, torch.Tensor, torch.Tensor]:
    """Networks on the line, of which many rest on kinks, and some do not interpolate."""
    source = torch.Generator().manual_seed(0)

    def drawn(*shape: int) -> torch.Tensor:
        return 2 * torch.rand(40, *shape, generator=source, dtype=torch.float64) - 1

    x, y = 2 * drawn(3, 1), 2 * drawn(3)
    end = converge(Networks(drawn(12, 1), drawn(12), drawn(12) / 3, drawn() / 3), x, y, ETA, 10000, Rule(block=100))
    return end, x, y


@pytest.fixture(scope="module")
def exact(at_rest: tuple[Converged, torch.Tensor, torch.Tensor]) -> ExactMinima:
    return exact_minima(*at_rest, fmpq(1, 5))


def test_networks_at_rest_are_beside_exact_minima(
    at_rest: tuple[Converged, torch.Tensor, torch.Tensor], exact: ExactMinima
) -> None:
    end, _, _ = at_rest
    counts = exact.counts
    assert counts["tried"] >= 25
    assert counts["exactly a minimum"] + counts["not certified"] == counts["tried"]
    assert counts["exactly a minimum"] >= 0.9 * counts["tried"]
    assert counts["exactly stable"] == len(exact.stable)
    assert counts["exactly stable"] >= 0.9 * counts["exactly a minimum"]
    assert int((end.margin[list(exact.found)] < 1e-13).sum()) >= 5  # at rounding level: kinks, not luck
    for index, found in exact.found.items():
        assert found.distance < fmpq(1, 10**4)
        if end.margin[index] > 1e-6:
            assert abs(float(found.upper.p) / float(found.upper.q) - float(end.sharpness[index])) < 1e-6


def test_headlines_are_decided_at_the_exact_minima(exact: ExactMinima) -> None:
    rows = exact.rows(exact.stable)
    ops = CertifiedOps(len(exact.stable))
    view = View(SHALLOW_RELU, ops, {**rows, "y": None, "frozen": None, "batch_size": None})
    claim = theorem("weighted-l1").headline
    for check in [c for a in claim.assumes for c in a.checks(view)] + list(claim.concludes(view)):
        if check.op == "<=":
            left, right = certified(check.left), certified(check.right)
            assert (left.mid + left.rad <= right.mid - right.rad).mean() > 0.9
    assert (~ops.unsafe).mean() > 0.9


def test_other_labels_are_not_met(at_rest: tuple[Converged, torch.Tensor, torch.Tensor]) -> None:
    end, x, y = at_rest
    moved = exact_minima(end, x, y + torch.tensor([0.0, 0.1, 0.0]), fmpq(1, 5), most=8)
    assert moved.counts["exactly a minimum"] == 0
    assert moved.counts["not certified"] == moved.counts["tried"] == 8
    with pytest.raises(ValueError, match="no minima"):
        moved.rows(moved.stable)


def test_what_does_not_rest_is_not_tried(at_rest: tuple[Converged, torch.Tensor, torch.Tensor]) -> None:
    end, x, y = at_rest
    none = exact_minima(replace(end, codes=torch.ones_like(end.codes), sharp=torch.zeros_like(end.sharp)), x, y, ETA)
    assert none.counts["tried"] == 0
    assert not none.found


def test_a_larger_step_size_makes_them_unstable(at_rest: tuple[Converged, torch.Tensor, torch.Tensor]) -> None:
    beyond = exact_minima(*at_rest, fmpq(50), most=6)
    assert beyond.counts["exactly unstable"] == beyond.counts["exactly a minimum"] > 0
    assert beyond.stable == []
