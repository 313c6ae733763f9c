"""Random regular minima with small whole numbers, for the tests of the bounds on stable SGD."""

import random
from collections.abc import Callable

import pytest

from refutable.theorems.domains.regular_minimum import REGULAR_MINIMUM
from refutable.theorems.instances import Instance

Minima = Callable[..., list[Instance]]


@pytest.fixture(scope="session")
def minima() -> Minima:
    """Maker of interpolating minima: H_i = a_i a_i^T, or sums of two of those."""

    def make(count: int, rank: int = 1, batch_size: int | None = None, seed: int = 0) -> list[Instance]:
        source = random.Random(f"{seed} {rank} {batch_size}")
        found = []
        for _ in range(count):
            n, p = source.randint(2, 4), source.randint(1, 3)
            losses = []
            for _ in range(n):
                vectors = [[source.randint(-3, 3) for _ in range(p)] for _ in range(rank)]
                vectors[0][0] = vectors[0][0] or 1
                losses.append([[sum(v[r] * v[c] for v in vectors) for c in range(p)] for r in range(p)])
            found.append(
                REGULAR_MINIMUM.instance(
                    hessians=losses,
                    step_size="1/50",
                    batch_size=source.randint(1, n) if batch_size is None else batch_size,
                    displacement=[source.randint(-3, 3) or 1 for _ in range(p)],
                    steps=1,
                )
            )
        return found

    return make
