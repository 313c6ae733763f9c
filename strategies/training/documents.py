"""Trained end points as JSON instance documents: numbers are the exact binary values of the floats.

There are two readings of one end point, never mixed. *Relabelled*: labels are what the network computes, so
the point interpolates exactly. *Converged*: the labels of the training run, for statements about where
training ends.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from refutable.strategies.training.results import CONVERGED, DIVERGED, Trained

FORMAT = "refutable-instance/1"

Document = dict[str, Any]


def relabelled(trained: Trained, index: int) -> Document:
    """The end point with y := f(x) at the recipe's step size.

    Where ``trained.stable[index]`` is false this is a negative control: it interpolates, but should not be
    stable.

    Raises:
        IndexError: if there is no such network.
        ValueError: if that network diverged.
    """
    return _document(trained, index, labels=None, step_size=trained.step_size)


def converged(trained: Trained, index: int) -> Document:
    """The end point with the labels it was trained on, at the recipe's step size.

    Raises:
        IndexError: if there is no such network.
        ValueError: if that network did not converge.
    """
    _finite(trained, index)
    if trained.outcome[index] != CONVERGED:
        raise ValueError(f"network {index} is {trained.outcome[index]}, not converged")
    return _document(trained, index, labels=trained.y[index].tolist(), step_size=trained.step_size)


def at_its_own_edge(trained: Trained, index: int) -> Document:
    """The relabelled end point with the step size a hair below 2/sharpness, so that it is barely stable.

    Only where ``trained.clear[index]``: on a kink the floating-point sharpness may be that of another mask.

    Raises:
        IndexError: if there is no such network.
        ValueError: if that network diverged.
    """
    _finite(trained, index)
    edge = edge_step_size(float(trained.sharpness[index]))
    return _document(trained, index, labels=None, step_size=f"{edge.numerator}/{edge.denominator}")


def edge_step_size(sharpness: float) -> Fraction:
    """2/sharpness (1 - 2^-40), rounded down to about 64 significant bits.

    The margin covers the rounding of the sharpness: without it, half of all networks are exactly unstable.
    """
    exact = 2 / Fraction(sharpness) * (1 - Fraction(1, 2**40))
    scale = Fraction(2 ** (64 + max(0, math.frexp(sharpness)[1])))
    return Fraction(math.floor(exact * scale)) / scale


def _finite(trained: Trained, index: int) -> None:
    if not 0 <= index < len(trained.codes):
        raise IndexError(f"the recipe trained {len(trained.codes)} networks; there is no network {index}")
    if trained.outcome[index] == DIVERGED:
        raise ValueError(f"network {index} diverged: it has no finite end point")


def _document(trained: Trained, index: int, labels: list[float] | None, step_size: str) -> Document:
    _finite(trained, index)
    network = {name: getattr(trained, name)[index].tolist() for name in ("w1", "b1", "w2", "b2")}
    return {
        "format": FORMAT,
        "model": "shallow-relu",
        "network": network,
        "data": {"x": trained.x[index].tolist(), "y": labels},
        "step_size": step_size,
        "batch_size": trained.recipe.batch_size,
    }
