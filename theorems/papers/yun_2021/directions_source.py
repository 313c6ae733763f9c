"""Where the statements about directions of factors come from."""

from __future__ import annotations

from refutable.theorems.records import Source

DIRECTIONS_SOURCE = Source(
    "Yun, Krishnan, Mobahi, ICLR 2021",
    "Theorem 1 (number uncertain)",
    link="https://arxiv.org/abs/2010.02501",
    note="recalled, not read; re-derived. The growth of the share and the linear flow of two factors are ours",
)
