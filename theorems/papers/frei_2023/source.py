"""The paper, and what of it was read."""

from __future__ import annotations

from refutable.theorems.records import Source

SOURCE = Source(
    "Frei, Vardi, Bartlett, Srebro, Hu, ICLR 2023",
    "points of the max-margin problem on nearly orthogonal data (number uncertain)",
    link="https://arxiv.org/abs/2210.07082",
    note="recalled, not read in full; the constant 3, the powers of the slope and of R, and the bounds of the "
    "multipliers are recalled and come out of the derivation here; the weaker condition on correlations is own",
)
