"""All data at one point.

The sharpness is the upper bound of the flattest implementation, for every rescaling. (own)
"""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq

from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.families.edge import at_its_edge
from refutable.theorems.instances import Instance
from refutable.theorems.records import Family, Range


def single_point(
    point: fmpq = fmpq(3, 4), output_weights: Sequence[fmpq] = (fmpq(1),), scale: fmpq = fmpq(5, 7), copies: int = 1
) -> Instance:
    """Neurons relu(scale (x + i)), i = 1, 2, ..., all active at the one point.

    With the first parameters the activation is 5/4 = |(x, 1)|: the best scale is 1.

    Args:
        point: x > -1; |(x, 1)| is rational where x is a leg over the other leg of a Pythagorean triangle.
        copies: how often the point is in the data.
    """
    count = len(output_weights)
    network = SHALLOW_RELU.instance(
        w1=[[scale]] * count,
        b1=[scale * (i + 1) for i in range(count)],
        w2=list(output_weights),
        b2=0,
        x=[[point]] * copies,
    )
    return at_its_edge(network)


SINGLE_POINT = Family(
    id="single-point",
    parameters={
        "point": Range(choices=(fmpq(3, 4), fmpq(4, 3), fmpq(-3, 4), fmpq(2))),
        "output_weights": Range(
            choices=((fmpq(1),), (fmpq(-2),), (fmpq(1), fmpq(-3)), (fmpq(1, 8), fmpq(5), fmpq(-5)))
        ),
        "scale": Range(choices=(fmpq(5, 7), fmpq(1), fmpq(64), fmpq(1, 64))),
        "copies": Range(choices=(1, 3)),
    },
    build=single_point,
    attains="equality",
    meaning="all data at one point",
)
