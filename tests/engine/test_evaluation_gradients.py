"""Gradients of the fast evaluation, against differences and against the domain's formulas."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from refutable.strategies.engine.evaluation import (
    Evaluation,
    evaluate,
    sharpness,
    stability_norm,
)
from refutable.strategies.engine.evaluation import preactivations as cutting
from refutable.strategies.training.closed_form import Networks
from tests.engine.evaluation_cases import SHAPES, drawn, view

both_ways = pytest.mark.usefixtures("way")


def weighted_sum(found: Evaluation) -> Tensor:
    """One number that feels every quantity."""
    parts = [values.reshape(len(values), -1).sum(-1).log1p() for values in found]
    return torch.stack([(i + 1) * part.sum() for i, part in enumerate(parts)]).sum()


@both_ways
@pytest.mark.parametrize("shape", [name for name in SHAPES if name != "one"])
def test_gradients_are_those_of_differences(shape: str) -> None:
    networks, x, y = drawn(shape)
    leaves = [part.clone().requires_grad_() for part in (*networks, x)]
    total = weighted_sum(evaluate(Networks(*leaves[:4]), leaves[4], y))
    slopes = torch.autograd.grad(total, leaves)
    draw = torch.Generator().manual_seed(1)
    step = 1e-6
    for index, slope in enumerate(slopes):
        direction = torch.randn(slope.shape, generator=draw, dtype=torch.float64)
        ends = []
        for sign in (1, -1):
            moved = [
                part.detach() + sign * step * direction * (i == index) if i == index else part.detach()
                for i, part in enumerate(leaves)
            ]
            ends.append(weighted_sum(evaluate(Networks(*moved[:4]), moved[4], y)))
        difference = float(ends[0] - ends[1]) / (2 * step)
        assert float((slope * direction).sum()) == pytest.approx(difference, rel=1e-4, abs=1e-5), index


def test_gradients_agree_with_the_domain() -> None:
    networks, x, _ = drawn("plane")

    def slopes(of: Callable[[Networks, Tensor], Tensor]) -> tuple[Tensor, ...]:
        leaves = [part.clone().requires_grad_() for part in (*networks, x)]
        return torch.autograd.grad(of(Networks(*leaves[:4]), leaves[4]).sum(), leaves, allow_unused=True)

    pairs: list[tuple[Callable[[Networks, Tensor], Tensor], str]] = [
        (sharpness, "gauss_newton_sharpness"),
        (stability_norm, "stability_norm"),
    ]
    for ours, name in pairs:
        expected = slopes(lambda a, b, name=name: view(a, b)[name])  # type: ignore[misc]
        for found, other in zip(slopes(ours), expected, strict=True):
            if other is None or found is None:
                assert found is other or not (found if other is None else other).any()
            else:
                assert torch.allclose(found, other, rtol=1e-9, atol=1e-12)


def test_threads_keep_gradients_and_their_absence(monkeypatch: pytest.MonkeyPatch) -> None:
    networks, x, _ = drawn("plane")
    monkeypatch.setattr(cutting, "CACHE", 1)
    inputs = x.clone().requires_grad_()
    (alone,) = torch.autograd.grad(sharpness(networks, inputs).sum(), inputs)
    (shared,) = torch.autograd.grad(sharpness(networks, inputs, threads=2).sum(), inputs)
    assert torch.equal(alone, shared)
    with torch.no_grad():
        assert not sharpness(networks, inputs, threads=2).requires_grad


def test_a_network_that_is_not_finite_leaves_shared_gradients_alone() -> None:
    networks, x, _ = drawn("plane")
    networks.w1[1] = torch.nan
    shared = x[:1].clone().requires_grad_()
    found = evaluate(networks, shared)
    (slope,) = torch.autograd.grad((found.sharpness + found.stability_norm).nansum(), shared)
    assert torch.isfinite(slope).all()
    assert slope.abs().max() > 0
