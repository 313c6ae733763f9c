"""KKT points of the maximum margin problem with rational weights, and stationary points with wrong turns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq

from refutable.theorems.domains.decayed_line import DECAYED_LINE
from refutable.theorems.domains.decayed_line.building import Group, solved, stationary
from refutable.theorems.instances import Instance
from refutable.theorems.records import Family, Range

FOUR_SQUARES = {
    fmpq(4, 3): (fmpq(1, 5), fmpq(1, 5), fmpq(2, 5), fmpq(3, 5)),
    fmpq(12, 5): (fmpq(2, 13), fmpq(5, 13), fmpq(6, 13)),
    fmpq(15, 8): (fmpq(6, 17), fmpq(10, 17)),
}
"""For x with 1 + x^2 a square: sizes |v| with sum of squares 1/sqrt(1 + x^2)."""


def _end(x: fmpq, right: bool) -> Group:
    """Neurons that see the datum +-x alone, with output +-1 there: the knot -1/x (or 1/x)."""
    root = 1 / sum((size * size for size in FOUR_SQUARES[x]), fmpq(0))
    half = root - x  # the tangent of half the angle whose tangent is 1/x
    return Group(-half if right else half, True, right, FOUR_SQUARES[x])


def facing_pair(left: fmpq = fmpq(4, 3), right: fmpq = fmpq(4, 3)) -> Instance:
    """Data -left and right with labels -1 and 1, a bundle of neurons for each: two knots, two runs."""
    low, high = _end(left, False), _end(right, True)
    low_force = low.pull()[0]
    high_force = high.pull()[0]
    return stationary((low, high), [(-left, low_force), (right, high_force)])


def turned_pair() -> Instance:
    """The same data with labels 1 and 1: the neurons of the left datum turned over. Two knots in one run."""
    low, high = _end(fmpq(4, 3), False), _end(fmpq(4, 3), True)
    turned = Group(low.half, not low.up, False, low.sizes)
    return stationary((turned, high), [(fmpq(-4, 3), turned.pull()[0]), (fmpq(4, 3), high.pull()[0])])


TURNED_PAIR = turned_pair()
PAIRS = Family(
    id="facing-pairs",
    parameters={
        "left": Range(choices=(fmpq(4, 3), fmpq(12, 5), fmpq(15, 8))),
        "right": Range(choices=(fmpq(4, 3), fmpq(12, 5), fmpq(15, 8))),
    },
    build=facing_pair,
    attains="interior",
    meaning="two data of different label, a bundle of neurons for each",
)


def inward(both: bool) -> Instance:
    """Neurons that bend N down inside a run of positive data: one that rises, and with ``both`` its mirror image."""
    rising = Group(fmpq(1, 2), up=False)
    near = solved(rising.pull(), (fmpq(2), fmpq(5)))
    forces = [(fmpq(2), near[0]), (fmpq(5), near[1])]
    groups = [rising]
    if both:
        falling = Group(-fmpq(1, 2), up=True, rises=False)
        mirrored = solved(falling.pull(), (fmpq(-2), fmpq(-5)))
        return stationary((*groups, falling), [*forces, (fmpq(-2), mirrored[0]), (fmpq(-5), mirrored[1])])
    return stationary(groups, [*forces, (fmpq(-1), fmpq(1))])


INWARD = Family(
    id="inward",
    parameters={"both": Range(choices=(False, True))},
    build=inward,
    attains="equality",
    meaning="neurons that bend N down inside a run of positive forces, one each way",
)
TWO_INWARD = inward(True)


def bent(points: Sequence[tuple[Any, Any]], force: Sequence[Any], neurons: Sequence[tuple[Any, Any, Any]]) -> Instance:
    """Any network with its forces."""
    return DECAYED_LINE.instance(
        output_weights=[v for v, _, _ in neurons],
        input_weights=[w for _, w, _ in neurons],
        biases=[b for _, _, b in neurons],
        x=[x for x, _ in points],
        force=force,
        decay=1,
        bias_decay=1,
    )


FREE_TURNS = bent([(1, 1), (2, 1)], [1, 1], [(-1, 1, fmpq(-5, 4)), (-1, 1, fmpq(-3, 2))])
"""Not critical: two neurons that rise bend N down inside a run."""
FREE_LEVELS = DECAYED_LINE.instance(
    output_weights=[1] * 5,
    input_weights=[1] * 5,
    biases=[0, "1/2", "-1/2", "1/4", "-1/4"],
    x=[1, 2],
    force=[-1, 1],
    decay=1,
    bias_decay=0,
)
"""Biases that do not decay: five knots left of two data."""
ALONE = stationary((Group(-fmpq(1, 2), sizes=(fmpq(2, 5), fmpq(4, 5))),), [(fmpq(3, 4), fmpq(4, 5))])
"""One datum, 3/4, with output 1 there; two neurons with the knot -4/3."""
