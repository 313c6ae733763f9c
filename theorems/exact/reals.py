"""Exactly defined real numbers that own their comparison."""

from abc import ABC, abstractmethod
from collections.abc import Hashable
from fractions import Fraction
from typing import Literal, TypeAlias

import numpy as np
from flint import arb, fmpq, fmpz

from refutable.theorems.exact.precision import working_precision
from refutable.theorems.exact.rationals import rational

__all__ = ["Number", "Operand", "Order", "Real", "as_real", "compare", "enclose", "sign"]

Order: TypeAlias = Literal[-1, 0, 1]


class Real(ABC):
    """An exactly defined real number.

    Arithmetic with rationals and other reals gives reals, in the narrowest class that stays closed.
    `==` and `hash` are those of the object: two numbers are compared with `compare`.
    """

    @property
    def key(self) -> Hashable | None:
        """A name: equal keys mean equal numbers by definition; None when there is no name for the number."""
        return None

    @abstractmethod
    def approximate(self, bits: int) -> arb:
        """A ball that contains the number, from one evaluation at `bits` bits: no promise about its width."""

    def ball(self, bits: int) -> arb:
        """A ball of relative width about 2^-bits, or the best one reached at 4*bits + 256 bits."""
        precision = bits + 16
        ball = self.approximate(precision)
        while ball.rel_accuracy_bits() < bits and precision < 4 * bits + 256:
            precision *= 2
            ball = self.approximate(precision)
        return ball

    def tie(self, other: "Real") -> bool | None:
        """True: surely equal. False: surely different. None: cannot say."""
        if self is other or same_name(self, other):
            return True
        order = self._order(other, 1024)
        if order is None:
            order = other._order(self, 1024)
        return None if order is None else order == 0

    def exact(self) -> fmpq | None:
        """The number as a rational, when it is known to be one."""
        return None

    def sqrt(self) -> "Real":
        """The square root.

        Raises:
            ValueError: the number is negative.
        """
        from refutable.theorems.exact.computed import sqrt

        return as_real(sqrt(self))

    def _order(self, other: "Real", max_bits: int) -> Order | None:
        """The comparison, where the structure of the two numbers decides it."""
        return None

    def _plus(self, other: "Real") -> "Real | None":
        """The sum in a closed form, or None."""
        return None

    def _times(self, other: "Real") -> "Real | None":
        """The product in a closed form, or None."""
        return None

    def _reciprocal(self) -> "Real | None":
        """1/self in a closed form, or None. Raises ZeroDivisionError for a number known to be 0."""
        return None

    def _negative(self) -> "Real":
        return -1 * self

    def __neg__(self) -> "Real":
        return self._negative()

    def __add__(self, other: "Operand") -> "Real":
        if not isinstance(other, _OPERANDS):
            return NotImplemented
        return _add(self, as_real(other))

    def __radd__(self, other: "Operand") -> "Real":
        return self.__add__(other)

    def __sub__(self, other: "Operand") -> "Real":
        if not isinstance(other, _OPERANDS):
            return NotImplemented
        return _add(self, -as_real(other))

    def __rsub__(self, other: "Operand") -> "Real":
        if not isinstance(other, _OPERANDS):
            return NotImplemented
        return _add(as_real(other), -self)

    def __mul__(self, other: "Operand") -> "Real":
        if not isinstance(other, _OPERANDS):
            return NotImplemented
        return _multiply(self, as_real(other))

    def __rmul__(self, other: "Operand") -> "Real":
        return self.__mul__(other)

    def __truediv__(self, other: "Operand") -> "Real":
        if not isinstance(other, _OPERANDS):
            return NotImplemented
        return _divide(self, as_real(other))

    def __rtruediv__(self, other: "Operand") -> "Real":
        if not isinstance(other, _OPERANDS):
            return NotImplemented
        return _divide(as_real(other), self)

    def __pow__(self, exponent: int) -> "Real":
        from refutable.theorems.exact.computed import power

        return as_real(power(self, fmpq(exponent)))

    def __abs__(self) -> "Real":
        order = sign(self)
        if order is not None:
            return -self if order < 0 else self
        from refutable.theorems.exact.computed import absolute

        return absolute(self)

    def __float__(self) -> float:
        middle = self.ball(80).mid()
        # As a fraction, e^(-10^12) would not fit into memory.
        return float(middle) if middle.is_finite() else float("nan")


Number: TypeAlias = fmpq | Real
Operand: TypeAlias = Real | fmpq | fmpz | int | Fraction
_OPERANDS = (Real, fmpq, fmpz, int, np.integer, Fraction)


def as_real(value: Operand) -> Real:
    """`value` itself when it is a Real, otherwise the rational as a Surd.

    Raises:
        TypeError: neither a Real nor an exact rational (a float is not: read it with `rational`).
    """
    from refutable.theorems.exact.surd import Surd

    if isinstance(value, Real):
        return value
    if not isinstance(value, _OPERANDS):
        raise TypeError(f"{type(value).__name__} is not an exact number; read it with rational() first")
    return Surd.of(rational(value))


def _add(left: Real, right: Real) -> Real:
    closed = left._plus(right) or right._plus(left)
    if closed is not None:
        return closed
    from refutable.theorems.exact.computed import combined

    return combined("+", left, right)


def _multiply(left: Real, right: Real) -> Real:
    closed = left._times(right) or right._times(left)
    if closed is not None:
        return closed
    from refutable.theorems.exact.computed import combined

    return combined("*", left, right)


def _divide(left: Real, right: Real) -> Real:
    reciprocal = right._reciprocal()
    if reciprocal is not None:
        return _multiply(left, reciprocal)
    from refutable.theorems.exact.computed import combined

    return combined("/", left, right)


def same_name(a: Real, b: Real) -> bool:
    """Whether two numbers of one class carry equal keys (a key may cost a hash of a matrix: only then made)."""
    return type(a) is type(b) and a.key is not None and a.key == b.key


def compare(left: Number, right: Number, max_bits: int = 4096) -> Order | None:
    """The sign of left - right: never wrong; None when `max_bits` bits do not separate two numbers.

    Two surds, and an eigenvalue and a rational, are always decided.
    """
    if isinstance(left, fmpq) and isinstance(right, fmpq):
        return _order_rationals(left, right)
    a, b = as_real(left), as_real(right)
    if a is b or same_name(a, b):
        return 0
    order = a._order(b, max_bits)
    if order is not None:
        return order
    reverse = b._order(a, max_bits)
    if reverse is not None:
        return _OPPOSITE[reverse]
    return _separate(a, b, max_bits)


_OPPOSITE: dict[int, Order] = {-1: 1, 0: 0, 1: -1}


def _order_rationals(left: fmpq, right: fmpq) -> Order:
    if left == right:
        return 0
    return -1 if left < right else 1


def _separate(left: Real, right: Real, max_bits: int) -> Order | None:
    bits = 64
    while bits <= max_bits:
        a, b = left.ball(bits), right.ball(bits)
        if a < b:
            return -1
        if a > b:
            return 1
        bits *= 2
    return None


def sign(x: Number, max_bits: int = 4096) -> Order | None:
    """The sign of x, or None when it could not be decided with `max_bits` bits."""
    return compare(x, fmpq(0), max_bits)


def enclose(x: Number, bits: int) -> arb:
    """A ball of relative width about 2^-bits that contains x."""
    if isinstance(x, Real):
        return x.ball(bits)
    with working_precision(bits + 2):
        return arb(x)
