"""Which pairs of data or neurons are tried together: all of a few, nearest ones of many."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from refutable.theorems.domains.shallow_relu.conversion import floats

MANY = 8
"""With more neurons or data than this, only nearest pairs of them are tried."""


def ordered_pairs(points: Any, images: Any) -> list[tuple[int, int]]:
    """All (i, j) with i != j; of more than `MANY` points, only the j whose image is nearest to point i.

    Args:
        points: one row of rationals each, [n, d].
        images: rows that point i may be replaced by, [n, d].
    """
    n = len(points)
    if n <= MANY:
        return list(itertools.permutations(range(n), 2))
    with np.errstate(over="ignore", invalid="ignore"):
        gaps = np.abs(floats(points)[:, None] - floats(images)[None]).sum(axis=-1)
    gaps[np.isnan(gaps) | np.eye(n, dtype=bool)] = np.inf
    # Where all gaps are infinite the nearest is called 0: the point itself must not be its own partner.
    return [(i, j) for i, j in enumerate(map(int, gaps.argmin(axis=1))) if i != j]


def unordered_pairs(points: Any) -> list[tuple[int, int]]:
    """All i < j; of more than `MANY` points, only pairs of which one is nearest to the other."""
    return sorted({(min(pair), max(pair)) for pair in ordered_pairs(points, points)})
