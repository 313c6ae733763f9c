"""Largest eigenvalues of matrices whose spectrum is known by construction, the unpleasant ones included."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from refutable.strategies.engine.evaluation import eigenvalues
from refutable.strategies.engine.evaluation.eigenvalues import largest, largest_pair
from refutable.strategies.engine.evaluation.lanczos import LOOKS, lanczos

SIZES = (1, 2, 16, eigenvalues.LANCZOS, 97, 150)


def spectra(n: int) -> dict[str, Tensor]:
    falling = torch.linspace(1.0, 0.0, n, dtype=torch.float64)
    top = torch.ones(n, dtype=torch.float64)
    return {
        "gap": torch.cat([top[:1] * 7, falling[1:]]),
        "even": 3 + falling,
        "rank one": torch.cat([top[:1] * 5, 0 * falling[1:]]),
        "all equal": 2 * top,
        "double top": torch.cat([top[: min(2, n)] * 4, falling[min(2, n) :]]),
        "near tie": torch.cat([(top[:2] + torch.tensor([1e-9, 0.0]))[: min(2, n)], falling[min(2, n) :] * 0.99]),
        "crowded top": 1 - 1e-4 * (1 - falling) ** 2,
        "tiny": falling * 1e-200 + 1e-200,
        "huge": falling * 1e250 + 1e250,
        "zero": 0 * falling,
        "indefinite": 10 * falling - 9,
    }


def matrix(values: Tensor, seed: int = 0) -> Tensor:
    draw = torch.Generator().manual_seed(seed)
    q, _ = torch.linalg.qr(torch.randn(len(values), len(values), generator=draw, dtype=torch.float64))
    found = (q * values) @ q.mT
    return (found + found.mT) / 2


@pytest.mark.parametrize("least", [0, 10**9])
@pytest.mark.parametrize("n", SIZES)
def test_the_largest_eigenvalue_is_the_one_put_in(n: int, least: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eigenvalues, "LANCZOS_WORK", least)
    named = spectra(n)
    matrices = torch.stack([matrix(values, seed) for seed, values in enumerate(named.values())])
    expected = torch.stack([values.max() for values in named.values()])
    pair, vectors = largest_pair(matrices)
    for found in (largest(matrices), pair):
        assert ((found - expected).abs() <= 1e-13 * torch.stack([v.abs().max() for v in named.values()])).all()
    images = torch.einsum("bij,bj->bi", matrices, vectors)
    assert ((images - pair[:, None] * vectors).abs().amax(-1) <= 1e-5 * expected.abs()).all()
    assert torch.allclose(vectors.norm(dim=-1), torch.ones(len(named), dtype=torch.float64))


def test_lanczos_says_where_it_has_not_converged() -> None:
    n = 200
    crowded = matrix(torch.linspace(0.0, 1.0, n, dtype=torch.float64) ** 0.01)
    easy = matrix(torch.cat([torch.ones(n - 1).double(), torch.tensor([9.0]).double()]))
    values, vectors, converged = lanczos(torch.stack([crowded, easy]))
    assert converged.tolist() == [False, True]
    assert float(values[1]) == pytest.approx(9, rel=1e-14)
    assert float((easy @ vectors[1] - 9 * vectors[1]).norm()) < 1e-5
    assert float(largest(torch.stack([crowded, easy]))[0]) == pytest.approx(1, rel=1e-13)


def test_lanczos_spends_no_more_than_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A spectrum with a gap is done at an early look, not by the dense solver at the end."""
    seen: list[int] = []
    solve = torch.linalg.eigh

    def counted(small: Tensor) -> tuple[Tensor, Tensor]:
        seen.append(small.shape[-1])
        return tuple(solve(small))  # type: ignore[return-value]

    monkeypatch.setattr(torch.linalg, "eigh", counted)
    largest(matrix(spectra(200)["gap"])[None])
    assert seen == list(LOOKS[: len(seen)])
    assert seen[-1] <= 20


@pytest.mark.parametrize("n", [3, 181])
def test_a_matrix_that_is_not_finite_is_nan_alone(n: int) -> None:
    good = matrix(spectra(n)["gap"])
    bad = good.clone()
    bad[0, 1] = bad[1, 0] = torch.inf
    worse = torch.full_like(good, torch.nan)
    found = largest(torch.stack([bad, good, worse]))
    assert torch.isnan(found).tolist() == [True, False, True]
    assert float(found[1]) == pytest.approx(7, rel=1e-13)


@pytest.mark.parametrize("n", [3, 181])
def test_the_gradient_is_the_projection_on_the_top(n: int) -> None:
    base = matrix(spectra(n)["gap"])[None].requires_grad_()
    value = largest(base)
    (slope,) = torch.autograd.grad(value.sum(), base)
    _, vectors = torch.linalg.eigh(base.detach()[0])
    top = vectors[:, -1]
    assert float(value.detach()) == pytest.approx(7, rel=1e-13)
    assert torch.allclose(slope[0], torch.outer(top, top), atol=1e-6)
