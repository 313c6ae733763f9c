"""Deep linear networks to try claims on: drawn factorisations, float batches, trained minima."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import torch
from flint import fmpq, fmpq_mat
from hypothesis import event
from hypothesis import strategies as st

from refutable.strategies.supply import (
    Effort,
    MinimaSource,
    Size,
    TrainedInstance,
    TrainedSupply,
    VisitedSource,
    refuse_unknown,
)
from refutable.theorems.domains.deep_linear import DEEP_LINEAR
from refutable.theorems.instances import Instance
from refutable.theorems.ops.exact import from_matrix, to_matrix
from refutable.theorems.papers.mulayoff_michaeli_2020.factorisations import balanced, rotation, unbalanced
from refutable.theorems.papers.mulayoff_michaeli_2020.structure_cases import amplified, between

Layers = list[fmpq_mat]

KNOWN = frozenset({"white-data", "balanced", "flattest", "nonzero-map"})
GAINS = tuple(fmpq(p, q) for p, q in ((1, 1), (2, 1), (1, 2), (3, 2), (3, 1), (1, 3), (0, 1), (1, 64), (64, 1)))
DEPTHS = (2, 3, 4, 2, 3, 1)
"""A single layer is rare: every map is its own flattest factorisation then."""
POSITIVE_GAINS = tuple(g for g in GAINS if g > 0)
SHARES = tuple(fmpq(p, q) for p, q in ((0, 1), (1, 2), (1, 1), (5, 4), (-1, 2), (1, 8), (30, 1)))
LOSS_SCALES = (fmpq(1), fmpq(2), fmpq(1, 2), fmpq(3, 7))
HADAMARD = ((1, 1, 1, 1), (1, -1, 1, -1), (1, 1, -1, -1), (1, -1, -1, 1))
"""Rows with identity second moment, restricted to their first columns."""


@st.composite
def near_identity(draw: st.DrawFn, rows: int, columns: int) -> fmpq_mat:
    """Dyadic matrices, the identity first."""
    halves = draw(st.lists(st.integers(-6, 6), min_size=rows * columns, max_size=rows * columns))
    entries = [fmpq(h, 2) + (i // columns == i % columns) for i, h in enumerate(halves)]
    return fmpq_mat(rows, columns, entries)


@st.composite
def chains(draw: st.DrawFn, size: Size) -> Layers:
    """Layers of any widths, each near the identity, with powers of two as scales."""
    depth = draw(st.sampled_from(DEPTHS))
    widest = min(3, size.max_inputs)
    widths = draw(st.lists(st.integers(1, widest), min_size=depth + 1, max_size=depth + 1))
    layers = [draw(near_identity(after, before)) for before, after in pairwise(widths)]
    if draw(st.integers(0, 4)) == 4:
        event("scaled layers")
        return [layer * fmpq(2) ** draw(st.integers(-20, 20)) for layer in layers]
    return layers


@st.composite
def balanced_chains(draw: st.DrawFn) -> Layers:
    """Balanced layers with rational singular values, rotated against each other."""
    gains = draw(st.lists(st.sampled_from(GAINS), min_size=1, max_size=3))
    network = balanced(gains, draw(st.sampled_from(DEPTHS)), draw(st.integers(0, 3)))
    return [to_matrix(layer) for layer in network["layers"]]


@st.composite
def transposed_chains(draw: st.DrawFn) -> Layers:
    """W, W^T, W, ...: balanced, with singular values that need not be rational."""
    layer = draw(near_identity(draw(st.sampled_from((2, 1, 2))), draw(st.sampled_from((2, 1, 2)))))
    depth = draw(st.integers(2, 4))
    return [layer if i % 2 == 0 else layer.transpose() for i in range(depth)]


@st.composite
def dominated_chains(draw: st.DrawFn) -> Layers:
    """Diagonal layers diag(g, c_i): one gain g that repeats, and any c_i for which it alone decides the sharpness."""
    depth, gain = draw(st.sampled_from((3, 2, 4))), draw(st.sampled_from(POSITIVE_GAINS))
    others = [gain * draw(st.sampled_from(SHARES)) for _ in range(depth)]
    if draw(st.integers(0, 3)) == 3:
        event("one layer alone has another gain")
        alone = draw(st.integers(0, depth - 1))
        others = [c if i == alone else fmpq(0) for i, c in enumerate(others)]
    # Both ways through the layers: in along one coordinate, out along the other.
    while max(_mixed(gain, others), _mixed(gain, others[::-1])) > depth * gain ** (2 * depth - 2):
        others = [c / 2 for c in others]
    return [fmpq_mat(2, 2, [gain, 0, 0, c]) for c in others]


@st.composite
def hidden_gains(draw: st.DrawFn) -> Layers:
    """Flattest layers that amplify, or damp, directions which others remove, rotated against each other."""
    depth, width = draw(st.sampled_from((3, 2, 4, 5))), 2
    gain = draw(st.sampled_from(POSITIVE_GAINS))
    if draw(st.booleans()):
        return [to_matrix(layer) for layer in amplified(draw(st.sampled_from((5, 2, 3))), gain)["layers"]]
    if draw(st.booleans()):
        layers = [to_matrix(layer) for layer in between(draw(st.integers(0, 40)), max(depth, 3))["layers"]]
    else:
        layers = draw(dominated_chains())
    turn = draw(st.integers(0, 3))
    frames = [rotation(width, turn * i) for i in range(len(layers) + 1)]
    return [frames[i + 1] * layer * frames[i].transpose() for i, layer in enumerate(layers)]


def _mixed(gain: fmpq, others: Sequence[fmpq]) -> fmpq:
    """Sum over i of (c_1 ... c_{i-1} gain^{m-i})^2: an eigenvalue of the Hessian kernel, but for kappa."""
    total, before = fmpq(0), fmpq(1)
    for i, c in enumerate(others):
        total += (before * gain ** (len(others) - 1 - i)) ** 2
        before *= c
    return total


@st.composite
def gauged_chains(draw: st.DrawFn) -> Layers:
    """W_i -> G_i W_i G_{i-1}^{-1}: other minima for the map of a balanced network."""
    layers = draw(balanced_chains())
    width = layers[0].nrows()
    for i in range(len(layers) - 1):
        gauge = draw(shears(width))
        layers[i], layers[i + 1] = gauge * layers[i], layers[i + 1] * gauge.inv()
    return layers


@st.composite
def shears(draw: st.DrawFn, width: int) -> fmpq_mat:
    """Invertible matrices: a shear times a diagonal power of two."""
    gauge = fmpq_mat(width, width)
    for i in range(width):
        gauge[i, i] = fmpq(2) ** draw(st.integers(-2, 2))
        for j in range(i):
            gauge[i, j] = fmpq(draw(st.integers(-2, 2)))
    return gauge


@st.composite
def white_inputs(draw: st.DrawFn, width: int) -> list[list[int]] | None:
    """Nothing (identity covariance), or inputs whose second moment is the identity."""
    if draw(st.integers(0, 3)) < 3:
        return None
    rows = HADAMARD[: 1 if width == 1 else 2 if width == 2 else 4]
    event("inputs with identity second moment")
    return [list(row[:width]) for row in rows] * draw(st.integers(1, 2))


def any_inputs(width: int) -> st.SearchStrategy[list[list[int]] | None]:
    """Nothing, white inputs, or any small integers."""
    row = st.lists(st.integers(-3, 3), min_size=width, max_size=width)
    return st.one_of(white_inputs(width), st.lists(row, min_size=1, max_size=3))


@st.composite
def deep_linear_networks(draw: st.DrawFn, assumes: frozenset[str], size: Size, known: bool = True) -> Instance:
    """Networks that satisfy the assumptions by construction; two identity-like layers come first."""
    regimes = _regimes(assumes, known)
    regime = draw(st.sampled_from(regimes))
    event(f"{regime} layers")
    layers = draw(_layers(regime, size))
    if "nonzero-map" in assumes and _is_zero(layers):
        event("a map 0 replaced by 1")
        layers = [fmpq_mat(1, 1, [1])] * 2
    width = layers[0].ncols()
    inputs = draw(white_inputs(width) if "white-data" in assumes else any_inputs(width))
    loss_scale = draw(st.sampled_from(LOSS_SCALES))
    return DEEP_LINEAR.instance(layers=[from_matrix(w) for w in layers], loss_scale=loss_scale, inputs=inputs)


def _is_zero(layers: Layers) -> bool:
    product = layers[0]
    for layer in layers[1:]:
        product = layer * product
    return all(entry == 0 for entry in product.entries())


def _regimes(assumes: frozenset[str], known: bool = True) -> Sequence[str]:
    refuse_unknown(assumes, KNOWN, "deep linear networks")
    if not known:
        return _own_regimes(assumes)
    if "balanced" in assumes:
        return ("balanced", "transposed")
    if "flattest" in assumes:
        return ("balanced", "flattest", "hidden", "hidden", "transposed")
    return ("drawn", "gauged", "balanced", "transposed", "drawn")


def _own_regimes(assumes: frozenset[str]) -> Sequence[str]:
    """Those that hold no member of a known family, except where an assumption leaves nothing else."""
    if "balanced" in assumes:
        return ("transposed",)
    if "flattest" in assumes:
        return ("dominated",)
    return ("drawn", "transposed", "drawn", "dominated")


def _layers(regime: str, size: Size) -> st.SearchStrategy[Layers]:
    if regime == "flattest":
        shapes = st.sampled_from([(5, fmpq(2)), (2, fmpq(1)), (3, fmpq(1)), (4, fmpq(3, 2))])
        return shapes.map(lambda shape: [to_matrix(layer) for layer in unbalanced(shape)["layers"]])
    table = {"balanced": balanced_chains(), "transposed": transposed_chains(), "gauged": gauged_chains()}
    table |= {"dominated": dominated_chains(), "hidden": hidden_gains()}
    return table.get(regime, chains(size))


CONFIGURATIONS = (
    (11, (2, 2, 2), "1/10", 400),
    (12, (3, 2, 2), "1/10", 300),
    (13, (2, 3, 3, 1), "1/10", 300),
    (14, (2, 2, 2, 2), "1/20", 500),
    (15, (3, 3, 3, 3), "1/20", 400),
    (16, (2, 2, 2, 2, 2), "1/20", 500),
)
"""Seed, widths, step size, number of steps."""


class DeepLinearSupply:
    """Instances of the domain deep-linear."""

    domain = DEEP_LINEAR
    minima: MinimaSource | None = None
    visited: VisitedSource | None = None

    def drawn(self, assumes: frozenset[str], size: Size, known: bool = True) -> st.SearchStrategy[Instance]:
        """Strategy of exact networks.

        Raises:
            ValueError: an assumption id is unknown here.
        """
        _regimes(assumes)
        return deep_linear_networks(assumes, size, known)

    def batch(
        self, assumes: frozenset[str], count: int, size: Size, generator: torch.Generator, known: bool = True
    ) -> dict[str, Any] | None:
        """Three layers [count, d, d] with log-normal scales on white data; None if they must be balanced."""
        if not assumes <= {"white-data", "nonzero-map"}:
            return None
        width = 1 + int(torch.randint(min(3, size.max_inputs), (1,), generator=generator))
        return {
            "layers": tuple(_normal(count, width, generator) for _ in range(3)),
            "loss_scale": torch.ones(count, dtype=torch.float64),
            "inputs": None,
        }

    def trained(self, assumes: frozenset[str], effort: Effort, device: str = "auto") -> TrainedSupply:
        """Networks trained by gradient descent, each a minimum for the map that it computes.

        Rounding keeps them from being exactly balanced: where that is assumed they are controls. None in the effort
        ci: training ends elsewhere on another machine, and no such networks ship with the package.
        """
        from refutable.strategies.training.deep_linear import train_deep_linear

        if effort == "ci":
            return TrainedSupply(missing=("trained deep linear networks: nothing is trained in this profile",))
        networks = 12 if effort == "quick" else 24
        control = bool(assumes & {"balanced", "flattest"})
        instances = []
        for seed, widths, step_size, steps in CONFIGURATIONS:
            documents = train_deep_linear(seed, widths, networks, step_size, steps)
            for i, document in enumerate(documents):
                origin = f"deep linear {'-'.join(map(str, widths))}, seed {seed}, network {i}"
                instance = DEEP_LINEAR.load(document)
                instances.append(TrainedInstance("trained-relabelled", instance, origin, control))
        counts = {"trained": networks * len(CONFIGURATIONS), "finite": len(instances)}
        return TrainedSupply(tuple(instances), counts)


def _normal(count: int, width: int, generator: torch.Generator) -> torch.Tensor:
    scale = torch.randn(count, 1, 1, generator=generator, dtype=torch.float64).exp()
    return scale * torch.randn(count, width, width, generator=generator, dtype=torch.float64)


SUPPLY = DeepLinearSupply()
