"""Factorisations of a matrix whose sharpness is the smallest possible, exactly."""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq, fmpq_mat

from refutable.theorems.domains.deep_linear import DEEP_LINEAR
from refutable.theorems.instances import Instance
from refutable.theorems.ops.exact import from_matrix
from refutable.theorems.records import Family, Range

PYTHAGOREAN = ((fmpq(1), fmpq(0)), (fmpq(3, 5), fmpq(4, 5)), (fmpq(5, 13), fmpq(-12, 13)), (fmpq(0), fmpq(1)))
"""(cosine, sine) of rational rotations, the identity first."""


def rotation(size: int, turn: int) -> fmpq_mat:
    """A rational rotation [size, size] of the first two coordinates; the identity for turn 0 or size 1."""
    c, s = PYTHAGOREAN[turn % len(PYTHAGOREAN)] if size > 1 else (fmpq(1), fmpq(0))
    q = diagonal([fmpq(1)] * size)
    if size > 1:
        q[0, 0], q[0, 1], q[1, 0], q[1, 1] = c, -s, s, c
    return q


def diagonal(entries: Sequence[fmpq | int]) -> fmpq_mat:
    """The diagonal matrix."""
    d = fmpq_mat(len(entries), len(entries))
    for i, entry in enumerate(entries):
        d[i, i] = fmpq(entry)
    return d


def network(layers: Sequence[fmpq_mat], loss_scale: fmpq | int = 1) -> Instance:
    """Instance from matrices, W_1 first, on white data."""
    return DEEP_LINEAR.instance(layers=[from_matrix(w) for w in layers], loss_scale=loss_scale)


def balanced(
    gains: Sequence[fmpq | int] = (2, fmpq(1, 2)), depth: int = 3, turn: int = 0, loss_scale: fmpq | int = 1
) -> Instance:
    """W_i = Q_i diag(gains) Q_{i-1}^T with rational rotations Q_i: M has singular values gains^depth."""
    gain = diagonal(gains)
    frames = [rotation(len(gains), turn * i) for i in range(depth + 1)]
    layers = [frames[i + 1] * gain * frames[i].transpose() for i in range(depth)]
    return network(layers, loss_scale)


def unbalanced(shape: tuple[int, fmpq] = (5, fmpq(2)), loss_scale: fmpq | int = 1) -> Instance:
    """W_1 = diag(1, c), all other layers diag(1, 0), with c^2 <= depth - 1: flattest, yet not balanced."""
    depth, c = shape
    return network([diagonal([1, c]), *[diagonal([1, 0])] * (depth - 1)], loss_scale)


BALANCED_FACTORS = Family(
    id="balanced-factorisations",
    parameters={
        "depth": Range(choices=(3, 2, 4, 1, 5)),
        "gains": Range(choices=((2, fmpq(1, 2)), (fmpq(3, 2),), (1, 1), (2, 1, fmpq(1, 3)), (5, 0))),
        "turn": Range(choices=(0, 1, 2, 3)),
        "loss_scale": Range(choices=(1, 2, fmpq(1, 2))),
    },
    build=balanced,
    attains="equality",
    meaning="balanced layers with rational singular values, rotated against each other",
)

UNBALANCED_FACTORS = Family(
    id="flattest-unbalanced",
    parameters={
        "shape": Range(choices=((5, fmpq(2)), (2, fmpq(1)), (3, fmpq(1)), (4, fmpq(3, 2)), (10, fmpq(3)))),
        "loss_scale": Range(choices=(1, 2, fmpq(1, 2))),
    },
    build=unbalanced,
    attains="equality",
    meaning="flattest factorisations of diag(1, 0) that are not balanced",
)
