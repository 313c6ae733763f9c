"""Instances with few numbers: one parameter, or diagonal Hessians."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq

from refutable.theorems.domains.regular_minimum import REGULAR_MINIMUM
from refutable.theorems.domains.regular_minimum.operators import noise_share
from refutable.theorems.instances import Instance
from refutable.theorems.records import Family, Range

Numbers = Sequence[Any]
ONE_CURVED = (1, 0, 0)
"""Curvatures of three losses, one of them curved: eta* is 2, 4, 6 for batches of 1, 2, 3."""


def curvatures(
    values: Numbers,
    step_size: Any,
    batch_size: int = 1,
    steps: int = 1,
    start: Any = 1,
    gradients: Numbers | None = None,
) -> Instance:
    """Losses of one parameter."""
    return REGULAR_MINIMUM.instance(
        hessians=[[[h]] for h in values],
        gradients=None if gradients is None else [[g] for g in gradients],
        step_size=step_size,
        batch_size=batch_size,
        displacement=[start],
        steps=steps,
    )


def minimum(
    hessians: Numbers, step_size: Any, batch_size: int = 1, steps: int = 1, start: Any = None, gradients: Any = None
) -> Instance:
    """Losses of any number of parameters, from (1, 0, ...) unless said otherwise."""
    first = [1] + [0] * (len(hessians[0]) - 1)
    return REGULAR_MINIMUM.instance(
        hessians=hessians,
        gradients=gradients,
        step_size=step_size,
        batch_size=batch_size,
        displacement=first if start is None else start,
        steps=steps,
    )


def rank_one(*vectors: Sequence[int]) -> list[list[list[int]]]:
    """a_i a_i^T."""
    return [[[x * y for y in a] for x in a] for a in vectors]


def threshold_of_curvatures(values: Numbers, batch_size: int) -> fmpq:
    """eta* of losses of one parameter: 2 h / ((1 - p) h^2 + p mean h_i^2)."""
    n, noise = len(values), noise_share(len(values), batch_size)
    mean, square = fmpq(sum(values)) / n, fmpq(sum(h * h for h in values)) / n
    return 2 * mean / ((1 - noise) * mean * mean + noise * square)


def _at_threshold(values: tuple[int, ...], batch_size: int, steps: int, start: fmpq) -> Instance:
    size = min(batch_size, len(values))
    return curvatures(values, threshold_of_curvatures(values, size), size, steps, start)


AT_THRESHOLD = Family(
    id="one-parameter-at-the-threshold",
    parameters={
        "values": Range(choices=(ONE_CURVED, (1, 1), (2, 1, 0), (3, 1), (5, 0, 0, 0), (1,))),
        "batch_size": Range(choices=(1, 2, 3)),
        "steps": Range(choices=(1, 2, 3)),
        "start": Range(choices=(fmpq(1), fmpq(2), fmpq(1, 3))),
    },
    build=_at_threshold,
    attains="equality",
    meaning="one parameter, step size exactly eta*: the mean square stays as it is",
)
