"""Linear networks evaluated layer by layer, as one would write them down, without a tensor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from refutable.theorems.ops import Ops


def diagonal_value(ops: Ops, x: Any, layers: Sequence[Any]) -> Any:
    """sum_i x_i prod_l v_{l,i}: x [..., d], layers [..., d]."""
    for layer in layers:
        x = x * layer
    return ops.sum(x)


def fully_connected_value(ops: Ops, x: Any, matrices: Sequence[Any]) -> Any:
    """x^T W_1 ... W_L: x [..., d], matrices [..., d_{l-1}, d_l], the last with one column."""
    for matrix in matrices:
        x = ops.matvec(ops.transpose(matrix), x)
    return ops.sum(x)


def correlation(ops: Ops, x: Any, filter: Any) -> Any:
    """Circular correlation (x * w)_i = sum_k x_{(i + k) mod d} w_k: x [..., d], w [..., k] -> [..., d]."""
    d = int(x.shape[-1])
    total = x * filter[..., :1]
    for k in range(1, int(filter.shape[-1])):
        total = total + x[..., [(i + k) % d for i in range(d)]] * filter[..., k : k + 1]
    return total


def convolution_value(ops: Ops, x: Any, filters: Sequence[Any]) -> Any:
    """<x * w_1 * ... * w_{L-1}, w_L> with circular correlations: x [..., d], filters [..., k_l]."""
    for filter in filters[:-1]:
        x = correlation(ops, x, filter)
    return ops.sum(x * filters[-1])
