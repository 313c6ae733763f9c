"""Random rational networks for the tests of the shallow-network records."""

import random
from collections.abc import Callable

import pytest
from flint import fmpq

from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.instances import Instance

Networks = Callable[..., list[Instance]]


def _network(source: random.Random, d: int, k: int, n: int, labelled: bool) -> Instance:
    def number() -> fmpq:
        return fmpq(source.randint(-24, 24), source.choice([1, 2, 4, 7]))

    x = [[number() for _ in range(d)] for _ in range(n)]
    w1 = [[number() + fmpq(1, 101) for _ in range(d)] for _ in range(k)]
    b1 = []
    for row in w1:
        low, high = source.choice(x), source.choice(x)
        inside = [(a + 2 * b) / 3 for a, b in zip(low, high, strict=True)]
        b1.append(fmpq(1, 13) - sum((a * b for a, b in zip(row, inside, strict=True)), fmpq(0)))
    w2 = [number() + fmpq(1, 103) for _ in range(k)]
    y = [number() for _ in range(n)] if labelled else None
    return SHALLOW_RELU.instance(w1=w1, b1=b1, w2=w2, b2=number(), x=x, y=y, step_size=fmpq(1, 100))


@pytest.fixture(scope="session")
def networks() -> Networks:
    """Maker of random instances with knots inside the data and no datum on a kink."""

    def make(count: int, d: int = 2, labelled: bool = False, seed: int = 0) -> list[Instance]:
        source = random.Random(f"{seed} {d} {labelled}")
        found: list[Instance] = []
        while len(found) < count:
            k, n = source.randint(1, 4), source.randint(2, 6)
            candidate = _network(source, d, k, n, labelled)
            if all(z != 0 for z in SHALLOW_RELU.view(candidate)["preactivation"].ravel()):
                found.append(candidate)
        return found

    return make
