"""Numbers that are compared with more bits than others: where a difference is known to be far below both sides."""

from __future__ import annotations

from collections.abc import Hashable

from flint import arb, fmpq

from refutable.theorems.exact.reals import Order, Real

BITS = 2**14
"""Tells apart numbers whose relative difference is above e^(-11000)."""


class Finer(Real):
    """The same number, compared with others at up to ``BITS`` bits."""

    def __init__(self, number: Real) -> None:
        self._number = number

    @property
    def key(self) -> Hashable | None:
        """The number's."""
        return self._number.key

    def exact(self) -> fmpq | None:
        """The number as a rational, when it is known to be one."""
        return self._number.exact()

    def approximate(self, bits: int) -> arb:
        """The number's ball."""
        return self._number.approximate(bits)

    def _order(self, other: Real, max_bits: int) -> Order | None:
        known = self._number._order(other, max_bits)
        bits = 64
        while known is None and bits <= max(max_bits, BITS):
            ours, theirs = self._number.ball(bits), other.ball(bits)
            known = -1 if ours < theirs else 1 if ours > theirs else None
            bits *= 4
        return known
