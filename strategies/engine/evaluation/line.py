"""Both weights of every neuron where inputs are numbers: one sort and prefix sums, O((n + k) log n).

The data left and right of a knot -b/w are a head and a tail of the sorted data. Sums from both ends, not differences
of totals, so that a small side keeps its digits.
"""

from __future__ import annotations

import torch
from torch import Tensor

from refutable.strategies.training.closed_form import Networks
from refutable.theorems.ops.torch import TorchOps

_OPS = TorchOps()
_Found = tuple[Tensor, Tensor, Tensor]
"""What `on_a_line` returns."""


def on_a_line(networks: Networks, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """G(w1_i, b1_i) and G(-w1_i, -b1_i), ``[B, k]`` each, and whether they can be relied on, ``[B]``.

    Not to be relied on: rounding puts a knot on another side of a datum than the sign of the preactivation does.

    Args:
        networks: parameters with d = 1, finite.
        x: inputs ``[B, n, 1]`` or ``[1, n, 1]``, finite.
    """
    w, b = networks.w1[..., 0], networks.b1
    ordered = x[..., 0].sort(-1).values
    nothing = torch.zeros_like(ordered[:, :1])
    heads = torch.cat([nothing, ordered.cumsum(-1)], -1)
    tails = torch.cat([ordered.flip(-1).cumsum(-1).flip(-1), nothing], -1)
    found = _between_data(w, b, ordered, heads, tails)
    return _anywhere(w, b, ordered, heads, tails) if found is None else found


def _between_data(w: Tensor, b: Tensor, ordered: Tensor, heads: Tensor, tails: Tensor) -> _Found | None:
    """None unless every knot is plainly between two neighbours of the data (or beyond all)."""
    n, place = ordered.shape[-1], places(w, b, ordered)
    if place is None:
        return None
    left = _side(w, b, place.to(w.dtype) / n, _taken(heads, place) / n)
    right = _side(w, b, (n - place).to(w.dtype) / n, _taken(tails, place) / n)
    rising = w > 0
    return (
        torch.where(rising, right, left),
        torch.where(rising, left, right),
        torch.ones_like(w[:, 0], dtype=torch.bool),
    )


@torch.no_grad()
def places(w: Tensor, b: Tensor, ordered: Tensor) -> Tensor | None:
    """Number of data below each knot, ``[B, k]``, for sorted data ``[B, n]`` or ``[1, n]``.

    None unless all preactivations w x + b have the signs that this says, and none is 0.
    """
    place = _searched(ordered, -b / w, False)
    end = torch.full_like(ordered[:, :1], torch.inf)
    fence = torch.cat([-end, ordered, end], -1)
    below, above = (w * _taken(fence, place) + b) * w, (w * _taken(fence, place + 1) + b) * w
    return place if bool(((below < 0) & (above > 0)).all()) else None


def _anywhere(w: Tensor, b: Tensor, ordered: Tensor, heads: Tensor, tails: Tensor) -> _Found:
    n, level = ordered.shape[-1], w == 0
    with torch.no_grad():
        knots = torch.where(level, 0.0, -b / w)
        first, beyond = _searched(ordered, knots, False), _searched(ordered, knots, True)
        sure = (_signs_agree(w, b, ordered, first, beyond) | level).all(-1)
    left = _side(w, b, first.to(w.dtype) / n, _taken(heads, first) / n)
    right = _side(w, b, (n - beyond).to(w.dtype) / n, _taken(tails, beyond) / n)
    whole = _side(torch.zeros_like(w), b, torch.ones_like(w), ordered.mean(-1, keepdim=True).expand_as(w))
    active = torch.where(level, whole * (b > 0), torch.where(w > 0, right, left))
    inactive = torch.where(level, whole * (b < 0), torch.where(w > 0, left, right))
    return active, inactive, sure


def _side(w: Tensor, b: Tensor, probability: Tensor, moment: Tensor) -> Tensor:
    """|E[w X + b; A]| |E[(1, X); A]|."""
    size: Tensor = _OPS.sqrt(probability * probability + moment * moment)
    return (w * moment + b * probability).abs() * size


def _searched(ordered: Tensor, knots: Tensor, right: bool) -> Tensor:
    rows = ordered[0] if len(ordered) == 1 else ordered
    return torch.searchsorted(rows.contiguous(), knots.contiguous(), right=right)


def _taken(values: Tensor, index: Tensor) -> Tensor:
    return values[0][index] if len(values) == 1 else values.gather(-1, index)


def _signs_agree(w: Tensor, b: Tensor, ordered: Tensor, first: Tensor, beyond: Tensor) -> Tensor:
    """Whether w x + b has the sign that its place says next to the knot (it is monotone in x, rounding included)."""
    n = ordered.shape[-1]

    def slope_at(index: Tensor) -> Tensor:
        return (w * _taken(ordered, index.clamp(0, n - 1)) + b) * w.sign()

    left = (first == 0) | (slope_at(first - 1) < 0)
    on = (first == beyond) | (slope_at(first) == 0)
    right = (beyond == n) | (slope_at(beyond) > 0)
    return left & on & right
