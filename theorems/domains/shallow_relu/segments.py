"""The network on the segment between two data: where neurons turn on or off, and where its sign changes.

On a segment x_k + t (x_l - x_k), 0 <= t <= 1, every pre-activation is affine in t, so that f is piecewise linear.
A *decision region* is a maximal subinterval on which f has one sign, points where f = 0 ignored: +, 0, + is one region
whether f vanishes at a point or on an interval; a segment on which f vanishes is one region.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flint import fmpq

from refutable.theorems.ops.protocol import NotCertified
from refutable.theorems.views import Quantity, View

ZERO, ONE = fmpq(0), fmpq(1)
MOST_WORK, EACH = 800_000, 8
"""Neurons over all pairs of data, some for each pair itself, that are treated exactly: a few seconds."""


@dataclass(frozen=True)
class Segment:
    """What is on one segment.

    Attributes:
        kinks: neurons that turn on or off strictly between its ends.
        places: the different t where they do, ascending.
        values: f at 0, at the places and at 1.
    """

    kinks: int
    places: tuple[fmpq, ...]
    values: tuple[fmpq, ...]

    @property
    def linear_regions(self) -> int:
        """Pieces with one activation pattern each."""
        return len(self.places) + 1

    @property
    def decision_regions(self) -> int:
        """Maximal subintervals of one sign; see the module."""
        return runs(self.values)


def runs(values: Iterable[Any]) -> int:
    """Runs of equal sign among the nonzero values, in their order; 1 where all are 0."""
    signs = [v > 0 for v in values if v != 0]
    return max(1, len(list(itertools.groupby(signs))))


def segment(start: Sequence[fmpq], end: Sequence[fmpq], weights: Sequence[fmpq], bias: fmpq) -> Segment:
    """The network between two points, exactly.

    Args:
        start, end: pre-activations [k] at t = 0 and t = 1.
        weights: output weights [k].
        bias: output bias.
    """
    height, slope = bias, ZERO
    turns: dict[fmpq, list[tuple[fmpq, fmpq]]] = {}
    kinks = 0
    for z0, z1, weight in zip(start, end, weights, strict=True):
        step = z1 - z0
        rise, tilt = weight * z0, weight * step
        if z0 > 0 or (z0 == 0 and step > 0):
            height, slope = height + rise, slope + tilt
        if (z0 > 0 and z1 < 0) or (z0 < 0 and z1 > 0):
            kinks += 1
            change = (-rise, -tilt) if z0 > 0 else (rise, tilt)
            turns.setdefault(z0 / -step, []).append(change)
    values, places = [height], sorted(turns)
    for t in places:
        values.append(height + slope * t)
        for rise, tilt in turns[t]:
            height, slope = height + rise, slope + tilt
    return Segment(kinks, tuple(places), (*values, height + slope))


def pairs(count: int) -> tuple[list[int], list[int]]:
    """All k < l of ``count`` data; of a single one, it with itself."""
    found = list(itertools.combinations(range(count), 2)) or [(0, 0)]
    return [first for first, _ in found], [second for _, second in found]


def active_count(view: View) -> Any:
    """A_k, the number of neurons active at x_k [n]."""
    return view.ops.sum(view["active"])


def smallest_output_weight(view: View) -> Any:
    """min_i |w2_i|."""
    return -view.ops.max(-view.ops.abs(view["w2"]))


def segment_counts(view: View) -> tuple[list[int], list[int]]:
    """Kinks and decision regions on the segments from x_k to x_l, for all k < l; exact views only.

    Raises:
        ArithmeticError: too many pairs of data for so many neurons.
    """
    z, bias = view["preactivation"], view["b2"] if view.has("b2") else ZERO
    (n, k), weights = z.shape, list(view["w2"])
    if n * (n - 1) // 2 * (k + EACH) > MOST_WORK:
        raise ArithmeticError(
            f"{n * (n - 1) // 2} segments between {n} data, of {k} neurons each, are too many to go through exactly"
        )
    rows = [list(row) for row in z]
    found = [segment(rows[k], rows[m], weights, bias) for k, m in zip(*pairs(n), strict=True)]
    return [one.kinks for one in found], [one.decision_regions for one in found]


def segment_kinks(view: View) -> Any:
    """Neurons that turn on or off strictly between x_k and x_l, for all k < l [n (n - 1) / 2]."""
    if view.ops.exact:
        return view.ops.array(view["segment_counts"][0])
    z0, z1 = _float_ends(view)
    return ((z0 * z1) < 0).sum(-1).to(z0.dtype)


def segment_regions(view: View) -> Any:
    """Decision regions on the segment from x_k to x_l, for all k < l [n (n - 1) / 2]."""
    if view.ops.exact:
        return view.ops.array(view["segment_counts"][1])
    z0, z1 = _float_ends(view)
    bias = view["b2"] if view.has("b2") else view.ops.zeros_like(z0[..., 0, 0])
    return float_regions(z0, z1, view["w2"], bias)


def _float_ends(view: View) -> tuple[Any, Any]:
    """Pre-activations [..., pairs, k] at both ends, without gradient; a proposal.

    Raises:
        NotCertified: in certified floats, which cannot tell where f is 0.
    """
    if not view.ops.proposes:
        raise NotCertified("signs along a segment are decided exactly, not in floats")
    z = view["preactivation"].detach()
    first, second = pairs(z.shape[-2])
    return z[..., first, :], z[..., second, :]


def float_regions(start: Any, end: Any, weights: Any, bias: Any) -> Any:
    """Decision regions in floats (torch), for proposals and measurements.

    Args:
        start, end: pre-activations [..., pairs, k].
        weights: output weights [..., k].
        bias: output bias [...].

    Returns:
        Counts [..., pairs], in the floats of ``start``.
    """
    import torch

    with torch.no_grad():
        crossed = start * end < 0
        inner = torch.where(crossed, start / torch.where(crossed, start - end, 1.0), 1.0)
        ends = torch.zeros_like(inner[..., :1])
        places = torch.cat([ends, inner, ends + 1], dim=-1).sort(dim=-1).values
        between = start[..., None, :] + places[..., None] * (end - start)[..., None, :]
        values = (between.clamp_min(0.0) * weights[..., None, None, :]).sum(-1) + bias[..., None, None]
        return _float_runs(values)


def _float_runs(values: Any) -> Any:
    """Runs of equal sign along the last axis, zeros skipped; at least 1."""
    import torch

    last = torch.zeros_like(values[..., 0])
    count = torch.zeros_like(last)
    for place in range(values.shape[-1]):
        sign = torch.sign(values[..., place])
        count = count + ((sign != 0) & (sign != last)).to(count.dtype)
        last = torch.where(sign != 0, sign, last)
    return count.clamp_min(1.0)


def pair_sums(view: View, values: Any) -> Any:
    """v_k + v_l for all k < l, of values v [n]."""
    first, second = pairs(int(values.shape[-1]))
    return values[..., first] + values[..., second]


SEGMENTS = (
    Quantity("active_count", active_count, "neurons active at x_k, [n]"),
    Quantity("smallest_output_weight", smallest_output_weight, "min_i |w2_i|", scalar=True),
    Quantity("segment_counts", segment_counts, "kinks and decision regions on segments, for k < l; exact views only"),
    Quantity("segment_kinks", segment_kinks, "neurons that turn on or off between x_k and x_l, for k < l"),
    Quantity("segment_regions", segment_regions, "decision regions on the segment from x_k to x_l, for k < l"),
)
