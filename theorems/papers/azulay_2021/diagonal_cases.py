"""Small states of diagonal networks: grown from a start by rational factors, and states that refute what is false."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.diagonal_flow import DIAGONAL_FLOW
from refutable.theorems.domains.diagonal_flow.dynamics import STATE
from refutable.theorems.domains.diagonal_flow.states import grown, growth_of
from refutable.theorems.instances import Instance
from refutable.theorems.records import Family, Range

Numbers = Sequence[fmpq | int]
HALF = fmpq(1, 2)


def _vector(values: Any) -> Any:
    return np.array([fmpq(v) for v in values], dtype=object)


def grown_state(
    plus: tuple[Numbers, Numbers],
    x: Sequence[Numbers],
    bases: Numbers = (2,),
    move: Numbers = (),
    minus: tuple[Numbers, Numbers] | None = None,
    growth: Numbers = (),
    step_size: fmpq | int | None = None,
    labels: Numbers = (),
) -> Instance:
    """A state that the flow reaches.

    Args:
        plus, minus: (u, v) at the start; minus is plus where it is None.
        bases: exp(nu), one a datum; or ``growth``, which any state on the manifold has.
        move: v - w; () for no other map.
        labels: () for those of the state itself.
    """
    start = [_vector(part) for part in (*plus, *(minus or plus))]
    rho = _vector(growth) if growth else growth_of(np.array([[fmpq(e) for e in row] for row in x]), _vector(bases))
    state = grown(start, rho)
    w = state["u_plus"] * state["v_plus"] - state["u_minus"] * state["v_minus"]
    predictions = [sum((fmpq(a) * b for a, b in zip(row, w, strict=True)), fmpq(0)) for row in x]
    return DIAGONAL_FLOW.instance(
        **state,
        **{f"{name}0": part for name, part in zip(STATE, start, strict=True)},
        x=[list(row) for row in x],
        y=list(labels) or predictions,
        other=w + _vector(move) if move else None,
        step_size=step_size,
    )


def with_other(state: Instance, other: Numbers) -> Instance:
    """The state with another map to compare w with."""
    return state.replace(other=_vector(other))


ONES = ((1, 1), (1, 1))
SHAPES = ((1, HALF), (1, 2))
"""u_0 v_0 = 1 for both inputs, in two shapes: sqrt(k) = (4, 17/2)."""
PAIR = ((1, 1),)
"""One datum (1, 1)."""


def minimum(base: fmpq | int, u: fmpq | int, v: fmpq | int, second: int) -> Instance:
    """One datum (1, second), starts (u, 1), (v, 1), compared with itself."""
    return grown_state(((u, 1), (v, 1)), ((1, second),), (base,), (0, 0))


MINIMA = Family(
    id="compared-with-itself",
    parameters={
        "base": Range(choices=(2, 3, HALF)),
        "u": Range(choices=(1, 2, 0)),
        "v": Range(choices=(1, HALF, 3)),
        "second": Range(choices=(1, 2, -1)),
    },
    build=minimum,
    attains="equality",
    meaning="v = w",
)

AT_W = grown_state(ONES, PAIR, move=(0, 0))
"""Both starts 1, growth 2: w = (15/4, 15/4) = v."""
BIASED = grown_state(ONES, PAIR, move=(HALF, -HALF), minus=((1, 0), (1, 1)))
"""The minus weights start elsewhere than the plus weights."""
NOT_REACHED = grown_state(ONES, PAIR, growth=(2, 3), move=(1, -1))
OTHER_PREDICTIONS = with_other(AT_W, (0, 0))
NOT_GROWN = DIAGONAL_FLOW.instance(
    u_plus=[2], v_plus=[1], u_minus=[1], v_minus=[1], u_plus0=[1], v_plus0=[1], u_minus0=[1], v_minus0=[1], x=[[1]],
    y=[2],
)  # fmt: skip
"""u_+^2 - v_+^2 is 3, and was 0 at the start."""
TWO_SHAPES = grown_state(SHAPES, PAIR, move=(1, -1))
"""Two shapes of one scale, growth 2: w = (15/4, 255/32)."""
UNEVEN = grown_state(ONES, ((1, 2),), move=(1, -HALF))
"""One datum (1, 2), growth (2, 4): w = (15/4, 255/16)."""
TRAINING = grown_state(((1,), (1,)), ((1,),), step_size=fmpq(1, 10), labels=(0,))
"""One input, growth 2, label 0: w = 15/4 shrinks."""
