"""Anderson acceleration of a fixed-point map, for many sequences at once.

Anderson, Iterative procedures for nonlinear integral equations, J. ACM 12, 1965; in the least-squares form of Walker
and Ni, Anderson acceleration for fixed-point iterations, SIAM J. Numer. Anal. 49, 2011.
"""

from __future__ import annotations

import torch
from torch import Tensor

CUTOFF = 1e-10
"""Directions of the normalised differences weaker than this, relative to the strongest, are left out."""


class Anderson:
    """The last points theta_s and images G(theta_s) of B sequences, and mixtures of them."""

    def __init__(self, count: int, parameters: int, memory: int, device: torch.device) -> None:
        """Remember ``memory`` differences of ``count`` sequences of vectors [P]."""
        shape = (count, memory + 1, parameters)
        self._images = torch.zeros(shape, dtype=torch.float64, device=device)
        self._residuals = torch.zeros(shape, dtype=torch.float64, device=device)
        self._known = torch.zeros(count, dtype=torch.int64, device=device)

    def remember(self, points: Tensor, images: Tensor) -> None:
        """Add a point and its image for each sequence, both ``[B, P]``."""
        for store, new in ((self._images, images), (self._residuals, images - points)):
            store[:, 1:] = store[:, :-1].clone()
            store[:, 0] = new
        self._known = (self._known + 1).clamp_max(self._images.shape[1])

    def forget(self, rows: Tensor) -> None:
        """Begin anew in the sequences marked in ``rows`` ``[B]``."""
        self._known[rows] = 0

    def keep(self, rows: Tensor) -> None:
        """Go on with the sequences marked in ``rows`` ``[B]`` alone."""
        self._images, self._residuals = self._images[rows], self._residuals[rows]
        self._known = self._known[rows]

    @property
    def ready(self) -> Tensor:
        """Sequences with a difference to mix, ``[B]``."""
        return self._known > 1

    def mixed(self) -> Tensor:
        """For each sequence the mixture of its images whose residuals nearly cancel, ``[B, P]``.

        A sequence without a difference gives its last image; one that is not finite gives NaN.
        """
        slots = torch.arange(self._images.shape[1] - 1, device=self._known.device)
        valid = (slots + 1 < self._known[:, None]).unsqueeze(-1)
        changes = torch.where(valid, self._residuals[:, :-1] - self._residuals[:, 1:], 0.0)
        moves = torch.where(valid, self._images[:, :-1] - self._images[:, 1:], 0.0)
        shares = _least_squares(changes, self._residuals[:, 0])
        return self._images[:, 0] - torch.einsum("bm,bmp->bp", shares, moves)


def _least_squares(rows: Tensor, target: Tensor) -> Tensor:
    """Shares ``[B, m]`` that minimise |sum_s shares_s rows_s - target|, weak directions left out."""
    length = rows.norm(dim=-1)
    scale = torch.where(length > 0, length, 1.0)
    unit = rows / scale.unsqueeze(-1)
    gram = torch.bmm(unit, unit.mT)
    finite = torch.isfinite(gram).flatten(1).all(-1)
    values, vectors = torch.linalg.eigh(torch.where(finite[:, None, None], gram, 0.0))
    strong = values > CUTOFF * values[:, -1:].clamp_min(torch.finfo(values.dtype).tiny)
    inverse = torch.where(strong, 1 / torch.where(strong, values, 1.0), 0.0)
    along = torch.einsum("bmp,bp->bm", unit, target)
    shares = torch.einsum("bij,bj->bi", vectors, inverse * torch.einsum("bij,bi->bj", vectors, along))
    return torch.where(finite[:, None], shares, torch.nan) / scale
