"""sup{x : A - x B is positive semidefinite} as an exactly compared number."""

from __future__ import annotations

from collections.abc import Hashable
from functools import cached_property
from hashlib import sha256

from flint import arb, fmpq, fmpq_mat, fmpq_poly

from refutable.theorems.domains.regular_minimum.largest_root import largest_root
from refutable.theorems.exact import Real, Surd, as_real, definiteness, fraction, is_positive_definite, text
from refutable.theorems.exact.precision import working_precision
from refutable.theorems.exact.rationals import ball_bounds
from refutable.theorems.exact.reals import Order
from refutable.theorems.exact.spectrum import same_root

RATIONAL_BITS = 4096
"""Longer numbers are not searched for rational values."""
_OPPOSITE: dict[int, Order] = {-1: 1, 0: 0, 1: -1}


class PencilBound(Real):
    """scale * sup{x : A - x B is positive semidefinite}, for A positive definite: 1 / lambda_max(A^-1 B).

    Comparisons with rationals, and of two such numbers, are always decided. Products with rationals stay in the class.
    """

    def __init__(self, a: fmpq_mat, b: fmpq_mat, scale: fmpq | int = 1) -> None:
        """The bound of a pencil.

        Args:
            a, b: symmetric rational matrices [m, m]; not modified afterwards.
            scale: positive or negative.

        Raises:
            ArithmeticError: A is not positive definite, or no x is too large since B has no positive eigenvalue.
        """
        if not is_positive_definite(a):
            raise ArithmeticError("the left matrix of the pencil is not positive definite")
        if definiteness(b * -1) >= 0:
            raise ArithmeticError("the right matrix of the pencil has no positive eigenvalue: there is no bound")
        self._set(a, b, fmpq(scale))

    def _set(self, a: fmpq_mat, b: fmpq_mat, scale: fmpq) -> None:
        self._a, self._b, self._scale = a, b, scale
        self._balls: dict[int, arb] = {}

    @cached_property
    def key(self) -> Hashable:
        """The two matrices by their hash, and the scale."""
        entries = (text(q) for q in (*self._a.entries(), *self._b.entries()))
        return ("pencil_bound", sha256(",".join(entries).encode()).hexdigest(), text(self._scale))

    @cached_property
    def _polynomial(self) -> fmpq_poly:
        """The characteristic polynomial of A^-1 B: all its roots are real, and the largest is 1 / x."""
        return (self._a.inv() * self._b).charpoly()

    def _top_root(self, bits: int) -> arb:
        """A ball around lambda_max(A^-1 B)."""
        if bits not in self._balls:
            above = [ball_bounds(ball)[1] for ball in self._balls.values()]
            lower, upper = largest_root(self._polynomial, bits, min(above, default=None))
            with working_precision(2 * bits + 64):
                self._balls[bits] = arb(lower).union(arb(upper))
        return self._balls[bits]

    def approximate(self, bits: int) -> arb:
        """A ball from a certified enclosure of the largest root of the characteristic polynomial."""
        top = self._top_root(bits)
        with working_precision(bits + 16):
            return arb(self._scale) / top

    @cached_property
    def _rational(self) -> fmpq | None:
        """x where it is rational and small enough to be recognised."""
        # The midpoint as a rational: a float would overflow at huge scales.
        near = fraction(1 / self._top_root(64).mid().fmpq()).limit_denominator(10**6)
        candidate = fmpq(near.numerator, near.denominator)
        if self._order_bound(candidate) == 0:
            return candidate
        leading = fmpq(abs(self._polynomial.numer().coeffs()[-1]))
        size = leading * (abs(self._top_root(64)).upper().fmpq() + 1)
        bits = int(size.ceil()).bit_length() + 64
        if bits > RATIONAL_BITS:
            return None
        # leading * root is an algebraic integer: rational only as an integer.
        lower, upper = (bound * leading for bound in ball_bounds(self._top_root(bits)))
        integer = round((lower + upper) / 2)
        if integer <= 0 or not lower <= integer <= upper:
            return None
        return leading / integer if self._order_bound(leading / integer) == 0 else None

    def exact(self) -> fmpq | None:
        """The number as a rational, when it is one."""
        return None if self._rational is None else self._scale * self._rational

    def _order_bound(self, x: fmpq) -> Order:
        """The sign of the bound itself minus x."""
        return 1 if x <= 0 else definiteness(self._a - self._b * x)

    def _times(self, other: Real) -> Real | None:
        factor = other.exact() if isinstance(other, Surd) else None
        if factor is None:
            return None
        if factor == 0:
            return as_real(0)
        new = PencilBound.__new__(PencilBound)
        new._set(self._a, self._b, self._scale * factor)
        return new

    def _order(self, other: Real, max_bits: int) -> Order | None:
        level = other.exact() if isinstance(other, Surd) else None
        if level is not None:
            order = self._order_bound(level / self._scale)
            return order if self._scale > 0 else _OPPOSITE[order]
        if isinstance(other, PencilBound) and (self._scale > 0) == (other._scale > 0):
            return self._order_pencil(other)
        return None

    def _order_pencil(self, other: PencilBound) -> Order | None:
        """Decides ties by a common multiple of the two characteristic polynomials, scaled alike."""
        if self._approximately_below(other) is not None:
            return self._approximately_below(other)
        ours = _stretched(self._polynomial, 1 / abs(self._scale))
        theirs = _stretched(other._polynomial, 1 / abs(other._scale))
        if ours.gcd(theirs).degree() == 0:
            return None  # no common root: different, and balls will tell which is larger
        tied = same_root(ours * theirs, lambda bits: self._inverse(bits), lambda bits: other._inverse(bits))
        return 0 if tied else None

    def _approximately_below(self, other: PencilBound) -> Order | None:
        for bits in (64, 256):
            a, b = self.approximate(bits), other.approximate(bits)
            if a < b:
                return -1
            if a > b:
                return 1
        return None

    def _inverse(self, bits: int) -> arb:
        top = self._top_root(bits)
        with working_precision(bits + 16):
            return top / arb(abs(self._scale))

    def __repr__(self) -> str:
        return f"PencilBound(<{self._a.nrows()} x {self._a.nrows()}>, {self.ball(64).str(12)})"


def _stretched(polynomial: fmpq_poly, factor: fmpq) -> fmpq_poly:
    """A polynomial whose roots are those of ``polynomial`` times ``factor``."""
    return fmpq_poly([c / factor**i for i, c in enumerate(polynomial.coeffs())])
