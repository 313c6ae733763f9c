"""The paper, and how much of it was seen."""

from __future__ import annotations

from refutable.theorems.records import Source

PAPER = "Nacson, Mulayoff, Ongie, Michaeli, Soudry, ICLR 2023"
NOTE = (
    "recalled, not read: as quoted by Liang et al. (NeurIPS 2025) and re-derived here; the paper's own normalisation "
    "of the representation may differ by a constant factor, which finite networks do not see"
)


def source(number: str) -> Source:
    """A numbered statement of the paper."""
    return Source(PAPER, f"{number} (recalled)", link="https://arxiv.org/abs/2306.17499", note=NOTE)


def derived(about: str) -> Source:
    """An own finite statement after a theorem of the paper that is recalled without its number and constants."""
    note = f"{about}: the paper's theorem is recalled without number and constants; what is claimed is derived here"
    return Source(f"own, after {PAPER}", about, link="https://arxiv.org/abs/2306.17499", note=note)
