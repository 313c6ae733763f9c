"""Which hyperplanes w_i.x + b_i = 0 of a float batch coincide: exactly, where the weights are exact floats.

(w_i, b_i) and (w_j, b_j) are parallel where p_i q_j = p_j q_i for all pairs of their coordinates. Products of exact
floats that are equal round to the same float, so that different floats tell a pair apart; the few pairs that none tells
apart are compared by products whose rounding errors are known exactly (`error_free`).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from refutable.theorems.ops.certified_array import TINY, CertifiedArray, U
from refutable.theorems.ops.error_free import in_range, product_error


class Pairs(NamedTuple):
    """Pairs i < j of hyperplanes, each [S], of networks ``row`` of the batch."""

    row: Any
    i: Any
    j: Any

    def where(self, kept: Any) -> Pairs:
        """The pairs marked in ``kept`` [S]."""
        return Pairs(*(part[kept] for part in self))


class Grouping(NamedTuple):
    """What is known of the hyperplanes of a batch.

    Attributes:
        segments: first neuron with the same hyperplane [B, k].
        ratio: (w_i, b_i) = ratio_i (w_s, b_s) for s = segments_i [B, k].
        uncertain: rows in which two hyperplanes might coincide and floats cannot tell [B].
    """

    segments: Any
    ratio: CertifiedArray
    uncertain: Any


def coinciding(rows: CertifiedArray) -> Grouping:
    """Group ``rows`` [B, k, d+1], each (w_i, b_i), by hyperplane; rows with w_i = 0 describe none."""
    count, k, width = rows.shape
    segments = np.broadcast_to(np.arange(k), (count, k))
    ratio = CertifiedArray(np.ones((count, k)), gate=True)
    uncertain = np.zeros(count, dtype=bool)
    pairs = _near(rows, 0, width - 1)
    for column in range(1, width - 1):
        pairs = pairs.where(_close(rows, pairs, 0, column))
    if not len(pairs.row):
        return Grouping(segments, ratio, uncertain)
    if rows.radii is not None:
        uncertain[pairs.row] = True
        return Grouping(segments, ratio, uncertain)
    same, unknown = _compared(rows.mid, pairs)
    uncertain[pairs.row[unknown]] = True
    return _grouped(rows.mid, pairs.where(same), uncertain)


def _near(rows: CertifiedArray, p: int, q: int) -> Pairs:
    """All pairs that two coordinates do not tell apart."""
    k = rows.shape[1]
    first, last = rows[..., p], rows[..., q]
    if rows.radii is None:
        with np.errstate(over="ignore"):
            product = first.mid[:, :, None] * last.mid[:, None, :]
        near = product == np.swapaxes(product, -1, -2)
    else:
        outer = first[:, :, None] * last[:, None, :]
        near = (outer - outer.map(lambda part: np.swapaxes(part, -1, -2))).possibly_zero()
    near &= np.triu(np.ones((k, k), dtype=bool), 1)
    return Pairs(*np.nonzero(near)) if near.any() else Pairs(*(np.zeros(0, dtype=int),) * 3)


def _close(rows: CertifiedArray, pairs: Pairs, p: int, q: int) -> Any:
    """Which of the pairs [S] two coordinates do not tell apart."""
    a, b = rows[pairs.row, pairs.i], rows[pairs.row, pairs.j]
    if rows.radii is None:
        return a.mid[:, p] * b.mid[:, q] == b.mid[:, p] * a.mid[:, q]
    return (a[:, p] * b[:, q] - b[:, p] * a[:, q]).possibly_zero()


def _compared(rows: Any, pairs: Pairs) -> tuple[Any, Any]:
    """Pairs [S] whose hyperplanes surely coincide, and those that float products cannot decide."""
    a, b = rows[pairs.row, pairs.i], rows[pairs.row, pairs.j]
    proper = (a[:, :-1] != 0).any(axis=1) & (b[:, :-1] != 0).any(axis=1)
    pivot = _pivot(a)
    at_a, at_b = np.take_along_axis(a, pivot, 1), np.take_along_axis(b, pivot, 1)
    with np.errstate(over="ignore", invalid="ignore"):
        left, right = at_a * b, at_b * a
        errors_agree = (product_error(at_a, b, left) == product_error(at_b, a, right)).all(axis=1)
    near = proper & (left == right).all(axis=1)
    exact = (in_range(a) & in_range(b)).all(axis=1)
    return near & exact & errors_agree, near & ~exact


def _pivot(a: Any) -> Any:
    """Index [S, 1] of the largest coordinate of w."""
    return np.abs(a[:, :-1]).argmax(axis=1)[:, None]


def _grouped(rows: Any, same: Pairs, uncertain: Any) -> Grouping:
    """Segments and ratios from all pairs that coincide."""
    count, k, _ = rows.shape
    segments = np.tile(np.arange(k), (count, 1))
    np.minimum.at(segments, (same.row, same.j), same.i)
    ratio, radii = np.ones((count, k)), np.zeros((count, k))
    row, later = np.nonzero(segments != np.arange(k))
    a, b = rows[row, segments[row, later]], rows[row, later]
    pivot = _pivot(a)
    over, under = (np.take_along_axis(part, pivot, 1)[:, 0] for part in (b, a))
    quotient = over / under
    back = quotient * under
    exact = (back == over) & (product_error(quotient, under, back) == 0) & in_range(quotient)
    ratio[row, later] = quotient
    radii[row, later] = np.where(exact, 0.0, U * np.abs(quotient) + TINY)
    return Grouping(segments, CertifiedArray(ratio, radii), uncertain)
