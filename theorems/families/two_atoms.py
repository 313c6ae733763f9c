"""Two atoms +-c with mirrored pairs of neurons: every link of the sharpness chain is an equality.

Neurons relu(w (x - tau)), relu(w (-x - tau)) with 0 <= tau < c, equal output weights w2 = s (c - tau) and
w = s sqrt(1 + c^2), so that each neuron is balanced; rational when (c, 1, sqrt(1 + c^2)) is Pythagorean. (own)
"""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq

from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.instances import Instance
from refutable.theorems.records import Family, Range

PYTHAGOREAN = {fmpq(3, 4): fmpq(5, 4), fmpq(4, 3): fmpq(5, 3), fmpq(5, 12): fmpq(13, 12)}
"""c -> sqrt(1 + c^2)."""


def two_atoms(
    c: fmpq = fmpq(3, 4), scale: fmpq = fmpq(4), knots: Sequence[fmpq] = (fmpq(0),), copies: int = 1
) -> Instance:
    """The family's instance at step size 2/sharpness; ``knots`` are tau/c, one mirrored pair each."""
    root = PYTHAGOREAN[c]
    w1, b1, w2, norm = [], [], [], fmpq(0)
    for fraction in knots:
        gap = c * (1 - fraction)
        w1 += [[scale * root], [-scale * root]]
        b1 += [-scale * root * c * fraction] * 2
        w2 += [scale * gap] * 2
        norm += (scale * root * gap) ** 2 / 2
    return SHALLOW_RELU.instance(
        w1=w1, b1=b1, w2=w2, b2=0, x=[[-c]] * copies + [[c]] * copies, step_size=2 / (1 + 2 * norm)
    )


TWO_ATOMS = Family(
    id="two-atoms",
    parameters={
        "c": Range(choices=tuple(PYTHAGOREAN)),
        "scale": Range(choices=tuple(fmpq(p, q) for p, q in ((4, 1), (1, 1), (2, 1), (1, 8), (1, 1024), (512, 1)))),
        "knots": Range(
            choices=((fmpq(0),), (fmpq(1, 4),), (fmpq(1, 2), fmpq(1, 8)), (fmpq(0), fmpq(1, 3), fmpq(2, 3)))
        ),
        "copies": Range(choices=(1, 2, 3)),
    },
    build=two_atoms,
    attains="equality",
    meaning="two atoms +-c, mirrored balanced pairs of neurons",
)
