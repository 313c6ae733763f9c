"""Lanczos with full reorthogonalisation for the top of many symmetric matrices at once.

The error of the Ritz value theta is at most r and, with gap = theta - (rest of the spectrum), at most r^2 / gap, where
r = beta |s| comes with the tridiagonal matrix (Parlett, The Symmetric Eigenvalue Problem, sections 4.5 and 13.2).
"""

from __future__ import annotations

import torch
from torch import Tensor

LOOKS = (8, 12, 16, 20, 24, 32, 40, 52, 64, 80, 96)
"""Numbers of steps after which convergence is looked at."""
ERROR = 1e-15
"""Estimated relative error of the eigenvalue at which a matrix is done."""
CANCELLED = 1e-3
"""Share of a vector left by orthogonalisation below which it is done a second time."""
SPENT = 1e-14
"""Share below which nothing but rounding is left: the basis spans an invariant subspace."""
RESIDUAL = 1e-6
"""Largest relative residual at which the estimate r^2 / gap is believed."""


def lanczos(matrices: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Top of each symmetric matrix ``[B, n, n]``, all finite, with a largest eigenvalue >= 0.

    Returns:
        Ritz values ``[B]``, unit Ritz vectors ``[B, n]``, and whether each has converged ``[B]``. Of those that
        have not, nothing is known.
    """
    count, n, _ = matrices.shape
    looks = [steps for steps in LOOKS if steps < n]
    basis = matrices.new_zeros(count, max(looks, default=1), n)
    basis[:, 0] = _start(matrices)
    diagonal: list[Tensor] = []
    beside: list[Tensor] = []
    values, tops, done = _ritz(basis[:, :1], diagonal, beside)
    for look in looks:
        for step in range(len(diagonal), look):
            residual = _step(matrices, basis, step, diagonal, beside)
            if step + 1 < basis.shape[1]:
                basis[:, step + 1] = residual
        values, tops, done = _ritz(basis[:, :look], diagonal, beside)
        if done.all():
            break
    return values, tops, done


def _start(matrices: Tensor) -> Tensor:
    """The same arbitrary unit vector for all, so that a result depends on its matrix only."""
    n = matrices.shape[-1]
    vector = torch.randn(n, dtype=matrices.dtype, generator=torch.Generator().manual_seed(n))
    unit: Tensor = vector / vector.norm()
    return unit.to(matrices.device)


def _step(matrices: Tensor, basis: Tensor, step: int, diagonal: list[Tensor], beside: list[Tensor]) -> Tensor:
    """The next basis vector, or 0 where the basis spans an invariant subspace already."""
    known = basis[:, : step + 1]
    image = torch.bmm(matrices, basis[:, step].unsqueeze(-1))
    along = torch.bmm(known, image)
    size = along.squeeze(-1).norm(dim=-1)
    image = torch.baddbmm(image, known.mT, along, alpha=-1)
    length = image.squeeze(-1).norm(dim=-1)
    if bool((length < CANCELLED * size).any()):
        again = torch.bmm(known, image)
        image, along = torch.baddbmm(image, known.mT, again, alpha=-1), along + again
        length = image.squeeze(-1).norm(dim=-1)
    diagonal.append(along[:, step, 0])
    spent = length <= SPENT * size
    beside.append(torch.where(spent, 0.0, length))
    return image.squeeze(-1) * torch.where(spent, 0.0, 1 / length).unsqueeze(-1)


def _ritz(basis: Tensor, diagonal: list[Tensor], beside: list[Tensor]) -> tuple[Tensor, Tensor, Tensor]:
    if not diagonal:
        return basis.new_zeros(len(basis)), basis[:, 0], torch.zeros(len(basis), dtype=torch.bool, device=basis.device)
    off = torch.stack(beside, -1)
    small = torch.diag_embed(torch.stack(diagonal, -1))
    small = small + torch.diag_embed(off[:, :-1], -1) + torch.diag_embed(off[:, :-1], 1)
    values, vectors = torch.linalg.eigh(small)
    top, shares = values[:, -1], vectors[:, :, -1]
    residual = off[:, -1] * shares[:, -1].abs()
    error = torch.minimum(residual, residual.square() / (top - values[:, -2]))
    done = (error <= ERROR * top) & (residual <= RESIDUAL * top) | (residual == 0)
    vector = torch.bmm(shares.unsqueeze(1), basis).squeeze(1)
    length = vector.norm(dim=-1, keepdim=True)
    done &= length.squeeze(-1) > 0.5  # a spent basis goes on with zeros, and they can stand for the eigenvalue 0
    return top, vector / length, done
