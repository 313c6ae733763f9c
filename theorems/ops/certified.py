"""Certified float64 batches: every number carries an a-priori bound on its error.

IEEE double precision on the CPU, unit roundoff u = 2^-53. An array holds midpoints and radii; the exact value of
the formula lies within radius of midpoint. Sums and products of length m are bounded by gamma_m = m u / (1 - m u)
(Higham 2002, Lemma 3.1; any order of summation, with or without fused multiply-add); the largest eigenvalue from
above by Rump's Cholesky test (BIT 46, 2006, Theorem 2.3) and from below by a Rayleigh quotient. A batch entry
whose discrete structure is not certain is flagged in `CertifiedOps.unsafe`: its numbers say nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.exact import rational, to_float
from refutable.theorems.ops.protocol import Array, NotCertified, Ops

U = 2.0**-53
TINY = 2.0**-1070
INFLATE = 1.0 + 2.0**-48
"""Covers the rounding of the few operations that compute a radius."""


def gamma(m: int) -> float:
    """m u / (1 - m u), with a safe margin for the rounding of radii."""
    return 1.01 * m * U


class CertifiedArray:
    """Midpoints and radii, both float64 of one shape. Supports + - * /, indexing, reshape."""

    __array_ufunc__ = None

    def __init__(self, mid: Any, rad: Any = None) -> None:
        self.mid = np.asarray(mid, dtype=np.float64)
        self.rad = np.zeros_like(self.mid) if rad is None else np.broadcast_to(rad, self.mid.shape)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the batch array."""
        return tuple(self.mid.shape)

    def __getitem__(self, index: Any) -> CertifiedArray:
        return CertifiedArray(self.mid[index], self.rad[index])

    def __setitem__(self, index: Any, value: CertifiedArray) -> None:
        self.rad = np.array(self.rad)
        self.mid[index], self.rad[index] = value.mid, value.rad

    def reshape(self, *shape: int) -> CertifiedArray:
        """The same numbers in another shape."""
        return CertifiedArray(self.mid.reshape(*shape), self.rad.reshape(*shape))

    def __neg__(self) -> CertifiedArray:
        return CertifiedArray(-self.mid, self.rad)

    def __add__(self, other: Any) -> CertifiedArray:
        b = certified(other)
        mid = self.mid + b.mid
        return CertifiedArray(mid, (self.rad + b.rad + U * np.abs(mid)) * INFLATE)

    def __sub__(self, other: Any) -> CertifiedArray:
        return self + (-certified(other))

    def __rsub__(self, other: Any) -> CertifiedArray:
        return certified(other) + (-self)

    def __mul__(self, other: Any) -> CertifiedArray:
        b = certified(other)
        mid = self.mid * b.mid
        spread = np.abs(self.mid) * b.rad + self.rad * (np.abs(b.mid) + b.rad)
        rounding = np.where(self.surely_zero() | b.surely_zero(), 0.0, U * np.abs(mid) + TINY)
        return CertifiedArray(mid, (spread + rounding) * INFLATE)

    def __truediv__(self, other: Any) -> CertifiedArray:
        b = certified(other)
        with np.errstate(divide="ignore", invalid="ignore"):
            mid = self.mid / b.mid
            least = np.abs(b.mid) - b.rad
            rad = (self.rad + np.abs(mid) * b.rad * INFLATE + TINY) / least * INFLATE + U * np.abs(mid) + TINY
        good = (least > 0) & np.isfinite(mid)
        return CertifiedArray(np.where(good, mid, 0.0), np.where(good, rad * INFLATE, np.inf))

    def __rtruediv__(self, other: Any) -> CertifiedArray:
        return certified(other) / self

    def __pow__(self, exponent: Any) -> CertifiedArray:
        raise NotCertified("fractional powers have no certified float version; decide exactly")

    __radd__ = __add__
    __rmul__ = __mul__

    def surely_zero(self) -> Any:
        """Boolean array: the number is exactly 0."""
        return (self.mid == 0) & (self.rad == 0)

    def possibly_zero(self) -> Any:
        """Boolean array: 0 is within the radius (also where nothing is known)."""
        return ~(np.abs(self.mid) > self.rad)


def certified(value: Any) -> CertifiedArray:
    """``value`` as a certified array: floats are exact, rationals and integers correctly rounded with their error.

    Raises:
        NotCertified: an object without a float value and error.
    """
    if isinstance(value, CertifiedArray):
        return value
    if isinstance(value, int | Fraction | fmpq) and not isinstance(value, bool):
        exact = rational(value)
        mid = to_float(exact)
        rad = 0.0 if fmpq(*mid.as_integer_ratio()) == exact else U * abs(mid) + TINY
        return CertifiedArray(mid, rad)
    if isinstance(value, float | np.floating) or (isinstance(value, np.ndarray) and value.dtype == np.float64):
        return CertifiedArray(value)
    raise NotCertified(f"a {type(value).__name__} has no certified float version; decide exactly")


def _meet(a: CertifiedArray, b: CertifiedArray) -> Any:
    """Where some product of the matrix product has two factors that may be nonzero (it may underflow to 0)."""
    factors = [(~x.surely_zero()).astype(np.float64) for x in (a, b)]
    return np.matmul(*factors) > 0


class CertifiedOps(Ops):
    """Batches [B, ...]; ``unsafe`` [B] flags entries whose structure or eigenvalue is not certain."""

    name = "certified"
    proposes = False

    def __init__(self, count: int) -> None:
        self.unsafe = np.zeros(count, dtype=bool)

    def _flag(self, uncertain: Any) -> None:
        self.unsafe |= uncertain.reshape(len(self.unsafe), -1).any(axis=1)

    def array(self, values: Any) -> Array:
        """Exact float64 entries."""
        return CertifiedArray(np.asarray(values, dtype=np.float64))

    def ratio(self, numerator: int, denominator: int = 1) -> CertifiedArray:
        """The constant within half a unit in the last place."""
        return certified(fmpq(numerator, denominator))

    def matmul(self, a: Array, b: Array) -> Array:
        """Product with error gamma_m |A| |B| and the propagated radii."""
        size = gamma(a.shape[-1] + 4)
        magnitude = np.matmul(np.abs(a.mid), np.abs(b.mid))
        rad = magnitude * size
        if a.rad.any() or b.rad.any():
            rad = rad + np.matmul(np.abs(a.mid), b.rad) + np.matmul(a.rad, np.abs(b.mid) + b.rad)
        underflow = np.where((rad == 0) & ~_meet(a, b), 0.0, TINY * a.shape[-1])
        rad = rad * (1 + 4 * size) * INFLATE + underflow
        return CertifiedArray(np.matmul(a.mid, b.mid), rad)

    def transpose(self, a: Array) -> Array:
        """Swap the last two axes."""
        return CertifiedArray(np.swapaxes(a.mid, -1, -2), np.swapaxes(a.rad, -1, -2))

    def sum(self, a: Array, axis: int = -1) -> Array:
        """Sum with error gamma_m sum |a|."""
        size = gamma(a.shape[axis] + 4)
        rad = (a.rad.sum(axis=axis) + size * np.abs(a.mid).sum(axis=axis)) * (1 + 4 * size) * INFLATE
        return CertifiedArray(a.mid.sum(axis=axis), rad)

    def sqrt(self, a: Array) -> Array:
        """Square root of a number known to be >= 0."""
        root = np.sqrt(np.maximum(a.mid, 0.0))
        wide = np.sqrt(np.maximum(a.mid, 0.0) + a.rad)
        with np.errstate(divide="ignore", invalid="ignore"):
            near = np.where(root > 0, a.rad / root, np.inf)
        rad = np.where(a.rad == 0, 0.0, np.minimum(near, wide))
        return CertifiedArray(root, (rad + 2 * U * root) * INFLATE)

    def abs(self, a: Array) -> Array:
        """Absolute value."""
        return CertifiedArray(np.abs(a.mid), a.rad)

    def minimum(self, a: Array, b: Array) -> Array:
        """Minimum: within the larger radius."""
        a, b = certified(a), certified(b)
        return CertifiedArray(np.minimum(a.mid, b.mid), np.maximum(a.rad, b.rad))

    def maximum(self, a: Array, b: Array) -> Array:
        """Maximum: within the larger radius."""
        a, b = certified(a), certified(b)
        return CertifiedArray(np.maximum(a.mid, b.mid), np.maximum(a.rad, b.rad))

    def max(self, a: Array, axis: int = -1) -> Array:
        """Largest element: within the largest radius."""
        return CertifiedArray(a.mid.max(axis=axis), a.rad.max(axis=axis))

    def segment_sum(self, values: Array, segments: Array) -> Array:
        """Every certified segment is a single neuron (coinciding hyperplanes are flagged unsafe)."""
        return values

    def take(self, values: Array, index: Array) -> Array:
        """Gather along the last axis."""
        picked = [np.take_along_axis(part, index, axis=-1) for part in (values.mid, np.array(values.rad))]
        return CertifiedArray(*picked)

    def concat(self, arrays: Sequence[Array], axis: int = -1) -> Array:
        """Concatenate."""
        parts = [certified(a) for a in arrays]
        return CertifiedArray(
            np.concatenate([p.mid for p in parts], axis), np.concatenate([p.rad for p in parts], axis)
        )

    def ones_like(self, a: Array) -> Array:
        """Exact ones."""
        return CertifiedArray(np.ones(a.shape))

    def spread(self, a: Any, axes: int = 1) -> Any:
        """[B] -> [B, 1, ...]."""
        return a[(..., *(None,) * axes)] if isinstance(a, CertifiedArray) and a.mid.ndim else a

    def top_eigenvalue(self, a: Array) -> Array:
        """Enclosure of the largest eigenvalue of symmetric matrices [B, p, p]."""
        from refutable.theorems.ops.certified_eigenvalue import enclose_top

        upper, lower = enclose_top(self, a)
        self._flag(~(np.isfinite(upper) & np.isfinite(lower)))
        upper, lower = np.nan_to_num(upper), np.nan_to_num(lower)
        mid = (upper + lower) / 2
        rad = np.maximum(upper - mid, mid - lower) * INFLATE + 4 * U * np.abs(mid)
        return CertifiedArray(mid, rad)

    def elementary(self, name: str, a: Array) -> Array:
        """Not offered: libm carries no error bound."""
        raise NotCertified(f"{name} has no certified float version; decide exactly")

    def positive(self, a: Array) -> Array:
        """Indicator of a > 0; uncertain signs flag the batch entry."""
        self._flag(a.possibly_zero())
        return CertifiedArray((a.mid > 0).astype(np.float64))

    def zero(self, a: Array) -> Array:
        """Indicator of a == 0; uncertain ones flag the batch entry."""
        exact = a.surely_zero()
        self._flag(a.possibly_zero() & ~exact)
        return CertifiedArray(exact.astype(np.float64))

    def parallel(self, w: Array, b: Array) -> tuple[Array, Array]:
        """Every hyperplane on its own; entries where two might coincide are flagged."""
        rows = self.concat([w, b[..., None]])
        k = rows.shape[-2]
        for i in range(k):
            for j in range(i + 1, k):
                p, q = rows[..., i, :], rows[..., j, :]
                minors = p[..., :, None] * q[..., None, :] - q[..., :, None] * p[..., None, :]
                self._flag(minors.possibly_zero().all(axis=(-1, -2)))
        segments = np.broadcast_to(np.arange(k), rows.shape[:-1])
        return segments, self.ones_like(b)
