"""Small starts and states that the three records share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.hidden_linear import HIDDEN_LINEAR
from refutable.theorems.domains.hidden_linear.reaching import placed, reached
from refutable.theorems.exact import rational
from refutable.theorems.instances import Instance

Written = fmpq | int | str
"""A rational, or how one is written."""


def start(
    output: Sequence[Written],
    hidden: Sequence[Sequence[Written]],
    inputs: Sequence[Sequence[Written]] = ((1, 0),),
    **more: Any,
) -> Instance:
    """A start as the state, labels 0 unless given; a single datum (1, 0) unless others are given."""
    given = {"labels": [0] * len(inputs), **more}
    nothing = [[0] * len(inputs)] * len(output)
    return HIDDEN_LINEAR.instance(
        inputs=inputs,
        start_output=output,
        start_hidden=hidden,
        output=output,
        hidden=hidden,
        multipliers=nothing,
        **given,
    )


def numbers(values: Any) -> Any:
    """Written numbers as an array."""
    source = np.array(values, dtype=object)
    return np.array([rational(v) for v in source.ravel()], dtype=object).reshape(source.shape)


def at(begin: Instance, output: Sequence[Written], multipliers: Sequence[Sequence[Written]]) -> Instance:
    """The state with these output weights and multipliers."""
    return placed(begin, numbers(output), numbers(multipliers))


def towards(begin: Instance, output: Sequence[Written], multipliers: Sequence[Sequence[Written]]) -> Instance:
    """The other state with the start's imbalance on the line in this direction; the start where there is none."""
    return reached(begin, numbers(output), numbers(multipliers)) or begin


def rival(state: Instance, *v: Written) -> Instance:
    """With another predictor to compare."""
    values = numbers(v)
    values.setflags(write=False)
    return state.replace(rival=values)


ONE = start([1], [[0, 1]])
"""delta = 0: a = 1, w = (0, 1), a datum (1, 0)."""
MOVED = at(ONE, ["5/3"], [["4/3"]])
"""From there: a = 5/3, w = (4/3, 1), theta = (20/9, 5/3)."""
BACK = at(ONE, ["5/3"], [["-4/3"]])
"""The other way: w = (-4/3, 1), theta = (-20/9, 5/3)."""
DRIFTED = at(ONE, [2], [["4/3"]])
"""No state of the flow: a is 2 instead of 5/3."""
OFF = ONE.replace(output=numbers([2]), hidden=numbers([[0, 2]]))
"""No state of the flow: w = (0, 2) moved where no datum sees it."""
PAIR = at(start([1, 1], [[0, 1], [0, 0]]), ["5/4", "5/4"], [["3/4"], ["3/4"]])
"""Two units: a = (1, 1), w = (0, 1), (0, 0); then a = (5/4, 5/4), w = (3/4, 1), (3/4, 0)."""
FLIPPED = at(start([1], [[1, 1]]), [-1], [[-2]])
"""delta = -1: a = 1, w = (1, 1); then a = -1, w = (-1, 1), theta = (1, -1)."""


def leaky(instance: Instance, slope: Written) -> Instance:
    """The same with a slope of sigma."""
    return instance.replace(slope=rational(slope))
