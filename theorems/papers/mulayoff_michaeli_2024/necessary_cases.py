"""Where the bound from traces is attained: isotropic means of permuted spectra."""

from __future__ import annotations

from typing import Any

from refutable.theorems.instances import Instance
from refutable.theorems.papers.mulayoff_michaeli_2024.cases import minimum
from refutable.theorems.records import Family, Range


def permuted(spectrum: tuple[int, ...], batch_size: int) -> Instance:
    """One diagonal loss for each rotation of a spectrum, so that their mean is a multiple of the identity."""
    count = len(spectrum)
    turned: list[Any] = []
    for turn in range(count):
        diagonal = [spectrum[(i + turn) % count] for i in range(count)]
        turned.append([[diagonal[i] if i == j else 0 for j in range(count)] for i in range(count)])
    return minimum(turned, 1, min(batch_size, count))


PERMUTED = Family(
    id="permuted-spectra",
    parameters={
        "spectrum": Range(choices=((1, 0), (1,), (3, 1), (2, 1, 0), (1, 1, 0))),
        "batch_size": Range(choices=(1, 2, 3)),
    },
    build=permuted,
    attains="equality",
    meaning="diagonal losses, one for each rotation of a spectrum",
)
