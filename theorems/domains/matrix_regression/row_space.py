"""The row space of the inputs: projection on its complement, and the interpolator of least norm."""

from __future__ import annotations

from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat

from refutable.theorems.domains.deep_linear.top_space import nullspace
from refutable.theorems.ops.exact import from_matrix, to_matrix
from refutable.theorems.ops.protocol import NotCertified
from refutable.theorems.views import View


def exact_projection(x: Any) -> Any:
    """P [d, d], the orthogonal projection on the kernel of rational inputs x [n, d]."""
    basis = nullspace(to_matrix(x))
    if basis.ncols() == 0:
        return np.full((basis.nrows(), basis.nrows()), fmpq(0), dtype=object)
    flipped = basis.transpose()
    return from_matrix(basis * (flipped * basis).solve(flipped))


def projection(view: View) -> Any:
    """P = I - X^+ X [d, d].

    Raises:
        NotCertified: in certified floats.
    """
    if view.ops.exact:
        return exact_projection(view["x"])
    if not view.ops.proposes:
        raise NotCertified("the kernel of the inputs is found exactly")
    import torch

    x = view["x"]
    return torch.eye(x.shape[-1], dtype=x.dtype) - torch.linalg.pinv(x) @ x


def least_norm(view: View) -> Any:
    """X^+ y [d], the interpolator of least norm where there is one.

    Raises:
        NotCertified: in certified floats.
    """
    if view.ops.exact:
        return _exact_least_norm(view["x"], view["y"])
    if not view.ops.proposes:
        raise NotCertified("interpolators of least norm are found exactly")
    import torch

    return (torch.linalg.pinv(view["x"]) @ view["y"][..., None])[..., 0]


def _exact_least_norm(x: Any, y: Any) -> Any:
    """From a largest set of independent rows: the others agree with them where an interpolator exists."""
    reduced, rank = to_matrix(x).transpose().rref()
    chosen = [next(j for j in range(reduced.ncols()) if reduced[i, j] != 0) for i in range(rank)]
    if not chosen:
        return np.full(x.shape[1], fmpq(0), dtype=object)
    rows = to_matrix(x[chosen])
    labels = fmpq_mat(len(chosen), 1, list(y[chosen]))
    return from_matrix(rows.transpose() * (rows * rows.transpose()).solve(labels))[:, 0]
