"""Networks for which the gradient in the input is as large as the first layer allows, and for which it is not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq

from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.families.shattered_sphere import shattered_sphere
from refutable.theorems.instances import Instance
from refutable.theorems.papers.ma_ying_2021.smoothness_formulas import trace
from refutable.theorems.records import Family, Range


def at_trace_edge(instance: Instance) -> Instance:
    """The network at the step size 2 / Tr(Phi^T Phi / n); 1 if nothing that is trained matters."""
    size = trace(SHALLOW_RELU.view(instance))
    return instance.replace(step_size=2 / size if size != 0 else fmpq(1))


def aligned(
    direction: Sequence[int] = (1,), lengths: Sequence[int] = (1,), slope: fmpq = fmpq(1), points: int = 1
) -> Instance:
    """Neurons relu(slope c_i (v.x + 1)) with output weights c_i: gates and rows of W1 are parallel. Own.

    Args:
        direction: v.
        lengths: c_i > 0, one neuron each.
        points: data 0, v, 2 v, ...: all neurons are active on all of them.
    """
    return at_trace_edge(
        SHALLOW_RELU.instance(
            w1=[[slope * c * v for v in direction] for c in lengths],
            b1=[slope * c for c in lengths],
            w2=list(lengths),
            b2=0,
            x=[[j * v for v in direction] for j in range(1, points + 1)],
        )
    )


ALIGNED = Family(
    id="aligned-neurons",
    parameters={
        "direction": Range(choices=((1,), (1, 2), (3, 0, 4))),
        "lengths": Range(choices=((1,), (1, 2), (3, 1, 2))),
        "slope": Range(choices=(fmpq(1), fmpq(1, 64), fmpq(40))),
        "points": Range(choices=(1, 2, 5)),
    },
    build=aligned,
    attains="equality",
    meaning="one neuron, or several that are multiples of each other",
)


def single_neuron(x: Any, w1: Any, b1: Any, w2: Any, **others: Any) -> Instance:
    """f(x) = w2 relu(w1 x + b1) on one datum, at the step size 2 / Tr."""
    return at_trace_edge(SHALLOW_RELU.instance(w1=[[w1]], b1=[b1], w2=[w2], b2=0, x=[[x]], **others))


ONE = aligned()
"""relu(x + 1) at 1."""
TWIN = aligned(lengths=(1, 1))
"""The same neuron twice: |W1|_2 is sqrt(2) times the length of a row."""
FLAT_NEURON = single_neuron(1, 1, "-9/10", "1/4")
"""Small gradients: all of Tr but 27/200 comes from the output bias."""
LOW_NEURON = single_neuron(1, 1, "-9/10", 3)
"""A neuron whose kink is next to the datum: its output weight hardly counts in Tr."""
NEAR_AND_FAR = at_trace_edge(SHALLOW_RELU.instance(w1=[[-1], [1]], b1=[1, -1], w2=[4, "1/10"], b2=0, x=[[0], [3]]))
"""A steep neuron at 0, a flat one at 3."""
SPREAD_OUT = shattered_sphere((3, 6))
"""Six points with nearly orthogonal gradients, at the edge of stability of gradient descent."""
