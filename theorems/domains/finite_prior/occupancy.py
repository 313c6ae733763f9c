"""Which inputs a sample shows: exact counts of samples by how many different inputs of each block they show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise, product
from math import comb, prod

from flint import fmpq, fmpz

Seen = tuple[int, ...]
"""Number of different inputs seen, block by block."""


@lru_cache(maxsize=256)
def surjections(samples: int, most: int) -> tuple[fmpz, ...]:
    """How many samples of that length show exactly a given set of j inputs, j = 0..most.

    They are the forward differences at 0 of i -> i^samples.
    """
    row = [fmpz(i) ** samples for i in range(most + 1)]
    counts = []
    while row:
        counts.append(row[0])
        row = [after - before for before, after in pairwise(row)]
    return tuple(counts)


def occupancies(blocks: Sequence[int], samples: int) -> Iterator[tuple[Seen, fmpz]]:
    """Each (j_1, ..., j_r) that samples can show, with the number of samples that show it."""
    counts = surjections(samples, min(samples, sum(blocks)))
    for seen in product(*(range(min(size, samples) + 1) for size in blocks)):
        total = sum(seen)
        if total < len(counts) and counts[total] != 0:
            yield seen, counts[total] * prod(comb(size, j) for size, j in zip(blocks, seen, strict=True))


def agreement_share(blocks: Sequence[int], errors: Sequence[int], seen: Seen) -> fmpq:
    """The share of all ways to place the errors in the blocks that places none on an input seen."""
    share = fmpq(1)
    for size, wrong, j in zip(blocks, errors, seen, strict=True):
        if wrong:
            share *= fmpq(comb(size - j, wrong), comb(size, wrong))
    return share
