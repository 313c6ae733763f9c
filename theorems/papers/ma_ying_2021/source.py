"""The paper, and what of it was read."""

from __future__ import annotations

from refutable.theorems.records import Source


def source(number: str, note: str) -> Source:
    """A statement of the paper; all are recalled and were derived anew."""
    return Source(
        "Ma, Ying, NeurIPS 2021",
        number,
        link="https://arxiv.org/abs/2105.13462",
        note=f"recalled, derived anew; {note}",
    )
