"""Rigorous enclosure of the largest eigenvalue of float64 matrices with known entrywise errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from refutable.theorems.ops.certified import CertifiedArray, CertifiedOps

U = 2.0**-53


def enclose_top(ops: CertifiedOps, a: CertifiedArray) -> tuple[Any, Any]:
    """(upper, lower) bounds [B] of lambda_max over all symmetric matrices within ``a``; NaN where none was found."""
    transposed = np.swapaxes(a.mid, -1, -2)
    mid = (a.mid + transposed) / 2
    rad = np.maximum(a.rad, np.swapaxes(a.rad, -1, -2)) + np.abs(a.mid - transposed) + U * np.abs(mid)
    finite: Any = np.isfinite(mid).all(axis=(-1, -2)) & np.isfinite(rad).all(axis=(-1, -2))
    mid, rad = np.where(finite[:, None, None], mid, 0.0), np.where(finite[:, None, None], rad, 0.0)
    values, vectors = np.linalg.eigh(mid)
    spread = 1.001 * rad.sum(axis=-1).max(axis=-1)
    upper = _upper(mid, spread, values[:, -1])
    lower = _lower(ops, mid, spread, vectors[:, :, -1])
    return np.where(finite, upper, np.nan), np.where(finite, lower, np.nan)


def _upper(mid: Any, spread: Any, proposal: Any) -> Any:
    """Smallest t of a few for which floating-point Cholesky of t I - mid - c I succeeds: lambda_max <= t + spread."""
    import torch

    p = mid.shape[-1]
    best = np.full(len(mid), np.nan)
    diagonal = np.abs(np.einsum("bii->bi", mid)).sum(axis=-1)
    for attempt in (2.0, 64.0, 4096.0):
        todo = np.isnan(best)
        if not todo.any():
            break
        unit = (p + 8) * U * (p * np.abs(proposal) + diagonal) + 2.0**-1000
        t = proposal + attempt * unit
        shifted = np.eye(p) * t[:, None, None] - mid
        trace = p * np.abs(t) + diagonal
        c = 1.01 * ((p + 4) * U * trace + 2 * U * trace + 2.0**-1000)
        shifted -= np.eye(p) * c[:, None, None]
        _, info = torch.linalg.cholesky_ex(torch.from_numpy(shifted))
        best = np.where(todo & (info.numpy() == 0), (t + spread) * (1 + 4 * U * np.sign(t + spread)), best)
    return best


def _lower(ops: CertifiedOps, mid: Any, spread: Any, vector: Any) -> Any:
    """Rayleigh quotient of the float eigenvector, minus its error and the spread."""
    v, m = ops.array(vector), ops.array(mid)
    quotient = ops.sum(v * ops.matvec(m, v)) / ops.sum(v * v)
    return quotient.mid - (quotient.rad + spread) * (1 + 8 * U) - 4 * U * np.abs(quotient.mid)
