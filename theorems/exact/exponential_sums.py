"""Sums of exponentials of rationals, with every comparison decided.

Exponentials of different rationals are linearly independent over the rationals (Lindemann and Weierstrass): such a sum
is zero only where it has no terms left.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from functools import cached_property
from typing import Any

from flint import arb, fmpq

from refutable.theorems.exact.computed import exp
from refutable.theorems.exact.precision import working_precision
from refutable.theorems.exact.rationals import sqrt_exact, text
from refutable.theorems.exact.reals import Number, Order, Real, as_real

MAX_BITS, MAX_WORK = 2**16, 2**20
"""Sums that these bits, or this many for all terms together, do not separate from 0 stay undecided: they would take
seconds."""


class ExponentialSum(Real):
    """q_1 e^{r_1} + ... + q_m e^{r_m} with rational q_i, and different rational r_i."""

    def __init__(self, terms: Iterable[tuple[fmpq, fmpq]]) -> None:
        """Args: terms: pairs (r, q) for q e^r, in any order and with repetition."""
        found: dict[tuple[Any, Any], tuple[fmpq, fmpq]] = {}
        for r, q in terms:
            name = (r.p, r.q)  # hashes faster than the rational itself
            found[name] = (r, found[name][1] + q) if name in found else (r, q)
        self._terms = [(r, q) for r, q in found.values() if q != 0]
        self._balls: dict[int, arb] = {}

    @cached_property
    def key(self) -> Hashable:
        """The terms, in order of their exponents."""
        return ("exponentials", *((text(r), text(q)) for r, q in sorted(self._terms)))

    @property
    def terms(self) -> Mapping[fmpq, fmpq]:
        """Coefficients by exponent."""
        return dict(self._terms)

    def exact(self) -> fmpq | None:
        """The number as a rational; None exactly when it is irrational."""
        if not self._terms:
            return fmpq(0)
        ((r, q), *others) = self._terms
        return q if r == 0 and not others else None

    def approximate(self, bits: int) -> arb:
        """A ball from one evaluation at a working precision of `bits`."""
        if bits not in self._balls:
            with working_precision(bits):
                self._balls[bits] = sum((arb(q) * arb(r).exp() for r, q in self._terms), arb(0))
        return self._balls[bits]

    def sign(self, max_bits: int = MAX_BITS) -> Order | None:
        """The sign; None where `max_bits` bits (fewer for many terms) do not show it."""
        signs = {q > 0 for _, q in self._terms}
        if len(signs) < 2:
            return 0 if not signs else 1 if True in signs else -1
        bits, most = 64, min(max_bits, MAX_WORK // len(self._terms))
        while bits <= most:
            ball = self.approximate(bits)
            if ball > 0 or ball < 0:
                return 1 if ball > 0 else -1
            bits *= 2
        return None

    def sqrt(self) -> Real:
        """The square root: closed for one term with a square coefficient.

        Raises:
            ValueError: the number is negative.
        """
        if len(self._terms) == 1:
            ((r, q),) = self._terms
            root = sqrt_exact(q) if q > 0 else None
            if root is not None:
                return ExponentialSum([(r / 2, root)])
        return super().sqrt()

    def _order(self, other: Real, max_bits: int) -> Order | None:
        same = _closed(other)
        return None if same is None else self._added(same._scaled(fmpq(-1))).sign(max(max_bits, MAX_BITS))

    def _added(self, other: ExponentialSum) -> ExponentialSum:
        return ExponentialSum([*self._terms, *other._terms])

    def _scaled(self, factor: fmpq) -> ExponentialSum:
        return ExponentialSum((r, q * factor) for r, q in self._terms)

    def _negative(self) -> ExponentialSum:
        return self._scaled(fmpq(-1))

    def _plus(self, other: Real) -> Real | None:
        same = _closed(other)
        return None if same is None else self._added(same)

    def _times(self, other: Real) -> Real | None:
        same = _closed(other)
        if same is None:
            return None
        return ExponentialSum((r + s, p * q) for r, p in self._terms for s, q in same._terms)

    def _reciprocal(self) -> ExponentialSum | None:
        if not self._terms:
            raise ZeroDivisionError("division by a number that is exactly 0")
        if len(self._terms) > 1:
            return None
        ((r, q),) = self._terms
        return ExponentialSum([(-r, 1 / q)])

    def __repr__(self) -> str:
        shown = [f"{text(q)}*exp({text(r)})" for r, q in self._terms]
        return f"ExponentialSum({' + '.join(shown) or '0'})"


def _closed(x: Real) -> ExponentialSum | None:
    """A number as such a sum: one already, or a rational."""
    if isinstance(x, ExponentialSum):
        return x
    q = x.exact()
    return None if q is None else ExponentialSum([(fmpq(0), q)])


def exponential(x: Number) -> Number:
    """e^x: closed for rational x, exactly 1 at 0."""
    q = as_real(x).exact()
    if q is None:
        return exp(x)
    return ExponentialSum([(q, fmpq(1))]) if q != 0 else fmpq(1)
