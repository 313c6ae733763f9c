"""Exact linear algebra of the data: what of a vector lies in the span of the rows of X, and what is orthogonal."""

from __future__ import annotations

from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat

from refutable.theorems.ops.exact import from_matrix, to_matrix

Array = Any


def independent(x: Array) -> fmpq_mat:
    """Independent rows with the same span as the rows of x [n, d]: their reduced echelon form."""
    reduced, rank = to_matrix(x).rref()
    return fmpq_mat([[reduced[i, j] for j in range(x.shape[1])] for i in range(rank)]) if rank else fmpq_mat(0, 0)


def off_rows(x: Array, vectors: Array) -> Array:
    """The parts of ``vectors`` [k, d] that are orthogonal to every row of x [n, d]: 0 exactly for combinations."""
    rows = independent(x)
    if not rows.nrows():
        return np.array(vectors, dtype=object)
    v = to_matrix(vectors).transpose()
    coefficients = (rows * rows.transpose()).solve(rows * v)
    return from_matrix((v - rows.transpose() * coefficients).transpose())


def least_solution(x: Array, y: Array) -> Array | None:
    """The shortest v with x v = y, [d]; None where there is none."""
    matrix, target = to_matrix(x), fmpq_mat(len(y), 1, list(y))
    joint, rank = to_matrix(np.concatenate([x, np.asarray(y, dtype=object)[:, None]], 1)).rref()
    if rank > matrix.rank():
        return None
    rows = fmpq_mat([[joint[i, j] for j in range(x.shape[1])] for i in range(rank)]) if rank else None
    if rows is None:
        return np.array([fmpq(0)] * x.shape[1], dtype=object) if not any(target.entries()) else None
    right = fmpq_mat(rank, 1, [joint[i, x.shape[1]] for i in range(rank)])
    solution = rows.transpose() * (rows * rows.transpose()).solve(right)
    return np.array(solution.entries(), dtype=object)
