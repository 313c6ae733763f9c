"""Largest eigenvalues of many symmetric matrices at once: LAPACK while they are small, Lanczos beyond.

Both agree with the exact eigenvalue to about n rounding errors; neither result carries a bound.
"""

from __future__ import annotations

import torch
from torch import Tensor

from refutable.strategies.engine.evaluation.lanczos import lanczos

LANCZOS = 48
"""Smallest matrices given to Lanczos."""
LANCZOS_WORK = 2**22
"""B n^3 from which Lanczos beats LAPACK's eigenvalues on a CPU (measured); with an eigenvector, from half of that."""


def largest(matrices: Tensor) -> Tensor:
    """Largest eigenvalue of each symmetric matrix ``[B, n, n]``: ``[B]``, NaN where a matrix is not finite.

    Differentiable: the gradient is that of the Rayleigh quotient at the top eigenvector, so at a multiple eigenvalue
    it is one of the subgradients.
    """
    values, _ = _solved(matrices.detach(), vectors=False) if not _watched(matrices) else largest_pair(matrices)
    return values


def largest_pair(matrices: Tensor) -> tuple[Tensor, Tensor]:
    """Largest eigenvalue ``[B]`` and a unit eigenvector ``[B, n]`` (a constant to automatic differentiation)."""
    values, vectors = _solved(matrices.detach(), vectors=True)
    if _watched(matrices):
        # The value is LAPACK's, the gradient the quotient's: both are second order in the vector's error.
        quotient = torch.einsum("bi,bij,bj->b", vectors, matrices, vectors)
        values = quotient + (values - quotient).detach()
    return values, vectors


def _watched(matrices: Tensor) -> bool:
    return torch.is_grad_enabled() and matrices.requires_grad


@torch.no_grad()
def _solved(matrices: Tensor, vectors: bool) -> tuple[Tensor, Tensor]:
    # LAPACK raises on the whole batch when a single matrix is not finite.
    finite = torch.isfinite(matrices.sum((-1, -2)))
    whole = bool(finite.all())
    safe = matrices if whole else torch.where(finite[:, None, None], matrices, torch.zeros_like(matrices))
    values, tops = _finite_solved(safe, vectors)
    return (values if whole else torch.where(finite, values, torch.full_like(values, torch.nan))), tops


def _finite_solved(matrices: Tensor, vectors: bool) -> tuple[Tensor, Tensor]:
    n = matrices.shape[-1]
    little = matrices.numel() * n < LANCZOS_WORK // (2 if vectors else 1)
    if n < LANCZOS or (little and not matrices.is_cuda):
        return _dense(matrices, vectors)
    size = torch.linalg.vector_norm(matrices, torch.inf, (-2, -1))
    unit = torch.where(_ordinary(size), 1.0, size)
    values, tops, converged = lanczos(matrices if bool((unit == 1).all()) else matrices / unit[:, None, None])
    values = values * unit
    left = ~converged
    if left.any():
        values[left], tops[left] = _dense(matrices[left], True)
    return values, tops


def _ordinary(size: Tensor) -> Tensor:
    """Whether squares of such numbers neither overflow nor vanish (0 may stay as it is)."""
    return (size > 1e-100) & (size < 1e100) | (size == 0)


def _dense(matrices: Tensor, vectors: bool) -> tuple[Tensor, Tensor]:
    if not vectors:
        return torch.linalg.eigvalsh(matrices)[:, -1], matrices.new_empty(0)
    values, tops = torch.linalg.eigh(matrices)
    return values[:, -1], tops[:, :, -1]
