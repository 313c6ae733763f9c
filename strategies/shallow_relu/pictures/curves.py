"""End points across step sizes as charts: sharpness between its bounds, the norm below its own."""

from __future__ import annotations

from collections.abc import Iterable

from refutable.strategies.charts import Axis, Chart, Role, Series
from refutable.strategies.shallow_relu.pictures.drawings import series
from refutable.strategies.shallow_relu.pictures.step_sizes import FITTED, Row, Table

NEAR_EDGE = 0.99
"""Sharper than this part of 2/eta counts as at the edge of stability."""


def sharpness_chart(table: Table, unconverged: bool = False) -> Chart:
    """Sharpness of the end points against the step size, below 2/eta and above 1 + 2 ||f||.

    Args:
        table: what was trained.
        unconverged: also show networks that have not come to rest; faintly those that do not yet meet their labels, and
            those sharper than 2/eta.
    """
    rest = [row for row in table.rows if row.converged]
    fitted = [row for row in table.rows if unconverged and row.fitted]
    others = [row for row in table.rows if unconverged and row.shown and not (row.converged or row.fitted)]
    moving, sharper = [row for row in others if not row.sharper], [row for row in others if row.sharper]
    parts = [_edge(table.rows), _sharp("sharpness", rest, "other")]
    if fitted:
        parts.append(_sharp(f"sharpness, loss below {FITTED:g}", fitted, "other"))
    parts.append(_bounds("1 + 2 ||f||, its lower bound", rest + fitted, "left"))
    for name, rows in (("still moving", moving), ("sharper than 2/eta", sharper)):
        if rows:
            parts += [_sharp(f"{name}: sharpness", rows, "faint"), _bounds(f"{name}: 1 + 2 ||f||", rows, "faint")]
    return Chart(
        title="Sharpness against step size",
        description="Where training comes to rest, the sharpness lies between 1 + 2 ||f|| and 2/eta, the line. "
        f"{_pinned(rest + fitted)} {_ended(table)}",
        x=Axis("step size eta", log=True),
        y=Axis("sharpness", log=True),
        series=tuple(parts),
    )


def norm_chart(table: Table) -> Chart:
    """||f|| of the end points that meet their labels or rest, against 1/eta - 1/2, its bound."""
    ends = [row for row in table.rows if row.converged or row.fitted]
    rows = sorted((row for row in ends if row.norm > 0 and row.edge > 1), key=lambda row: row.edge)
    left_out = f" Left out: {len(ends) - len(rows)} with a norm or a bound of 0." if len(ends) > len(rows) else ""
    rooms = [row.edge / 2 - 1 / 2 for row in rows]
    tightest = max((row.norm / room for row, room in zip(rows, rooms, strict=True)), default=0.0)
    none = "none is drawn" if ends else "no network converged"
    said = f"the nearest reaches {tightest:.3g} of it" if rows else none
    return Chart(
        title="The norm against its bound",
        description=f"The weighted norm ||f|| of each network lies below the line 1/eta - 1/2; {said}. "
        f"Step sizes grow from right to left.{left_out} {_ended(table)}",
        x=Axis("1/eta - 1/2", log=True),
        y=Axis("||f||", log=True),
        series=(
            series("1/eta - 1/2", sorted(set(rooms)), sorted(set(rooms)), role="right"),
            series("||f||", rooms, [row.norm for row in rows], "points", "left"),
        ),
    )


def _edge(rows: Iterable[Row]) -> Series:
    edges = sorted({row.step_size: row.edge for row in rows}.items())
    return series("2/eta, the edge of stability", [eta for eta, _ in edges], [edge for _, edge in edges], role="right")


def _sharp(name: str, rows: list[Row], role: Role) -> Series:
    return series(name, [row.step_size for row in rows], [row.sharpness for row in rows], "points", role)


def _bounds(name: str, rows: list[Row], role: Role) -> Series:
    return series(name, [row.step_size for row in rows], [row.bound for row in rows], "points", role)


def _pinned(rows: list[Row]) -> str:
    """From where on the step size decides how sharp the end is."""
    if not rows:
        return "No network converged."
    at = [row for row in rows if row.sharpness > NEAR_EDGE * row.edge]
    if not at:
        return "None is within 1 % of that line."
    first = min(row.step_size for row in at)
    beyond = sum(row.step_size >= first for row in rows)
    return f"From a step size of {first:g} on, {len(at)} of {beyond} networks are within 1 % of that line."


def _ended(table: Table) -> str:
    """How many networks are not shown as converged, and why."""
    counts = table.counts()
    converged = counts.pop("converged")
    if converged == len(table.rows):
        return f"All {converged} networks converged."
    others = ", ".join(f"{count} {how}" for how, count in counts.items() if count)
    fitted, sharper = sum(row.fitted for row in table.rows), sum(row.sharper for row in table.rows)
    parts = (
        f"{fitted} with a loss below {FITTED:g} and no sharper than 2/eta" if fitted else "",
        f"{sharper} sharper than 2/eta" if sharper else "",
    )
    said = "; of the unconverged " + ", ".join(filter(None, parts)) if fitted or sharper else ""
    return f"Of {len(table.rows)} networks {converged} converged ({others}{said})."
