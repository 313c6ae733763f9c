"""Exact arithmetic: object arrays of rationals and `Real` numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat

from refutable.theorems.exact import TopEigenvalue, as_real, compare, computed, rational, sign
from refutable.theorems.exact.polynomials import schur_stable
from refutable.theorems.ops.product_shift import product_shift
from refutable.theorems.ops.protocol import Array, Ops

ZERO, ONE = fmpq(0), fmpq(1)


def elementwise(function: Callable[..., Any], *arrays: Any) -> Any:
    """Apply ``function`` to each element (numbers stay numbers), broadcasting."""
    if not any(isinstance(a, np.ndarray) for a in arrays):
        return function(*arrays)
    broadcast = np.broadcast_arrays(*[np.asarray(a, dtype=object) for a in arrays])
    out = np.empty(broadcast[0].shape, dtype=object)
    for index in np.ndindex(out.shape):
        out[index] = function(*(a[index] for a in broadcast))
    return out[()] if out.ndim == 0 else out


def to_matrix(a: Array) -> fmpq_mat:
    """Rational matrix of a 2-d object array; raises TypeError if an element is not rational."""
    rows, columns = a.shape
    flat = [x if isinstance(x, fmpq) else _rational_entry(x) for x in a.ravel()]
    return fmpq_mat(rows, columns, flat)


def _rational_entry(x: Any) -> fmpq:
    value = fmpq(x) if isinstance(x, int) else as_real(x).exact()
    if value is None:
        raise TypeError("a matrix of irrational numbers has no exact linear algebra here")
    return value


def from_matrix(m: fmpq_mat) -> Array:
    """Object array [rows, columns] of a rational matrix."""
    out = np.empty((m.nrows(), m.ncols()), dtype=object)
    out[...] = np.array(m.table(), dtype=object).reshape(out.shape)
    return out


class ExactOps(Ops):
    """Rationals (`flint.fmpq`) and `Real` numbers in object ndarrays, one instance at a time."""

    name = "exact"
    exact = True

    def __init__(self) -> None:
        self._matrices: dict[int, tuple[Array, fmpq_mat]] = {}

    def _matrix(self, a: Array) -> fmpq_mat:
        """`to_matrix`, remembered for arrays that cannot change."""
        if a.flags.writeable:
            return to_matrix(a)
        known = self._matrices.get(id(a))
        if known is None or known[0] is not a:
            known = self._matrices[id(a)] = (a, to_matrix(a))
        return known[1]

    def array(self, values: Any) -> Array:
        """Object array of rationals; nested sequences of numbers accepted by `rational`."""
        source = np.array(values, dtype=object)
        return elementwise(lambda v: v if isinstance(v, fmpq) else rational(v), source)

    def ratio(self, numerator: int, denominator: int = 1) -> fmpq:
        """The rational constant."""
        return fmpq(numerator, denominator)

    def matmul(self, a: Array, b: Array) -> Array:
        """Product of rational matrices."""
        return from_matrix(self._matrix(a) * self._matrix(b))

    def transpose(self, a: Array) -> Array:
        """Swap the two axes."""
        return np.swapaxes(a, -1, -2)

    def sum(self, a: Array, axis: int = -1) -> Array:
        """Sum over one axis."""
        return _total(list(np.moveaxis(a, axis, 0)))

    def sqrt(self, a: Array) -> Array:
        """Square root: rational or surd where the argument is rational."""
        return elementwise(computed.sqrt, a)

    def abs(self, a: Array) -> Array:
        """Absolute value; the sign is decided exactly."""
        return elementwise(abs, a)

    def minimum(self, a: Array, b: Array) -> Array:
        """Smaller number, decided exactly."""
        return elementwise(lambda x, y: x if _not_above(x, y) else y, a, b)

    def maximum(self, a: Array, b: Array) -> Array:
        """Larger number, decided exactly."""
        return elementwise(lambda x, y: y if _not_above(x, y) else x, a, b)

    def max(self, a: Array, axis: int = -1) -> Array:
        """Largest element along one axis."""
        parts = np.moveaxis(a, axis, 0)
        best = parts[0]
        for part in parts[1:]:
            best = self.maximum(best, part)
        return best

    def segment_sum(self, values: Array, segments: Array) -> Array:
        """Sums by representative."""
        out = np.full(values.shape, ZERO, dtype=object)
        for value, segment in zip(values, segments, strict=True):
            out[int(segment)] = out[int(segment)] + value
        return out

    def take(self, values: Array, index: Array) -> Array:
        """values[index]."""
        return values[np.asarray(index, dtype=int)]

    def concat(self, arrays: Sequence[Array], axis: int = -1) -> Array:
        """Concatenate."""
        return np.concatenate([np.asarray(a, dtype=object) for a in arrays], axis=axis)

    def ones_like(self, a: Array) -> Array:
        """Ones."""
        return np.full(np.shape(a), ONE, dtype=object)

    def top_eigenvalue(self, a: Array) -> TopEigenvalue:
        """Largest eigenvalue as an exactly defined real number."""
        return TopEigenvalue(self._matrix(a))

    def elementary(self, name: str, a: Array) -> Array:
        """Elementwise function of `exact.computed`."""
        return elementwise(getattr(computed, name), a)

    def roots_in_disc(self, coefficients: Array) -> bool:
        """Schur-Cohn test in rationals."""
        return schur_stable([c if isinstance(c, fmpq) else fmpq(c) for c in coefficients])

    def product_shift(self, a: Array) -> Any:
        """A rational, a surd, or balls with a sign change at their ends."""
        return product_shift(list(a))

    def positive(self, a: Array) -> Array:
        """Exact indicator of a > 0."""
        return elementwise(lambda x: ONE if sign(x) == 1 else ZERO, a)

    def zero(self, a: Array) -> Array:
        """Exact indicator of a == 0."""
        return elementwise(lambda x: ONE if sign(x) == 0 else ZERO, a)

    def parallel(self, w: Array, b: Array) -> tuple[Array, Array]:
        """Group by the canonical form (w, b) / first non-zero coordinate of w."""
        first: dict[tuple[fmpq, ...], tuple[int, fmpq]] = {}
        segments = np.arange(len(b))
        ratio = np.full(len(b), ONE, dtype=object)
        for i, row in enumerate(w):
            pivot = next((c for c in row if c != 0), None)
            if pivot is None:
                continue
            key = (*(c / pivot for c in row), b[i] / pivot)
            s, reference = first.setdefault(key, (i, pivot))
            segments[i], ratio[i] = s, pivot / reference
        return segments, ratio


def _total(parts: list[Any]) -> Any:
    """A balanced sum: expressions of many computed numbers stay shallow."""
    while len(parts) > 1:
        paired = [a + b for a, b in zip(parts[::2], parts[1::2], strict=False)]
        parts = paired + parts[2 * len(paired) :]
    return parts[0] if parts else ZERO


def _not_above(x: Any, y: Any) -> bool:
    order = compare(x, y)
    if order is None:
        raise ArithmeticError("could not order two numbers exactly; their difference is below 2^-4096")
    return order <= 0
