"""Simple rationals near a given one: Stern-Brocot search, and how many digits a fraction takes to write down."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from flint import fmpq

WIDTHS = tuple(fmpq(1, 2**bits) for bits in (*range(1, 22), 24, 27, 30, 34, 40))
"""Relative widths of the intervals searched, widest first."""
DENOMINATORS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16, 20, 24, 25, 32, 48, 64, 100, 128, 256, 512)
"""Denominators people like, smallest first."""


def digits(q: fmpq) -> int:
    """Digits of numerator and denominator together; a denominator of 1 is not written."""
    # Not by way of Python's integers, which refuse to write more than 4300 digits.
    numerator = len(abs(q.p).str())
    return numerator if q.q == 1 else numerator + len(q.q.str())


def height(q: fmpq) -> int:
    """|numerator| + denominator."""
    return abs(int(q.p)) + int(q.q)


def plainness(q: fmpq) -> tuple[int, int]:
    """Sorts rationals by how short they are to write, then by size of their parts."""
    return digits(q), height(q)


def simplest_between(low: fmpq, high: fmpq) -> fmpq:
    """The fraction of least denominator in [low, high]; of several, the one nearest to 0.

    Raises:
        ValueError: low > high.
    """
    if low > high:
        raise ValueError(f"no number lies between {low} and {high}: the ends are in the wrong order")
    if low <= 0 <= high:
        return fmpq(0)
    if high < 0:
        return -_simplest_positive(-high, -low)
    return _simplest_positive(low, high)


def _simplest_positive(low: fmpq, high: fmpq) -> fmpq:
    whole: list[fmpq] = []
    while low.ceil() > high:
        whole.append(fmpq(low.floor()))
        low, high = 1 / (high - whole[-1]), 1 / (low - whole[-1])
    found = fmpq(low.ceil())
    for part in reversed(whole):
        found = part + 1 / found
    return found


def nearest(q: fmpq, denominator: int) -> fmpq:
    """The multiple of 1/denominator nearest to q (upwards from half way)."""
    return fmpq((q * denominator + fmpq(1, 2)).floor(), denominator)


@lru_cache(4096)
def simpler_near(value: fmpq) -> tuple[fmpq, ...]:
    """Plainer nonzero rationals near ``value``, plainest first: in intervals around, above and below it.

    Far from 1 also round numbers of other magnitudes on the way there: 1000 for 2097152, 1/50 for 3/7000.
    """
    found = {nearest(value, denominator) for denominator in DENOMINATORS} | _round_numbers(value)
    for width in WIDTHS:
        spread = abs(value) * width
        for low, high in ((spread, spread), (spread, 0), (0, spread)):
            found.add(simplest_between(value - low, value + high))
    return plainest_first(value, found)


def _round_numbers(value: fmpq) -> set[fmpq]:
    sizes = (fmpq(first * 10**zeros) for zeros in range(len((abs(value.p) + value.q).str())) for first in (1, 2, 5))
    sign = 1 if value > 0 else -1
    near_one = (size if abs(value) > 1 else 1 / size for size in sizes)
    return (
        {sign * size for size in near_one if min(abs(value), 1 / abs(value)) < min(size, 1 / size)} if value else set()
    )


def plainest_first(value: fmpq, candidates: Iterable[fmpq]) -> tuple[fmpq, ...]:
    """The nonzero candidates that are plainer than ``value``, each once, plainest first, then nearest."""
    kept = {q for q in candidates if q != 0 and plainness(q) < plainness(value)}
    return tuple(sorted(kept, key=lambda q: (*plainness(q), abs(q - value), q)))
