"""Networks on which the bounds are equalities, and others that kill false variants (own).

Where output weights and output bias are frozen, the Hessian is the (w1, b1)-block itself, and nothing is lost by
interlacing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq

from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.families.edge import frozen
from refutable.theorems.instances import Instance
from refutable.theorems.records import Family, Range

OUTPUTS = ("w2", "b2")


def one_datum(
    active: int = 3, x: Any = 1, scale: Any = 1, outputs: Sequence[Any] | None = None, untrained: Sequence[str] = ()
) -> Instance:
    """``active`` neurons, all active at the only datum: A = 2/(eta a_min^2 (x^2 + 1)) where the outputs are equal.

    Args:
        scale: of the output weights, divided out of the input weights.
        outputs: output weights in place of equal ones.
        untrained: parameter groups frozen besides the output weights and bias.
    """
    count = active if outputs is None else len(outputs)
    weights = [fmpq(scale)] * count if outputs is None else list(outputs)
    plain = SHALLOW_RELU.instance(
        w1=[[0 if x == 0 else 1 / fmpq(scale)]] * count, b1=[1 / fmpq(scale)] * count, w2=weights, b2=0, x=[[x]]
    )
    return frozen(plain, (*OUTPUTS, *untrained))


Bends = tuple[tuple[int, fmpq, int], ...]
"""Slope (its sign says on which side it is active), kink and sign of the output of each neuron, kinks ascending."""
ZIGZAG_END = fmpq(11, 4)
ZIGZAG_NEURONS: Bends = ((3, fmpq(-7, 4), -1), (5, fmpq(1, 4), 1), (-6, fmpq(3, 4), -1), (-4, fmpq(7, 4), 1))
THREE_START, THREE_END = fmpq(-19, 6), fmpq(5, 2)
THREE_NEURONS: Bends = ((4, fmpq(-5, 2), -1), (2, fmpq(-1, 2), 1), (-3, fmpq(3, 2), -1))


def zigzag(stretch: Any = 1, scale: Any = 1, untrained: Sequence[str] = ()) -> Instance:
    """Four kinks and six regions between two data: every piece of f crosses 0, and each end sees two active neurons.

    Args:
        stretch: of the inputs.
        scale: of the output weights, divided out of the input weights.
        untrained: parameter groups frozen besides the output weights and bias.
    """
    return _bent(ZIGZAG_NEURONS, (-ZIGZAG_END, ZIGZAG_END), fmpq(stretch), fmpq(scale), untrained)


def three_kinks(stretch: Any = 1) -> Instance:
    """Three kinks and five regions: the fewest with R = 2 + A_k + A_l; one neuron is active at the one end, two there.

    Args:
        stretch: of the inputs.
    """
    return _bent(THREE_NEURONS, (THREE_START, THREE_END), fmpq(stretch), fmpq(1))


def _bent(
    neurons: Bends, ends: tuple[fmpq, fmpq], stretch: fmpq, scale: fmpq, untrained: Sequence[str] = ()
) -> Instance:
    """The network with these neurons on two data at the ends; f is 1 at the first kink."""
    first = neurons[0][1]
    heights = (sign * max(fmpq(0), slope * (first - kink)) for slope, kink, sign in neurons)
    plain = SHALLOW_RELU.instance(
        w1=[[slope / (stretch * scale)] for slope, _, _ in neurons],
        b1=[-slope * kink / scale for slope, kink, _ in neurons],
        w2=[sign * scale for _, _, sign in neurons],
        b2=1 - sum(heights, fmpq(0)),
        x=[[end * stretch] for end in ends],
    )
    return frozen(plain, (*OUTPUTS, *untrained))


def seldom_active(samples: int = 4) -> Instance:
    """One neuron that is active at one of the data only, at 0: the mean of A_k is 1/n, the maximum 1."""
    plain = SHALLOW_RELU.instance(w1=[[1]], b1=[1], w2=[1], b2=0, x=[[0], *([[-2]] * (samples - 1))])
    return frozen(plain, OUTPUTS)


ONE_DATUM = Family(
    id="one-datum",
    parameters={
        "active": Range(choices=(3, 1, 2, 6)),
        "x": Range(choices=(1, 0, fmpq(1, 2), 3)),
        "scale": Range(choices=(1, 2, fmpq(1, 100))),
    },
    build=one_datum,
    attains="equality",
    meaning="one datum, all neurons active there with equal output weights; output weights and bias frozen",
)
ZIGZAG = Family(
    id="zigzag",
    parameters={
        "stretch": Range(choices=(1, fmpq(1, 2), fmpq(1, 100), 8)),
        "scale": Range(choices=(1, 3, fmpq(1, 2))),
    },
    build=zigzag,
    attains="equality",
    meaning="two data, four kinks between them, six regions; output weights and bias frozen",
)
