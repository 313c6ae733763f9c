"""Shallow networks that fit any labels: linear splines along one direction; and multipliers that see no affine part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat

from refutable.theorems.domains.number_moves import sealed

ZERO = fmpq(0)


def pyramid(x: Any) -> list[fmpq]:
    """p(x_j) = max(0, 1 - |x_j|_1), for rationals x [n, d]."""
    return [max(ZERO, 1 - sum((abs(c) for c in row), ZERO)) for row in x]


def ridge_spline(x: Any, y: Sequence[fmpq], direction: Sequence[fmpq] | None = None) -> dict[str, Any] | None:
    """The linear spline in v.x through (v.x_j, y_j): one neuron at each inner place where its slope changes.

    Args:
        direction: v; None: the first simple one along which different data have different places.

    Returns:
        Values of the fields of a shallow network; None if equal places carry different labels.
    """
    for v in [direction] if direction is not None else _directions(x.shape[1]):
        places = _labelled_places(x, y, v)
        if places is not None:
            return _spline(places, v)
    return None


def _directions(d: int) -> Iterator[list[fmpq]]:
    for c in range(d):
        yield [fmpq(1 if e == c else 0) for e in range(d)]
    for base in (2, 3, 5, 7):
        yield [fmpq(1, base**c) for c in range(d)]


def _labelled_places(x: Any, y: Sequence[fmpq], v: Sequence[fmpq]) -> list[tuple[fmpq, fmpq]] | None:
    found: dict[fmpq, fmpq] = {}
    for row, label in zip(x, y, strict=True):
        place = sum((a * b for a, b in zip(row, v, strict=True)), ZERO)
        if found.setdefault(place, label) != label:
            return None
    return sorted(found.items())


def _spline(places: Sequence[tuple[fmpq, fmpq]], v: Sequence[fmpq]) -> dict[str, Any]:
    slopes = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in pairwise(places)]
    bends = [(p[0], after - before) for p, (before, after) in zip(places[1:], pairwise(slopes), strict=False)]
    kept = [(t, bend) for t, bend in bends if bend != 0] or [(places[0][0], ZERO)]
    first = slopes[0] if slopes else ZERO
    rows = np.array([list(v)] * len(kept), dtype=object)
    return {
        "w1": sealed(rows),
        "b1": sealed(np.array([-t for t, _ in kept], dtype=object)),
        "w2": sealed(np.array([bend for _, bend in kept], dtype=object)),
        "slope": sealed(np.array([first * c for c in v], dtype=object)),
        "offset": places[0][1] - first * places[0][0],
    }


def affinely_free(x: Any, multipliers: Sequence[fmpq]) -> Any:
    """Multipliers [n] minus the least-squares affine function of the data they are at: orthogonal to all of those.

    Data with multiplier 0 keep it.
    """
    kept = [j for j, m in enumerate(multipliers) if m != 0]
    out = np.array([ZERO] * len(multipliers), dtype=object)
    if kept:
        design = fmpq_mat([[fmpq(1), *x[j]] for j in kept])
        basis = _independent(design)
        mu = fmpq_mat(len(kept), 1, [multipliers[j] for j in kept])
        gram = basis.transpose() * basis
        rest = mu - basis * gram.solve(basis.transpose() * mu)
        for place, j in enumerate(kept):
            out[j] = rest[place, 0]
    return sealed(out)


def _independent(design: fmpq_mat) -> fmpq_mat:
    """Columns that span the column space."""
    reduced, rank = design.rref()
    pivots = [next(c for c in range(design.ncols()) if reduced[r, c] != 0) for r in range(rank)]
    return fmpq_mat([[design[j, c] for c in pivots] for j in range(design.nrows())])
