"""The paper, and what of it was read."""

from __future__ import annotations

from refutable.theorems.records import Source

SOURCE = Source(
    "Giladi, Nacson, Hoffer, Soudry, ICLR 2020",
    "stability threshold for delayed gradient descent (number uncertain)",
    link="https://arxiv.org/abs/1909.12340",
    note="recalled, not read in full; re-derived from the characteristic polynomial (Levin and May, 1976)",
)
