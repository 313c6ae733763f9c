"""Flattest factorisations with large gains in directions that other layers remove, and points that are not flattest."""

from __future__ import annotations

from flint import fmpq, fmpq_mat

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


def amplified(depth: int = 5, gain: fmpq | int = 1, turn: int = 0, last: bool = False) -> Instance:
    """A flattest factorisation of gain^m e e^T whose first layer amplifies other directions by sqrt(m - 1).

    Args:
        depth: m, such that m - 1 is a sum a^2 + b^2 of two squares.
        gain: sigma^{1/m}.
        turn: hidden coordinates are rotated by so many steps a layer.
        last: the transposed network: its last layer amplifies.
    """
    a, b = SUMS_OF_TWO_SQUARES[depth]
    block = [[gain, 0], [0, gain * a]] if b == 0 else [[gain, 0, 0], [0, gain * a, -gain * b], [0, gain * b, gain * a]]
    first = fmpq_mat(block)
    width = first.nrows()
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
        "depth": Range(choices=(5, 2, 3, 10, 6)),
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
