"""Medians and quantiles in which an unfinished search counts as one that takes for ever."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence


def quantile(values: Iterable[float | None], q: float) -> float | None:
    """The smallest value that a share ``q`` of all does not exceed; None counts as infinite, and is its answer."""
    ordered = sorted(math.inf if v is None else v for v in values)
    if not ordered:
        return None
    found = ordered[max(0, math.ceil(q * len(ordered)) - 1)]
    return None if math.isinf(found) else found


def share(part: int, whole: int) -> float | None:
    """part/whole, None of nothing."""
    return part / whole if whole else None


def seconds_text(value: float | None) -> str:
    """0.034 s, 1.2 s, 47 s; "never" for None."""
    if value is None:
        return "never"
    return f"{value:.2g} s" if value < 10 else f"{value:.0f} s"


def percent_text(value: float | None) -> str:
    """97.1 %; "-" for None."""
    return "-" if value is None else f"{100 * value:.1f} %"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Aligned columns under a header, indented."""
    from refutable.verify.commands.output import aligned

    return [f"  {line}" for line in aligned([header, *rows])]
