"""Both weights and the norm from one product: every way to them, and what must send a network another way."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from refutable.strategies.engine.evaluation import evaluate, hyperplanes, line, norms, stability_norm, weights
from refutable.strategies.training.closed_form import Networks
from tests.engine.evaluation_cases import by_shape, close, drawn, side_by_loops, view

ALWAYS, NEVER = 0, 10**12


@pytest.fixture(params=["both sides summed", "one side summed", "sorted"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """All ways to weights are taken at every size."""
    monkeypatch.setattr(hyperplanes, "LINE", ALWAYS if request.param == "sorted" else NEVER)
    monkeypatch.setattr(hyperplanes, "LINE_DATA", 1)
    monkeypatch.setattr(hyperplanes, "SUMMED", ALWAYS if request.param == "one side summed" else NEVER)
    return str(request.param)


all_ways = pytest.mark.usefixtures("way")


def agrees_with_definition(networks: Networks, x: Tensor, tolerance: float = 1e-12) -> None:
    found = norms(networks, x)
    for net, data in enumerate(x.tolist()):
        for i, (w, b) in enumerate(zip(networks.w1[net].tolist(), networks.b1[net].tolist(), strict=True)):
            expected = side_by_loops(w, b, data), side_by_loops([-c for c in w], -b, data)
            ours = float(found.active_weights[net, i]), float(found.inactive_weights[net, i])
            assert ours == pytest.approx(expected, rel=tolerance, abs=0)


@all_ways
@by_shape
@pytest.mark.parametrize("scale", [1.0, 2.0**-20, 2.0**20])
def test_norms_agree_with_the_domain_and_each_other(shape: str, scale: float) -> None:
    networks, x, _ = drawn(shape, scale)
    found, expected = norms(networks, x), view(networks, x)
    close(found.active_weights, expected["active_weight"])
    close(found.inactive_weights, expected["inactive_weight"])
    close(found.stability_norm, expected["stability_norm"])
    assert torch.equal(found.weights, weights(networks, x))
    assert torch.equal(found.stability_norm, stability_norm(networks, x))
    close(evaluate(networks, x).stability_norm, found.stability_norm, 1e-13)


@all_ways
@by_shape
def test_norms_are_their_definition(shape: str) -> None:
    networks, x, _ = drawn(shape)
    agrees_with_definition(networks, x)


@all_ways
@pytest.mark.parametrize("d", [1, 2])
def test_a_side_next_to_far_data_keeps_its_digits(d: int) -> None:
    """What is left of all data would not: one far datum is alone on its side, and rounds everything it is added to."""
    draw = torch.Generator().manual_seed(d)
    x = torch.randn(2, 30, d, generator=draw, dtype=torch.float64)
    x[0, 7], x[1, 3] = 2.0**40, -(2.0**40)
    w1 = torch.ones(2, 4, d, dtype=torch.float64) * torch.tensor([1.0, -1.0, 3.0, 0.5]).double()[:, None]
    b1 = -w1[..., 0] * 100
    agrees_with_definition(Networks(w1, b1, b1, b1[:, 0]), x, 1e-11)


@all_ways
def test_moments_that_cancel_are_zero_on_neither_side() -> None:
    """The larger side's data sum to nearly nothing in a large mean square."""
    some = torch.arange(1, 9, dtype=torch.float64)[None, :, None] * 2.0**30
    x = torch.cat([some, -some, torch.ones(1, 3, 1, dtype=torch.float64)], 1)
    one = torch.ones(1, 2, dtype=torch.float64)
    networks = Networks(one[..., None], torch.tensor([[2.0**34, -(2.0**33 - 1)]]).double(), one, one[:, 0])
    agrees_with_definition(networks, x)


@all_ways
@pytest.mark.parametrize("d", [1, 2])
def test_neurons_that_see_all_data_or_none(d: int) -> None:
    draw = torch.Generator().manual_seed(8)
    x, w1 = (torch.randn(3, size, d, generator=draw, dtype=torch.float64) for size in (20, 5))
    b1 = torch.tensor([1e3, -1e3, 0.0, 1e3, -1e3], dtype=torch.float64).expand(3, 5).contiguous()
    found = norms(Networks(w1, b1, b1, b1[:, 0]), x)
    assert not found.inactive_weights[:, [0, 3]].any()
    assert not found.active_weights[:, [1, 4]].any()
    assert not found.weights[:, [0, 1, 3, 4]].any()
    agrees_with_definition(Networks(w1, b1, b1, b1[:, 0]), x)


@all_ways
@pytest.mark.parametrize("shape", ["line", "sorted", "plane", "many-data"])
def test_only_networks_with_ties_or_repeats_go_another_way(shape: str) -> None:
    """Data on hyperplanes in one network, a repeated hyperplane in another."""
    networks, x, _ = drawn(shape)
    x[0, 2] = 0
    networks.b1[0, :2] = 0
    networks.w1[1, 1], networks.b1[1, 1] = -2 * networks.w1[1, 0], -2 * networks.b1[1, 0]
    agrees_with_definition(networks, x)
    close(norms(networks, x).stability_norm, view(networks, x)["stability_norm"])


def test_opposite_infinite_ratios_are_one_hyperplane() -> None:
    """(0, 1) x + 1 and -(0, 1) x - 1 are the same: their ratios to the first coordinate are inf and -inf."""
    w1 = torch.tensor([[[0.0, 1.0], [0.0, -1.0], [1.0, 1.0]]], dtype=torch.float64)
    b1 = torch.tensor([[1.0, -1.0, 0.5]], dtype=torch.float64)
    w2 = torch.tensor([[3.0, -2.0, 1.0]], dtype=torch.float64)
    x = torch.tensor([[[0.0, -3.0], [1.0, 2.0], [-1.0, 0.5]]], dtype=torch.float64)
    found = norms(Networks(w1, b1, w2, b1[:, 0]), x)
    expected = found.weights[0, 0] * 1 + found.weights[0, 2]
    assert float(found.stability_norm) == pytest.approx(float(expected), rel=1e-14)


@all_ways
@pytest.mark.parametrize("shape", ["line", "sorted", "plane"])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_whatever_is_not_finite_shows(shape: str, value: float) -> None:
    networks, x, _ = drawn(shape)
    alone = norms(networks, x)
    for part in (*networks, x):
        for flat in (0, part[1].numel() - 1):
            kept = float(part[1].flatten()[flat])
            part[1].view(-1)[flat] = value
            found = norms(networks, x)
            part[1].view(-1)[flat] = kept
            for values, expected in zip(found, alone, strict=True):
                assert torch.isnan(values[1]).all()
                assert torch.equal(values[0], expected[0])


def test_shared_data_that_are_not_finite_make_all_nan() -> None:
    networks, x, _ = drawn("plane")
    assert all(torch.isnan(part).all() for part in norms(networks, torch.full_like(x[:1], math.inf)))


@all_ways
@pytest.mark.parametrize("shape", ["line", "sorted", "plane", "wide"])
def test_gradients_are_the_domain_s(shape: str) -> None:
    networks, x, _ = drawn(shape)
    leaves = [part.clone().requires_grad_() for part in (*networks[:3], x)]
    moved = Networks(leaves[0], leaves[1], leaves[2], networks.b2)
    found, expected = norms(moved, leaves[3]), view(moved, leaves[3])
    pairs = zip(found, (expected[name] for name in ("active_weight", "inactive_weight", "stability_norm")), strict=True)
    for ours, other in pairs:
        slopes = torch.autograd.grad(ours.sum(), leaves, retain_graph=True, allow_unused=True)
        truth = torch.autograd.grad(other.sum(), leaves, retain_graph=True, allow_unused=True)
        for slope, true in zip(slopes, truth, strict=True):
            if slope is None or true is None:
                assert slope is true
            else:
                assert torch.allclose(slope, true, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("shape", ["line", "sorted"])
def test_knots_between_data_and_anywhere_agree(shape: str) -> None:
    networks, x, _ = drawn(shape)
    w, b = networks.w1[..., 0], networks.b1
    ordered = x[..., 0].sort(-1).values
    nothing = torch.zeros_like(ordered[:, :1])
    heads = torch.cat([nothing, ordered.cumsum(-1)], -1)
    tails = torch.cat([ordered.flip(-1).cumsum(-1).flip(-1), nothing], -1)
    quick = line._between_data(w, b, ordered, heads, tails)
    careful = line._anywhere(w, b, ordered, heads, tails)
    assert quick is not None
    for ours, other in zip(quick, careful, strict=True):
        assert torch.allclose(ours, other, rtol=1e-14, atol=0)
    level = torch.cat([torch.zeros_like(w[:, :1]), w[:, 1:]], -1)
    assert line._between_data(level, b, ordered, heads, tails) is None
    on_datum = torch.cat([-(w[:, :1] * ordered[:, 3:4]), b[:, 1:]], -1)
    assert line._between_data(w, on_datum, ordered, heads, tails) is None
