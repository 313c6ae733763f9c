"""A picture of a shallow network instance: the function over its data (one input), or its hyperplanes (two)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from refutable.strategies.shallow_relu.pictures.profile import function_on, profile, span, weight_on, window
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.domains.shallow_relu.conversion import floats
from refutable.theorems.domains.shallow_relu.refitting import output
from refutable.theorems.domains.shallow_relu.writing import function_text
from refutable.theorems.exact import text
from refutable.theorems.instances import Instance

if TYPE_CHECKING:
    from matplotlib.axes import Axes

KNOT, DATUM, WEIGHT = "C3", "black", "C2"
WRAP = 60


class NoPictureError(ValueError):
    """The instance has no picture; the message says why."""


def plot(instance: Instance, path: Path) -> Path:
    """Draw a shallow network with one or two inputs to a file; its suffix says the format (.png, .svg, .pdf).

    One input: f with knots and data, and the weight g below. Two inputs: each hyperplane with an arrow to its active
    side and the jump of the gradient across it, and the data.

    Returns:
        The path written.

    Raises:
        NoPictureError: another kind of instance, or more than two inputs.
        ImportError: matplotlib is not installed.
        OSError: the file cannot be written.
        ValueError: the suffix is no format matplotlib writes.
    """
    _refuse(instance)
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError("a picture needs matplotlib: pip install 'refutable[plot]'") from error
    univariate = instance["x"].shape[1] == 1
    figure = Figure(figsize=(7, 5.5) if univariate else (6.5, 6.5), layout="constrained")
    FigureCanvasAgg(figure)
    if univariate:
        top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
        _draw_univariate(instance, top, bottom)
    else:
        _draw_plane(instance, figure.subplots())
    figure.suptitle(_title(instance), fontsize="medium")
    figure.savefig(path, dpi=150)
    return path


def _refuse(instance: Instance) -> None:
    if "w1" not in instance.values or "x" not in instance.values:
        raise NoPictureError(f"a {instance.domain} instance has no picture; shallow networks have one")
    d = instance["x"].shape[1]
    if d > 2:
        raise NoPictureError(f"this network has {d} inputs; pictures are drawn for one or two")


def _title(instance: Instance) -> str:
    whole = f"f(x) = {function_text(instance)}"
    if len(whole) > 2 * WRAP:
        whole = f"f(x): {len(instance['b1'])} neurons"
    lines = [whole[:WRAP], whole[WRAP:]] if len(whole) > WRAP else [whole]
    if len(lines) == 2:
        cut = max(whole.rfind(" + ", 0, WRAP), whole.rfind(" - ", 0, WRAP))
        lines = [whole[:cut], whole[cut + 1 :]] if cut > 0 else lines
    if instance["step_size"] is not None:
        lines.append(f"step size = {text(instance['step_size'])}")
    return "\n".join(lines)


def _draw_univariate(instance: Instance, top: Axes, bottom: Axes) -> None:
    plain = Instance(SHALLOW_RELU.id, {f.name: instance[f.name] for f in SHALLOW_RELU.fields})
    p, x = profile(plain), floats(instance["x"][:, 0])
    low, high = span(x, p.knots)
    inside = (p.knots >= low) & (p.knots <= high)
    knots = p.knots[inside]
    grid = np.union1d(np.linspace(low, high, 801), np.concatenate([x, knots]))
    _draw_function(instance, top, grid, x)
    if knots.size:
        heights = function_on(instance, knots)
        top.plot(knots, heights, "D", color=KNOT, markersize=7, fillstyle="none", label="knots")
        _name_jumps(top, knots, p.masses[inside], heights)
        bottom.vlines(knots, 0, p.weights[inside], color=KNOT, label="g at the knots")
    _say_outside(top, int((~inside).sum()))
    top.margins(y=0.25)
    top.legend(loc="best", fontsize="small")
    _draw_weight(bottom, grid, x)


def _draw_function(instance: Instance, axes: Axes, grid: Any, x: Any) -> None:
    labels = output(instance) if instance["y"] is None else instance["y"]
    axes.plot(grid, function_on(instance, grid), color="C0", label="f")
    axes.plot(x, floats(labels), ".", color=DATUM, markersize=11, label="data")
    axes.set_ylabel("f(x)")


def _draw_weight(axes: Axes, grid: Any, x: Any) -> None:
    axes.fill_between(grid, weight_on(grid, x), color=WEIGHT, alpha=0.3, label="weight g")
    axes.plot(x, np.zeros_like(x), ".", color=DATUM, markersize=11, clip_on=False)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("x")
    axes.set_ylabel("g(x)")
    axes.legend(loc="best", fontsize="small")


def _name_jumps(axes: Axes, knots: Any, masses: Any, heights: Any) -> None:
    for knot, mass, height in zip(knots, masses, heights, strict=True):
        # Above a concave kink and below a convex one the curve leaves room.
        where = (0, -18 if mass > 0 else 10)
        axes.annotate(
            f"jump {mass:+.3g}", (knot, height), where, textcoords="offset points", ha="center", color=KNOT
        )  # fmt: skip


def _say_outside(axes: Axes, count: int) -> None:
    if count:
        noun = "knot lies" if count == 1 else "knots lie"
        axes.text(0.02, 0.02, f"{count} {noun} outside the picture", transform=axes.transAxes, fontsize="small")


def _draw_plane(instance: Instance, axes: Axes) -> None:
    x, w1, b1, w2 = (floats(instance[name]) for name in ("x", "w1", "b1", "w2"))
    centre, half = window(x, w1, b1)
    axes.set_xlim(centre[0] - half, centre[0] + half)
    axes.set_ylim(centre[1] - half, centre[1] + half)
    for i, (row, bias, weight) in enumerate(zip(w1, b1, w2, strict=True)):
        if row.any():
            _draw_hyperplane(axes, (row, bias, weight), (centre, half), i)
    axes.plot(x[:, 0], x[:, 1], ".", color=DATUM, markersize=11, label="data", zorder=3)
    axes.set_aspect("equal")
    axes.set_xlabel("x1")
    axes.set_ylabel("x2")
    axes.legend(loc="best", fontsize="small")


def _draw_hyperplane(axes: Axes, neuron: tuple[Any, float, float], window: tuple[Any, float], index: int) -> None:
    (row, bias, weight), (centre, half) = neuron, window
    length = float(np.hypot(*row))
    normal = row / length
    along = np.array([-normal[1], normal[0]])
    foot = centre - (centre @ normal + bias / length) * normal
    if np.abs(foot - centre).max() > half:
        return
    ends = np.array([foot - 3 * half * along, foot + 3 * half * along])
    colour = f"C{index % 10}"
    axes.plot(ends[:, 0], ends[:, 1], color=colour, linewidth=1.6)
    # Labels of different neurons stand at different places along their lines.
    shift = (0.25 + 0.12 * (index % 3)) * half
    start = min(
        (foot + sign * shift * along for sign in (1, -1)),
        key=lambda at: np.abs(at + 0.3 * half * normal - centre).max(),
    )
    tip = start + 0.16 * half * normal
    axes.annotate("", tip, start, arrowprops={"arrowstyle": "-|>", "color": colour, "linewidth": 1.6})
    axes.annotate(
        f"{weight * length:+.3g}",
        start + 0.24 * half * normal,
        color=colour,
        ha="center",
        va="center",
        fontsize="small",
    )
    axes.set_title("lines: hyperplanes; arrows: active sides; numbers: jumps of the gradient", fontsize="small")
