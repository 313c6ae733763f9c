"""A law and a point: the weight g of the law along the line, its atoms, and g at the point."""

from __future__ import annotations

import math

import numpy as np
from flint import fmpq

from refutable.strategies.charts import Axis, Chart
from refutable.strategies.shallow_relu.pictures.drawings import series
from refutable.strategies.shallow_relu.pictures.profile import weight_breaks, weight_on
from refutable.theorems.domains.distribution import DISTRIBUTION
from refutable.theorems.domains.shallow_relu.conversion import floats
from refutable.theorems.exact import as_real, to_float
from refutable.theorems.instances import Instance

GRID, FINE = 33, 201
"""Points where g is computed: from exact moments, and from atoms."""
MODERATE = 100.0
"""A law that is no set of atoms is drawn if its numbers are between 1 over this and this: others show a spike."""
PRECISION = 80
"""Bits."""
TAIL = 0.01
"""Of an infinite end, what lies beyond this mass is left out."""
MOST_DOUBLINGS = 20


def drawing(instance: Instance) -> Chart | None:
    """g with the point; None for numbers that floats do not hold, or far from 1."""
    point, atoms = to_float(instance["point"]), instance["atoms"]
    if not math.isfinite(point) or not (_moderate(instance) if atoms is None else np.isfinite(floats(atoms)).all()):
        return None
    low, high = _window(instance, point)
    if not 0 < high - low < math.inf:
        return None
    if atoms is None:
        grid, law = np.linspace(low, high, GRID), f"the {min(instance['law'])} law"
        weight = np.array([_float(instance, "weight", at) for at in grid])
        own = _float(instance, "weight", point)
    else:
        x = floats(atoms)
        grid, law = (
            np.union1d(np.linspace(low, high, FINE), weight_breaks(x)),
            f"{len(x)} atom{'s' if len(x) > 1 else ''}",
        )
        weight, own = weight_on(grid, x), float(weight_on(np.array([point]), x)[0])
    parts = [series("g", grid, weight, "area", "weight"), series("g at the point", [point], [own], "points", "knot")]
    if atoms is not None:
        parts.append(series("atoms", x, np.zeros_like(x), "points", "data"))
    if not np.isfinite(weight).all():
        return None
    return Chart(
        title="The weight g and the point",
        description=f"g of {law}, and the point {point:.4g}, where it is {own:.4g}; largest here {weight.max():.4g}.",
        x=Axis("t", low=low, high=high),
        y=Axis("g(t)"),
        series=tuple(parts),
        marks=((point, "t"),),
    )


def _moderate(instance: Instance) -> bool:
    numbers = [instance["point"], *(() if instance["parameters"] is None else instance["parameters"])]
    return all(number == 0 or 1 / MODERATE <= abs(to_float(number)) <= MODERATE for number in numbers)


def _float(instance: Instance, quantity: str, at: float) -> float:
    """A quantity at another point, as a float; far out in a tail it is too small to be written as a rational."""
    value = DISTRIBUTION.view(instance.replace(point=fmpq(*at.as_integer_ratio())))[quantity]
    return float(as_real(value).ball(PRECISION).mid())


def _window(instance: Instance, point: float) -> tuple[float, float]:
    """An interval that holds the point and nearly all mass."""
    support = DISTRIBUTION.view(instance)["support"]
    ends = [point, *(_end(instance, point, sign, end) for sign, end in zip((-1, 1), support, strict=True))]
    margin = 0.05 * (max(ends) - min(ends)) or 1.0
    return min(ends) - margin, max(ends) + margin


def _end(instance: Instance, point: float, sign: int, end: fmpq | None) -> float:
    """The end of the support, or where little mass lies beyond."""
    if end is not None:
        return to_float(end)
    beyond, step = ("probability_right" if sign > 0 else "probability_left"), 1.0
    for _ in range(MOST_DOUBLINGS):
        if _float(instance, beyond, point + sign * step) < TAIL:
            break
        step *= 2
    return point + sign * step
