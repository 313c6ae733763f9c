"""The paper, and what of it was read."""

from __future__ import annotations

from refutable.theorems.records import Source

SOURCE = Source(
    "Pilanci, Ergen, ICML 2020",
    "Theorem 1 and its dual (numbers recalled)",
    link="https://arxiv.org/abs/2002.10553",
    note="recalled, not read in full; both directions of the equivalence, the dual program and the identity of the "
    "gap re-derived",
)
