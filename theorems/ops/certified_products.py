"""Matrix products and sums of certified arrays, with errors that hold in any order of summation.

gamma_m = m u / (1 - m u) bounds the relative error of a sum of m products (Higham 2002, Lemma 3.1), with or without
fused multiply-add.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from refutable.theorems.ops.certified_array import INFLATE, TINY, CertifiedArray, gamma, plus


def matrix_product(a: CertifiedArray, b: CertifiedArray) -> CertifiedArray:
    """[..., m, p] x [..., p, q] -> [..., m, q] with error gamma_p |A| |B| and the propagated radii."""
    length = a.shape[-1]
    if (a.null or b.null) and _known(a) and _known(b):
        leading = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
        return CertifiedArray.zeros((*leading, a.shape[-2], b.shape[-1]))
    if length == 1:
        return a * b
    mid = np.matmul(a.mid, b.mid)
    if a.gate and b.gate:
        return CertifiedArray(mid)
    rad = _radius(a, b, mid)
    blank = rad == 0
    rad += TINY * length
    if blank.any():  # exactly 0, unless some product underflowed
        rad *= ~(blank & ~_meet(a, b))
    return CertifiedArray(mid, rad)


def total(a: CertifiedArray, axis: int = -1) -> CertifiedArray:
    """Sum over one axis with error gamma_m sum |a|."""
    length = a.shape[axis]
    mid = _added(a.mid, axis)
    if a.gate:
        return CertifiedArray(mid, null=a.null)
    size = gamma(length + 4)
    rad = size * _added(np.abs(a.mid), axis)
    if a.radii is not None:
        rad = rad + _added(a.radii, axis)
    return CertifiedArray(mid, rad * ((1 + 4 * size) * INFLATE))


def _radius(a: CertifiedArray, b: CertifiedArray, mid: Any) -> Any:
    size = gamma(a.shape[-1] + 4)
    left, right = _modulus(a), _modulus(b)
    # Nonnegative factors: the product is its own magnitude.
    magnitude = mid if left is a.mid and right is b.mid else np.matmul(left, right)
    rad = magnitude * size
    if b.radii is not None:
        rad += np.matmul(left, b.radii)
    if a.radii is not None:
        rad += np.matmul(a.radii, plus(right, b.radii))
    rad *= (1 + 4 * size) * INFLATE
    return rad


def _modulus(a: CertifiedArray) -> Any:
    """|a.mid|: the midpoints themselves where none is negative."""
    return a.mid if a.gate or (a.mid.size and a.mid.min() >= 0) else np.abs(a.mid)


def _known(a: CertifiedArray) -> bool:
    """Whether every radius is finite: 0 times what is not known is not known."""
    return a.radii is None or bool(np.isfinite(a.radii.sum()))


def _meet(a: CertifiedArray, b: CertifiedArray) -> Any:
    """Where some product of the matrix product has two factors that may be nonzero (it may underflow to 0)."""
    factors = [(~x.surely_zero()).astype(np.float64) for x in (a, b)]
    return np.matmul(*factors) > 0


def _added(a: Any, axis: int) -> Any:
    """Sums along an axis; along the last two as a product with ones, which is several times faster."""
    if a.ndim >= 2 and axis == -1:
        return np.matmul(a, np.ones((a.shape[-1], 1)))[..., 0]
    if a.ndim >= 2 and axis == -2:
        return np.matmul(np.ones((1, a.shape[-2])), a)[..., 0, :]
    return a.sum(axis=axis)
