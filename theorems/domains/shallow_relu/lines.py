"""Reductions to one input: data and weights projected on a line."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.number_moves import sealed
from refutable.theorems.exact import sqrt_exact
from refutable.theorems.instances import Instance


def lower_dimension(instance: Instance) -> Iterator[Instance]:
    """One input in place of several: coordinates along a line through data, through the origin or not.

    Data on the line keep their pre-activations. Where the line's direction has a rational length the change is a
    rotation and keeps all distances; elsewhere inputs are measured in units of the direction.
    """
    if instance["x"].shape[1] == 1:
        return
    rows = [*instance["x"], *instance["w1"]]
    origin = np.array([fmpq(0)] * instance["x"].shape[1], dtype=object)
    pairs = [(origin, row) for row in rows]
    pairs += [(a, b - a) for a, b in itertools.combinations(instance["x"], 2)]
    for start, direction in pairs:
        if any(c != 0 for c in direction):
            yield on_line(instance, start, direction)


def on_line(instance: Instance, start: Any, direction: Any) -> Instance:
    """The instance with inputs projected on start + s * direction, s the new input."""
    square = direction @ direction
    length = sqrt_exact(square) or fmpq(1)
    unit = direction / length
    return instance.replace(
        x=sealed(((instance["x"] - start) @ unit / (unit @ unit))[:, None]),
        w1=sealed((instance["w1"] @ unit)[:, None]),
        b1=sealed(instance["b1"] + instance["w1"] @ start),
    )
