"""Trained output layers where the claims are tight, and where false variants fail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq

from refutable.theorems.domains.output_layer import OUTPUT_LAYER
from refutable.theorems.instances import Instance
from refutable.theorems.records import Family, Range


def layer(slopes: Sequence[Any], biases: Sequence[Any], x: Sequence[Any], nu: Sequence[Any], **others: Any) -> Instance:
    """A layer trained from zero; the rival is the network itself unless given."""
    k, n = len(slopes), len(x)
    values = {"start": [0] * k, "y": [0] * n, "rival": [0] * k, **others}
    built = OUTPUT_LAYER.instance(slopes=slopes, biases=biases, x=x, multipliers=nu, **values)
    return built if "rival" in others else built.replace(rival=OUTPUT_LAYER.view(built)["output_weights"])


def itself(slope: Any = fmpq(1), place: Any = fmpq(0)) -> Instance:
    """Two neurons and a datum to the right of both; the rival is the network itself."""
    return layer([slope, 1], [-slope * place, 0], [place + 1 if place >= 0 else 1], [1])


ITSELF = Family(
    id="itself",
    parameters={"slope": Range(1, 4, 2), "place": Range(0, 2, 4)},
    build=itself,
    attains="equality",
    meaning="the rival is the network itself",
)

STEEP_AND_FLAT = layer([1, 2], [0, 0], [1], [1], rival=["5/2", "5/4"])
"""c = (1, 2): value 5 at 1, turns (1, 4). The rival turns by 5/2 at either neuron."""
TURNS_LIKE_SLOPES = layer([1, 2], [0, 0], [1], [1], rival=["5/3", "5/3"])
"""The rival turns by 5/3 and 10/3."""
SHARED_TURN = layer([1, 1], [0, 1], [1], [1], rival=[0, "5/2"])
"""c = (1, 2): value 5. By the second alone: 5/2 < 3 in modulus."""
BOTH_WAYS = layer([1, -1], [0, 0], [1, -1], [1, 2])
"""One neuron each way."""
KINK_IN_CELL = layer([1] * 6, [-j for j in range(6)], ["1/2", "6"], [1, 1])
"""Knots 0, ..., 5, data in the middle of the first cell and at the end of the last."""
KINK_AT_KNOT = layer([1, 1], [0, -1], [1, 2], [1, 1])
"""Knots 0 and 1, data at 1 and at the end of the last cell."""
WRONG_START = layer([1, 1], [0, 0], [1], [1], start=[1, -1], rival=[1, 1])
OTHER_VALUES = layer([1, 1], [0, 0], [1], [1], rival=[0, 0])
ACROSS_A_DATUM = layer([1, 1, 1], [0, -1, "-3/2"], [1, 2], [1, 1])
UNEVEN = layer([1, 1, 1], [0, -1, -3], [3], [1])
