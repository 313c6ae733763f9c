"""The paper, and what of it was read."""

from __future__ import annotations

from refutable.theorems.records import Evidence, Source


def source(number: str, note: str) -> Source:
    """A statement of the paper."""
    return Source(
        "Kreisler, Nacson, Soudry, Carmon, ICML 2023", number, link="https://arxiv.org/abs/2305.13064", note=note
    )


_NO_TRAINING = "it is about gradient descent on a product of weights; no network is trained"
UNTRAINED: dict[Evidence, str] = {"trained-relabelled": _NO_TRAINING, "trained-converged": _NO_TRAINING}
"""Kinds of evidence that none of these records has."""
