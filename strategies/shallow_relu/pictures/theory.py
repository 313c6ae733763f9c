"""The picture of the theory in one dimension: step sizes against sharpness, and what larger ones do to f and f''."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from refutable.strategies.charts import Axis, Chart
from refutable.strategies.shallow_relu.pictures.drawings import series, univariate
from refutable.strategies.shallow_relu.pictures.labelled import Labelled
from refutable.strategies.shallow_relu.pictures.profile import profile, weight_breaks, weight_on
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.instances import Instance

if TYPE_CHECKING:
    from refutable.strategies.shallow_relu.pictures.step_sizes import Table

STEP_SIZES = (0.03, 0.045, 0.065, 0.1, 0.14, 0.2, 0.28, 0.38, 0.5, 0.65)
NEURONS, NETWORKS, STEPS, SEED, SPREAD = 20, 4, 20_300, 0, 1.5
INPUTS = (-0.95, -0.6, -0.2, 0.15, 0.55, 0.9)
GRID = 201


@cache
def theory() -> tuple[Chart, ...]:
    """Charts of networks with one input, trained on six points of a sine at ten step sizes from the same beginnings.

    Only networks at rest are shown. Each is one end point of one training run: what the theory says of it is true
    with the labels that it produces itself.
    """
    from refutable.strategies.shallow_relu.pictures.curves import norm_chart, sharpness_chart

    table = trained()
    charts = [sharpness_chart(table), norm_chart(table)]
    for row in _compared(table):
        charts += _pictures(table, row)
    return (*charts, _weight(table.data))


@cache
def trained() -> Table:
    """The networks that `theory` shows: the same ones on one kind of processor."""
    from refutable.strategies.shallow_relu.pictures.step_sizes import Plan, across

    x = np.array(INPUTS)[:, None]
    data = Labelled(x, np.sin(np.pi * x[:, 0]), "six points of a sine")
    return across(data, Plan(NEURONS, STEP_SIZES, NETWORKS, STEPS, SEED, SPREAD))


def instance(table: Table, row: int) -> Instance:
    """A trained network with the labels that it produces, as the exact rationals that its floats are."""
    fields = table.fields(row)
    raw = {name: fields[name][0].tolist() for name in ("w1", "b1", "w2", "b2", "x", "step_size")}
    return SHALLOW_RELU.instance(**raw, y=None)


def _compared(table: Table) -> tuple[int, ...]:
    """The networks of one beginning at the smallest and the largest step size at which it converged."""
    best: tuple[int, ...] = ()
    for network in range(table.plan.networks):
        own = [i for i, row in enumerate(table.rows) if row.network == network and row.converged]
        ends = tuple(dict.fromkeys((own[0], own[-1]))) if own else ()
        if not best or _reach(table, ends) > _reach(table, best):
            best = ends or best
    return best


def _reach(table: Table, ends: tuple[int, ...]) -> float:
    return table.rows[ends[-1]].step_size / table.rows[ends[0]].step_size if ends else 0.0


def _pictures(table: Table, row: int) -> list[Chart]:
    """f and f'' of one network."""
    found, end = instance(table, row), table.rows[row]
    p = profile(found)
    x = table.data.x[:, 0]
    inside = (p.knots >= p.grid[0]) & (p.knots <= p.grid[-1])
    at = f"eta = {end.step_size:g}"
    second = Chart(
        title=f"f'' at {at}",
        description=f"The jumps of f' at {int(inside.sum())} knots, trained at {at}. Weighted by g they sum to "
        f"||f|| = {end.norm:.4g}, at most 1/eta - 1/2 = {end.edge / 2 - 0.5:.4g}.",
        x=Axis("x", low=float(p.grid[0]), high=float(p.grid[-1])),
        y=Axis("jump of f'"),
        series=(
            series("jumps of f'", p.knots[inside], p.masses[inside], "stems", "knot"),
            series("data", x, np.zeros_like(x), "points", "data"),
        ),
    )
    return [univariate(found, f"f at {at}"), second]


def _weight(data: Labelled) -> Chart:
    x = data.x[:, 0]
    margin = 0.05 * float(x.max() - x.min())
    grid = np.union1d(np.linspace(x.min() - margin, x.max() + margin, GRID), weight_breaks(x))
    weight = weight_on(grid, x)
    return Chart(
        title="The weight g of these data",
        description=f"g is 0 outside the data and largest, {weight.max():.3g}, at {grid[weight.argmax()]:.3g}: "
        "jumps of f' there cost most, jumps near the ends of the data next to nothing.",
        x=Axis("x", low=float(grid[0]), high=float(grid[-1])),
        y=Axis("g(x)"),
        series=(
            series("g", grid, weight, "area", "weight"),
            series("data", x, np.zeros_like(x), "points", "data"),
        ),
    )
