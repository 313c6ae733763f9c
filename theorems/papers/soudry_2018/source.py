"""The paper, and what of it was read."""

from __future__ import annotations

from refutable.theorems.records import Evidence, Source


def source(number: str, note: str) -> Source:
    """A statement of the paper."""
    return Source(
        "Soudry, Hoffer, Nacson, Gunasekar, Srebro, JMLR 19 (2018)",
        number,
        link="https://arxiv.org/abs/1710.10345",
        note=note,
    )


_NO_MINIMUM = "the loss has no minimum: nothing is trained to one"
UNTRAINED: dict[Evidence, str] = {
    "trained-relabelled": _NO_MINIMUM,
    "trained-converged": _NO_MINIMUM,
    "swept": "support vectors are found one data set at a time, not in float batches",
}
"""Kinds of evidence that none of these records has."""
