"""The paper, and what of it was read."""

from __future__ import annotations

from refutable.theorems.records import Source

SOURCE = Source(
    "Giladi, Nacson, Hoffer, Soudry, ICLR 2020",
    "stability threshold for delayed gradient descent (number uncertain)",
    link="https://arxiv.org/abs/1909.12340",
    note="recalled, not read in full; re-derived from the characteristic polynomial (Levin and May, 1976)",
)

MOMENTUM_SOURCE = Source(
    "Giladi, Nacson, Hoffer, Soudry, ICLR 2020",
    "momentum and shifted momentum under delay (number uncertain)",
    link="https://arxiv.org/abs/1909.12340",
    note="recalled, not read in full; the form of shifted momentum is that of the authors' code; thresholds, their "
    "only crossing and their growth with momentum re-derived from the characteristic polynomials",
)

RANDOM_SOURCE = Source(
    "Giladi, Nacson, Hoffer, Soudry, ICLR 2020",
    "stochastic delay (the paper discusses it; its statement is not known to us)",
    link="https://arxiv.org/abs/1909.12340",
    note="not read; derived here from the characteristic polynomial of the mean",
)
