"""Gradient kernels where inputs are numbers, in O(k + n^2) instead of O(k n^2): a polynomial between two knots.

For x <= t, the neurons that are active at both are those rising to the right with a knot below x and those rising to
the left with a knot above t. With P the sum of (w^2 + w2^2, w b, b^2 + w2^2) over the former and Q over the latter,

    K(x, t) = P_0 x t + P_1 (x + t) + P_2 + Q_0 x t + Q_1 (x + t) + Q_2 + 1,

so that below the diagonal of sorted data K is a matrix of rank 4 (own).
"""

from __future__ import annotations

import torch
from torch import Tensor

from refutable.strategies.engine.evaluation.line import places
from refutable.strategies.engine.evaluation.preactivations import Block

WORK = 2**21
"""k n^2 from which this is quicker than the native kernels (measured),"""
NEURONS = 192
"""and k."""


def kernel_on_a_line(block: Block) -> tuple[Tensor, Tensor] | None:
    """The gradient kernels divided by n with data in increasing order, ``[B, n, n]``, and what rounds in them, ``[B]``.

    An eigenvalue is wrong by some rounding errors of the latter. None where this is not the quickest way, or where a
    preactivation is 0 or so small that rounding decides its sign.
    """
    (_, k, d), n, x = block.networks.w1.shape, block.samples, block.data.x
    if d > 1 or x.is_cuda or k < NEURONS or k * n * n < WORK or n > 3 * k:
        return None
    w, b, w2 = block.networks.w1[..., 0], block.networks.b1, block.networks.w2
    ordered = x[..., 0].sort(-1).values
    place = places(w, b, ordered)
    if place is None:
        return None
    terms = torch.stack([w * w + w2 * w2, w * b, b * b + w2 * w2], 1)
    to_right, to_left = _sums(terms, place, w > 0, n)
    factor = _below(ordered.expand(len(w), n), to_right, to_left) / n
    reach = torch.maximum(ordered[:, 0].abs(), ordered[:, -1].abs())
    rounded = terms[:, 0].sum(-1) * reach**2 + 2 * terms[:, 1].abs().sum(-1) * reach + terms[:, 2].sum(-1) + 1
    return factor.tril() + factor.tril(-1).mT, rounded.detach()


def _sums(terms: Tensor, place: Tensor, rising: Tensor, n: int) -> tuple[Tensor, Tensor]:
    """P and Q at each datum, ``[B, 3, n]``; sums from the end where the neurons are off, so that few keep digits."""
    at, nothing = place.unsqueeze(1).expand_as(terms), terms.new_zeros(*terms.shape[:2], n + 1)
    up = torch.where(rising.unsqueeze(1), terms, 0.0)
    to_right = nothing.scatter_add(-1, at, up).cumsum(-1)[..., :n]
    to_left = nothing.scatter_add(-1, at, terms - up).flip(-1).cumsum(-1).flip(-1)[..., 1:]
    return to_right, to_left


def _below(ordered: Tensor, to_right: Tensor, to_left: Tensor) -> Tensor:
    """The matrix of rank 4 that is K on and below the diagonal, ``[B, n, n]``."""
    one = torch.ones_like(ordered)

    def line(sums: Tensor) -> tuple[Tensor, Tensor]:
        return sums[:, 0] * ordered + sums[:, 1], sums[:, 1] * ordered + sums[:, 2]

    (slope, level), (other_slope, other_level) = line(to_right), line(to_left)
    rows = torch.stack([ordered, one, other_slope, other_level + 1], -1)
    columns = torch.stack([slope, level, ordered, one], 1)
    return torch.bmm(rows, columns)
