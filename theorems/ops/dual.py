"""Dual numbers: a formula's value and its derivative along a vector field, both exact.

A dual number is a + b e with e^2 = 0. Running the code's own formula on (state, velocity) gives the formula's Lie
derivative: no derivative is worked out by hand, and what is differentiated is what the claims use.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.exact import sign
from refutable.theorems.ops.exact import ExactOps, elementwise
from refutable.theorems.ops.protocol import Array, Ops

EXACT = ExactOps()
ZERO, ONE = fmpq(0), fmpq(1)


class Dual:
    """value + derivative e: numbers of the exact arithmetic."""

    __slots__ = ("derivative", "value")

    def __init__(self, value: Any, derivative: Any = ZERO) -> None:
        self.value, self.derivative = value, derivative

    def __neg__(self) -> Dual:
        return Dual(-self.value, -self.derivative)

    def __add__(self, other: Any) -> Dual:
        o = dual(other)
        return Dual(self.value + o.value, self.derivative + o.derivative)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Dual:
        return self + -dual(other)

    def __rsub__(self, other: Any) -> Dual:
        return dual(other) + -self

    def __mul__(self, other: Any) -> Dual:
        o = dual(other)
        return Dual(self.value * o.value, self.derivative * o.value + self.value * o.derivative)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Dual:
        o = dual(other)
        ratio = self.value / o.value
        return Dual(ratio, (self.derivative - ratio * o.derivative) / o.value)

    def __rtruediv__(self, other: Any) -> Dual:
        return dual(other) / self

    def __eq__(self, other: object) -> bool:
        raise TypeError("dual numbers are not compared: compare their values or their derivatives")

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Dual({self.value!r}, {self.derivative!r})"


def dual(x: Any) -> Dual:
    """A number as a dual one: constants have derivative 0."""
    if isinstance(x, Dual):
        return x
    return Dual(fmpq(int(x)) if isinstance(x, int | np.integer) else x)


def _sqrt(x: Any) -> Any:
    d = dual(x)
    root = EXACT.sqrt(d.value)
    if sign(root) == 0:
        raise ZeroDivisionError("the square root has no derivative at 0")
    return Dual(root, d.derivative / (2 * root))


_SLOPES: dict[str, Callable[[Any], Any]] = {
    "exp": lambda v: EXACT.elementary("exp", v),
    "log": lambda v: 1 / v,
    "sinh": lambda v: EXACT.sqrt(1 + EXACT.elementary("sinh", v) * EXACT.elementary("sinh", v)),
    "asinh": lambda v: 1 / EXACT.sqrt(1 + v * v),
    "sin": lambda v: EXACT.elementary("cos", v),
    "cos": lambda v: -EXACT.elementary("sin", v),
}
"""Derivatives of the elementary functions at a value."""


class DualOps(Ops):
    """Object arrays of `Dual` numbers, one instance at a time. Discrete facts are those of the values."""

    name = "dual"
    proposes = False

    def array(self, values: Any) -> Array:
        """Constants."""
        return elementwise(Dual, EXACT.array(values))

    def ratio(self, numerator: int, denominator: int = 1) -> fmpq:
        """The rational constant."""
        return fmpq(numerator, denominator)

    def matmul(self, a: Array, b: Array) -> Array:
        """Matrix product."""
        return np.asarray(a, dtype=object) @ np.asarray(b, dtype=object)

    def transpose(self, a: Array) -> Array:
        """Swap the two axes."""
        return np.swapaxes(a, -1, -2)

    def sum(self, a: Array, axis: int = -1) -> Array:
        """Sum over one axis."""
        return np.add.reduce(a, axis=axis) if np.shape(a)[axis] else Dual(ZERO)

    def sqrt(self, a: Array) -> Array:
        """Square root of positive numbers. Raises ZeroDivisionError at 0."""
        return elementwise(_sqrt, a)

    def abs(self, a: Array) -> Array:
        """Absolute value. Raises ZeroDivisionError at 0."""
        return elementwise(_abs, a)

    def minimum(self, a: Array, b: Array) -> Array:
        """The smaller by value. Raises ZeroDivisionError at a tie."""
        return elementwise(lambda x, y: x if _order(x, y) < 0 else y, a, b)

    def maximum(self, a: Array, b: Array) -> Array:
        """The larger by value. Raises ZeroDivisionError at a tie."""
        return elementwise(lambda x, y: y if _order(x, y) < 0 else x, a, b)

    def max(self, a: Array, axis: int = -1) -> Array:
        """The largest by value. Raises ZeroDivisionError at a tie."""
        parts = np.moveaxis(a, axis, 0)
        best = parts[0]
        for part in parts[1:]:
            best = self.maximum(best, part)
        return best

    def segment_sum(self, values: Array, segments: Array) -> Array:
        """Sums by representative."""
        out = np.full(values.shape, ZERO, dtype=object)
        for value, segment in zip(values, segments, strict=True):
            out[int(segment)] = value + out[int(segment)]
        return elementwise(dual, out)

    def take(self, values: Array, index: Array) -> Array:
        """values[index]."""
        return values[np.asarray(index, dtype=int)]

    def concat(self, arrays: Sequence[Array], axis: int = -1) -> Array:
        """Concatenate."""
        return np.concatenate([np.asarray(a, dtype=object) for a in arrays], axis=axis)

    def ones_like(self, a: Array) -> Array:
        """Ones."""
        return elementwise(lambda _: Dual(ONE), a)

    def top_eigenvalue(self, a: Array) -> Any:
        """Not differentiated here."""
        raise NotImplementedError("the dual arithmetic does not differentiate eigenvalues")

    def elementary(self, name: str, a: Array) -> Array:
        """exp, log, sinh, asinh, sin, cos."""
        if name not in _SLOPES:
            raise NotImplementedError(f"the dual arithmetic does not differentiate {name}")

        def apply(x: Any) -> Dual:
            d = dual(x)
            return Dual(EXACT.elementary(name, d.value), d.derivative * _SLOPES[name](d.value))

        return elementwise(apply, a)

    def positive(self, a: Array) -> Array:
        """Indicator of a positive value. Raises ZeroDivisionError where the value 0 moves."""
        return elementwise(_positive, a)

    def zero(self, a: Array) -> Array:
        """Indicator of the value 0."""
        return elementwise(lambda x: EXACT.zero(dual(x).value), a)

    def parallel(self, w: Array, b: Array) -> tuple[Array, Array]:
        """Not decided on dual numbers."""
        raise NotImplementedError("the dual arithmetic does not group hyperplanes: pass the structure")


def _positive(x: Any) -> Any:
    d = dual(x)
    if sign(d.value) == 0 and sign(d.derivative) != 0:
        raise ZeroDivisionError("whether a number is positive has no derivative where it passes 0")
    return EXACT.positive(d.value)


def _abs(x: Any) -> Dual:
    d = dual(x)
    return d if _order(d, ZERO) > 0 else -d


def _order(x: Any, y: Any) -> int:
    order = sign(dual(x).value - dual(y).value)
    if order is None:
        raise ArithmeticError("could not order two numbers exactly")
    if order == 0:
        raise ZeroDivisionError("a maximum, minimum or modulus has no derivative at a tie")
    return order
