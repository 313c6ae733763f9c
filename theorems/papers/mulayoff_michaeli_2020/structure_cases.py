"""Flattest factorisations with large gains in directions that other layers remove, and points that are not flattest."""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq

from refutable.theorems.domains.deep_linear import DEEP_LINEAR
from refutable.theorems.instances import Instance
from refutable.theorems.papers.mulayoff_michaeli_2020.factorisations import (
    diagonal,
    network,
    rotation,
    unbalanced,
)
from refutable.theorems.records import Family, Range

SUMS_OF_TWO_SQUARES = {2: (1, 0), 3: (1, 1), 5: (2, 0), 6: (2, 1), 10: (3, 0), 11: (3, 1)}
"""By depth m: integers (a, b) with a^2 + b^2 = m - 1."""

SUMS_OF_FOUR_SQUARES = {4: (1, 1, 1, 0), 7: (2, 1, 1, 0), 8: (2, 1, 1, 1)}
"""By depth m, where m - 1 is no sum of two squares: integers whose squares add up to m - 1 (Lagrange: there are)."""


def quaternion(parts: Sequence[int]) -> list[list[int]]:
    """The matrix [4, 4] of left multiplication by a + bi + cj + dk: sqrt(a^2 + b^2 + c^2 + d^2) times a rotation."""
    a, b, c, d = parts
    return [[a, -b, -c, -d], [b, a, -d, c], [c, d, a, -b], [d, -c, b, a]]


def amplifier(depth: int) -> list[list[int]]:
    """A square rational matrix that stretches every vector by sqrt(m - 1)."""
    if depth in SUMS_OF_FOUR_SQUARES:
        return quaternion(SUMS_OF_FOUR_SQUARES[depth])
    a, b = SUMS_OF_TWO_SQUARES[depth]
    return [[a, -b], [b, a]] if b else [[a]]


def amplified(depth: int = 5, gain: fmpq | int = 1, turn: int = 0, last: bool = False) -> Instance:
    """A flattest factorisation of gain^m e e^T whose first layer amplifies other directions by sqrt(m - 1).

    Args:
        depth: m, such that m - 1 is one of the sums of squares above.
        gain: sigma^{1/m}.
        turn: hidden coordinates are rotated by so many steps a layer.
        last: the transposed network: its last layer amplifies.
    """
    block = amplifier(depth)
    width = len(block) + 1
    first = diagonal([gain, *[0] * (width - 1)])
    for i, row in enumerate(block, 1):
        for j, entry in enumerate(row, 1):
            first[i, j] = fmpq(gain * entry)
    path = diagonal([gain, *[0] * (width - 1)])
    frames = [rotation(width, turn * i) for i in range(depth + 1)]
    plain = [first, *[path] * (depth - 1)]
    layers = [frames[i + 1] * w * frames[i].transpose() for i, w in enumerate(plain)]
    return network([w.transpose() for w in reversed(layers)] if last else layers)


def between(gain: fmpq | int = 27, depth: int = 3) -> Instance:
    """A flattest factorisation of e e^T whose second layer amplifies a direction that nothing enters or leaves."""
    path = diagonal([1, 0])
    return network([path, diagonal([1, gain]), *[path] * (depth - 2)])


AMPLIFIED_FIRST_LAYER = Family(
    id="amplified-first-layer",
    parameters={
        "depth": Range(choices=(5, 2, 3, 10, 6, 4)),
        "gain": Range(choices=(1, 2, fmpq(1, 2), fmpq(3, 2))),
        "turn": Range(choices=(0, 1, 2)),
    },
    build=amplified,
    attains="equality",
    meaning="the first layer amplifies what the others remove by sqrt(m - 1), the most a flattest minimum allows",
)

AMPLIFIED_LAST_LAYER = Family(
    id="amplified-last-layer",
    parameters={
        "depth": Range(choices=(2, 3, 5)),
        "gain": Range(choices=(1, 2)),
        "last": Range(choices=(True,)),
    },
    build=amplified,
    attains="interior",
    meaning="the transposed networks: their last layer amplifies",
)

STEEP = network([diagonal([2]), diagonal([fmpq(1, 2)])])
"""2 times 1/2: a minimum with product 1 that is not flattest."""

ZERO_MAP = network([diagonal([1]), diagonal([0]), diagonal([0])])
"""Layers 1, 0, 0: the sharpness is 0, the smallest for the product 0."""

UNEVEN_DATA = DEEP_LINEAR.instance(layers=[[[2]], [[1]]], loss_scale=1, inputs=[[1], [1], [1], [1], [0]])
"""E x^2 = 4/5: the sharpness 4 is that of flattest layers on white data, and the layers are 2 and 1."""

BEYOND = unbalanced((5, fmpq(101, 50)))
"""diag(1, 2.02) in place of diag(1, 2): no longer flattest."""
