"""Losses with few numbers: one parameter at the threshold, and where mean-square stability needs no contraction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq

from refutable.theorems.domains.regular_minimum import REGULAR_MINIMUM
from refutable.theorems.domains.regular_minimum.operators import noise_share
from refutable.theorems.instances import Instance
from refutable.theorems.records import Family, Range


def parabolas(curvatures: Sequence[int], step_size: Any, batch_size: int = 1, steps: int = 1) -> Instance:
    """Losses of one parameter, from 1."""
    return REGULAR_MINIMUM.instance(
        hessians=[[[h]] for h in curvatures], step_size=step_size, batch_size=batch_size, displacement=[1], steps=steps
    )


def edge(curvatures: Sequence[int], batch_size: int) -> fmpq:
    """Where the criterion of one parameter ends: 2 h / (h^2 + p s^2), h the mean and s^2 the variance."""
    n, share = len(curvatures), noise_share(len(curvatures), batch_size)
    mean = fmpq(sum(curvatures)) / n
    variance = fmpq(sum(h * h for h in curvatures)) / n - mean * mean
    return 2 * mean / (mean * mean + share * variance)


def at_edge(curvatures: tuple[int, ...] = (1, 0, 0), batch_size: int = 1, steps: int = 1) -> Instance:
    """Losses of one parameter at the end of the criterion: the mean square stays as it is."""
    size = min(batch_size, len(curvatures))
    return parabolas(curvatures, edge(curvatures, size), size, steps)


AT_EDGE = Family(
    id="one-parameter-at-the-edge",
    parameters={
        "curvatures": Range(choices=((1, 0, 0), (2, 0), (1, 1), (3, 1, 0), (5, 0, 0, 0), (1,))),
        "batch_size": Range(choices=(1, 2, 3)),
        "steps": Range(choices=(1, 2, 4)),
    },
    build=at_edge,
    attains="equality",
    meaning="one parameter, the largest step size that the criterion allows",
)


def three_slopes(step_size: Any) -> Instance:
    """H_i = a_i a_i^T, a = (2, -3), (2, 0), (2, 3), from (0, 1): H = diag(4, 6), Sigma = diag(24, 42), eta* = 1/6."""
    slopes = ((2, -3), (2, 0), (2, 3))
    return REGULAR_MINIMUM.instance(
        hessians=[[[x * y for y in a] for x in a] for a in slopes],
        step_size=step_size, batch_size=1, displacement=[0, 1], steps=1,
    )  # fmt: skip


THREE_SLOPES = three_slopes("1/6")
"""At the threshold itself: eta sigma = sqrt(42)/6 = 1.0801."""
BELOW_THREE_SLOPES = three_slopes("333/2000")
"""At 0.999 of it: rho(Q) = 0.9982, and eta sigma = 1.0790."""
ALL_EQUAL = parabolas((1, 1), 2)
"""No noise at all at the edge: eta = 2/h."""
TWO_AND_NOTHING = parabolas((2, 0), 1)
"""eta sigma = 1 at the threshold."""
