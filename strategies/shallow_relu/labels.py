"""Labels: exactly interpolated, at a critical point with positive loss, or arbitrary."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from flint import fmpq, fmpq_mat

from refutable.strategies.shallow_relu.choosers import Chooser, dyadic, nonzero, note, once_in, pick
from refutable.strategies.shallow_relu.demands import Demands
from refutable.strategies.shallow_relu.networks import Network
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.ops.exact import to_matrix

Labels = list[fmpq] | None


def labels(chooser: Chooser, network: Network, wanted: Demands) -> Labels:
    """Labels that meet the demands; None stands for y = f(x)."""
    if wanted.interpolating:
        return _interpolated(chooser, network)
    if wanted.critical:
        return _critical(chooser, network, wanted.semidefinite)
    kind = pick(chooser, tuple(ARBITRARY))
    note(f"labels: {kind}")
    return ARBITRARY[kind](chooser, network)


def _interpolated(chooser: Chooser, network: Network) -> Labels:
    if once_in(chooser, 8):
        note("labels: f(x), written out")
        return network.outputs()
    note("labels: f(x)")
    return None


def _critical(chooser: Chooser, network: Network, semidefinite: bool) -> Labels:
    """y = f(x) - r with r orthogonal to every feature: the gradient vanishes, the loss need not.

    ``semidefinite``: orthogonal to the gated inputs of every neuron, too. They are features already where the
    output weight is not 0; elsewhere the residual part of the Hessian would make a saddle.
    """
    basis = null_vectors(network, semidefinite)
    if not basis or once_in(chooser, 12):
        return _interpolated(chooser, network)
    note("labels: critical with positive loss")
    scale = nonzero(chooser, 1, 8) * fmpq(2) ** pick(chooser, (0, -10, 10))
    residual = [scale * v for v in basis[chooser.integer(0, len(basis) - 1)]]
    for extra in basis[: 2 if len(basis) > 1 else 0]:
        factor = scale * chooser.integer(-2, 2)
        residual = [a + factor * b for a, b in zip(residual, extra, strict=True)]
    if not any(residual):
        residual = [scale * v for v in basis[0]]
    return [f - r for f, r in zip(network.outputs(), residual, strict=True)]


def null_vectors(network: Network, gated: bool = False) -> list[list[fmpq]]:
    """A rational basis of the residuals r with Phi^T r = 0, for the features Phi of the trained parameters.

    ``gated``: and sum_j r_j 1[z_ji > 0] (x_j, 1) = 0 for every neuron i.
    """
    view = SHALLOW_RELU.view(SHALLOW_RELU.instance(**network.raw()))
    features = view["features"]
    if gated:
        inputs = view["active"][:, :, None] * view["augmented"][:, None, :]
        features = np.concatenate([features, inputs.reshape(len(features), -1)], axis=1)
    return null_space(to_matrix(features).transpose())


def null_space(matrix: fmpq_mat) -> list[list[fmpq]]:
    """A basis of the vectors v with matrix * v = 0."""
    reduced, rank = matrix.rref()
    columns = matrix.ncols()
    pivots = [next(c for c in range(columns) if reduced[i, c] != 0) for i in range(rank)]
    basis = []
    for free in (c for c in range(columns) if c not in pivots):
        vector = [fmpq(0)] * columns
        vector[free] = fmpq(1)
        for i, pivot in enumerate(pivots):
            vector[pivot] = -reduced[i, free]
        basis.append(vector)
    return basis


def _any_numbers(chooser: Chooser, network: Network) -> Labels:
    grid = pick(chooser, (1, 16))
    return [dyadic(chooser, grid, 4) for _ in network.rows]


def _nearby(chooser: Chooser, network: Network) -> Labels:
    unit = fmpq(1, 2 ** pick(chooser, (1, 10, 30)))
    return [f + unit * chooser.integer(-4, 4) for f in network.outputs()]


def _shifted(chooser: Chooser, network: Network) -> Labels:
    shift = nonzero(chooser, 1, 8)
    return [f + shift for f in network.outputs()]


def _far(chooser: Chooser, network: Network) -> Labels:
    return [f + 256 * chooser.integer(-4, 4) for f in network.outputs()]


ARBITRARY: dict[str, Callable[[Chooser, Network], Labels]] = {
    "any numbers": _any_numbers,
    "near f(x)": _nearby,
    "f(x) shifted": _shifted,
    "far from f(x)": _far,
    "f(x)": lambda chooser, network: None,
}
"""Kinds of labels where nothing is asked of them, the simplest first."""
