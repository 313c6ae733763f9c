"""Small networks at kinks: counterexamples and limits for the lemmas about common eigenvectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq

from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.families.kinks import at_modes_edge
from refutable.theorems.instances import Instance


def hinges(x: Sequence[Any], neurons: Sequence[tuple[Any, Any, Any]]) -> Instance:
    """sum of w2 relu(w1 (x - knot)) over neurons (w1, knot, w2), on data x, without step size."""
    return SHALLOW_RELU.instance(
        w1=[[w] for w, _, _ in neurons],
        b1=[-fmpq(w) * fmpq(t) for w, t, _ in neurons],
        w2=[out for _, _, out in neurons],
        b2=0,
        x=[[c] for c in x],
    )


def one_datum(output_weight: fmpq) -> Instance:
    """X = 1, f = w2 relu(x - 1): |H~ - H| comes near sqrt 2 C (sqrt lambda + sqrt lambda~) as w2 grows."""
    return hinges([1], [(1, 1, output_weight)])


ONE_DATUM_FROZEN = one_datum(fmpq(1)).replace(frozen=frozenset({"b2"}))
"""With the output bias frozen the two are equal."""


CORNER = SHALLOW_RELU.instance(w1=[[1, 1, 1]], b1=[-3], w2=[64], b2=0, x=[[1, 1, 1]])
"""d = 3, the datum (1, 1, 1) on the kink."""
REPEATED = hinges([1, 1, 1], [(1, 1, 64)])
ZERO_NEURON = SHALLOW_RELU.instance(w1=[[0]], b1=[0], w2=[64], b2=0, x=[["7/8"], [1], ["9/8"]])


def beside(data: Sequence[int], count: int = 1) -> Instance:
    """``count`` neurons relu((t - x)/64) with their kink on t = data[1] and active on data[0] alone.

    Each has output weight 64.
    """
    return hinges(data, [(fmpq(-1, 64), data[1], 64)] * count)


SKEWED = beside([0, 4])
"""Two data; turning the kink on raises the sharpness seventeenfold."""
SIX_NEURONS = beside([0, 1], count=6)
"""Six kinks on one datum."""
FIVE_DATA = beside([0, 4, 5, 6, 7])
"""The largest entry of the gradients is above the root of the sharpness."""
STABLE = at_modes_edge(hinges([-5, -2, fmpq(12, 5)], [(fmpq(13, 16), -2, fmpq(22, 16))]))
"""At the edge of strong stability."""
CROSSED = hinges([0, 4, 6], [(fmpq(-1, 64), 4, 64), (fmpq(1, 64), 5, 16)]).replace(step_size=fmpq(1, 1500))
"""Two neurons active on different data: the modes at the first one's kink have different top eigenvectors."""
