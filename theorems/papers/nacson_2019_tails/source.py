"""The paper, and what of it was read."""

from __future__ import annotations

from refutable.theorems.records import Evidence, Source


def source(number: str, note: str) -> Source:
    """A statement of the paper."""
    return Source(
        "Nacson, Lee, Gunasekar, Savarese, Srebro, Soudry, AISTATS 2019",
        number,
        link="https://arxiv.org/abs/1803.01905",
        note=note,
    )


_NO_NETWORK = "it is about a linear predictor on data of its own; no network is trained"
UNTRAINED: dict[Evidence, str] = {"trained-relabelled": _NO_NETWORK, "trained-converged": _NO_NETWORK}
"""Kinds of evidence that none of these records has."""
