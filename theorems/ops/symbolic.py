"""SymPy arithmetic: the code's own formulas on symbols, so that they can be reduced to the paper's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import sympy

from refutable.theorems.ops.exact import elementwise
from refutable.theorems.ops.protocol import Array, Ops


class SymbolicOps(Ops):
    """Object arrays of SymPy expressions. Discrete facts cannot be decided on symbols: give the structure."""

    name = "symbolic"

    def array(self, values: Any) -> Array:
        """Object array of expressions."""
        return elementwise(sympy.sympify, np.array(values, dtype=object))

    def ratio(self, numerator: int, denominator: int = 1) -> Any:
        """A SymPy rational."""
        return sympy.Rational(numerator, denominator)

    def matmul(self, a: Array, b: Array) -> Array:
        """Matrix product."""
        return np.asarray(a, dtype=object) @ np.asarray(b, dtype=object)

    def transpose(self, a: Array) -> Array:
        """Swap the axes."""
        return np.swapaxes(a, -1, -2)

    def sum(self, a: Array, axis: int = -1) -> Array:
        """Sum over one axis."""
        return np.add.reduce(a, axis=axis)

    def sqrt(self, a: Array) -> Array:
        """Square root."""
        return elementwise(sympy.sqrt, a)

    def abs(self, a: Array) -> Array:
        """Absolute value."""
        return elementwise(sympy.Abs, a)

    def minimum(self, a: Array, b: Array) -> Array:
        """Minimum."""
        return elementwise(sympy.Min, a, b)

    def maximum(self, a: Array, b: Array) -> Array:
        """Maximum."""
        return elementwise(sympy.Max, a, b)

    def max(self, a: Array, axis: int = -1) -> Array:
        """Largest element."""
        parts = np.moveaxis(a, axis, 0)
        return elementwise(sympy.Max, *parts)

    def segment_sum(self, values: Array, segments: Array) -> Array:
        """Sums by representative."""
        out = np.full(values.shape, sympy.Integer(0), dtype=object)
        for value, segment in zip(values, segments, strict=True):
            out[int(segment)] += value
        return out

    def take(self, values: Array, index: Array) -> Array:
        """values[index]."""
        return values[np.asarray(index, dtype=int)]

    def concat(self, arrays: Sequence[Array], axis: int = -1) -> Array:
        """Concatenate."""
        return np.concatenate([np.asarray(a, dtype=object) for a in arrays], axis=axis)

    def ones_like(self, a: Array) -> Array:
        """Ones."""
        return np.full(np.shape(a), sympy.Integer(1), dtype=object)

    def top_eigenvalue(self, a: Array) -> Any:
        """The symbol lambda_max (its matrix is not solved)."""
        return sympy.Symbol("lambda_max", nonnegative=True)

    def elementary(self, name: str, a: Array) -> Array:
        """SymPy function of that name."""
        return elementwise(getattr(sympy, name), a)

    def product_shift(self, a: Array) -> Any:
        """Two numbers: in closed form; more are not solved for."""
        if len(a) != 2:
            return super().product_shift(a)
        gap = a[0] - a[1]
        return (sympy.sqrt(gap * gap + 4) - a[0] - a[1]) / 2

    def positive(self, a: Array) -> Array:
        """Not decidable on symbols."""
        raise TypeError("signs of symbols are unknown: pass the structure to the symbolic view")

    def zero(self, a: Array) -> Array:
        """Not decidable on symbols."""
        raise TypeError("signs of symbols are unknown: pass the structure to the symbolic view")

    def parallel(self, w: Array, b: Array) -> tuple[Array, Array]:
        """Not decidable on symbols."""
        raise TypeError("hyperplanes of symbols cannot be compared: pass the structure to the symbolic view")
