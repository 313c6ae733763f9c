"""Certified float64 batches: every number carries an a-priori bound on its error.

IEEE double precision on the CPU, round to nearest, unit roundoff u = 2^-53. An array holds midpoints and radii; the
exact value of the formula lies within radius of midpoint. No order of summation is assumed. A batch entry whose
discrete structure is not certain is flagged in `CertifiedOps.unsafe`: its numbers say nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.ops.certified_array import INFLATE, CertifiedArray, U, certified
from refutable.theorems.ops.certified_eigenvalue import enclose_top
from refutable.theorems.ops.certified_hyperplanes import coinciding
from refutable.theorems.ops.certified_products import matrix_product, total
from refutable.theorems.ops.protocol import Array, NotCertified, Ops

__all__ = ["CertifiedArray", "CertifiedOps", "certified"]


class CertifiedOps(Ops):
    """Batches [B, ...]; ``unsafe`` [B] flags entries whose structure or eigenvalue is not certain."""

    name = "certified"
    proposes = False

    def __init__(self, count: int) -> None:
        self.unsafe = np.zeros(count, dtype=bool)

    def _flag(self, uncertain: Any) -> None:
        if uncertain.any():
            self.unsafe |= uncertain.reshape(len(self.unsafe), -1).any(axis=1)

    def array(self, values: Any) -> Array:
        """Exact float64 entries."""
        return CertifiedArray(np.asarray(values, dtype=np.float64))

    def ratio(self, numerator: int, denominator: int = 1) -> CertifiedArray:
        """The constant within half a unit in the last place."""
        return certified(fmpq(numerator, denominator))

    def matmul(self, a: Array, b: Array) -> Array:
        """Product with error gamma_m |A| |B| and the propagated radii."""
        return matrix_product(a, b)

    def transpose(self, a: Array) -> Array:
        """Swap the last two axes."""
        return a.map(lambda part: np.swapaxes(part, -1, -2))

    def sum(self, a: Array, axis: int = -1) -> Array:
        """Sum with error gamma_m sum |a|."""
        return total(a, axis)

    def sqrt(self, a: Array) -> Array:
        """Square root of a number known to be >= 0."""
        if a.null:
            return a
        known = np.maximum(a.mid, 0.0)
        root = np.sqrt(known)
        if a.radii is None:
            return CertifiedArray(root, 2 * U * root)
        with np.errstate(divide="ignore", invalid="ignore"):
            # 0/0 for an exact 0: fmin takes the other bound, 0 there.
            rad = np.fmin(a.radii / root, np.sqrt(known + a.radii))
        return CertifiedArray(root, (rad + 2 * U * root) * INFLATE)

    def abs(self, a: Array) -> Array:
        """Absolute value."""
        return CertifiedArray(np.abs(a.mid), a.radii, gate=a.gate, null=a.null)

    def minimum(self, a: Array, b: Array) -> Array:
        """Minimum: the surely smaller number, else within the larger radius."""
        a, b = certified(a), certified(b)
        return CertifiedArray(np.minimum(a.mid, b.mid), _chosen_radius(a, b, b.mid - a.mid))

    def maximum(self, a: Array, b: Array) -> Array:
        """Maximum: the surely larger number, else within the larger radius."""
        a, b = certified(a), certified(b)
        return CertifiedArray(np.maximum(a.mid, b.mid), _chosen_radius(a, b, a.mid - b.mid))

    def max(self, a: Array, axis: int = -1) -> Array:
        """Largest element: within the largest radius."""
        return a.map(lambda part: part.max(axis=axis))

    def segment_sum(self, values: Array, segments: Array) -> Array:
        """Sums by representative."""
        k = segments.shape[-1]
        shared = np.flatnonzero((segments != np.arange(k)).any(axis=-1))
        if not len(shared):
            return values
        onto = CertifiedArray(segments[shared][..., None] == np.arange(k), gate=True)
        sums = CertifiedArray(values.mid, values.radii)
        sums[shared] = matrix_product(values[shared][:, None, :], onto)[:, 0]
        return sums

    def take(self, values: Array, index: Array) -> Array:
        """Gather along the last axis."""
        return values.map(lambda part: np.take_along_axis(np.asarray(part), index, axis=-1))

    def concat(self, arrays: Sequence[Array], axis: int = -1) -> Array:
        """Concatenate."""
        parts = [certified(a) for a in arrays]
        mid = np.concatenate([p.mid for p in parts], axis)
        exact = all(p.radii is None for p in parts)
        return CertifiedArray(mid, None if exact else np.concatenate([p.rad for p in parts], axis))

    def ones_like(self, a: Array) -> Array:
        """Exact ones."""
        return CertifiedArray(np.ones(a.shape), gate=True)

    def zeros_like(self, a: Array) -> Array:
        """Exact zeros."""
        return CertifiedArray.zeros(a.shape)

    def spread(self, a: Any, axes: int = 1) -> Any:
        """[B] -> [B, 1, ...]."""
        return a[(..., *(None,) * axes)] if isinstance(a, CertifiedArray) and a.mid.ndim else a

    def top_eigenvalue(self, a: Array) -> Array:
        """Enclosure of the largest eigenvalue of symmetric matrices [B, p, p]."""
        top, uncertain = enclose_top(a)
        self._flag(uncertain)
        return top

    def elementary(self, name: str, a: Array) -> Array:
        """Not offered: libm carries no error bound."""
        raise NotCertified(f"{name} has no certified float version; decide exactly")

    def product_shift(self, a: Array) -> Array:
        """Not offered: Newton's method carries no error bound."""
        raise NotCertified("the shift to the product 1 has no certified float version; decide exactly")

    def positive(self, a: Array) -> Array:
        """Indicator of a > 0; uncertain signs flag the batch entry."""
        self._flag(a.possibly_zero())
        return CertifiedArray(a.mid > 0, gate=True)

    def zero(self, a: Array) -> Array:
        """Indicator of a == 0; uncertain ones flag the batch entry."""
        touched = a.possibly_zero()
        if not touched.any():
            return CertifiedArray.zeros(a.shape)
        exact = a.surely_zero()
        self._flag(touched & ~exact)
        return CertifiedArray(exact, gate=True)

    def parallel(self, w: Array, b: Array) -> tuple[Array, Array]:
        """Group coinciding hyperplanes of exact weights; entries where floats cannot tell are flagged."""
        found = coinciding(self.concat([w, b[..., None]]))
        self._flag(found.uncertain)
        return found.segments, found.ratio


def _chosen_radius(a: CertifiedArray, b: CertifiedArray, ahead: Any) -> Any:
    """Radius of the extremum that is a where ``ahead``, a difference of midpoints, is positive, else b."""
    if a.radii is None and b.radii is None:
        return None
    both = (a.rad + b.rad) * INFLATE**2
    return np.where(ahead > both, a.rad, np.where(-ahead > both, b.rad, np.maximum(a.rad, b.rad)))
