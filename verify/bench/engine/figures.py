"""Numbers as people read them; "-" where there is none."""

from __future__ import annotations


def rate(value: float | None) -> str:
    """2.3e6 of something a second."""
    return "-" if value is None else f"{value:.3g}"


def duration(value: float | None) -> str:
    """Seconds for one, from how many a second: 27 us, 1.5 ms, 3.1 s."""
    if not value:
        return "-"
    seconds = 1 / value
    for size, unit in ((1.0, "s"), (1e-3, "ms"), (1e-6, "us")):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"


def multiple(value: float | None) -> str:
    """547x."""
    return "-" if value is None else f"{value:.3g}x" if value < 1000 else f"{value:.0f}x"


def percent(value: float | None) -> str:
    """71 %."""
    return "-" if value is None else f"{100 * value:.3g} %"


def scientific(value: float | None) -> str:
    """3e-16."""
    return "-" if value is None else f"{value:.1g}"


def megabytes(value: float | None) -> str:
    """3.1 MB."""
    return "-" if value is None else f"{value / 1e6:.3g} MB"
