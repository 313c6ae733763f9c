"""The largest eigenvalue of a rational symmetric matrix as an exactly compared number."""

from collections.abc import Hashable
from functools import cached_property
from hashlib import sha256

import numpy as np
from flint import arb, fmpq, fmpq_mat, fmpq_poly, nmod_poly
from numpy.typing import NDArray

from refutable.theorems.exact.definite import definiteness, is_positive_definite, is_psd, require_symmetric
from refutable.theorems.exact.precision import working_precision
from refutable.theorems.exact.rationals import ball_bounds, fraction, text
from refutable.theorems.exact.reals import Order, Real, as_real
from refutable.theorems.exact.spectrum import (
    float_top_eigenpair,
    multiple_of_identity,
    rayleigh_vector,
    rounded,
    same_root,
    top_eigenvalue_ball,
)
from refutable.theorems.exact.surd import Surd

__all__ = ["TopEigenvalue", "definiteness", "is_positive_definite", "is_psd", "rayleigh_vector"]

# Beyond these sizes an exact tie with an irrational number costs too much and stays undecided.
TIE_SIZE = 32
TIE_RADICALS = 5
TIE_HEIGHT = 20_000
RATIONAL_BITS = 4096
_PRIMES = (1073741789, 1073741783, 1073741741, 1073741723, 1073741719, 1073741717, 1073741689, 1073741671)


class TopEigenvalue(Real):
    """scale * lambda_max(matrix) + shift.

    Sums with rationals and surds, products with rationals, and combinations of eigenvalues of one matrix stay
    in the class. The comparison with a rational number is always decided.
    """

    def __init__(self, matrix: fmpq_mat, scale: fmpq | int = 1, shift: fmpq | int | Surd = 0) -> None:
        """A largest eigenvalue, scaled and shifted.

        Args:
            matrix: symmetric, rational, [n, n] with n >= 1; not modified afterwards.
            scale: nonzero.
            shift: added last.

        Raises:
            ValueError: the matrix is empty, not square or not symmetric, or the scale is zero.
        """
        if scale == 0:
            raise ValueError("the scale of an eigenvalue is zero; use the shift alone")
        self._spectrum = _Spectrum(matrix)
        self._set(fmpq(scale), shift if isinstance(shift, Surd) else Surd.of(shift))

    def _set(self, scale: fmpq, shift: Surd) -> None:
        self._scale, self._shift = scale, shift

    @cached_property
    def key(self) -> Hashable:
        """The matrix by its hash, the scale and the shift."""
        return ("top_eigenvalue", self._spectrum.digest, text(self._scale), self._shift.key)

    def _with(self, scale: fmpq, shift: Surd) -> Real:
        if scale == 0:
            return shift
        new = TopEigenvalue.__new__(TopEigenvalue)
        new._spectrum = self._spectrum
        new._set(scale, shift)
        return new

    @property
    def matrix(self) -> fmpq_mat:
        """The matrix [n, n]."""
        return self._spectrum.matrix

    @property
    def scale(self) -> fmpq:
        """The factor of the eigenvalue."""
        return self._scale

    @property
    def shift(self) -> Surd:
        """The number added to the scaled eigenvalue."""
        return self._shift

    def exact(self) -> fmpq | None:
        """The number as a rational, when the eigenvalue and the shift are known to be rational."""
        shift = self._shift.exact()
        if shift is None or self._spectrum.rational is None:
            return None
        return self._scale * self._spectrum.rational + shift

    def approximate(self, bits: int) -> arb:
        """A ball of width about 2^-bits relative to the norm of the matrix."""
        value = self._spectrum.ball(bits)
        with working_precision(bits):
            return self._scale * value + self._shift.approximate(bits)

    def _plus(self, other: Real) -> Real | None:
        if isinstance(other, Surd):
            return self._with(self._scale, self._shift._plus_surd(other))
        if isinstance(other, TopEigenvalue) and other._spectrum.digest == self._spectrum.digest:
            return self._with(self._scale + other._scale, self._shift._plus_surd(other._shift))
        return None

    def _times(self, other: Real) -> Real | None:
        factor = other.exact() if isinstance(other, Surd) else None
        if factor is None:
            return None
        shift = self._shift * factor
        return self._with(self._scale * factor, shift) if isinstance(shift, Surd) else None

    def _order(self, other: Real, max_bits: int) -> Order | None:
        if isinstance(other, Surd):
            return self._order_surd(other, max_bits)
        if isinstance(other, TopEigenvalue):
            difference = self._plus(-other)
            if difference is not None:
                return difference._order(as_real(0), max_bits)
            return self._order_eigenvalue(other)
        return None

    def _order_surd(self, other: Surd, max_bits: int) -> Order | None:
        level = (other - self._shift) * (1 / self._scale)
        assert isinstance(level, Surd)
        order = self._spectrum.order(level, max_bits)
        return order if order is None or self._scale > 0 else _OPPOSITE[order]

    def _order_eigenvalue(self, other: "TopEigenvalue") -> Order | None:
        """Decides ties of two small matrices by a common multiple of their characteristic polynomials."""
        ours, theirs = self._spectrum, other._spectrum
        offset = (other._shift - self._shift).exact()
        if offset is None or ours.size + theirs.size > TIE_SIZE:
            return None
        ratio, offset = other._scale / self._scale, offset / self._scale
        if ratio < 0:
            return None
        # lambda_max(A) against lambda_max(ratio B + offset I)
        moved = _Spectrum(theirs.matrix * ratio + multiple_of_identity(theirs.size, offset))
        for bits in (64, 256, 1024):
            if _disjoint(ours.ball(bits), moved.ball(bits)):
                return _signed(ours.ball(bits) > moved.ball(bits), self._scale)
        polynomials = ours.matrix.charpoly(), moved.matrix.charpoly()
        if polynomials[0].gcd(polynomials[1]).degree() == 0:
            return None  # no common root: different, and balls will tell which is larger
        common = polynomials[0] * polynomials[1]
        if _height(common) > TIE_HEIGHT:
            return None
        return 0 if same_root(common, ours.ball, moved.ball) else None

    def __repr__(self) -> str:
        n = self._spectrum.size
        return f"TopEigenvalue(<{n} x {n}>, scale={text(self._scale)}, shift={self._shift!r})"


_OPPOSITE: dict[int, Order] = {-1: 1, 0: 0, 1: -1}


def _height(polynomial: fmpq_poly) -> int:
    """Bits of the largest coefficient, over a common denominator."""
    return max(int(c).bit_length() for c in polynomial.numer().coeffs())


def may_have_rational_root(polynomial: fmpq_poly) -> bool:
    """False: no rational root but 0, since modulo some prime there is none. True says nothing."""
    coefficients = [int(c) for c in polynomial.numer().coeffs()]
    while coefficients and coefficients[0] == 0:
        coefficients.pop(0)
    for prime in _PRIMES if len(coefficients) > 1 else ():
        if coefficients[-1] % prime:
            _, factors = nmod_poly([c % prime for c in coefficients], prime).factor()
            if all(factor.degree() > 1 for factor, _ in factors):
                return False
    return len(coefficients) > 1


def _disjoint(a: arb, b: arb) -> bool:
    return bool(a < b or a > b)


def _signed(greater: bool, scale: fmpq) -> Order:
    return 1 if greater == (scale > 0) else -1


class _Spectrum:
    """The largest eigenvalue of one matrix, with everything worth computing once."""

    def __init__(self, matrix: fmpq_mat) -> None:
        require_symmetric(matrix)
        if matrix.nrows() == 0:
            raise ValueError("an empty matrix has no largest eigenvalue")
        self.matrix = matrix
        self.size = matrix.nrows()
        self._balls: dict[int, arb] = {}

    @cached_property
    def digest(self) -> str:
        entries = (text(q) for q in self.matrix.entries())
        return sha256(f"{self.size}:{','.join(entries)}".encode()).hexdigest()

    @cached_property
    def _proposal(self) -> tuple[fmpq, NDArray[np.float64]]:
        return float_top_eigenpair(self.matrix)

    @cached_property
    def rayleigh(self) -> tuple[fmpq, fmpq]:
        """Numerator and denominator of the Rayleigh quotient at the proposed eigenvector."""
        v = fmpq_mat(self.size, 1, rounded(self._proposal[1], 40))
        return (v.transpose() * (self.matrix * v))[0, 0], (v.transpose() * v)[0, 0]

    @cached_property
    def rational(self) -> fmpq | None:
        """The eigenvalue when it is rational and small enough to be recognised."""
        _, denominator = self.matrix.numer_denom()
        # Over a common denominator the eigenvalue is an algebraic integer: rational only as an integer.
        nearest = fmpq(round(self._proposal[0] * denominator), denominator)
        for candidate in {nearest, self._simplest_near()}:
            if self.order_rational(candidate) == 0:
                return candidate
        return self._rational_from_ball(int(denominator)) if self.size <= TIE_SIZE else None

    def _simplest_near(self) -> fmpq:
        """A fraction of small denominator beside the proposed eigenvalue: what rounding errors may hide."""
        simple = fraction(self._proposal[0]).limit_denominator(10**6)
        return fmpq(simple.numerator, simple.denominator)

    def _rational_from_ball(self, denominator: int) -> fmpq | None:
        size = abs(self._proposal[0] * denominator) + 1
        bits = int(size.ceil()).bit_length() + 64
        if bits > RATIONAL_BITS or not may_have_rational_root(self.matrix.charpoly()):
            return None
        ball = self.ball(bits)
        lower, upper = (bound * denominator for bound in ball_bounds(ball))
        integer = round((lower + upper) / 2)
        candidate = fmpq(integer, denominator)
        if not lower <= integer <= upper:
            return None
        return candidate if self.order_rational(candidate) == 0 else None

    def ball(self, bits: int) -> arb:
        if bits not in self._balls:
            self._balls[bits] = top_eigenvalue_ball(self.matrix, bits)
        return self._balls[bits]

    def order(self, level: Surd, max_bits: int) -> Order | None:
        """The sign of lambda_max - level; for a rational level always decided."""
        rational = level.exact()
        if rational is not None:
            return self.order_rational(rational)
        for bits in (64, 128):
            order = self._order_bracket(level, bits)
            if order is not None:
                return order
        equal = self._equals(level)
        if equal:
            return 0
        bits = 256
        while equal is False or bits <= max_bits:
            order = self._order_bracket(level, bits)
            if order is not None:
                return order
            bits *= 2
        return None

    def order_rational(self, level: fmpq) -> Order:
        """The sign of lambda_max - level: a Rayleigh quotient confirms above, a factorisation the rest."""
        if self._proposal[0] > level:
            numerator, denominator = self.rayleigh
            if numerator > level * denominator:
                return 1
        return _OPPOSITE[definiteness(multiple_of_identity(self.size, level) - self.matrix)]

    def _order_bracket(self, level: Surd, bits: int) -> Order | None:
        """Compares with rationals on either side of an irrational level."""
        lower, upper = ball_bounds(level.ball(bits))
        if self.order_rational(lower) <= 0:
            return -1
        return 1 if self.order_rational(upper) >= 0 else None

    def _equals(self, level: Surd) -> bool | None:
        """Whether lambda_max equals an irrational level; None when the case is too large to decide."""
        if self.size > TIE_SIZE or len(level.terms) > TIE_RADICALS:
            return None
        polynomial = self.matrix.charpoly()
        value: Real = Surd()
        for coefficient in reversed(polynomial.coeffs()):
            value = value * level + coefficient
        if value.exact() != 0:
            return False
        return same_root(polynomial, self.ball, level.ball)
