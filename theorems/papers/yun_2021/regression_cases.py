"""Instances: states of the flow with chosen growths, and states off it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq

from refutable.theorems.domains.decomposable_flow import DECOMPOSABLE_FLOW
from refutable.theorems.domains.decomposable_flow.states import reached, with_other
from refutable.theorems.exact import rational
from refutable.theorems.instances import Instance
from refutable.theorems.records import Family, Range

IDENTITY = {m: [[int(i == j) for j in range(m)] for i in range(m)] for m in (1, 2)}


def flowing(
    depth: int, growth: Sequence[Any], alpha: Any = 1, eta: Sequence[Any] = (), x: Any = None, **more: Any
) -> Instance:
    """S the identity, one datum (1, ..., 1) and label 3 unless ``x`` and ``y`` are given; e^theta = growth."""
    m = len(growth)
    shape, scale = [rational(e) for e in eta or [1] * m], rational(alpha)
    ones = [fmpq(1)] * m
    made: dict[str, Any] = {
        "x": x or [[1] * m],
        "y": [3] * len(x or [1]),
        "s": IDENTITY[m],
        "rates": [1] * len(x or [1]),
    }
    return DECOMPOSABLE_FLOW.instance(
        **(made | more),
        alpha=scale,
        eta=shape,
        start=reached(scale, shape, ones, depth).tolist(),
        weights=reached(scale, shape, [rational(r) for r in growth], depth).tolist(),
    )


def resting(start: Sequence[Sequence[Any]], weights: Sequence[Sequence[Any]] | None = None, **more: Any) -> Instance:
    """One coordinate, eta = alpha = 1, with any start; the state is the start unless given."""
    made: dict[str, Any] = {"x": [[1]], "y": [3], "s": [[1]], "alpha": 1, "eta": [1], "rates": [1]}
    return DECOMPOSABLE_FLOW.instance(**(made | more), start=start, weights=weights or start)


def compared(instance: Instance, *shift: Any) -> Instance:
    """With the other coordinates at this distance from rho."""
    return with_other(instance, DECOMPOSABLE_FLOW.instance(**_fields(instance, shift))["other"])


def _fields(instance: Instance, shift: Sequence[Any]) -> dict[str, Any]:
    return {**{name: value for name, value in instance.values.items() if value is not None}, "other": list(shift)}


def one_coordinate(depth: int, growth: fmpq, alpha: fmpq) -> Instance:
    """One coordinate with e^theta = growth."""
    return flowing(depth, [growth], alpha)


def opposite_pair(depth: int, growth: fmpq, step: fmpq) -> Instance:
    """Two coordinates at theta and -theta, data (1, -1) so that g is in its span, and v = rho + step (1, 1)."""
    return compared(flowing(depth, [growth, 1 / growth], x=[[1, -1]]), step, step)


def framed(scale: int = 1, rest: int = 1) -> Instance:
    """Two layers with one coordinate and frames (3, 4)/5 scaled, with a rest of each along (4, -3)/5 times ``rest``."""
    frame = [[fmpq(3 * scale, 5)], [fmpq(4 * scale, 5)]]
    left = [[fmpq(4 * rest, 5)], [fmpq(-3 * rest, 5)]]
    return flowing(2, [2], frames=[frame, frame], rests=[left, left])


FLOWS = Family(
    "reached-states",
    {
        "depth": Range(choices=(3, 2, 4, 5, 6)),
        "growth": Range(choices=(fmpq(2), fmpq(1, 2), fmpq(3), fmpq(5, 4))),
        "alpha": Range(choices=(fmpq(1), fmpq(1, 2), fmpq(3))),
    },
    one_coordinate,
    "equality",
    meaning="the identity holds at every state of the flow",
)
