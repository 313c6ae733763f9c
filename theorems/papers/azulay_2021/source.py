"""The paper, and what of it was read."""

from __future__ import annotations

from refutable.theorems.records import Evidence, Source


def source(number: str, note: str) -> Source:
    """A statement of the paper."""
    return Source(
        "Azulay, Moroshko, Nacson, Woodworth, Srebro, Globerson, Soudry, ICML 2021",
        number,
        link="https://arxiv.org/abs/2102.09769",
        note=note,
    )


_NO_TRAINING = "it is about the gradient flow of linear networks; nothing is trained in mass"
UNTRAINED: dict[Evidence, str] = {"trained-relabelled": _NO_TRAINING, "trained-converged": _NO_TRAINING}
"""Kinds of evidence that none of these records has."""
