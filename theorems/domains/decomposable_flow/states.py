"""States that the gradient flow reaches from U_l^T v_l = alpha eta (l < L), U_L^T v_L = 0, in rationals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.decomposable_flow.profile import cosh_of, sinh_of
from refutable.theorems.domains.number_moves import sealed
from refutable.theorems.instances import Instance


def reached(alpha: fmpq, eta: Sequence[fmpq], growth: Sequence[fmpq], depth: int) -> Any:
    """Coordinates [L, m]: alpha eta cosh(theta), and alpha |eta| sgn(eta)^{L-1} sinh(theta) in the last layer.

    Args:
        growth: e^theta > 0, one for each coordinate; 1 gives the start.
    """
    first = [alpha * e * cosh_of(r) for e, r in zip(eta, growth, strict=True)]
    last = [alpha * abs(e) * _sign(e) ** (depth - 1) * sinh_of(r) for e, r in zip(eta, growth, strict=True)]
    return sealed(np.array([first] * (depth - 1) + [last], dtype=object))


def _sign(e: fmpq) -> fmpq:
    return fmpq(1 if e > 0 else -1)


def growths(instance: Instance) -> list[fmpq] | None:
    """e^theta for each coordinate, where the flow from the start of the statement reaches the state; None elsewhere."""
    weights, alpha, eta = instance["weights"], instance["alpha"], instance["eta"]
    depth = len(weights)
    found = [
        (c * _sign(e) + last * _sign(e) ** (depth - 1)) / (alpha * abs(e))
        for c, last, e in zip(weights[0], weights[-1], eta, strict=True)
    ]
    if any(r <= 0 for r in found) or (weights != reached(alpha, eta, found, depth)).any():
        return None
    if (instance["start"] != reached(alpha, eta, [fmpq(1)] * len(eta), depth)).any():
        return None
    return found


def rebuilt(instance: Instance, growth: Sequence[fmpq]) -> Instance:
    """Start and state anew from alpha, eta and the growths; ``other`` keeps its distance from the state."""
    depth = len(instance["weights"])
    alpha, eta = instance["alpha"], instance["eta"]
    weights = reached(alpha, eta, growth, depth)
    start = reached(alpha, eta, [fmpq(1)] * len(eta), depth)
    return instance.replace(weights=weights, start=start)


def with_other(instance: Instance, shift: Any) -> Instance:
    """``other`` at this distance [m] from the state's coordinates."""
    return instance.replace(other=sealed(np.multiply.reduce(instance["weights"], axis=0) + shift))
