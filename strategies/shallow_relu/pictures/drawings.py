"""One network over its data: f with its knots (one input), or its hyperplanes (two)."""

from __future__ import annotations

from typing import Any

import numpy as np

from refutable.strategies.charts import Axis, Chart, Series
from refutable.strategies.shallow_relu.pictures.profile import Profile, function_on, profile, span, window
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.domains.shallow_relu.conversion import floats
from refutable.theorems.domains.shallow_relu.refitting import output
from refutable.theorems.instances import Instance

NAMED = 4
"""Kinks up to this number are named each by its jump."""
GRID = 201
WIDE = 1.7
"""A chart's plot is about this much wider than high: hyperplanes then meet at their true angles."""
STROKE = 0.12
"""Length of the strokes towards active sides, in half heights of the picture."""


def drawing(instance: Instance) -> Chart | None:
    """The network as a picture; None for more than two inputs, and for instances without data points."""
    if "w1" not in instance.values or "x" not in instance.values:
        return None
    x = floats(instance["x"])
    if x.shape[1] > 2 or not _drawable(instance):
        return None
    return univariate(instance) if x.shape[1] == 1 else _plane(instance, x)


def _drawable(instance: Instance) -> bool:
    """Whether floats hold every number."""
    return all(np.isfinite(floats(instance[name])).all() for name in ("x", "w1", "b1", "w2"))


def univariate(instance: Instance, title: str = "The network over its data") -> Chart:
    """f over the data, its knots marked."""
    own = Instance(SHALLOW_RELU.id, {f.name: instance[f.name] for f in SHALLOW_RELU.fields})
    p, x = profile(own), floats(instance["x"][:, 0])
    low, high = span(x, p.knots)
    inside = (p.knots >= low) & (p.knots <= high)
    knots, jumps = p.knots[inside], p.masses[inside]
    grid = np.union1d(np.linspace(low, high, GRID), np.concatenate([x, knots]))
    labels = floats(output(instance) if instance["y"] is None else instance["y"])
    marks = tuple((float(at), f"{jump:+.3g}") for at, jump in zip(knots, jumps, strict=True))
    return Chart(
        title=title,
        description=_said(p, inside, len(x)),
        x=Axis("x", low=low, high=high),
        y=Axis("f(x)"),
        series=(
            series("f", grid, function_on(instance, grid), role="left"),
            series("data", x, labels, "points", "data"),
            series("knots", knots, function_on(instance, knots), "points", "knot"),
        ),
        marks=marks if len(marks) <= NAMED else (),
    )


def _said(p: Profile, inside: Any, data: int) -> str:
    """What there is to see."""
    count, outside = int(inside.sum()), int((~inside).sum())
    text = f"A piecewise linear function over {data} {'datum' if data == 1 else 'data'}"
    if 0 < count <= NAMED:
        pairs = sorted(zip(p.knots[inside], p.masses[inside], strict=True))
        text += ", its slope jumping by " + ", ".join(f"{jump:+.4g} at {at:.4g}" for at, jump in pairs)
    else:
        text += f", with {count} {'knot' if count == 1 else 'knots'}" if count else ", without a knot near them"
    beyond = f"; {outside} more {'knot lies' if outside == 1 else 'knots lie'} outside the picture" if outside else ""
    return f"{text}{beyond}."


def _plane(instance: Instance, x: Any) -> Chart:
    w1, b1, w2 = (floats(instance[name]) for name in ("w1", "b1", "w2"))
    (across, up), half = window(x, w1, b1)
    lines = [
        found
        for row, bias, weight in zip(w1, b1, w2, strict=True)
        if row.any() and (found := _hyperplane(row, bias, weight, ((across, up), half))) is not None
    ]
    parts: list[Series] = []
    for number, (ends, stroke, _) in enumerate(lines):
        # Only the first of each has a name, so that the legend has one.
        parts.append(series("hyperplanes" if number == 0 else "", ends[:, 0], ends[:, 1], role="knot", dashed=True))
        parts.append(series("active side" if number == 0 else "", stroke[:, 0], stroke[:, 1], role="faint"))
    noun = "hyperplane" if len(lines) == 1 else "hyperplanes"
    jumps = ", ".join(f"{jump:+.4g}" for *_, jump in lines)
    across_them = f"; across them the gradient jumps by {jumps}" if 0 < len(lines) <= NAMED else ""
    return Chart(
        title="Hyperplanes and data",
        description=f"{len(x)} data in the plane and {len(lines)} {noun} near them, "
        f"each with a short stroke to its active side{across_them}.",
        x=Axis("x1", low=float(across - WIDE * half), high=float(across + WIDE * half)),
        y=Axis("x2", low=float(up - half), high=float(up + half)),
        series=(*parts, series("data", x[:, 0], x[:, 1], "points", "data")),
    )


def _hyperplane(row: Any, bias: float, weight: float, within: tuple[Any, float]) -> tuple[Any, Any, float] | None:
    """Both ends [2, 2], a stroke towards the active side [2, 2] and the jump of the gradient; None if out of sight."""
    centre, half = np.array(within[0]), within[1]
    length = float(np.hypot(*row))
    normal = row / length
    along = np.array([-normal[1], normal[0]])
    foot = centre - (centre @ normal + bias / length) * normal
    if np.abs(foot - centre).max() > half:
        return None
    ends = np.array([foot - 4 * half * along, foot + 4 * half * along])
    return ends, np.array([foot, foot + STROKE * half * normal]), weight * length


def series(name: str, x: Any, y: Any, kind: Any = "line", role: Any = "other", dashed: bool = False) -> Series:
    """A series of arrays."""
    return Series(name, tuple(map(float, x)), tuple(map(float, y)), kind, role, dashed)
