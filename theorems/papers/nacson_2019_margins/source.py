"""The paper, and what of it was read."""

from __future__ import annotations

from refutable.theorems.records import Evidence, Source


def source(number: str, note: str) -> Source:
    """A statement of the paper."""
    return Source(
        "Nacson, Gunasekar, Lee, Srebro, Soudry, ICML 2019 (lexicographic and depth-sensitive margins)",
        number,
        link="https://arxiv.org/abs/1905.07325",
        note=note,
    )


_MINIMISERS = "it is about exact minimisers at a given norm or margin; no network is trained"
UNTRAINED: dict[Evidence, str] = {
    "trained-relabelled": _MINIMISERS,
    "trained-converged": _MINIMISERS,
    "visited": _MINIMISERS,
    "integrated": _MINIMISERS,
}
"""Kinds of evidence that none of these records has."""
