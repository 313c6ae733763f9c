"""The mean-square threshold in floats: where to look, never what to believe."""

from __future__ import annotations

from typing import Any

import numpy as np

from refutable.theorems.domains.regular_minimum.operators import noise_share
from refutable.theorems.exact import to_float
from refutable.theorems.instances import Instance

CUT = 1e-10
"""Eigenvalues below this share of the largest count as 0."""


def float_threshold(instance: Instance, batch_size: int | None = None) -> float:
    """eta* of an instance in floats, optionally for another batch size; NaN or an infinity where there is none."""
    hessians = np.vectorize(to_float, otypes=[np.float64])(instance["hessians"])
    return threshold_of(hessians, instance["batch_size"] if batch_size is None else batch_size)


@np.errstate(all="ignore")
def threshold_of(hessians: Any, batch_size: int) -> float:
    """eta* = 2 / lambda_max(C^+ D) of float Hessians [n, p, p], in an orthonormal basis of the range of H."""
    if not np.isfinite(hessians).all():
        return float("nan")
    values, vectors = np.linalg.eigh(hessians.mean(axis=0))
    kept = values > CUT * max(abs(values[-1]), abs(values[0]), 1e-300)
    inside = np.einsum("pr,npq,qs->nrs", vectors[:, kept], hessians, vectors[:, kept])
    values, r = values[kept], int(kept.sum())
    if r == 0 or values[-1] > 1e150 or values[0] < 1e-150:
        return float("nan")
    noise = to_float(noise_share(len(hessians), batch_size))
    squared = np.einsum("ab,cd->acbd", np.diag(values), np.diag(values))
    squares = np.einsum("nab,ncd->acbd", inside, inside) / len(hessians)
    diffusion = ((1 - noise) * squared + noise * squares).reshape(r * r, r * r)
    root = np.sqrt((values[:, None] + values[None, :]).ravel() / 2)
    top = np.linalg.eigvalsh(diffusion / root[:, None] / root[None, :])[-1]
    return float(2 / top)
