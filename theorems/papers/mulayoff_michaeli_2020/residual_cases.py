"""States of training of linear residual networks: limits of flows, starts, and states that flows never see."""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq, fmpq_mat

from refutable.theorems.domains.deep_linear_flow import DEEP_LINEAR_FLOW
from refutable.theorems.instances import Instance
from refutable.theorems.ops.exact import from_matrix
from refutable.theorems.papers.mulayoff_michaeli_2020.factorisations import diagonal, rotation
from refutable.theorems.records import Family, Range

Layers = Sequence[fmpq_mat]


def product(layers: Layers) -> fmpq_mat:
    """W_m ... W_1."""
    whole = layers[0]
    for layer in layers[1:]:
        whole = layer * whole
    return whole


def state(
    layers: Layers, target: fmpq_mat | None = None, step_size: fmpq | int | None = 1, loss_scale: fmpq | int = 1
) -> Instance:
    """Instance from matrices, W_1 first; without a target, a global minimum."""
    return DEEP_LINEAR_FLOW.instance(
        layers=[from_matrix(w) for w in layers],
        target=from_matrix(product(layers) if target is None else target),
        loss_scale=loss_scale,
        step_size=step_size,
    )


def limit(gains: Sequence[fmpq | int] = (2, 1), depth: int = 3, turn: int = 0, loss_scale: fmpq | int = 1) -> Instance:
    """Balanced layers that multiply to the target, in frames rotated against each other."""
    frames = [rotation(len(gains), turn * i) for i in range(depth + 1)]
    gain = diagonal(gains)
    layers = [frames[i + 1] * gain * frames[i].transpose() for i in range(depth)]
    return state(layers, None, 1, loss_scale)


def symmetric_limit(gains: Sequence[fmpq | int] = (2, 1), depth: int = 3, turn: int = 0) -> Instance:
    """Equal symmetric layers Q diag(gains) Q^T that multiply to the target: where the flow from I ends."""
    q = rotation(len(gains), turn)
    return state([q * diagonal(gains) * q.transpose()] * depth)


def start(target: fmpq_mat, depth: int = 2, step_size: fmpq | int = 1) -> Instance:
    """Identity layers: all residual branches 0."""
    return state([diagonal([1] * target.nrows())] * depth, target, step_size)


LIMITS = Family(
    id="balanced-limits",
    parameters={
        "gains": Range(choices=((2, 1), (3,), (fmpq(3, 2), fmpq(1, 2)), (1, 1), (2, 1, fmpq(1, 3)))),
        "depth": Range(choices=(3, 2, 4)),
        "turn": Range(choices=(0, 1, 2, 3)),
        "loss_scale": Range(choices=(1, 2, fmpq(1, 2))),
    },
    build=limit,
    attains="equality",
    meaning="balanced layers with rational singular values that multiply to the target",
)

SYMMETRIC_LIMITS = Family(
    id="symmetric-limits",
    parameters={
        "gains": Range(choices=((2, 1), (fmpq(3, 2), fmpq(1, 2)), (fmpq(9, 10), fmpq(11, 10)))),
        "depth": Range(choices=(3, 2, 4)),
        "turn": Range(choices=(0, 1, 2)),
    },
    build=symmetric_limit,
    attains="equality",
    meaning="where the flow from identity layers ends for a symmetric positive definite target",
)

SHEAR = fmpq_mat([[1, 1], [0, 1]])
ONE = diagonal([1])

STALLED = state([diagonal([fmpq(3, 2), 1, 0]), diagonal([1, 1, 0])], diagonal([fmpq(3, 2), 1, -1]))
"""The target diag(3/2, 1, -1), approached as far as determinants at least 0 allow: loss 1/2."""
STEEP = state([2 * ONE, fmpq(1, 2) * ONE])
"""Layers 2 and 1/2, target 1: a global minimum that no flow from identity layers reaches."""
SHEARED_START = start(SHEAR)
"""Identity layers and a target that is not normal: one step of gradient descent unbalances them."""
