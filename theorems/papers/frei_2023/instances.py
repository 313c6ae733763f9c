"""Exact points of the max-margin problem, and small instances."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq

from refutable.theorems.domains.leaky_margin import LEAKY_MARGIN
from refutable.theorems.domains.leaky_margin.kkt import agreeing_slopes, all_margins_one
from refutable.theorems.instances import Instance
from refutable.theorems.records import Family, Range

HALF = fmpq(1, 2)


def point(
    x: Sequence[Sequence[Any]],
    y: Sequence[int],
    a: Sequence[Any] = (1, -1),
    slope: Any = HALF,
    active: Sequence[Sequence[int]] | None = None,
    probe: Sequence[Any] | None = None,
) -> Instance:
    """The point with all margins 1 for the given slopes (1: slope 1, 0: gamma), or for those that fit the labels.

    Raises:
        ValueError: the equations for the multipliers have not just one solution.
    """
    rows, labels = [[fmpq(c) for c in row] for row in x], [fmpq(q) for q in y]
    outputs, gamma = [fmpq(q) for q in a], fmpq(slope)
    if active is None:
        slopes = agreeing_slopes(labels, outputs, gamma)
    else:
        slopes = [[fmpq(1) if q else gamma for q in row] for row in active]
    found = all_margins_one(rows, labels, outputs, slopes)
    if found is None:
        raise ValueError("no single choice of multipliers makes every margin 1: use other data or slopes")
    multipliers, w = found
    return LEAKY_MARGIN.instance(
        x=rows, y=labels, slope=gamma, a=outputs, w=w, multipliers=multipliers, slopes=slopes, probe=probe or rows[0]
    )


def pair(correlation: Any = 0, slope: Any = HALF, outputs: tuple[Any, ...] = (1, -1), far: Any = 1) -> Instance:
    """Labels 1 and -1 at (1, c) and (0, far)."""
    return point([[1, correlation], [0, far]], [1, -1], outputs, slope)


PAIR = Family(
    "pair",
    {
        "correlation": Range(choices=(0, fmpq(1, 512), fmpq(-1, 512), fmpq(1, 1000))),
        "slope": Range(choices=(HALF, fmpq(3, 4), fmpq(9, 10))),
        "outputs": Range(choices=((1, -1), (2, -1), (HALF, -HALF, HALF, -1))),
        "far": Range(choices=(1, 2)),
    },
    pair,
    "equality",
    meaning="one datum of each label, neurons of both output signs: rank two",
)

ORTHOGONAL_PAIR = point([[1, 0], [0, 1]], [1, -1])
"""Unit vectors, gamma = 1/2, a = (1, -1): multipliers 4/5."""


def rank_three(probe: Sequence[Any] | None = None) -> Instance:
    """Labels 1 at (0, 0, 1), (0, 1, 0), (1, -1, 0)."""
    data = [[0, 0, 1], [0, 1, 0], [1, -1, 0]]
    return point(data, [1, 1, 1], (1, 1, -1), HALF, [[1, 1, 0], [1, 0, 1], [0, 0, 0]], probe)


RANK_THREE = rank_three()
"""One correlation of -1 beside squares 1 and 2, gamma = 1/2: two neurons of one output sign differ, rank 3."""
BENT = rank_three((-3, 2, 3))
"""f = 100/141 at the probe, and z.x = -34/141."""

SMALL_SLOPE = point(
    [[20, -1, -1], [-1, 20, -1], [-1, -1, 20]],
    [1, 1, 1],
    (1, 1, -1),
    fmpq(1, 8),
    [[1, 1, 0], [1, 0, 1], [0, 0, 0]],
)
"""Squares 402, correlations 39, gamma = 1/8: R_min^2 > 9 max |x_i.x_k|, and rank 3."""

ONE_SIGN = point(
    [[-1, 3], [4, 3]],
    [-1, 1],
    (1, 1),
    fmpq(1, 3),
    [[0, 1], [0, 0]],
)
"""Labels of both signs, neurons of one output sign: R_min^2 = 10 = 2 max |x_i.x_k|, and the neurons differ."""

MODERATE = point(
    [[-2, -2, 3], [3, 0, 3], [0, 3, -3]],
    [1, -1, 1],
    (1, 1, -1),
    HALF,
    [[1, 0, 0], [0, 0, 1], [0, 1, 0]],
)
"""gamma = 1/2, squares 17, 18, 18, largest correlation 15: rank 3."""

SAME_LABELS = point([[64, 1], [0, 64]], [1, 1], (1,))
"""Two data that support each other have smaller multipliers than one alone."""


def unbalanced(far: int = 200, share: Any = 75) -> Instance:
    """One multiplier 75 times the others: whether a neuron is active at the other data is its own choice. Rank 3."""
    rows = [[fmpq(far if k == i else -1) for k in range(3)] for i in range(3)]
    slopes = [[fmpq(1), fmpq(1), HALF], [fmpq(1), HALF, fmpq(1)], [fmpq(1)] * 3]
    multipliers = [fmpq(share), fmpq(1), fmpq(1)]
    w = [
        [sum((q * g * r[c] for q, g, r in zip(multipliers, gs, rows, strict=True)), fmpq(0)) for c in range(3)]
        for gs in slopes
    ]
    return LEAKY_MARGIN.instance(
        x=rows, y=[1] * 3, slope=HALF, a=[1] * 3, w=w, multipliers=multipliers, slopes=slopes, probe=[1, 0, 0]
    )


def on_axes(w: Sequence[Sequence[Any]], multipliers: Sequence[Any], slopes: Sequence[Sequence[Any]]) -> Instance:
    """Data at the axes with labels 1, output weights 1, gamma = 1/2."""
    d = len(w[0])
    axes = [[int(k == i) for k in range(d)] for i in range(d)]
    return LEAKY_MARGIN.instance(
        x=axes, y=[1] * d, slope=HALF, a=[1] * len(w), w=w, multipliers=multipliers, slopes=slopes, probe=[1] * d
    )


_WRONG = [[fmpq(1), HALF, fmpq(1)], [HALF, fmpq(1), fmpq(1)], [fmpq(1), fmpq(1), HALF]]
WRONG_SLOPES = on_axes([[fmpq(2, 5) * q for q in row] for row in _WRONG], [fmpq(2, 5)] * 3, _WRONG)
"""Margins 1 with slopes 1/2 at positive heights."""
IDENTITY = on_axes([[1, 0, 0], [0, 1, 0], [0, 0, 1]], [1] * 3, [[1] * 3] * 3)
"""Margins 1 by a neuron for each datum."""
KINKS = on_axes([[1, 0, 0], [0, 1, 0], [0, 0, 1]], [1] * 3, [[1, 0, 0], [0, 1, 0], [0, 0, 1]])
"""The same weights, stationary with slope 0 at the kinks, where every slope from 1/2 to 1 is allowed."""
SLACK = LEAKY_MARGIN.instance(
    x=[[1], [2]], y=[1, 1], slope=HALF, a=[1], w=[[1]], multipliers=[1, 0], slopes=[[1, 1]], probe=[1]
)
"""Data 1 and 2 of one label: the second has margin 2 and multiplier 0."""
IGNORED = on_axes([[1, 0]], [1, 0], [[1, 1]])
"""The second datum has margin 0 and multiplier 0."""
