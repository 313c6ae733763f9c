"""Losses whose noise is as aligned with the loss as the bound assumes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq

from refutable.theorems.domains.regular_minimum import REGULAR_MINIMUM
from refutable.theorems.instances import Instance
from refutable.theorems.records import Family, Range


def parabolas(curvatures: Sequence[int], step_size: Any, batch_size: int = 1, **others: Any) -> Instance:
    """Losses of one parameter, from 1, one step."""
    values = {"displacement": [1], "steps": 1, **others}
    return REGULAR_MINIMUM.instance(
        hessians=[[[h]] for h in curvatures], step_size=step_size, batch_size=batch_size, **values
    )


def newton(curvatures: tuple[int, ...] = (2, 0), batch_size: int = 1) -> Instance:
    """Losses of one parameter at the step size 1 / mean: the mean goes to the minimum in one step, the noise stays."""
    size = min(batch_size, max(1, len(curvatures) - 1))
    return parabolas(curvatures, fmpq(len(curvatures), sum(curvatures)), size)


def orthogonal(dimension: int = 2) -> Instance:
    """H_i = e_i e_i^T: H = I/d, from (1, ..., 1), at the step size d of Newton, one loss a step."""
    axes = [[int(i == c) for c in range(dimension)] for i in range(dimension)]
    return REGULAR_MINIMUM.instance(
        hessians=[[[x * y for y in a] for x in a] for a in axes],
        step_size=dimension,
        batch_size=1,
        displacement=[1] * dimension,
        steps=1,
    )


NEWTON = Family(
    id="newton-steps",
    parameters={
        "curvatures": Range(choices=((2, 0), (1, 0, 0), (3, 1), (5, 0, 0, 0), (4, 3, 1))),
        "batch_size": Range(choices=(1, 2)),
    },
    build=newton,
    attains="equality",
    meaning="one parameter, step size one over the mean curvature: only the noise is left",
)
AXES = Family(
    id="newton-steps-on-axes",
    parameters={"dimension": Range(choices=(2, 3, 4))},
    build=orthogonal,
    attains="equality",
    meaning="one loss an axis, step size one over the curvature",
)

HALVED = newton((1, 0, 0), 2)
"""Batches of two out of three: p = 1/4, where 1/B = 1/2."""
AT_THRESHOLD_HALVED = parabolas((1, 0, 0), 4, 2)
"""The same at eta* = 4."""
ON_AXES = orthogonal(2)
"""eta* = 2: one step of Newton."""
TWO_AND_NOTHING = newton()
"""Curvatures 2 and 0 at eta* = 1: the loss stays as it is."""
QUIET = parabolas((2, 0), 1, gradients=[[-1], [1]])
"""Gradients that cancel the noise at 1."""
COUPLED = REGULAR_MINIMUM.instance(
    hessians=[[[2, 1], [1, 0]], [[0, -1], [-1, 0]]], step_size=1, batch_size=1, displacement=[1, -1], steps=1
)
"""Indefinite losses with H = diag(1, 0): a step moves theta in the null space of H, and the noise depends on it."""
