"""Linear networks as multilinear maps: the data tensors of diagonal, fully connected and circular networks.

A linear network of L layers with parameters v_1, ..., v_L is f(x) = M(x) o (v_1, ..., v_L): the data tensor M(x), of
sizes k_1 x ... x k_L, is linear in x, and f is linear in each v_l (Yun, Krishnan, Mobahi 2021, section 3).

- ``diagonal(inputs, depth)``: v_l in R^d, f = sum_i x_i prod_l v_{l,i}.
- ``fully_connected(widths)``: W_l in R^{d_{l-1} x d_l} row by row, f = x^T W_1 ... W_L, d_L = 1.
- ``circular_convolution(inputs, filters)``: h_l = h_{l-1} * w_l with (x * w)_i = sum_k x_{(i + k) mod d} w_k (a
  correlation, not normalised), filters w_l of sizes k_l <= d, and f = <h_{L-1}, w_L> with w_L in R^d.
- ``decomposed(s, frames)``: M(x) = sum_j [S x]_j U_1[:, j] (x) ... (x) U_L[:, j] for any matrices S and U_l.

Each returns an `Architecture`, whose methods run in every arithmetic, with layers as flat arrays [..., k_l]:
``tensor(ops, x)``, ``predictor(ops, layers)``, ``value(ops, x, layers)``, ``partial(ops, x, layers, layer)``. Direct
implementations, layer by layer, are in `direct`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, product
from math import prod
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.exact import to_float
from refutable.theorems.ops import Ops

MOST_ENTRIES = 20_000
"""Entries of the tensor of coefficients: more take minutes in rationals."""


@dataclass(frozen=True, eq=False)
class Architecture:
    """A multilinear map of the layers, linear in the input.

    Attributes:
        sizes: k_1, ..., k_L.
        coefficients: rationals [k_1 ... k_L, d], row-major in the layers' indices: M(x) = coefficients x.
    """

    name: str
    sizes: tuple[int, ...]
    coefficients: Any

    @property
    def depth(self) -> int:
        """L."""
        return len(self.sizes)

    @property
    def inputs(self) -> int:
        """d."""
        return int(self.coefficients.shape[1])

    def matrix(self, ops: Ops) -> Any:
        """The coefficients in one arithmetic, [k_1 ... k_L, d]."""
        if ops.exact:
            return self.coefficients
        return ops.array(self._floats if ops.name == "torch" else self.coefficients)

    @cached_property
    def _floats(self) -> Any:
        return np.vectorize(to_float, otypes=[float])(self.coefficients)

    def tensor(self, ops: Ops, x: Any) -> Any:
        """The data tensor M(x), flat and row-major: x [..., d] -> [..., k_1 ... k_L]."""
        return ops.matvec(self.matrix(ops), x)

    def value(self, ops: Ops, x: Any, layers: Sequence[Any]) -> Any:
        """f(x) = M(x) o (v_1, ..., v_L): [...]."""
        return ops.sum(self.partial(ops, x, layers, 0) * layers[0])

    def partial(self, ops: Ops, x: Any, layers: Sequence[Any], layer: int) -> Any:
        """Derivative of f(x) in v_layer (from 0): M(x) o (v_1, ..., I, ..., v_L), [..., k_layer]."""
        first = [layer, *(i for i in range(self.depth) if i != layer)]
        flat = self.tensor(ops, x)[..., _order(self.sizes, first)]
        for i in reversed(first[1:]):
            size = self.sizes[i]
            matrix = flat.reshape((*flat.shape[:-1], flat.shape[-1] // size, size))
            flat = ops.matvec(matrix, layers[i])
        return flat

    def predictor(self, ops: Ops, layers: Sequence[Any]) -> Any:
        """beta [..., d] with f(x) = <beta, x>."""
        weights = layers[0]
        for layer in layers[1:]:
            outer = weights[..., :, None] * layer[..., None, :]
            weights = outer.reshape((*outer.shape[:-2], outer.shape[-2] * outer.shape[-1]))
        return ops.matvec(ops.transpose(self.matrix(ops)), weights)


def _order(sizes: tuple[int, ...], axes: list[int]) -> Any:
    """Positions of a flat tensor's entries after its axes are put into this order."""
    return np.ascontiguousarray(np.arange(prod(sizes)).reshape(sizes).transpose(axes)).ravel()


def _zeros(sizes: tuple[int, ...], inputs: int) -> Any:
    if prod(sizes) * inputs > MOST_ENTRIES:
        raise ValueError(f"a tensor of sizes {sizes} for {inputs} inputs has more than {MOST_ENTRIES} entries")
    return np.full((*sizes, inputs), fmpq(0), dtype=object)


def _architecture(name: str, sizes: tuple[int, ...], entries: Any) -> Architecture:
    coefficients = entries.reshape(prod(sizes), entries.shape[-1])
    coefficients.setflags(write=False)
    return Architecture(name, sizes, coefficients)


def diagonal(inputs: int, depth: int) -> Architecture:
    """f(x) = sum_i x_i prod_l v_{l,i}, v_l in R^inputs."""
    sizes = (inputs,) * depth
    entries = _zeros(sizes, inputs)
    for i in range(inputs):
        entries[(i,) * (depth + 1)] = fmpq(1)
    return _architecture("diagonal", sizes, entries)


def fully_connected(widths: Sequence[int]) -> Architecture:
    """f(x) = x^T W_1 ... W_L with W_l of widths[l-1] x widths[l]: widths = (d, d_1, ..., d_{L-1}), and d_L = 1."""
    outer = (*widths, 1)
    sizes = tuple(a * b for a, b in pairwise(outer))
    entries = _zeros(sizes, widths[0])
    for path in product(*map(range, widths)):
        steps = (*path, 0)
        position = tuple(a * width + b for a, b, width in zip(steps, steps[1:], outer[1:], strict=False))
        entries[(*position, path[0])] = fmpq(1)
    return _architecture("fully-connected", sizes, entries)


def circular_convolution(inputs: int, filters: Sequence[int]) -> Architecture:
    """f(x) = <x * w_1 * ... * w_{L-1}, w_L>: circular correlations with filters of these L - 1 sizes, w_L in R^inputs.

    Raises:
        ValueError: a filter is longer than the input.
    """
    if any(not 1 <= size <= inputs for size in filters):
        raise ValueError(f"filters of sizes {tuple(filters)} do not fit {inputs} inputs; sizes are 1 to {inputs}")
    sizes = (*filters, inputs)
    entries = _zeros(sizes, inputs)
    for position in product(*map(range, sizes)):
        entries[(*position, sum(position) % inputs)] = fmpq(1)
    return _architecture("convolution", sizes, entries)


def decomposed(s: Any, frames: Sequence[Any]) -> Architecture:
    """M(x) = sum_j [S x]_j U_1[:, j] (x) ... (x) U_L[:, j], for S [m, d] and U_l [k_l, m] of rationals."""
    sizes = tuple(len(frame) for frame in frames)
    entries = _zeros(sizes, s.shape[1])
    for j, row in enumerate(s):
        term = np.asarray(row, dtype=object)
        for frame in reversed(frames):
            term = np.multiply.outer(np.asarray(frame[:, j], dtype=object), term)
        entries = entries + term
    return _architecture("decomposed", sizes, entries)
