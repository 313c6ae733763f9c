"""Linear networks of the usual architectures to try claims on: small ones with half-integer weights."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from flint import fmpq
from hypothesis import strategies as st

from refutable.strategies.supply import DrawnSupply, Size, refuse_unknown
from refutable.theorems.domains.tensor_network.domain import TENSOR_NETWORK
from refutable.theorems.domains.tensor_network.models import KINDS
from refutable.theorems.instances import Instance

SIZES = {"diagonal": (2, 4), "fully-connected": (2, 3), "convolution": (2, 3)}
"""Fewest and most layers: the tensor grows with the power of their number."""

HALVES = st.integers(-6, 6)
WIDTH, SAME = st.integers(1, 2), st.booleans()
KIND = st.sampled_from((*KINDS, "convolution"))


@st.composite
def _matrix(draw: st.DrawFn, rows: int, columns: int) -> list[list[fmpq]]:
    return [[fmpq(draw(HALVES), 2) for _ in range(columns)] for _ in range(rows)]


@st.composite
def linear_networks(draw: st.DrawFn, size: Size) -> Instance:
    """A network of any architecture, two layers and one datum first."""
    kind = draw(KIND)
    depth = draw(st.integers(*SIZES[kind]))
    d = draw(st.integers(1, max(1, min(3, size.max_inputs))))
    if kind == "convolution":  # fewer than three inputs have no direction to go round in
        d = min(d + 2, 4 if depth == 2 else 3)
    x = draw(_matrix(draw(st.integers(1, 2)), d))
    layers: list[Any] = []
    if kind == "fully-connected":
        same = draw(SAME)
        widths = [d, *(d if same else draw(WIDTH) for _ in range(depth - 1)), 1]
        layers = [draw(_matrix(a, b)) for a, b in pairwise(widths)]
    else:
        free = kind == "convolution"
        rows = [draw(st.integers(1, d)) if free else d for _ in range(depth - 1)]
        layers = [draw(_matrix(k, 1)) for k in (*rows, d)]
    return TENSOR_NETWORK.instance(architecture=[kind], x=x, layers=layers)


def _drawn(assumes: frozenset[str], size: Size, known: bool) -> st.SearchStrategy[Instance]:
    refuse_unknown(assumes, frozenset(), "linear networks")
    return linear_networks(size)


SUPPLY = DrawnSupply(TENSOR_NETWORK, _drawn)
