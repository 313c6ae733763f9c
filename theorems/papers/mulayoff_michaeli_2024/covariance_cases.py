"""Regular minima with gradient noise in one or two parameters."""

from __future__ import annotations

from typing import Any

from flint import fmpq

from refutable.theorems.instances import Instance
from refutable.theorems.papers.mulayoff_michaeli_2024.cases import curvatures, minimum
from refutable.theorems.records import Family, Range


def one_step(curvature: Any, noise: Any, count: int, batch_size: int, steps: int) -> Instance:
    """Equal curvatures, step size 1 / curvature: one step forgets the start, and the limit is reached at once."""
    gradients = [noise, -noise] + [0] * (count - 2)
    size = min(batch_size, count - 1)
    return curvatures([curvature] * count, 1 / fmpq(curvature), size, steps, 0, gradients)


SETTLED = Family(
    id="settled-after-one-step",
    parameters={
        "curvature": Range(choices=(fmpq(1), fmpq(2), fmpq(1, 3))),
        "noise": Range(choices=(fmpq(1), fmpq(3), fmpq(1, 2))),
        "count": Range(choices=(2, 3, 4)),
        "batch_size": Range(choices=(1, 2)),
        "steps": Range(choices=(1, 2, 3)),
    },
    build=one_step,
    attains="equality",
    meaning="equal curvatures h, step size 1/h: the limit covariance is reached in one step",
)

WALK = minimum([[[1, 0], [0, 0]], [[1, 0], [0, 0]]], 1, start=[1, 1], gradients=[[0, 1], [0, -1]], steps=2)
"""Noise of 1 and -1 in a parameter without curvature."""
FLAT_FULL = WALK.replace(batch_size=2)
AT_EDGE = curvatures((1, 1), 2, start=0, gradients=(1, -1), steps=2)
"""Curvature 1, step size 2 = eta*: theta_{t+1} = -theta_t plus or minus 2."""
