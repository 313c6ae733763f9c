"""States of training of deep linear networks to try claims on: drawn ones, and those that runs from W = I visit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import torch
from flint import fmpq, fmpq_mat
from hypothesis import event
from hypothesis import strategies as st

from refutable.strategies.supply import Effort, MinimaSource, Size, TrainedSupply, Visited, refuse_unknown
from refutable.theorems.domains.deep_linear_flow import DEEP_LINEAR_FLOW
from refutable.theorems.exact import rational
from refutable.theorems.instances import Instance
from refutable.theorems.ops.exact import from_matrix
from refutable.theorems.papers.mulayoff_michaeli_2020.factorisations import diagonal, rotation

Layers = list[fmpq_mat]

BALANCED, MINIMUM, EQUAL, COMMUTE = "balanced", "global-minimum", "equal-layers", "commuting"
IDENTITY, INVERTIBLE = "identity-layers", "invertible"
NOT_REFLECTING, REFLECTS = "product-determinant-nonnegative", "target-determinant-negative"
KNOWN = frozenset({BALANCED, MINIMUM, EQUAL, COMMUTE, IDENTITY, INVERTIBLE, NOT_REFLECTING, REFLECTS})

DEPTHS = (2, 3, 2, 4)
GAINS = tuple(fmpq(p, q) for p, q in ((1, 1), (2, 1), (1, 2), (3, 2), (0, 1), (-1, 1), (1, 3)))
SCALES = tuple(fmpq(p, q) for p, q in ((1, 1), (2, 1), (1, 2)))
STEPS = tuple(fmpq(p, q) for p, q in ((1, 1), (1, 2), (1, 10), (1, 100), (3, 1)))


@st.composite
def matrices(draw: st.DrawFn, size: int) -> fmpq_mat:
    """Half-integers near the identity, the identity first."""
    halves = draw(st.lists(st.integers(-4, 4), min_size=size * size, max_size=size * size))
    return fmpq_mat(size, size, [fmpq(h, 2) + (i % (size + 1) == 0) for i, h in enumerate(halves)])


@st.composite
def invertible_matrices(draw: st.DrawFn, size: int, sign: int) -> fmpq_mat:
    """Matrices whose determinant has the sign: a triangular one, its rows turned."""
    out = fmpq_mat(size, size)
    for i in range(size):
        out[i, i] = abs(draw(st.sampled_from(GAINS[:4])))
        for j in range(i):
            out[i, j] = fmpq(draw(st.integers(-2, 2)), 2)
    out[0, 0] = sign * out[0, 0]
    return rotation(size, draw(st.integers(0, 3))) * out


@st.composite
def balanced_layers(draw: st.DrawFn, size: int, known: bool, invertible: bool) -> Layers:
    """Balanced layers: rational gains in turned frames, or W, W^T, W, ..."""
    depth = draw(st.sampled_from(DEPTHS))
    if not known or draw(st.booleans()):
        layer = draw(invertible_matrices(size, 1) if invertible else matrices(size))
        return [layer if i % 2 == 0 else layer.transpose() for i in range(depth)]
    gains = [draw(st.sampled_from(GAINS)) for _ in range(size)]
    gain = diagonal([abs(g) or fmpq(1) for g in gains] if invertible else gains)
    turn = draw(st.integers(0, 3))
    frames = [rotation(size, turn * i) for i in range(depth + 1)]
    return [frames[i + 1] * gain * frames[i].transpose() for i in range(depth)]


@st.composite
def commuting_pairs(draw: st.DrawFn, size: int) -> tuple[Layers, fmpq_mat]:
    """Equal layers and a target with the same eigenvectors: symmetric, or built of a rotation's commutant."""
    depth = draw(st.sampled_from(DEPTHS))
    q = rotation(size, draw(st.integers(0, 3)))
    if size == 2 and draw(st.integers(0, 3)) == 3:
        event("a normal target that is not symmetric")
        a, b, c, d = (fmpq(draw(st.integers(-3, 3)), 2) for _ in range(4))
        return [fmpq_mat([[a, -b], [b, a]])] * depth, fmpq_mat([[c, -d], [d, c]])
    w, m = (q * diagonal([draw(st.sampled_from(GAINS)) for _ in range(size)]) * q.transpose() for _ in range(2))
    return [w] * depth, m


@st.composite
def states(draw: st.DrawFn, assumes: frozenset[str], size: Size, known: bool = True) -> Instance:
    """States that satisfy the assumptions by construction; two layers 1 and the target 1 come first."""
    width = draw(st.sampled_from((2, 1, 2, min(3, max(2, size.max_inputs)))))
    layers, target = draw(_layers_and_target(assumes, width, known))
    scale, step = draw(st.sampled_from(SCALES)), draw(st.sampled_from(STEPS))
    return _state(layers, target, scale, step)


def _state(layers: Layers, target: fmpq_mat, scale: fmpq, step: fmpq) -> Instance:
    return DEEP_LINEAR_FLOW.instance(
        layers=[from_matrix(w) for w in layers], target=from_matrix(target), loss_scale=scale, step_size=step
    )


@st.composite
def _layers_and_target(draw: st.DrawFn, assumes: frozenset[str], width: int, known: bool) -> tuple[Layers, fmpq_mat]:
    depth = draw(st.sampled_from(DEPTHS))
    if REFLECTS in assumes or NOT_REFLECTING in assumes:
        layers = [draw(invertible_matrices(width, 1)) for _ in range(depth)]
        if draw(st.integers(0, 2)) == 2:
            layers[0] = layers[0] * diagonal([*[1] * (width - 1), 0])
        return layers, draw(invertible_matrices(width, -1 if REFLECTS in assumes else draw(st.sampled_from((1, -1)))))
    if COMMUTE in assumes:
        return draw(commuting_pairs(width))
    if IDENTITY in assumes:
        return [diagonal([1] * width)] * depth, draw(matrices(width))
    if BALANCED in assumes:
        layers = draw(balanced_layers(width, known, INVERTIBLE in assumes))
    elif EQUAL in assumes:
        layers = [draw(matrices(width))] * depth
    elif INVERTIBLE in assumes:
        layers = [draw(invertible_matrices(width, 1)) for _ in range(depth)]
    else:
        layers = [draw(matrices(width)) for _ in range(depth)]
    return layers, _product(layers) if MINIMUM in assumes else draw(matrices(width))


def _product(layers: Layers) -> fmpq_mat:
    whole = layers[0]
    for layer in layers[1:]:
        whole = layer * whole
    return whole


RUN_STEPS, SHORT, LONG = 60, 0.02, 0.1
"""States of one run; the time step of the integrated flow, the step size of gradient descent."""


class Runs:
    """Gradient flow (fourth-order Runge-Kutta) and gradient descent from identity layers, in floats."""

    def offers(self, assumes: frozenset[str]) -> bool:
        """Whether states of runs satisfy these assumptions, re-read exactly."""
        return assumes <= KNOWN and not (IDENTITY in assumes or (MINIMUM in assumes and REFLECTS in assumes))

    def states(self, assumes: frozenset[str], count: int, seed: int) -> Iterable[Visited]:
        """States of several runs, in turn.

        Where layers must be exactly balanced, or equal, the target is symmetric and the run one of its eigenvalues;
        where a state must be a minimum, the map that it computes is the target.
        """
        exactly = bool(assumes & {BALANCED, EQUAL, COMMUTE})
        run = 0
        while count > 0:
            for visited in _symmetric_run(assumes, seed, run) if exactly else _run(assumes, seed, run):
                if count > 0:
                    yield visited
                count -= 1
            run += 1


def _run(assumes: frozenset[str], seed: int, run: int) -> Iterator[Visited]:
    """A run for a target drawn about the identity, or one with negative determinant."""
    source = np.random.default_rng([seed, run])
    size, depth = 2 + run % 2, 2 + run % 3
    target = np.eye(size) + 0.4 * source.standard_normal((size, size))
    if (np.linalg.det(target) < 0) != (REFLECTS in assumes):
        target[0] = -target[0]
    layers, flow = np.stack([np.eye(size)] * depth), run % 2 == 0
    for step in range(RUN_STEPS):
        layers = _flow_step(layers, target) if flow else layers - LONG * _slopes(layers, target)
        if step % 7 == 6:
            read = [_read(w) for w in layers]
            exact = _product(read) if MINIMUM in assumes else _read(target)
            origin = f"{'flow' if flow else 'descent'}, seed {seed}, run {run}, step {step + 1}"
            yield Visited(_state(read, exact, fmpq(1), rational(LONG)), origin, run)


def _symmetric_run(assumes: frozenset[str], seed: int, run: int) -> Iterator[Visited]:
    """The eigenvalues of a run for a symmetric target, put back into a rational frame."""
    source = np.random.default_rng([seed, run, 1])
    size, depth = 2 + run % 2, 2 + run % 3
    values, q = np.exp(0.6 * source.standard_normal(size)), rotation(size, run % 4)
    target = q * _diagonal(values) * q.transpose()
    gains, flow = np.ones(size), run % 2 == 0
    for step in range(RUN_STEPS):
        gains = _gain_step(gains, values, depth) if flow else gains - LONG * _gain_slope(gains, values, depth)
        if step % 7 == 6:
            layers = [q * _diagonal(gains) * q.transpose()] * depth
            exact = _product(layers) if MINIMUM in assumes else target
            origin = f"eigenvalues of a {'flow' if flow else 'descent'}, seed {seed}, run {run}, step {step + 1}"
            yield Visited(_state(layers, exact, fmpq(1), rational(LONG)), origin, run)


def _slopes(layers: Any, target: Any) -> Any:
    """Gradients [m, d, d] of 1/2 |W_m ... W_1 - M|^2."""
    depth, size = len(layers), len(target)
    before, after = [np.eye(size)], [np.eye(size)]
    for i in range(depth - 1):
        before.append(layers[i] @ before[-1])
        after.append(after[-1] @ layers[depth - 1 - i])
    residual = layers[-1] @ before[-1] - target
    return np.stack([after[depth - 1 - i].T @ residual @ before[i].T for i in range(depth)])


def _flow_step(layers: Any, target: Any) -> Any:
    a = _slopes(layers, target)
    b = _slopes(layers - SHORT / 2 * a, target)
    c = _slopes(layers - SHORT / 2 * b, target)
    d = _slopes(layers - SHORT * c, target)
    return layers - SHORT / 6 * (a + 2 * b + 2 * c + d)


def _gain_slope(gains: Any, values: Any, depth: int) -> Any:
    return gains ** (depth - 1) * (gains**depth - values)


def _gain_step(gains: Any, values: Any, depth: int) -> Any:
    middle = gains - SHORT / 2 * _gain_slope(gains, values, depth)
    return gains - SHORT * _gain_slope(middle, values, depth)


def _read(matrix: Any) -> fmpq_mat:
    return fmpq_mat(len(matrix), len(matrix), [rational(float(entry)) for entry in matrix.ravel()])


def _diagonal(values: Any) -> fmpq_mat:
    return diagonal([rational(float(value)) for value in values])


class DeepLinearFlowSupply:
    """Instances of the domain deep-linear-flow."""

    domain = DEEP_LINEAR_FLOW
    minima: MinimaSource | None = None
    visited = Runs()

    def drawn(self, assumes: frozenset[str], size: Size, known: bool = True) -> st.SearchStrategy[Instance]:
        """Strategy of exact states.

        Raises:
            ValueError: an assumption id is unknown here.
        """
        refuse_unknown(assumes, KNOWN, "states of training")
        return states(assumes, size, known)

    def batch(
        self, assumes: frozenset[str], count: int, size: Size, generator: torch.Generator, known: bool = True
    ) -> dict[str, Any] | None:
        """Three layers [count, d, d] about the identity and a target; None where anything must hold exactly."""
        if assumes:
            return None
        width = 1 + int(torch.randint(2, (1,), generator=generator))

        def near_identity() -> torch.Tensor:
            noise = torch.randn(count, width, width, generator=generator, dtype=torch.float64)
            return torch.eye(width, dtype=torch.float64) + noise

        one = torch.ones(count, dtype=torch.float64)
        layers = tuple(near_identity() for _ in range(2))
        return {"layers": layers, "target": near_identity(), "loss_scale": one, "step_size": one / 2}

    def trained(self, assumes: frozenset[str], effort: Effort, device: str = "auto") -> TrainedSupply:
        """Empty: runs are tried state by state."""
        return TrainedSupply()


SUPPLY = DeepLinearFlowSupply()
