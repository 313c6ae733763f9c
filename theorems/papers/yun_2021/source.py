"""The paper, and what of it was read."""

from __future__ import annotations

from refutable.theorems.records import Evidence, Source


def source(number: str, note: str) -> Source:
    """A statement of the paper."""
    return Source("Yun, Krishnan, Mobahi, ICLR 2021", number, link="https://arxiv.org/abs/2010.02501", note=note)


_FLOW = "it is about the gradient flow of linear tensor networks; nothing is trained in mass"
EXACT_ONLY: dict[Evidence, str] = {
    "trained-relabelled": _FLOW,
    "trained-converged": _FLOW,
    "swept": "the inverse of the profile is exact or enclosed one state at a time, not in float batches",
}
"""Kinds of evidence that these records do not have."""
