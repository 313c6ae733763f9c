"""Data whose support vectors need several stages, and the instances that refute what is false."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from refutable.theorems.domains.iterated_margins import ITERATED_MARGINS
from refutable.theorems.instances import Instance
from refutable.theorems.records import Family, Range


def data(x: Sequence[Sequence[Any]], w: Sequence[Any] = (), start: Sequence[Any] = ()) -> Instance:
    """Rows x, a state w of the flow (0 unless given)."""
    zero = [0] * len(x[0])
    return ITERATED_MARGINS.instance(x=[list(row) for row in x], w=list(w) or zero, start=list(start) or zero)


def ladder(stages: int = 2, w: Sequence[Any] = ()) -> Instance:
    """Rows (1, 0, ...), (1, 1, 0, ...), ...: as many stages as rows."""
    return data([[1] * m + [0] * (stages - m) for m in range(1, stages + 1)], w)


LADDERS = Family(
    id="ladders",
    parameters={"stages": Range(choices=(2, 3, 1, 4, 5))},
    build=lambda stages: ladder(int(stages)),
    attains="equality",
    meaning="rows (1, 0, ...), (1, 1, 0, ...), ...: every datum is a support vector, one is used at each stage",
)

TWO = ladder(2, ["1/2", 1])
"""(1, 0) and (1, 1): the second support vector has multiplier 0."""
BESIDE = data([[1, 0, 0, 0], [0, 1, 0, 0], [1, 0, 1, 0], [0, 1, 1, 1]])
"""Two data at the first stage, one each at two more: the third and the fourth share only what the second stage uses."""
OFF_MARGIN = data([[1, 0], ["5/4", 1]])
"""A datum beyond the margin: one stage."""
STEEP = data([[1, 0], [1, 2]], ["1/2", 1])
"""(1, 0) and (1, 2): no ladder, but two stages."""
