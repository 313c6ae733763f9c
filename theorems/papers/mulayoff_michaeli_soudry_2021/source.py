"""The paper, and which version of it was read."""

from __future__ import annotations

from refutable.theorems.records import Source

PAPER = "Mulayoff, Michaeli, Soudry, NeurIPS 2021"
NOTE = "read in full as the anonymous submission, whose numbering this is; the published version may differ"


def source(number: str) -> Source:
    """A numbered statement of the paper."""
    return Source(PAPER, f"{number} (submission numbering)", note=NOTE)
