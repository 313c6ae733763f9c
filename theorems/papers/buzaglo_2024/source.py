"""The paper, and what of it was read."""

from __future__ import annotations

from refutable.theorems.records import Source


def source(number: str, note: str) -> Source:
    """A statement of the paper."""
    return Source(
        "Buzaglo, Harel, Nacson, Brutzkus, Srebro, Soudry, ICML 2024",
        number,
        link="https://arxiv.org/abs/2402.06323",
        note=note,
    )
