"""The paper, and what of it was read."""

from __future__ import annotations

from refutable.theorems.records import Source

SOURCE = Source(
    "Mulayoff, Michaeli, ICML 2020",
    "minimal sharpness of deep linear networks (number uncertain)",
    link="https://arxiv.org/abs/2002.04710",
    note="recalled, not read in full; statement and proof re-derived, the proof's links are ours",
)

RESIDUAL_SOURCE = Source(
    "Mulayoff, Michaeli, ICML 2020",
    "linear residual networks with zero initialisation (number uncertain)",
    link="https://arxiv.org/abs/2002.04710",
    note="recalled, not read in full; re-derived for gradient flow, with convergence as an assumption",
)
