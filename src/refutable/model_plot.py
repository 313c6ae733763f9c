"""Knots and the weight g of a univariate network, as arrays ready to plot, and the plot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.domains.shallow_relu.conversion import floats
from refutable.theorems.exact import as_real
from refutable.theorems.instances import Instance

if TYPE_CHECKING:
    from refutable.models import ModelReport


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
    return Profile(knots, masses, weights, grid, _function(instance, grid), weight_on(grid, x))


def _function(instance: Instance, grid: Any) -> Any:
    w1, b1, w2 = (floats(instance[name]) for name in ("w1", "b1", "w2"))
    b2 = 0.0 if instance["b2"] is None else float(as_real(instance["b2"]))
    return np.maximum(grid[:, None] * w1[:, 0] + b1, 0.0) @ w2 + b2


def weight_on(grid: Any, x: Any) -> Any:
    """g on a float grid for data x: min over both sides of E[(.)_+] sqrt(P^2 + E[X; .]^2)."""
    gap = grid[:, None] - x[None, :]
    sides = []
    for side, excess in ((gap > 0, np.maximum(gap, 0)), (gap < 0, np.maximum(-gap, 0))):
        probability, moment = side.mean(axis=1), (side * x).mean(axis=1)
        sides.append(excess.mean(axis=1) * np.hypot(probability, moment))
    return np.minimum(*sides)


def draw(report: ModelReport, axes: Any = None) -> Any:
    """Draw f with data and knots, and g below it. Returns the matplotlib figure."""
    if report.profile is None:
        raise ValueError("plot() draws networks with one input; this one has several")
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise ImportError("plot() needs matplotlib: pip install 'refutable[plot]'") from error
    if axes is None:
        _, axes = plt.subplots(2, 1, sharex=True, figsize=(7, 5.5), height_ratios=(3, 2), layout="constrained")
    top, bottom = axes
    p, instance = report.profile, report.as_trained.instance
    top.plot(p.grid, p.function, color="C0", label="f")
    top.plot(floats(instance["x"][:, 0]), floats(instance["y"]), "k.", label="data")
    inside = (p.knots >= p.grid[0]) & (p.knots <= p.grid[-1])
    knots = p.knots[inside]
    top.plot(knots, np.interp(knots, p.grid, p.function), "C3|", markersize=12, label=_knot_label(inside))
    top.set_ylabel("f(x)")
    top.legend(loc="best", fontsize="small")
    bottom.fill_between(p.grid, p.weight, color="C2", alpha=0.3, label="weight g")
    bottom.vlines(knots, 0, p.weights[inside], color="C3", label="g at the knots")
    bottom.set_xlabel("x")
    bottom.set_ylabel("g(x)")
    bottom.legend(loc="best", fontsize="small")
    top.set_title(f"int |f''| g = {float(report.relabelled.norm):.4g}, bound 1/eta - 1/2 = {_bound(report):.4g}")
    return top.figure


def _knot_label(inside: Any) -> str:
    outside = int((~inside).sum())
    return f"knots ({outside} more outside the data)" if outside else "knots"


def _bound(report: ModelReport) -> float:
    return 1 / float(as_real(report.effective_step_size)) - 0.5
