"""Losses of rank one at the mean-square threshold of SGD on single samples."""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq

from refutable.theorems.domains.regular_minimum import REGULAR_MINIMUM
from refutable.theorems.instances import Instance
from refutable.theorems.records import Family, Range


def samples(
    vectors: Sequence[Sequence[fmpq | int]], step_size: fmpq | int, batch_size: int = 1, scale: fmpq = fmpq(1)
) -> Instance:
    """Losses H_i = scale a_i a_i^T, from (1, ..., 1), one step."""
    return REGULAR_MINIMUM.instance(
        hessians=[[[scale * x * y for y in a] for x in a] for a in vectors],
        step_size=step_size,
        batch_size=batch_size,
        displacement=[1] * len(vectors[0]),
        steps=1,
    )


def orthogonal(dimension: int = 1, copies: int = 1, square: fmpq = fmpq(1)) -> Instance:
    """Gradients of squared length ``square`` along each axis, so many times, at eta* = 2 / square. Own."""
    axes = [[int(i == c) for c in range(dimension)] for i in range(dimension)] * copies
    return samples(axes, 2 / square, scale=square)


def one_large(root: int = 2, step_size: fmpq = fmpq(1, 2)) -> Instance:
    """n = root^2 losses of one parameter, all of curvature 1/eta but one of (1 + sqrt(n))/eta: eta* = eta. Own."""
    curvatures = [fmpq(1)] * (root * root - 1) + [fmpq(1 + root)]
    return REGULAR_MINIMUM.instance(
        hessians=[[[h / step_size]] for h in curvatures], step_size=step_size, batch_size=1, displacement=[1], steps=1
    )


ORTHOGONAL = Family(
    id="orthogonal-gradients",
    parameters={
        "dimension": Range(choices=(1, 2, 3)),
        "copies": Range(choices=(1, 2, 3)),
        "square": Range(choices=(fmpq(1), fmpq(4), fmpq(1, 7), fmpq(300))),
    },
    build=orthogonal,
    attains="equality",
    meaning="orthogonal gradients of one length",
)

PAIR = orthogonal(2)
"""(1, 0) and (0, 1): Tr H = 1 and eta* = 2."""
FULL_BATCH = samples([[1, 0], [0, 1]], 4, batch_size=2)
"""The same with gradient descent: eta* = 4, and Tr H = 1 is above 2/eta."""
ISOTROPIC = REGULAR_MINIMUM.instance(
    hessians=[[[1, 0], [0, 1]]], step_size=2, batch_size=1, displacement=[1, 1], steps=1
)
"""One loss of rank two: eta* = 2, and Tr H = 2 is above 2/eta."""
CANCELLING = REGULAR_MINIMUM.instance(
    hessians=[[[1, 0], [0, 0]], [[0, 0], [0, 2]], [[0, 0], [0, -2]]],
    step_size=2, batch_size=1, displacement=[1, 0], steps=1,
)  # fmt: skip
"""Two losses that cancel in H, so that eta* does not see them."""
