"""The least of e^(s phi^2) + e^(-s d - s a phi) over phi, enclosed.

In y = log phi the derivative vanishes where G(y) = y + log(2/a) + s e^(2y) + s a e^y + s d = 0. G' >= 1, so that the
zero is within |G(y)| of any y; G is convex, and Newton's method finds it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from flint import arb, fmpq

from refutable.theorems.exact import Computed, text, to_float, working_precision

GUARD = 64
STEPS = 200


@dataclass(frozen=True)
class TwoTerms:
    """e^(s phi^2) + e^(-s d - s a phi), s > 0, a > 0, as a function of phi."""

    scale: fmpq
    distance: fmpq
    slope: fmpq

    def _derivative(self, y: arb) -> arb:
        s, a = self.scale, self.slope
        return y + (2 / arb(a)).log() + s * (2 * y).exp() + s * a * y.exp() + s * self.distance

    def _curvature(self, y: arb) -> arb:
        return 1 + 2 * self.scale * (2 * y).exp() + self.scale * self.slope * y.exp()

    def _start(self) -> float:
        """A zero of G as bisection finds it in floats; no error bound."""
        s, d, a = (to_float(q) for q in (self.scale, self.distance, self.slope))
        low, high = -s * abs(d) - abs(math.log(2 / a)) - s - s * a - 1, max(0.0, -s * d) + abs(math.log(2 / a)) + 1

        def positive(y: float) -> bool:
            return y > 300 or y + math.log(2 / a) + s * math.exp(2 * y) + s * a * math.exp(y) + s * d > 0

        for _ in range(STEPS):
            middle = (low + high) / 2
            low, high = (low, middle) if positive(middle) else (middle, high)
        return high

    def log_place(self, bits: int) -> arb:
        """A ball with log phi where the function is least; call inside a working precision above ``bits``."""
        y = arb(self._start())
        for _ in range(bits.bit_length() + 4):
            y = (y - self._derivative(y) / self._curvature(y)).mid()
        return arb(y, abs(self._derivative(y)).upper())

    def place(self, bits: int) -> arb:
        """A ball with the phi > 0 where the function is least."""
        with working_precision(bits + GUARD):
            return self.log_place(bits).exp()

    def least(self, bits: int) -> arb:
        """A ball with the least value."""
        with working_precision(bits + GUARD):
            phi = self.log_place(bits).exp()
            s = self.scale
            return (s * phi * phi).exp() + (-s * self.distance - s * self.slope * phi).exp()

    def _name(self, what: str) -> tuple[str, str, str, str]:
        return (what, text(self.scale), text(self.distance), text(self.slope))


def least_of_two(terms: TwoTerms) -> Computed:
    """The least value over phi, as a number with a name."""
    return Computed(terms.least, terms._name("least of two terms"))


def place_of_least(terms: TwoTerms) -> Computed:
    """The phi > 0 where it is least."""
    return Computed(terms.place, terms._name("place of the least of two terms"))
