"""Axes of charts: the range, the ticks and their labels, values to positions."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from refutable.strategies.charts import Axis
from refutable.verify.report.text import power_of_ten

WANTED_TICKS = 6
MOST_DECIMALS = 12
FAR = 1e5
"""No position is farther out than this: what lies beyond an axis' range is cut off anyway."""
_RESOLVED = 1e-12
_SMALLEST_SPAN = 1e-290


class ChartError(ValueError):
    """A chart that cannot be drawn: what is wrong with which of its numbers."""


@dataclass(frozen=True)
class Scale:
    """A range of values laid on the positions from ``start`` to ``end`` (SVG units; start > end turns it around)."""

    low: float
    high: float
    log: bool
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The position of a value; values that a log scale cannot show lie at its lower end."""
        if self.log:
            if value <= 0:
                return self.start
            part = (math.log10(value) - math.log10(self.low)) / (math.log10(self.high) - math.log10(self.low))
        else:
            part = (value - self.low) / (self.high - self.low)
        return max(-FAR, min(FAR, self.start + part * (self.end - self.start)))

    def ticks(self) -> list[tuple[float, str]]:
        """Values and their labels, ascending; labels are in units of 10 to `power`."""
        return _log_ticks(self.low, self.high) if self.log else _linear_ticks(self.low, self.high)

    @property
    def power(self) -> int:
        """The power of ten that the labels of ticks leave out; 0 unless numbers are very large or very small."""
        return 0 if self.log else _power(self.low, self.high)


def scale(axis: Axis, values: Iterable[float], start: float, end: float, pad: float, zero: bool = False) -> Scale:
    """The scale of an axis that shows ``values``.

    Args:
        pad: part of the range to leave free at each end that the axis does not fix.
        zero: the range must contain 0 (not on log axes).

    Raises:
        ChartError: a value that is not finite, one that is not positive on a log axis, low >= high.
    """
    shown = list(values)
    _refuse(axis, [*shown, *(end for end in (axis.low, axis.high) if end is not None)])
    if zero and not axis.log:
        shown.append(0.0)
    low = axis.low if axis.low is not None else min(shown, default=axis.high if axis.high is not None else 1.0)
    high = axis.high if axis.high is not None else max(shown, default=low)
    if axis.low is not None and axis.high is not None and low >= high:
        raise ChartError(f"axis {axis.label!r}: its low end {low} is not below its high end {high}")
    if axis.log:
        low, high = _padded_log(axis, low, high, pad)
    else:
        low, high = _padded(axis, low, high, pad, floor=zero and low >= 0)
    if not math.isfinite(high - low):
        raise ChartError(f"axis {axis.label!r}: the range from {low:g} to {high:g} is too wide for a float; rescale it")
    return Scale(low, high, axis.log, start, end)


def _refuse(axis: Axis, values: Sequence[float]) -> None:
    for value in values:
        if not math.isfinite(value):
            raise ChartError(f"axis {axis.label!r}: {value} cannot be drawn; leave such points out")
        if axis.log and value <= 0:
            raise ChartError(f"axis {axis.label!r} is logarithmic and {value} is not positive; leave such points out")


def _padded(axis: Axis, low: float, high: float, pad: float, floor: bool) -> tuple[float, float]:
    span = high - low
    if span <= max(_RESOLVED * max(abs(low), abs(high)), _SMALLEST_SPAN):
        wide = abs(high) / 2 if abs(high) > _SMALLEST_SPAN else 1.0
        return (low if axis.low is not None or floor else low - wide), (high + wide if axis.high is None else high)
    if axis.low is None and not floor:
        low -= pad * span
    if axis.high is None:
        high += pad * span
    return low, high


def _padded_log(axis: Axis, low: float, high: float, pad: float) -> tuple[float, float]:
    ratio = math.log10(high) - math.log10(low)
    factor = 10.0 ** (pad * ratio) if ratio > _RESOLVED else 2.0
    if axis.low is None and low / factor > 0:
        low /= factor
    if axis.high is None and math.isfinite(high * factor):
        high *= factor
    return low, high


def _linear_ticks(low: float, high: float) -> list[tuple[float, str]]:
    step, power = _step(high - low), _power(low, high)
    values = [k * step for k in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]
    decimals = min(max(0, power - math.floor(math.log10(step) + 1e-9)), MOST_DECIMALS)
    return [(value, _label(value, power, decimals)) for value in values]


def _power(low: float, high: float) -> int:
    largest = max(abs(low), abs(high))
    return 0 if _step(high - low) >= 1e-4 and largest < 1e5 else math.floor(math.log10(largest))


def _step(span: float) -> float:
    """1, 2 or 5 times a power of ten: about WANTED_TICKS of them fit into the span."""
    raw = span / WANTED_TICKS
    power = 10.0 ** math.floor(math.log10(raw))
    return next((m * power for m in (1, 2, 5) if m * power >= raw * (1 - 1e-9)), 10 * power)


def _label(value: float, power: int, decimals: int) -> str:
    if value == 0:
        return "0"
    return f"{value / 10.0**power:.{decimals}f}".replace("-", "−")


def _log_ticks(low: float, high: float) -> list[tuple[float, str]]:
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    if last - first >= 1:
        every = max(1, math.ceil((last - first + 1) / WANTED_TICKS))
        return [(10.0**k, power_of_ten(k)) for k in range(first, last + 1) if k % every == 0]
    fine = [m * 10.0**k for k in range(first - 1, last + 2) for m in (1, 2, 5)]
    inside = [v for v in fine if low * (1 - 1e-9) <= v <= high * (1 + 1e-9)]
    shown = inside if len(inside) > 1 else [v for v, _ in _linear_ticks(low, high)]
    return [(v, f"{v:.12g}") for v in shown]
