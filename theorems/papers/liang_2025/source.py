"""The paper, and how much of it was seen."""

from __future__ import annotations

from refutable.theorems.records import Source

PAPER = "Liang, Qiao, Wang, Parhi, NeurIPS 2025"
LINK = "https://arxiv.org/abs/2506.20779"


def source(number: str) -> Source:
    """A statement of the paper whose constants were derived here."""
    note = "read without display formulas; the constants and the finite bounds are derived here"
    return Source(f"own, after {PAPER}", number, link=LINK, note=note)
