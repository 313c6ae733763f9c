"""Fractional powers of a largest eigenvalue, compared exactly with rationals and with other eigenvalues."""

from __future__ import annotations

from collections.abc import Hashable
from functools import cached_property

from flint import arb, fmpq, fmpq_mat

from refutable.theorems.exact import (
    Computed,
    Number,
    Surd,
    TopEigenvalue,
    as_real,
    compare,
    is_psd,
    power,
    text,
    working_precision,
)
from refutable.theorems.exact.reals import Order, Real

FIRST_BITS, LAST_BITS = (64, 128), (256, 1024, 4096)
"""Precisions of balls before and after a tie is sought."""
TIE_BITS = 400
"""Longest matrix entries (bits) for which a tie is sought by raising both sides to a power."""


class EigenvaluePower(Real):
    """coefficient * lambda_max(N)^exponent for a positive semidefinite rational matrix N.

    Raised to the exponent's denominator it is the largest eigenvalue of a rational matrix again: a tie with a
    rational number is always decided, one with an eigenvalue whenever `TopEigenvalue` decides ties.
    """

    def __init__(self, matrix: fmpq_mat, exponent: fmpq, coefficient: fmpq) -> None:
        """A positive power with a positive coefficient of the largest eigenvalue of ``matrix``.

        Raises:
            ValueError: the exponent or the coefficient is not positive.
        """
        if exponent <= 0 or coefficient <= 0:
            raise ValueError("the exponent and the coefficient of an eigenvalue's power must be positive")
        self._base = TopEigenvalue(matrix)
        self._exponent, self._coefficient = exponent, coefficient

    @cached_property
    def key(self) -> Hashable:
        """The matrix by its hash, the exponent and the coefficient."""
        return ("eigenvalue_power", self._base.key, text(self._exponent), text(self._coefficient))

    def approximate(self, bits: int) -> arb:
        """A ball from one evaluation at a working precision of `bits`."""
        base = self._base.approximate(bits)
        with working_precision(bits):
            root: arb = base.nonnegative_part() ** arb(self._exponent)
            return root * self._coefficient

    def raised(self) -> Real:
        """The number to the power of the exponent's denominator: an eigenvalue."""
        p, q = int(self._exponent.p), int(self._exponent.q)
        return TopEigenvalue(self._base.matrix**p, self._coefficient**q)

    def _times(self, other: Real) -> Real | None:
        factor = other.exact()
        if factor is None or factor <= 0:
            return Surd() if factor == 0 else None
        return EigenvaluePower(self._base.matrix, self._exponent, self._coefficient * factor)

    def _order(self, other: Real, max_bits: int) -> Order | None:
        order = self._separated(other, FIRST_BITS)
        if order is None and max(_size(self), _size(other)) <= TIE_BITS:
            raised = _raised_nonnegative(other, int(self._exponent.q))
            order = None if raised is None else compare(self.raised(), raised, max_bits)
        return self._separated(other, LAST_BITS) if order is None else order

    def _separated(self, other: Real, precisions: tuple[int, ...]) -> Order | None:
        for bits in precisions:
            ours, theirs = self.ball(bits), other.ball(bits)
            if ours < theirs:
                return -1
            if ours > theirs:
                return 1
        return None

    def __repr__(self) -> str:
        return f"EigenvaluePower({text(self._coefficient)} * {self._base!r}^({text(self._exponent)}))"


def _size(x: Real) -> int:
    """Bits of the longest entry of the matrix behind a number; 0 where there is none."""
    matrix = x._base.matrix if isinstance(x, EigenvaluePower) else getattr(x, "matrix", None)
    if matrix is None:
        return 0
    return max(max(q.p.bit_length(), q.q.bit_length()) for q in matrix.entries())


def _raised_nonnegative(x: Real, q: int) -> Number | None:
    """x^q for a nonnegative rational, or an eigenvalue of a positive semidefinite matrix; else None."""
    exact = x.exact()
    if exact is not None:
        return exact**q if exact >= 0 else None
    if not isinstance(x, TopEigenvalue) or x.shift.exact() != 0 or x.scale <= 0 or not is_psd(x.matrix):
        return None
    return TopEigenvalue(x.matrix**q, x.scale**q)


def eigenvalue_power(eigenvalue: Number, exponent: fmpq) -> Number:
    """eigenvalue^exponent for 0 <= exponent, of a positive semidefinite matrix's largest eigenvalue.

    Rational or a surd where the eigenvalue is rational and the power is one.
    """
    if exponent == 0:
        return fmpq(1)
    x = as_real(eigenvalue)
    exact = x.exact()
    if exact is not None:
        value = power(exact, exponent)
        return value if not isinstance(value, Computed) else EigenvaluePower(_single(exact), exponent, fmpq(1))
    if not isinstance(x, TopEigenvalue) or x.shift.exact() != 0 or x.scale != 1:
        return power(eigenvalue, exponent)
    return EigenvaluePower(x.matrix, exponent, fmpq(1))


def _single(value: fmpq) -> fmpq_mat:
    return fmpq_mat(1, 1, [value])
