"""Slow, direct circular-convolutional networks: index by index, in Python numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def layer(x: Sequence[Any], filter: Sequence[Any]) -> list[Any]:
    """(x * w)_i = sum_k x_{(i + k) mod d} w_k."""
    d = len(x)
    return [sum(x[(i + k) % d] * w for k, w in enumerate(filter)) for i in range(d)]


def value(x: Sequence[Any], filters: Sequence[Sequence[Any]], output: Sequence[Any]) -> Any:
    """Hidden layers, then an inner product."""
    for filter in filters:
        x = layer(x, filter)
    return sum(a * b for a, b in zip(x, output, strict=True))


def predictor(d: int, filters: Sequence[Sequence[Any]], output: Sequence[Any]) -> list[Any]:
    """The network at the unit vectors."""
    return [value([int(i == j) for i in range(d)], filters, output) for j in range(d)]
