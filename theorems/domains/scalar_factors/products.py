"""Products of weights with some left out, by multiplication alone: defined where weights are 0 too."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np

from refutable.theorems.ops import Ops

Array = Any


def parts(a: Array) -> list[Any]:
    """The entries of the last axis, each a number per instance."""
    return [entry(a, i) for i in range(int(a.shape[-1]))]


def entry(a: Array, *index: int) -> Any:
    """An entry of the last axes, a number per instance: a plain number where the array is one instance's."""
    value = a[(..., *index)]
    return value[()] if isinstance(value, np.ndarray) else value  # numpy gives an array without axes


def multiplied(ops: Ops, factors: Sequence[Any]) -> Any:
    """The product of numbers; 1 of none."""
    product: Any = None
    for factor in factors:
        product = factor if product is None else product * factor
    return ops.ratio(1) if product is None else product


def product(ops: Ops, weights: Array) -> Any:
    """p = w_1 ... w_D: [..., D] -> [...]."""
    return multiplied(ops, parts(weights))


def cofactors(ops: Ops, weights: Array) -> Array:
    """Products of all weights but one, dp/dw_i: [..., D] -> [..., D]."""
    factors = _columns(weights)
    return ops.concat([multiplied(ops, _without(factors, i)) for i in range(len(factors))])


def pair_cofactors(ops: Ops, weights: Array) -> Array:
    """Products of all weights but two, d^2 p / dw_i dw_j, 0 on the diagonal: [..., D] -> [..., D, D]."""
    factors = _columns(weights)
    rows = [[factors[0] * 0] * len(factors) for _ in factors]
    for i, j in combinations(range(len(factors)), 2):
        rows[i][j] = rows[j][i] = multiplied(ops, _without(factors, i, j)) + factors[0] * 0
    return ops.stack([ops.concat(row) for row in rows], -2)


def pair_products(weights: Array) -> list[Any]:
    """w_i w_j for all i < j, each a number per instance."""
    return [a * b for a, b in combinations(parts(weights), 2)]


def _without(factors: Sequence[Any], *left_out: int) -> list[Any]:
    return [factor for i, factor in enumerate(factors) if i not in left_out]


def _columns(a: Array) -> list[Array]:
    """The entries of the last axis, each [..., 1]."""
    return [a[..., i : i + 1] for i in range(int(a.shape[-1]))]


def least(ops: Ops, values: Sequence[Any]) -> Any:
    """The smallest of some numbers."""
    smallest = values[0]
    for value in values[1:]:
        smallest = ops.minimum(smallest, value)
    return smallest


def ordered(ops: Ops, values: Sequence[Any]) -> list[Any]:
    """The numbers in ascending order, by comparing neighbours: no value is branched on."""
    found = list(values)
    for end in range(len(found) - 1, 0, -1):
        for i in range(end):
            found[i], found[i + 1] = ops.minimum(found[i], found[i + 1]), ops.maximum(found[i], found[i + 1])
    return found
