"""A univariate network as arrays ready to draw: f, its knots with the jumps of f', and the weight g."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np

from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.domains.shallow_relu.conversion import floats
from refutable.theorems.exact import as_real, to_float
from refutable.theorems.instances import Instance


@dataclass(frozen=True)
class Profile:
    """Float arrays of a univariate network, for drawing.

    Attributes:
        knots, masses, weights: position of each distinct knot, jump of f' there, g there [m].
        grid, function, weight: points spanning data and knots, f and g on them [p].
    """

    knots: np.ndarray[Any, np.dtype[np.float64]]
    masses: np.ndarray[Any, np.dtype[np.float64]]
    weights: np.ndarray[Any, np.dtype[np.float64]]
    grid: np.ndarray[Any, np.dtype[np.float64]]
    function: np.ndarray[Any, np.dtype[np.float64]]
    weight: np.ndarray[Any, np.dtype[np.float64]]

    def to_dict(self) -> dict[str, list[float]]:
        """JSON-ready lists."""
        return {name: getattr(self, name).tolist() for name in self.__dataclass_fields__}


def profile(instance: Instance, points: int = 401) -> Profile:
    """Profile of a univariate instance; g on the grid is computed in floats, at the knots from exact numbers."""
    view = SHALLOW_RELU.view(instance)
    w1, b1 = instance["w1"][:, 0], instance["b1"]
    first = [i for i, s in enumerate(view["segments"]) if int(s) == i and w1[i] != 0]
    knots = floats(np.array([-b1[i] / w1[i] for i in first] or [], dtype=object)) if first else np.empty(0)
    masses = np.array([float(as_real(view["merged_mass"][i] * abs(w1[i]))) for i in first])
    weights = np.array([float(as_real(view["weight"][i] / abs(w1[i]))) for i in first])
    x = floats(instance["x"][:, 0])
    inside = knots[(knots >= x.min()) & (knots <= x.max())]
    margin = 0.05 * (x.max() - x.min() or 1.0)
    grid = np.union1d(np.linspace(x.min() - margin, x.max() + margin, points), np.concatenate([x, inside]))
    return Profile(knots, masses, weights, grid, function_on(instance, grid), weight_on(grid, x))


def function_on(instance: Instance, points: Any) -> Any:
    """f in floats at points [p]."""
    w1, b1, w2 = (floats(instance[name]) for name in ("w1", "b1", "w2"))
    shift = 0.0 if instance["b2"] is None else to_float(instance["b2"])
    return np.maximum(points[:, None] * w1[:, 0] + b1, 0.0) @ w2 + shift


def weight_on(grid: Any, x: Any) -> Any:
    """g on a float grid for data x: min over both sides of E[(.)_+] sqrt(P^2 + E[X; .]^2)."""
    gap = grid[:, None] - x[None, :]
    sides = []
    for side, excess in ((gap > 0, np.maximum(gap, 0)), (gap < 0, np.maximum(-gap, 0))):
        probability, moment = side.mean(axis=1), (side * x).mean(axis=1)
        sides.append(excess.mean(axis=1) * np.hypot(probability, moment))
    return np.minimum(*sides)


def weight_breaks(x: Any) -> Any:
    """Where g of data x breaks: at and beside each datum, and where the weights of both sides meet.

    Between neighbouring data the weight of either side is linear, so that g is largest at one of these points.
    """
    data = np.unique(x)
    meet = []
    for low, high in itertools.pairwise(data):
        left, right = x <= low, x >= high
        (p, m), (q, n) = ((side.mean(), (side * x).mean()) for side in (left, right))
        a, b = np.hypot(p, m), np.hypot(q, n)
        slope = a * p + b * q
        at = (a * m + b * n) / slope if slope > 0 else low
        if low < at < high:
            meet.append(at)
    return np.unique(np.concatenate([np.nextafter(data, -np.inf), data, np.nextafter(data, np.inf), meet]))


def span(x: Any, knots: Any) -> tuple[float, float]:
    """Ends of a picture that shows the data and the knots near them."""
    spread = float(x.max() - x.min())
    middle = float(x.max() + x.min()) / 2
    # Knots far from all data would make the data one dot; a single datum has no distance of its own.
    near = knots[np.abs(knots - middle) <= 3 * spread] if spread > 0 else knots[np.argsort(np.abs(knots - middle))][:1]
    shown = np.concatenate([x, near])
    margin = 0.15 * float(shown.max() - shown.min()) or 1.0
    return float(shown.min()) - margin, float(shown.max()) + margin


def window(x: Any, w1: Any, b1: Any) -> tuple[Any, float]:
    """Centre and half width of a square that shows data in the plane and each hyperplane near them."""
    rows = w1.any(axis=1)
    w, b = w1[rows], b1[rows]
    middle = (x.min(axis=0) + x.max(axis=0)) / 2
    feet = middle - ((w @ middle + b) / (w * w).sum(axis=1))[:, None] * w
    spread = max(float(np.abs(x - middle).max()), 1e-12)
    # Hyperplanes far from all data would make the data one dot: they are left out of the picture.
    near = feet[np.abs(feet - middle).max(axis=1) <= 6 * spread] if spread > 1e-9 else feet
    shown = np.concatenate([x, near])
    centre = (shown.min(axis=0) + shown.max(axis=0)) / 2
    return centre, 1.35 * max(float(np.abs(shown - centre).max()), spread, 1e-9)
