"""Surds: sums of rational multiples of square roots of rationals, with every comparison decided."""

from collections.abc import Hashable, Iterable, Mapping
from functools import cached_property
from types import MappingProxyType

from flint import arb, fmpq

from refutable.theorems.exact.precision import working_precision
from refutable.theorems.exact.radicals import collect, product, reduced
from refutable.theorems.exact.rationals import text
from refutable.theorems.exact.reals import Order, Real

__all__ = ["Surd"]


class Surd(Real):
    """q_1 sqrt(n_1) + ... + q_m sqrt(n_m): rational q_i, positive integers n_i, no two n_i n_j a square.

    The radicals are linearly independent over the rationals, so a surd is zero exactly when it has no terms.
    """

    def __init__(self, terms: Iterable[tuple[int, fmpq]] = ()) -> None:
        """Args: terms: pairs (n, q) for q sqrt(n), positive integers n, in any order and with repetition."""
        self._terms = collect(_reduced_terms(terms))

    @cached_property
    def key(self) -> Hashable:
        """The terms, in canonical order."""
        return ("surd", *((n, text(self._terms[n])) for n in sorted(self._terms)))

    @classmethod
    def of(cls, q: fmpq | int) -> "Surd":
        """The rational q."""
        return cls([(1, fmpq(q))])

    @classmethod
    def root(cls, radicand: fmpq | int, coefficient: fmpq | int = 1) -> "Surd":
        """coefficient * sqrt(radicand) for a nonnegative rational radicand.

        Raises:
            ValueError: the radicand is negative.
        """
        r = fmpq(radicand)
        if r < 0:
            raise ValueError(f"the square root of the negative number {text(r)}")
        if r == 0:
            return cls()
        return cls([(int(r.p * r.q), fmpq(coefficient) / r.q)])

    @classmethod
    def total(cls, surds: Iterable["Surd | fmpq"]) -> "Surd":
        """The sum of many surds and rationals, gathered once."""
        return cls(term for s in surds for term in (s._terms.items() if isinstance(s, Surd) else [(1, s)]))

    @property
    def terms(self) -> Mapping[int, fmpq]:
        """Coefficients by radicand; the rational part has radicand 1."""
        return MappingProxyType(self._terms)

    def exact(self) -> fmpq | None:
        """The number as a rational; None exactly when it is irrational."""
        if not self._terms:
            return fmpq(0)
        return self._terms.get(1) if len(self._terms) == 1 else None

    def sign(self) -> Order:
        """The sign, always decided."""
        coefficients = list(self._terms.values())
        if all(q > 0 for q in coefficients):
            return 1 if coefficients else 0
        if all(q < 0 for q in coefficients):
            return -1
        bits = 64
        while True:
            ball = self.approximate(bits)
            if ball > 0:
                return 1
            if ball < 0:
                return -1
            bits *= 2

    def approximate(self, bits: int) -> arb:
        """A ball from one evaluation at a working precision of `bits`."""
        with working_precision(bits):
            return sum((arb(q) * arb(n).sqrt() for n, q in self._terms.items()), arb(0))

    def ball(self, bits: int) -> arb:
        """A ball of relative width at most 2^-bits."""
        precision = bits + 8 + len(self._terms).bit_length()
        while True:
            ball = self.approximate(precision)
            if ball.rel_accuracy_bits() >= bits:
                return ball
            precision *= 2

    def sqrt(self) -> Real:
        """The square root: a surd when the number is rational.

        Raises:
            ValueError: the number is negative.
        """
        q = self.exact()
        return super().sqrt() if q is None else Surd.root(q)

    def _order(self, other: Real, max_bits: int) -> Order | None:
        if not isinstance(other, Surd):
            return None
        return self._plus_surd(other._negative()).sign()

    def _negative(self) -> "Surd":
        return Surd((n, -q) for n, q in self._terms.items())

    def _plus_surd(self, other: "Surd") -> "Surd":
        return Surd([*self._terms.items(), *other._terms.items()])

    def _plus(self, other: Real) -> Real | None:
        return self._plus_surd(other) if isinstance(other, Surd) else None

    def _times(self, other: Real) -> Real | None:
        if not isinstance(other, Surd):
            return None
        return Surd(_product_terms(self._terms, other._terms))

    def _reciprocal(self) -> "Surd | None":
        if not self._terms:
            raise ZeroDivisionError("division by a number that is exactly 0")
        if len(self._terms) > 2:
            return None
        (n, a), *rest = self._terms.items()
        if not rest:
            return Surd([(n, 1 / (a * n))])
        ((m, b),) = rest
        norm = a * a * n - b * b * m
        return Surd([(n, a / norm), (m, -b / norm)])

    def __repr__(self) -> str:
        shown = [text(q) if n == 1 else f"{text(q)}*sqrt({n})" for n, q in self._terms.items()]
        return f"Surd({' + '.join(shown) or '0'})"


def _reduced_terms(terms: Iterable[tuple[int, fmpq]]) -> Iterable[tuple[int, fmpq]]:
    for n, coefficient in terms:
        outside, inside = reduced(n)
        yield inside, coefficient if outside == 1 else coefficient * outside


def _product_terms(left: Mapping[int, fmpq], right: Mapping[int, fmpq]) -> Iterable[tuple[int, fmpq]]:
    for n, a in left.items():
        for m, b in right.items():
            outside, inside = product(n, m)
            yield inside, a * b * outside
