"""Choices, drawn one by one by Hypothesis or all from one seed: the same builders serve small and large instances.

Small instances are drawn element by element, so they shrink to what a person would write. Large ones cost too
much that way and are drawn from a seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol, TypeVar

import numpy as np
from flint import fmpq
from hypothesis import currently_in_test_context, event
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

T = TypeVar("T")

_integers = lru_cache(maxsize=1024)(st.integers)


class Chooser(Protocol):
    """Makes every choice of a builder. The simplest choice is 0, or the end nearest to it."""

    def integer(self, low: int, high: int) -> int:
        """An integer from low to high, both included."""
        ...


class Drawn:
    """Choices by Hypothesis: they shrink."""

    def __init__(self, draw: DrawFn) -> None:
        self._draw = draw

    def integer(self, low: int, high: int) -> int:
        """An integer from low to high, both included."""
        integers: SearchStrategy[int] = _integers(low, high)
        return self._draw(integers)


class Seeded:
    """Choices from a seed: cheap, but they do not shrink."""

    def __init__(self, seed: int) -> None:
        self._generator = np.random.Generator(np.random.PCG64(seed))

    def integer(self, low: int, high: int) -> int:
        """An integer from low to high, both included."""
        return int(self._generator.integers(low, high, endpoint=True))


def pick(chooser: Chooser, options: Sequence[T]) -> T:
    """One of ``options``; the first is the simplest."""
    return options[chooser.integer(0, len(options) - 1)]


def once_in(chooser: Chooser, times: int) -> bool:
    """True about once in so many times; False is simpler."""
    return chooser.integer(0, times - 1) == times - 1


def dyadic(chooser: Chooser, denominator: int, reach: int) -> fmpq:
    """A multiple of 1/denominator between -reach and reach; 0 is the simplest."""
    return fmpq(chooser.integer(-reach * denominator, reach * denominator), denominator)


def nonzero(chooser: Chooser, denominator: int, reach: int) -> fmpq:
    """A nonzero multiple of 1/denominator between -reach and reach; the simplest is 1, then -1, where allowed."""
    position = chooser.integer(0, 2 * reach * denominator - 1)
    numerator = (position // 2 + denominator - 1) % (reach * denominator) + 1
    return fmpq(-numerator if position % 2 else numerator, denominator)


def note(regime: str) -> None:
    """Count a regime in Hypothesis' statistics (`hypothesis.event`), where a test is running."""
    if currently_in_test_context():
        event(regime)
