"""The operations a formula may use.

A formula sees numbers and structure only and never branches on a value. It works on the trailing axes of
its arrays, so that the same line serves one exact instance and a batch of float ones. Arrays support
``+ - * /``, unary minus, broadcasting and indexing; everything else comes from `Ops`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

Array = Any
"""An array of one arithmetic: object ndarray (exact, symbolic), torch tensor, or certified float array."""


class NotCertified(TypeError):
    """A formula uses an operation without an a-priori float error bound: decide exactly instead."""


class Ops(ABC):
    """Arithmetic over one kind of array. ``axis`` counts from the end (-1, -2)."""

    name: ClassVar[str]
    exact: ClassVar[bool] = False
    proposes: ClassVar[bool] = True
    """Whether a formula may put a float proposal (a test vector, say) in place of the exact view's own."""

    @abstractmethod
    def array(self, values: Any) -> Array:
        """Array of this arithmetic holding ``values`` (nested sequences of rationals or numbers)."""

    @abstractmethod
    def ratio(self, numerator: int, denominator: int = 1) -> Any:
        """The rational constant numerator/denominator."""

    @abstractmethod
    def matmul(self, a: Array, b: Array) -> Array:
        """Matrix product over the last two axes: [..., m, p] x [..., p, q] -> [..., m, q]."""

    def matvec(self, a: Array, v: Array) -> Array:
        """Matrix times vector: [..., m, p] x [..., p] -> [..., m]."""
        return self.matmul(a, v[..., None])[..., 0]

    @abstractmethod
    def transpose(self, a: Array) -> Array:
        """Swap the last two axes."""

    @abstractmethod
    def sum(self, a: Array, axis: int = -1) -> Array:
        """Sum over one axis."""

    def mean(self, a: Array, axis: int = -1) -> Array:
        """Mean over one axis."""
        return self.sum(a, axis) * self.ratio(1, a.shape[axis])

    @abstractmethod
    def sqrt(self, a: Array) -> Array:
        """Elementwise square root of nonnegative numbers (gradient defined as 0 at 0)."""

    def norm(self, a: Array, axis: int = -1) -> Array:
        """Euclidean norm over one axis."""
        return self.sqrt(self.sum(a * a, axis))

    @abstractmethod
    def abs(self, a: Array) -> Array:
        """Elementwise absolute value."""

    @abstractmethod
    def minimum(self, a: Array, b: Array) -> Array:
        """Elementwise minimum of two arrays."""

    @abstractmethod
    def maximum(self, a: Array, b: Array) -> Array:
        """Elementwise maximum of two arrays."""

    @abstractmethod
    def max(self, a: Array, axis: int = -1) -> Array:
        """Largest element along one axis."""

    @abstractmethod
    def segment_sum(self, values: Array, segments: Array) -> Array:
        """Sums of ``values`` [..., k] by representative index ``segments`` [..., k]; 0 elsewhere."""

    @abstractmethod
    def take(self, values: Array, index: Array) -> Array:
        """``values[..., index]`` along the last axis."""

    @abstractmethod
    def concat(self, arrays: Sequence[Array], axis: int = -1) -> Array:
        """Concatenate along an existing axis."""

    def stack(self, arrays: Sequence[Array], axis: int = -1) -> Array:
        """Stack along a new last axis (axis=-1) or the one before it (axis=-2)."""
        if axis == -1:
            return self.concat([a[..., None] for a in arrays], -1)
        return self.concat([a[..., None, :] for a in arrays], -2)

    @abstractmethod
    def ones_like(self, a: Array) -> Array:
        """Array of ones shaped like ``a``."""

    def zeros_like(self, a: Array) -> Array:
        """Array of zeros shaped like ``a``."""
        return self.ones_like(a) * 0

    def identity(self, a: Array) -> Array:
        """Identity matrix of the size of the square matrices ``a`` [..., p, p], broadcastable to it."""
        size = int(a.shape[-1])
        return self.array([[1 if i == j else 0 for j in range(size)] for i in range(size)])

    def spread(self, a: Any, axes: int = 1) -> Any:
        """A number per instance (float batches: [B]), shaped to broadcast against ``axes`` trailing axes."""
        return a

    @abstractmethod
    def top_eigenvalue(self, a: Array) -> Any:
        """Largest eigenvalue of symmetric matrices [..., p, p]."""

    @abstractmethod
    def elementary(self, name: str, a: Array) -> Array:
        """Elementwise exp, log, sin, sinh, asinh, ... of ``a`` (``name`` as in `exact.computed`)."""

    def roots_in_disc(self, coefficients: Array) -> bool | None:
        """Whether every root of the polynomial (constant term first) has modulus < 1."""
        raise NotImplementedError(f"the {self.name} arithmetic does not locate roots of polynomials")

    def product_shift(self, a: Array) -> Any:
        """The t with (a_1 + t) ... (a_D + t) = 1 and all factors positive, over the last axis [..., D] -> [...]."""
        raise NotImplementedError(f"the {self.name} arithmetic does not shift numbers to the product 1")

    # Discrete facts: for `structure` functions alone, never for formulas.

    @abstractmethod
    def positive(self, a: Array) -> Array:
        """Indicator (0 or 1, in this arithmetic) of a > 0."""

    @abstractmethod
    def zero(self, a: Array) -> Array:
        """Indicator (0 or 1, in this arithmetic) of a == 0."""

    @abstractmethod
    def parallel(self, w: Array, b: Array) -> tuple[Array, Array]:
        """Group hyperplanes w_i.x + b_i = 0 that coincide: w [..., k, d], b [..., k].

        Returns ``(segments, ratio)``, both [..., k]: ``segments[i]`` is the first index with the same
        hyperplane and (w_i, b_i) = ratio[i] * (w_s, b_s) for s = segments[i]. Rows with w_i = 0 describe no
        hyperplane: they are their own segment with ratio 1.
        """
