"""What counts of regions on trained networks say: means with intervals, and how often one setting has fewer regions.

Networks have their own data and beginnings, so they are independent: a mean over networks has a Student interval, and a
share of networks one of Clopper and Pearson. Only networks count that have the signs of all their labels: one that has
not fitted its data has few regions for another reason. Settings are compared on the same network, fitted at both.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from refutable.strategies.charts import Axis, Chart, Role, Series
from refutable.verify.intervals import Frequency, clopper_pearson

if TYPE_CHECKING:
    from refutable.strategies.regions.measuring import Cell, Grid

LEVEL = 0.95
FORMAT = "refutable-regions/1"
ROLES: tuple[Role, ...] = ("left", "right", "knot", "weight", "other", "data")
SAME = 1e-9
"""Means of counts that differ by less are equal: their smallest difference is one region in millions of segments."""
STEP, BATCH = "larger step size, fewer regions", "smaller batch, fewer regions"


@dataclass(frozen=True)
class Mean:
    """A mean over independent networks with its Student interval; None where there are too few for one."""

    count: int
    mean: float | None
    lower: float | None
    upper: float | None

    def __str__(self) -> str:
        if self.mean is None:
            return "-"
        return f"{self.mean:.3f}" + ("" if self.lower is None else f" [{self.lower:.3f}, {self.upper:.3f}]")


@dataclass(frozen=True)
class Comparison:
    """How many networks have fewer regions at one end of the settings than at the other, of those fitted at both.

    Attributes:
        what: the direction.
        at: the batch size or step size that is fixed; None: the difference is averaged over all of them first.
        ties: networks with equal counts.
        frequency: among the others; None where there are none.
    """

    what: str
    at: float | None
    ties: int
    frequency: Frequency | None


def mean_of(values: Sequence[float], level: float = LEVEL) -> Mean:
    """The mean of independent values, with its interval by Student's distribution."""
    if len(values) < 2:
        return Mean(len(values), values[0] if values else None, None, None)
    from scipy.stats import t

    centre = statistics.fmean(values)
    half = float(t.ppf((1 + level) / 2, len(values) - 1)) * statistics.stdev(values) / math.sqrt(len(values))
    return Mean(len(values), centre, centre - half, centre + half)


def fitted(cell: Cell) -> list[bool]:
    """Which networks have the signs of all their labels, and did not diverge."""
    return [right == 1 and math.isfinite(count) for right, count in zip(cell.right, cell.regions, strict=True)]


def fitted_counts(cell: Cell) -> list[float]:
    """The counts of fitted networks."""
    return [count for count, kept in zip(cell.regions, fitted(cell), strict=True) if kept]


def comparisons(grid: Grid) -> list[Comparison]:
    """Both directions: at every fixed setting, and averaged over those."""
    by_batch = {size: _changes([c for c in grid.cells if c.batch_size == size]) for size in grid.plan.batch_sizes}
    by_step = {eta: _changes([c for c in reversed(grid.cells) if c.step_size == eta]) for eta in grid.plan.step_sizes}
    return [*_compared(STEP, by_batch), *_compared(BATCH, by_step)]


def _changes(cells: Sequence[Cell]) -> dict[int, float]:
    """By network: regions at the first setting where it is fitted minus those at the last one."""
    found = {}
    for network in range(len(cells[0].regions) if cells else 0):
        counts = [cell.regions[network] for cell in cells if fitted(cell)[network]]
        if len(counts) > 1:
            found[network] = counts[0] - counts[-1]
    return found


def _compared(what: str, changes: Mapping[Any, Mapping[int, float]]) -> Iterator[Comparison]:
    """One comparison for each fixed setting, last that of the means over them."""
    for at, found in changes.items():
        if len(changes) > 1:
            yield _comparison(what, float(at), found.values())
    networks = {network for found in changes.values() for network in found}
    means = [statistics.fmean(one[k] for one in changes.values() if k in one) for k in sorted(networks)]
    yield _comparison(what, None, means)


def _comparison(what: str, at: float | None, changes: Iterable[float]) -> Comparison:
    differences = list(changes)
    apart = [one for one in differences if abs(one) > SAME]
    frequency = clopper_pearson(sum(one > 0 for one in apart), len(apart), LEVEL) if apart else None
    return Comparison(what, at, len(differences) - len(apart), frequency)


def rows(grid: Grid) -> list[tuple[str, ...]]:
    """The table: a line for each batch size and step size."""
    header = ("batch", "eta", f"regions, {100 * LEVEL:g} % interval", "of fitted", "diverged", "loss, median")
    return [header, *(_row(cell, grid.plan.samples) for cell in grid.cells)]


def _row(cell: Cell, samples: int) -> tuple[str, ...]:
    count = len(cell.regions)
    losses = [loss for loss, kept in zip(cell.loss, cell.regions, strict=True) if math.isfinite(kept)]
    return (
        "all" if cell.batch_size == samples else str(cell.batch_size),
        f"{cell.step_size:g}",
        str(mean_of(fitted_counts(cell))),
        f"{sum(fitted(cell))} of {count}",
        str(count - len(cell.finite)),
        f"{statistics.median(losses):.1e}" if losses else "-",
    )


def said(grid: Grid) -> list[str]:
    """The comparisons in words."""
    lines = []
    for what in (STEP, BATCH):
        found = [one for one in comparisons(grid) if one.what == what]
        fixed = "batch size" if what == STEP else "step size"
        lines.append(f"{what}: {_in_words(found[-1])}, averaged over {fixed}s")
        lines += [f"  at {fixed} {one.at:g}: {_in_words(one)}" for one in found[:-1]]
    return lines


def _in_words(one: Comparison) -> str:
    if one.frequency is None:
        return f"{one.ties} networks equal" if one.ties else "no network is fitted at two settings"
    ties = f", besides {one.ties} equal" if one.ties else ""
    return f"{one.frequency}{ties}"


def document(grid: Grid) -> dict[str, Any]:
    """The numbers, JSON-ready; what is not finite is null."""
    from refutable.verify.witnesses import versions

    return {
        "format": FORMAT,
        "kind": "measured",
        "plan": asdict(grid.plan),
        "interrupted": grid.interrupted,
        "level": LEVEL,
        "cells": [_cell(cell) for cell in grid.cells],
        "comparisons": [asdict(one) for one in comparisons(grid)],
        "versions": versions(),
    }


def _cell(cell: Cell) -> dict[str, Any]:
    values = {name: [_finite(v) for v in getattr(cell, name)] for name in ("regions", "right", "loss")}
    return {
        "step_size": cell.step_size,
        "batch_size": cell.batch_size,
        "mean": asdict(mean_of(fitted_counts(cell))),
        "fitted": sum(fitted(cell)),
        "diverged": len(cell.regions) - len(cell.finite),
        **values,
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def chart(grid: Grid) -> Chart:
    """Mean regions against the step size, a line for each batch size, with intervals."""
    lines: list[Series] = []
    intervals: list[Series] = []
    sizes = grid.plan.batch_sizes
    for place, size in enumerate(sizes):
        role = ROLES[place % len(ROLES)]
        factor, cells = _apart(place, len(sizes)), [c for c in grid.cells if c.batch_size == size]
        found = [(c.step_size * factor, mean_of(counts)) for c in cells if (counts := fitted_counts(c))]
        name = "all data" if size == grid.plan.samples else f"batch of {size}"
        lines.append(Series(name, *_columns((eta, one.mean) for eta, one in found), "line", role))
        for eta, one in found:
            if one.lower is not None and one.upper is not None:
                intervals.append(Series("", (eta, eta), (one.lower, one.upper), "line", role, dashed=True))
    percent = f"{100 * LEVEL:g} %"
    return Chart(
        "Decision regions between two data",
        "Mean number of decision regions on segments between data against the step size, over those of "
        f"{grid.plan.networks} networks that fit their labels' signs, with {percent} intervals; lines of different "
        "batch sizes are moved apart a little.",
        Axis("step size", log=len(grid.plan.step_sizes) > 1),
        Axis(f"regions on a segment, mean (dashed: {percent} interval)"),
        (*lines, *intervals),
    )


def _apart(place: int, count: int) -> float:
    """A factor near 1, so that intervals of different batch sizes do not hide one another."""
    return float(1.03 ** (place - (count - 1) / 2))


def _columns(points: Iterable[tuple[float, float | None]]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    found = [(x, y) for x, y in points if y is not None]
    return tuple(x for x, _ in found), tuple(y for _, y in found)
