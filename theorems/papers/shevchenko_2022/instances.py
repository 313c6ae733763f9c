"""Critical points of penalised losses with one or two knots between neighbouring data."""

from __future__ import annotations

from flint import fmpq

from refutable.theorems.domains.decayed_line import DECAYED_LINE
from refutable.theorems.domains.decayed_line.building import Group, between, solved, stationary
from refutable.theorems.instances import Instance
from refutable.theorems.records import Family, Range


def both_ways(half: fmpq = fmpq(1, 2), root: fmpq = fmpq(1), size: fmpq = fmpq(1)) -> Instance:
    """A neuron that rises and its mirror image, with knots tan a / root and -tan a / root, between data at +-x."""
    rising, falling = Group(half, sizes=(size,)), Group(-half, rises=False, sizes=(size,))
    far = abs(rising.knot(root)) + 1
    right = solved(rising.pull(root), (far, far + 1))
    left = solved(falling.pull(root), (-far, -far - 1))
    forces = [(far, right[0]), (far + 1, right[1]), (-far, left[0]), (-far - 1, left[1])]
    return stationary((rising, falling), [one for one in forces if one[1] != 0], root)


BOTH_WAYS = Family(
    id="both-ways",
    parameters={
        "half": Range(choices=(fmpq(1, 2), fmpq(1, 3), fmpq(-1, 3), fmpq(2, 3))),
        "root": Range(choices=(fmpq(1), fmpq(2), fmpq(1, 2))),
        "size": Range(1, 2, 2),
    },
    build=both_ways,
    attains="equality",
    meaning="a neuron each way between the same two data",
)

TWO_ALIKE = stationary(
    (Group(fmpq(1, 2), sizes=(fmpq(1), fmpq(2))),),
    between([Group(fmpq(1, 2)).pull()], [(fmpq(0), fmpq(1)), (fmpq(2), fmpq(3))], (fmpq(1), fmpq(1))),
)
"""Two neurons of different size that rise, with the knot 4/3."""
SLOWER_BIASES = both_ways(root=fmpq(2))
"""Biases decay four times as fast."""
ALONE = stationary((Group(-fmpq(1, 2), sizes=(fmpq(2, 5), fmpq(4, 5))),), [(fmpq(3, 4), fmpq(4, 5))])
"""One datum, 3/4, with output 1 there; two neurons with the knot -4/3."""
TWICE_THE_FORCE = both_ways().replace(decay=fmpq(2), bias_decay=fmpq(2), force=2 * both_ways()["force"])
"""The first of the family, forces and decays doubled."""
FREE_BIASES = DECAYED_LINE.instance(
    output_weights=[1, 1, 1],
    input_weights=[1, 1, 1],
    biases=[0, "1/2", "-1/2"],
    x=[1, 2],
    force=[-1, 1],
    decay=1,
    bias_decay=0,
)
"""Forces -1 and 1 at 1 and 2 pull on slopes alone: knots 0, -1/2 and 1/2 left of both."""
NOT_CRITICAL = DECAYED_LINE.instance(
    output_weights=[1, 1, 1],
    input_weights=[1, 1, 1],
    biases=[0, "1/2", "-1/2"],
    x=[1],
    force=[1],
    decay=1,
    bias_decay=1,
)
