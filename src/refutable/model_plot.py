"""The plot of a univariate network: f with its knots, and the weight g."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from refutable.strategies.shallow_relu.pictures.profile import Profile, profile, weight_on
from refutable.theorems.domains.shallow_relu.conversion import floats
from refutable.theorems.exact import as_real

if TYPE_CHECKING:
    from refutable.models import ModelReport

__all__ = ["Profile", "draw", "profile", "weight_on"]


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
