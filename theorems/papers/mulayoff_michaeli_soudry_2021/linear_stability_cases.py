"""Quadratic losses at the edge of stability, and the ones that refute false statements about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.quadratic import QUADRATIC
from refutable.theorems.exact import rational
from refutable.theorems.instances import Instance
from refutable.theorems.records import Family, Range

TURNS = ((fmpq(1), fmpq(0)), (fmpq(3, 5), fmpq(4, 5)), (fmpq(-5, 13), fmpq(12, 13)))
"""(cosine, sine) of rational rotations of the plane."""


def losses(
    hessians: Sequence[Any],
    displacement: Sequence[Any],
    step_size: fmpq | int,
    steps: int = 1,
    batch_size: int | None = None,
) -> Instance:
    """Quadratic losses from nested rows."""
    return QUADRATIC.instance(
        hessians=hessians, displacement=displacement, step_size=step_size, batch_size=batch_size, steps=steps
    )


def curvatures(
    values: Sequence[fmpq | int], step_size: fmpq | int, steps: int = 1, batch_size: int | None = None
) -> Instance:
    """Losses of one parameter with these curvatures, from theta_0 = 1."""
    return losses([[[value]] for value in values], [1], step_size, steps, batch_size)


def from_features(
    features: Sequence[Sequence[Any]],
    displacement: Sequence[Any],
    step_size: fmpq,
    steps: int = 1,
    batch_size: int | None = None,
) -> Instance:
    """H_i = phi_i phi_i^T for the rows phi_i [n, p]: square losses of a linear model."""
    rows = np.array([[rational(c) for c in row] for row in features], dtype=object)
    return losses(rows[:, :, None] * rows[:, None, :], displacement, step_size, steps, batch_size)


def at_the_edge(
    gains: tuple[fmpq, fmpq] = (fmpq(2), fmpq(1)), turn: int = 0, steps: int = 1, batch_size: int | None = 1
) -> Instance:
    """Two losses with H = Q diag(a^2, b^2) Q^T, a >= b, at step size 2/a^2, displaced along the top eigenvector.

    Gradient descent takes v to -v and back: the distance stays what it is.
    """
    a, b = gains
    c, s = TURNS[turn]
    features = [[c * a - s * y, s * a + c * y] for y in (b, -b)]
    return from_features(features, [c, s], 2 / a**2, steps, batch_size)


AT_THE_EDGE = Family(
    id="at-the-edge",
    parameters={
        "gains": Range(choices=tuple((fmpq(p), fmpq(q, 4)) for p, q in ((2, 4), (1, 0), (3, 12), (1, 3), (5, 1)))),
        "turn": Range(choices=(0, 1, 2)),
        "steps": Range(choices=(1, 2, 3, 5)),
        "batch_size": Range(choices=(1, 2, None)),
    },
    build=at_the_edge,
    attains="equality",
    meaning="step size 2/sharpness, displaced along the top eigenvector: gradient descent oscillates",
)
