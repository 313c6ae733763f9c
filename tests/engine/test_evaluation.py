"""Fast evaluation agrees with the exact domain, with automatic differentiation and with loops that know no formula."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
import torch
from torch import Tensor

from refutable.strategies.engine.evaluation import (
    evaluate,
    hessian,
    hessian_sharpness,
    sharpness,
    sharpness_radius,
    stability_norm,
    weights,
)
from refutable.strategies.engine.evaluation import preactivations as cutting
from refutable.strategies.training.closed_form import Networks, forward
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.exact import as_real, fraction, to_float
from refutable.theorems.instances import Instance
from refutable.theorems.views import View
from tests.engine.evaluation_cases import by_shape, close, drawn, full_hessian, side_by_loops, tops, view
from tests.shallow_relu.networks import plain, random_network, weight_square

both_ways = pytest.mark.usefixtures("way")


@by_shape
def test_sharpness_at_interpolation_is_the_top_of_the_full_hessian(shape: str) -> None:
    networks, x, _ = drawn(shape)
    expected = tops(networks, x, forward(networks, x))
    close(sharpness(networks, x), expected)
    close(hessian_sharpness(networks, x, forward(networks, x)), expected)


@by_shape
@pytest.mark.parametrize("size", [1e-8, 1e-2, 1.0, 30.0, 1e5])
def test_sharpness_anywhere_is_the_top_of_the_full_hessian(shape: str, size: float) -> None:
    networks, x, noise = drawn(shape)
    y = forward(networks, x) + size * noise
    expected, radius = tops(networks, x, y), sharpness_radius(networks, x, y)
    close(hessian_sharpness(networks, x, y), expected)
    assert ((expected - sharpness(networks, x)).abs() <= radius * (1 + 1e-12) + 1e-13 * expected).all()
    rest = [
        full_hessian(networks, i, x[i], y[i]) - full_hessian(networks, i, x[i], forward(networks, x)[i])
        for i in range(len(x))
    ]
    norms = torch.stack([torch.linalg.matrix_norm(part, 2) for part in rest])
    assert torch.allclose(radius, norms, rtol=1e-10, atol=1e-14)


@by_shape
@pytest.mark.parametrize("size", [1e-8, 1.0, 1e5])
def test_the_way_out_when_the_secular_equation_fails(shape: str, size: float, monkeypatch: pytest.MonkeyPatch) -> None:
    networks, x, noise = drawn(shape)
    y = forward(networks, x) + size * noise
    expected = hessian_sharpness(networks, x, y)
    monkeypatch.setattr(hessian, "STEPS", 0)
    close(hessian_sharpness(networks, x, y), expected)


@pytest.mark.parametrize("scale", [1e-4, 1.0, 1e2, 1e4])
def test_sharpness_anywhere_is_exact_in_every_unit(scale: float) -> None:
    """Weights times a and labels times a^2 would scale the Hessian nearly by a^2: no threshold may carry a unit."""
    draw = torch.Generator().manual_seed(0)

    def normal(*size: int) -> torch.Tensor:
        return torch.randn(100, *size, generator=draw, dtype=torch.float64)

    first = normal(4, 2) * scale, normal(4) * scale, normal(4) * scale
    networks, x, y = Networks(*first, torch.zeros(100).double()), normal(6, 2), normal(6) * scale**2
    close(hessian_sharpness(networks, x, y), tops(networks, x, y))


def test_an_eigenvalue_of_the_residual_part_alone_is_found() -> None:
    """With w2 = 0 and few data the coupling's own eigenvalue, a pole of the secular equation, can be the largest."""
    zero, one = torch.zeros(1, 1, dtype=torch.float64), torch.ones(1, 1, dtype=torch.float64)
    x = torch.tensor([[[0.0], [1.0], [-9.0]]], dtype=torch.float64)
    for level in (0.5, -0.5, -1 + 1e-9):
        networks = Networks(one[..., None], one * level, zero, zero[0])
        for scale in (1e-3, 1.0, 1e8):
            y = scale * torch.tensor([[3.0, -1.0, 2.0]], dtype=torch.float64)
            close(hessian_sharpness(networks, x, y), tops(networks, x, y))


def test_overflowing_residuals_are_nan() -> None:
    networks, x, y = drawn("plane")
    y[0] = 1e308
    x[0] *= 1e5
    found = hessian_sharpness(networks, x, y)
    assert torch.isnan(found).tolist() == [True, False, False, False, False]


@both_ways
@by_shape
@pytest.mark.parametrize("scale", [1.0, 2.0**-20, 2.0**20])
def test_everything_agrees_with_the_domain(shape: str, scale: float) -> None:
    networks, x, y = drawn(shape, scale)
    found, expected = evaluate(networks, x, y), view(networks, x, y)
    close(found.sharpness, expected["gauss_newton_sharpness"])
    close(found.radius, expected["residual_block_norm"])
    close(found.active_weights, expected["active_weight"])
    close(found.inactive_weights, expected["inactive_weight"])
    close(found.weights, expected["weight"])
    close(found.stability_norm, expected["stability_norm"])
    close(found.residual, expected["residual"].square().mean(-1).sqrt())
    close(found.margin, expected["preactivation"].abs().amin((1, 2)), 1e-9)
    close(weights(networks, x), found.weights, 1e-14)
    close(stability_norm(networks, x), found.stability_norm, 1e-14)


@both_ways
@by_shape
def test_both_weights_are_their_definition(shape: str) -> None:
    networks, x, _ = drawn(shape)
    found = evaluate(networks, x)
    for net, data in enumerate(x.tolist()):
        for i in range(networks.b1.shape[1]):
            w, b = networks.w1[net, i].tolist(), float(networks.b1[net, i])
            assert float(found.active_weights[net, i]) == pytest.approx(side_by_loops(w, b, data), rel=1e-12)
            turned = side_by_loops([-c for c in w], -b, data)
            assert float(found.inactive_weights[net, i]) == pytest.approx(turned, rel=1e-12)


def dyadic(instance: Instance) -> Instance:
    """Without thirds in what decides the signs: they are no floats, and a kink would not be one."""
    w1, b1, x = (np.array(instance[name]) for name in ("w1", "b1", "x"))
    return instance.replace(w1=w1 * 3, b1=b1 * 9, x=x * 3)


def floats(instance: Instance, name: str) -> Tensor:
    """The nearest floats, as a batch of one."""
    return torch.from_numpy(np.vectorize(to_float, otypes=[float])(instance[name]))[None]


@both_ways
@pytest.mark.parametrize("d", [1, 2, 3])
def test_exact_instances_with_kinks_and_coinciding_hyperplanes(d: int) -> None:
    rng = random.Random(d)
    kinked = shared = 0
    for _ in range(60):
        instance = dyadic(random_network(rng, d, rng.randint(1, 5), rng.randint(1, 6)))
        exact = View.of(SHALLOW_RELU, instance)
        networks = Networks(*(floats(instance, name) for name in Networks._fields))
        found = evaluate(networks, floats(instance, "x"))
        kinked += bool(exact["kink"].any())
        shared += len({int(s) for s in exact["segments"]}) < len(exact["segments"])
        net = plain(instance)
        for i in range(len(net.b1)):
            assert float(found.active_weights[0, i]) == pytest.approx(math.sqrt(weight_square(net, i, 1)), rel=1e-13)
            assert float(found.inactive_weights[0, i]) == pytest.approx(math.sqrt(weight_square(net, i, -1)), rel=1e-13)
        norm = as_real(exact["stability_norm"]).ball(80)
        assert float(found.stability_norm[0]) == pytest.approx(float(norm.mid()), rel=1e-12, abs=1e-300)
        assert float(found.margin[0]) == min(abs(float(fraction(z))) for z in exact["preactivation"].ravel())
    assert kinked >= 3
    assert shared >= 3


@both_ways
@pytest.mark.parametrize("shape", ["sorted", "plane", "wide"])
def test_coinciding_hyperplanes_are_summed_with_signs(shape: str) -> None:
    networks, x, _ = drawn(shape)
    w1, b1, w2, b2 = (part.clone() for part in networks)
    w1[1, 2], b1[1, 2] = -4 * w1[1, 1], -4 * b1[1, 1]
    w2[1, 2] = -w2[1, 1] / 4
    b1[2] = 0
    w1[2, 3], w1[2, 0] = 2 * w1[2, 1], 0
    merged = Networks(w1, b1, w2, b2)
    found = evaluate(merged, x)
    close(found.stability_norm, view(merged, x)["stability_norm"])
    gross = (found.weights * w2.abs()).sum(-1)
    lost = 2 * found.weights[1, 1] * w2[1, 1].abs()
    close(found.stability_norm[1], gross[1] - lost, 1e-11)
    close(found.stability_norm[0], gross[0])


@both_ways
def test_data_on_kinks_are_on_neither_side() -> None:
    """Knots on data, repeated data, neurons without a slope."""
    x = torch.tensor([0.1, 0.3, 0.3, 0.7, -2.0, 5.0] * 8, dtype=torch.float64)[None, :, None]
    slope = torch.tensor([1.0, -3.0, 0.7, 0.1, 0.0, 0.0, 1.0, 1.0] * 8, dtype=torch.float64)
    level = torch.where(slope == 0, torch.tensor(0.5, dtype=torch.float64), -slope * 0.3)
    level[5], level[13], level[6], level[7] = -1.0, 0.0, 99.0, -99.0
    networks = Networks(
        slope[None, :, None], level[None], torch.ones(1, 64, dtype=torch.float64), torch.zeros(1).double()
    )
    found = evaluate(networks, x)
    assert float(found.margin[0]) == 0
    data = x[0].tolist()
    for i in range(64):
        w, b = float(slope[i]), float(level[i])
        assert float(found.active_weights[0, i]) == pytest.approx(side_by_loops([w], b, data), rel=1e-12)
        assert float(found.inactive_weights[0, i]) == pytest.approx(side_by_loops([-w], -b, data), rel=1e-12)


@both_ways
def test_a_kink_is_where_the_preactivation_rounds_to_zero() -> None:
    """b = -(w x) rounded: the knot -b/w is then often a neighbour of x, and x on neither side all the same."""
    draw = torch.Generator().manual_seed(5)
    x, w = (torch.randn(1, 60, generator=draw, dtype=torch.float64) for _ in range(2))
    networks = Networks(w[..., None], -(w * x), w, w[:, 0])
    assert (w * x / w != x).any()
    found = evaluate(networks, x[..., None])
    data = x[0, :, None].tolist()
    for i in range(60):
        slope, level = float(w[0, i]), -float(w[0, i]) * float(x[0, i])
        assert float(found.active_weights[0, i]) == pytest.approx(side_by_loops([slope], level, data), rel=1e-12)
        assert float(found.inactive_weights[0, i]) == pytest.approx(side_by_loops([-slope], -level, data), rel=1e-12)


@both_ways
def test_a_small_side_keeps_its_digits() -> None:
    """One datum just beyond the knot among far ones: G of that side is tiny and right."""
    count, gap = 64, 2.0**-30
    far = 2.0**20 + torch.arange(count - 1, dtype=torch.float64)
    x = torch.cat([torch.tensor([1.0 - gap], dtype=torch.float64), far])
    w1 = torch.ones(1, count, 2, dtype=torch.float64)
    for d in (1, 2):
        networks = Networks(w1[..., :d], -d * w1[..., 0], w1[..., 0], w1[0, :1, 0])
        data = x[None, :, None].expand(1, count, d).contiguous()
        expected = d * gap / count * math.hypot(1, *[1.0 - gap] * d) / count
        assert float(evaluate(networks, data).inactive_weights[0, 0]) == pytest.approx(expected, rel=1e-13)


def test_moments_that_cancel_are_not_taken_from_products_of_data() -> None:
    """More inputs than data, whole numbers with sum 0 whose products are rounded."""
    draw = torch.Generator().manual_seed(3)
    some = (torch.randn(1, 6, 9, generator=draw, dtype=torch.float64) * 2**30).round()
    x = torch.cat([some, -some.sum(1, keepdim=True)], 1)
    w1 = torch.randn(1, 4, 9, generator=draw, dtype=torch.float64)
    b1 = torch.tensor([[1e12, -1e12, 0.5, 1.0]], dtype=torch.float64)
    networks = Networks(w1, b1, b1, b1[:, 0])
    found, expected = evaluate(networks, x), view(networks, x)
    assert float(found.active_weights[0, 0]) == pytest.approx(1e12, rel=1e-9)
    close(found.active_weights, expected["active_weight"])
    close(found.inactive_weights, expected["inactive_weight"])


@by_shape
def test_shared_data_blocks_and_threads_change_nothing(shape: str, monkeypatch: pytest.MonkeyPatch) -> None:
    networks, x, y = drawn(shape)
    own = evaluate(networks, x[:1].expand_as(x).contiguous(), y[:1].expand_as(y))
    whole = evaluate(networks, x[:1], y[:1])
    monkeypatch.setattr(cutting, "CACHE", 1)
    cut = evaluate(networks, x[:1], y[:1])
    threaded = evaluate(networks, x[:1], y[:1], threads=2)
    mixed = evaluate(networks, x[:1], y[:1].expand_as(y))
    for name, expected in own._asdict().items():
        for other in (whole, cut, threaded, mixed):
            close(getattr(other, name), expected, 1e-9 if name == "margin" else 1e-12)
    cut_hessian = hessian_sharpness(networks, x, y)
    monkeypatch.undo()
    close(cut_hessian, hessian_sharpness(networks, x, y))


@both_ways
@pytest.mark.parametrize("shape", ["line", "sorted", "plane", "many-data"])
def test_what_is_not_finite_is_nan_and_touches_nobody(shape: str) -> None:
    networks, x, y = drawn(shape)
    networks, x, y = (
        Networks(*(torch.cat([part, part]) for part in networks)),
        torch.cat([x, x]),
        torch.cat([y, y]),
    )
    alone = evaluate(networks, x, y)
    hessian = hessian_sharpness(networks, x, y)
    networks.w1[1, 0, 0] = torch.nan
    networks.b2[2] = torch.inf
    x[3, 0, 0] = -torch.inf
    bad = torch.arange(len(x)).clamp(max=4).eq(torch.tensor([[1], [2], [3]])).any(0)
    assert torch.equal(torch.isnan(hessian_sharpness(networks, x, y)), bad)
    close(hessian_sharpness(networks, x, y)[~bad], hessian[~bad])
    for name, values in evaluate(networks, x, y)._asdict().items():
        assert torch.equal(torch.isnan(values.reshape(len(x), -1)).all(-1), bad), name
        close(values[~bad], getattr(alone, name)[~bad], 1e-9 if name == "margin" else 1e-12)


def test_an_overflowing_kernel_and_bad_shared_data_are_nan() -> None:
    networks, x, y = drawn("line")
    networks.w2[0] = 1e200
    networks.w1[0], networks.b1[0] = 1.0, 100.0
    assert torch.isnan(sharpness(networks, x)).tolist() == [True, *[False] * 5]
    assert torch.isnan(hessian_sharpness(networks, x, y)).tolist() == [True, *[False] * 5]
    assert torch.isnan(sharpness(networks, torch.full_like(x[:1], torch.nan))).all()


def test_an_empty_batch_is_empty() -> None:
    networks, x, y = drawn("plane")
    none = Networks(*(part[:0] for part in networks))
    assert evaluate(none, x[:0], y[:0]).sharpness.shape == (0,)
    assert hessian_sharpness(none, x[:0], y[:0]).shape == (0,)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"x": torch.ones(5, 9, 3)}, "inputs must be"),
        ({"x": torch.ones(4, 9, 2)}, "inputs must be"),
        ({"x": torch.ones(5, 0, 2)}, "inputs must be"),
        ({"y": torch.ones(5, 8)}, "labels must be"),
        ({"y": torch.ones(8)}, "labels must be"),
        (
            {"networks": Networks(torch.ones(5, 3, 2), torch.ones(5, 2), torch.ones(5, 3), torch.ones(5))},
            "networks must be",
        ),
    ],
)
def test_shapes_that_do_not_fit_are_refused(change: dict[str, Tensor], words: str) -> None:
    networks, x, y = drawn("plane")
    with pytest.raises(ValueError, match=words):
        evaluate(**{"networks": networks, "x": x, "y": y, **change})  # type: ignore[arg-type]
