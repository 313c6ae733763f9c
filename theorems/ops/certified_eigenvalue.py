"""Rigorous enclosure of the largest eigenvalue of float64 matrices with known entrywise errors.

A vector is proposed by repeated squaring, and by LAPACK where that does not suffice. Its Rayleigh quotient bounds the
eigenvalue from below. From above, Rump's test: where floating-point Cholesky of t I - A ends, its backward error (Rump,
BIT 46, 2006, Theorem 2.3) bounds lambda_max by t + sum_j gamma_{j+1} s_jj / (1 - gamma_{j+1}), s_jj = t - a_jj.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from refutable.theorems.ops.certified_array import INFLATE, TINY, CertifiedArray, U, gamma
from refutable.theorems.ops.error_free import in_range, product_error

SQUARINGS = 7
STEPS = (4.0, 32.0, 1024.0, 2.0**20)
"""How far above the proposal Cholesky is tried, in units of u sqrt(p) |A|."""
UNDERFLOW = 2.0**-1000


class _Matrices(NamedTuple):
    """Symmetric matrices A within ``spread`` [B] (spectral norm) of the lower triangles of ``mid`` [B, p, p].

    ``size`` [B] bounds the norms of |mid| and |A|, up to rounding.
    """

    mid: Any
    spread: Any
    size: Any

    def rows(self, chosen: Any) -> _Matrices:
        return _Matrices(*(part[chosen] for part in self))


def enclose_top(a: CertifiedArray) -> tuple[CertifiedArray, Any]:
    """lambda_max [B] of all symmetric matrices within ``a`` [B, p, p], and where that is not certain [B]."""
    matrices, finite = _read(a)
    vectors = _by_squaring(matrices)
    lower, proposal = _rayleigh(matrices, vectors)
    upper = _above(matrices, proposal, STEPS[:1])
    unsettled = np.flatnonzero(np.isnan(upper))
    if len(unsettled):
        hard = matrices.rows(unsettled)
        lower[unsettled], proposal = _rayleigh(hard, _by_lapack(hard.mid))
        upper[unsettled] = _above(hard, proposal, STEPS)
    certain = finite & np.isfinite(upper) & np.isfinite(lower)
    upper, lower = np.where(certain, upper, 0.0), np.where(certain, lower, 0.0)
    mid = upper / 2 + lower / 2
    rad = np.maximum(upper - mid, mid - lower) * INFLATE + 4 * U * np.abs(mid)
    return _constant_exactly(CertifiedArray(mid, rad), matrices), ~certain


def _read(a: CertifiedArray) -> tuple[_Matrices, Any]:
    mid, ones = a.mid, np.ones((a.shape[-1], 1))
    size = np.matmul(np.abs(mid), ones)[..., 0].max(axis=-1)
    spread = np.zeros_like(size)
    if a.radii is not None:
        radii = np.maximum(a.radii, np.swapaxes(a.radii, -1, -2))
        spread = 1.001 * np.matmul(radii, ones)[..., 0].max(axis=-1)
    finite: Any = np.isfinite(size) & np.isfinite(spread)
    if not finite.all():
        mid = np.where(finite[:, None, None], mid, 0.0)
        size, spread = np.where(finite, size, 0.0), np.where(finite, spread, 0.0)
    # The other triangle differs from this one by less than two radii.
    return _Matrices(mid, spread, (size + 2 * spread) * 1.001), finite


def _by_squaring(matrices: _Matrices) -> Any:
    """Columns of A^(2^SQUARINGS), largest entry 1: near the top eigenvector where the spectrum has a gap [B, p]."""
    mid, size = matrices.mid, matrices.size
    power = mid / np.where(size > 0, size, 1.0)[:, None, None]
    for _ in range(SQUARINGS):
        power = np.matmul(power, power)
        trace = np.einsum("bii->b", power)
        power *= (1 / np.where(trace > 0, trace, 1.0))[:, None, None]
    rows = np.arange(len(mid))
    return power[rows, :, np.einsum("bii->bi", power).argmax(axis=-1)]


def _by_lapack(mid: Any) -> Any:
    """Top eigenvectors [B, p]; NaN where LAPACK does not converge, which costs no other matrix."""
    try:
        return np.linalg.eigh(mid)[1][..., -1]
    except np.linalg.LinAlgError:
        if len(mid) == 1:
            return np.full(mid.shape[:-1], np.nan)
        return np.concatenate([_by_lapack(one[None]) for one in mid])


def _rayleigh(matrices: _Matrices, vectors: Any) -> tuple[Any, Any]:
    """Lower bounds of lambda_max [B] and the float Rayleigh quotients [B] that they come from."""
    p = matrices.mid.shape[-1]
    largest = np.abs(vectors).max(axis=-1)
    v = vectors / np.where(largest > 0, largest, 1.0)[:, None]
    image = np.matmul(matrices.mid, v[..., None])[..., 0]
    with np.errstate(invalid="ignore", divide="ignore"):
        quotient = np.einsum("bi,bi->b", v, image) / np.einsum("bi,bi->b", v, v)
    error = gamma(3 * p + 8) * matrices.size * 1.01 + matrices.spread + 4 * p * p * TINY
    return quotient - error * INFLATE - 4 * U * np.abs(quotient), quotient


def _above(matrices: _Matrices, proposal: Any, steps: tuple[float, ...]) -> Any:
    """Upper bounds of lambda_max [B]; NaN where Cholesky fails at all of the steps above the proposal."""
    upper = np.full(len(proposal), np.nan)
    unit = U * np.sqrt(matrices.mid.shape[-1]) * matrices.size + UNDERFLOW
    for step in steps:
        todo = np.flatnonzero(np.isnan(upper))
        if len(todo):
            upper[todo] = _attempt(matrices.rows(todo), (proposal + step * unit)[todo])
    return upper


def _attempt(matrices: _Matrices, level: Any) -> Any:
    """Bounds [B] from Cholesky of level I - A, NaN where it fails."""
    import torch

    p = matrices.mid.shape[-1]
    shifted = -matrices.mid
    diagonal = level[:, None] + np.einsum("bii->bi", shifted)
    np.einsum("bii->bi", shifted)[...] = diagonal
    _, info = torch.linalg.cholesky_ex(torch.from_numpy(shifted))
    # One more than Rump's index, and one: LAPACK may multiply by reciprocals. What Cholesky accepts has s_jj > 0.
    weights = np.array([1.01 * gamma(j + 4) for j in range(p)])
    backward = 1.01 * (np.matmul(diagonal, weights) + U * diagonal.max(axis=-1)) + UNDERFLOW
    bound = level + (backward + matrices.spread) * (1 + 8 * U)
    return np.where(info.numpy() == 0, bound + 4 * U * np.abs(bound), np.nan)


def _constant_exactly(top: CertifiedArray, matrices: _Matrices) -> CertifiedArray:
    """``top``, exact where a matrix is exactly constant, its entry c >= 0: then lambda_max = p c."""
    first = matrices.mid[:, 0, 0]
    known = (matrices.spread == 0) & (first >= 0) & in_range(first)
    if not known.any():
        return top
    p = float(matrices.mid.shape[-1])
    known &= (matrices.mid == first[:, None, None]).all(axis=(-1, -2))
    known &= product_error(np.float64(p), first, p * first) == 0
    return CertifiedArray(np.where(known, p * first, top.mid), np.where(known, 0.0, top.rad))
