"""The first angle x at which a root reaches the unit circle (z = exp(2 i x)), in certified balls.

With r = 1 - m the two equations cos((2 tau+1) x) = m cos((2 tau-1) x) (heavy ball) and cos((2 tau+1) x) = m cos(x)
(shifted momentum) read r cos(c x) = 2 sin(p x) sin(q x), which does not cancel for m near 1. The left side minus the
right one is positive at 0, negative or 0 at pi/(4 tau+2) and strictly decreasing in between: its derivative is
-(2 tau+1) sin((2 tau+1) x) + m c sin(c x), where 0 <= c < 2 tau+1 and sin(c x) <= sin((2 tau+1) x) there. So a change
of sign in between encloses the only, hence the first, root.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from flint import arb, fmpq

from refutable.theorems.exact import to_float, working_precision

GUARD = 32
"""Bits beyond those asked for."""
TINY = 2.0**-40
"""Below such a 1 - m the leading term of the angle is the better start."""


@dataclass(frozen=True)
class Crossing:
    """The equation r cos(c x) = 2 sin(p x) sin(q x) for one delay tau >= 1 and momentum m = 1 - r, 0 < r < 1."""

    delay: int
    rest: fmpq
    c: int
    p: int
    q: int

    @classmethod
    def heavy_ball(cls, delay: int, momentum: fmpq) -> Crossing:
        """cos((2 tau+1) x) = m cos((2 tau-1) x)."""
        return cls(delay, 1 - momentum, 2 * delay - 1, 2 * delay, 1)

    @classmethod
    def shifted(cls, delay: int, momentum: fmpq) -> Crossing:
        """cos((2 tau+1) x) = m cos(x)."""
        return cls(delay, 1 - momentum, 1, delay + 1, delay)

    def angle(self, bits: int) -> arb:
        """A ball around the first root, of relative width about 2^-bits."""
        with working_precision(bits + GUARD):
            rest = arb(self.rest)
            x = self._start()
            for _ in range(max(2, (bits + GUARD).bit_length())):
                x = (x - self._excess(x, rest) / self._slope(x, rest)).mid()
            return self._certified(x, rest, bits)

    def _certified(self, x: arb, rest: arb, bits: int) -> arb:
        """The interval about x if the sign changes over it, else one that surely contains the root."""
        last = arb.pi() / (4 * self.delay + 2)
        width = arb(2) ** (-bits)
        low, high = (x * (1 - width)).lower(), (x * (1 + width)).upper()
        if low > 0 and self._excess(low, rest) > 0 and (high >= last or self._excess(high, rest) < 0):
            return low.union(high)
        return arb(0).union(last)

    def _excess(self, x: arb, rest: arb) -> arb:
        return rest * (self.c * x).cos() - 2 * (self.p * x).sin() * (self.q * x).sin()

    def _slope(self, x: arb, rest: arb) -> arb:
        odd = 2 * self.delay + 1
        return self.c * (1 - rest) * (self.c * x).sin() - odd * (odd * x).sin()

    def _start(self) -> arb:
        r = to_float(self.rest)
        if r < TINY:
            return (arb(self.rest) / (2 * self.p * self.q)).sqrt().mid()
        low, high = 0.0, math.pi / (4 * self.delay + 2)
        while low < (middle := (low + high) / 2) < high:
            inside = r * math.cos(self.c * middle) > 2 * math.sin(self.p * middle) * math.sin(self.q * middle)
            low, high = (middle, high) if inside else (low, middle)
        return arb(high)
