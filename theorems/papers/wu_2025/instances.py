"""Networks of which the hidden biases and the output weights alone are trained.

Both families are exact equality cases: each neuron is active on data that no other neuron of its height sees, and
|w2_i| equals its activation there, so that both trained parameters feel the same slope. (own)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq

from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.families.labelled import with_residuals
from refutable.theorems.families.shattered_sphere import RADIUS, directions
from refutable.theorems.instances import Instance
from refutable.theorems.records import Family, Range

UNTRAINED = frozenset({"w1", "b2"})


def output_only_atoms(
    c: fmpq = fmpq(1), slope: fmpq = fmpq(1), knots: Sequence[fmpq] = (fmpq(0),), copies: int = 1, bias: bool = True
) -> Instance:
    """Two atoms +-c and mirrored pairs of neurons relu(slope (+-x - tau)), w2 = slope (c - tau), at 2/sharpness.

    Args:
        knots: tau / c, one pair each, 0 <= tau < c.
        bias: the network has an output bias, which is frozen; else it has none.
    """
    w1, b1, w2 = [], [], []
    for fraction in knots:
        w1 += [[slope], [-slope]]
        b1 += [-slope * c * fraction] * 2
        w2 += [slope * c * (1 - fraction)] * 2
    sharpness = sum((height * height for height in w2), fmpq(0)) / 2
    return SHALLOW_RELU.instance(
        w1=w1, b1=b1, w2=w2, b2=0 if bias else None, frozen=UNTRAINED if bias else {"w1"},
        x=[[-c]] * copies + [[c]] * copies, step_size=2 / sharpness,
    )  # fmt: skip


def output_only_sphere(
    shape: tuple[int, int] = (2, 6), slope: fmpq = fmpq(8), gap: fmpq = fmpq(1, 16), signs: int = 0
) -> Instance:
    """n points of radius 3/4 in R^d, each active for one neuron relu(slope (z_j.x - 9/16 + gap)), at 2/sharpness.

    Args:
        shape: d and n.
        signs: bit j set: neuron j has a negative output weight.
    """
    d, n = shape
    points = [[RADIUS * c for c in z] for z in directions(d, n)]
    height = slope * gap
    return SHALLOW_RELU.instance(
        w1=[[slope * c for c in z] for z in points], b1=[-slope * (RADIUS**2 - gap)] * n,
        w2=[-height if signs >> j & 1 else height for j in range(n)], b2=0, frozen=UNTRAINED,
        x=points, step_size=n / (height * height),
    )  # fmt: skip


def one_neuron(x: Sequence[Any], w1: Any, b1: Any, w2: Any, **others: Any) -> Instance:
    """f(x) = w2 relu(w1 x + b1) on the data ``x``, of which b1 and w2 are trained."""
    values = {"b2": 0, "frozen": UNTRAINED, **others}
    return SHALLOW_RELU.instance(w1=[[w1]], b1=[b1], w2=[w2], x=[[v] for v in x], **values)


OUTPUT_ONLY_ATOMS = Family(
    id="output-only-atoms",
    parameters={
        "c": Range(choices=(fmpq(1), fmpq(3, 4), fmpq(1, 10), fmpq(40))),
        "slope": Range(choices=tuple(fmpq(p, q) for p, q in ((1, 1), (2, 1), (1, 64), (512, 1)))),
        "knots": Range(
            choices=((fmpq(0),), (fmpq(1, 4),), (fmpq(1, 2), fmpq(1, 8)), (fmpq(0), fmpq(1, 3), fmpq(2, 3)))
        ),
        "copies": Range(choices=(1, 2, 3)),
        "bias": Range(choices=(True, False)),
    },
    build=output_only_atoms,
    attains="equality",
    meaning="two atoms +-c, mirrored pairs of neurons with |w2| equal to their activation",
)
OUTPUT_ONLY_SPHERE = Family(
    id="output-only-sphere",
    parameters={
        "shape": Range(choices=((2, 6), (2, 4), (3, 6), (3, 5), (5, 10))),
        "slope": Range(choices=tuple(fmpq(p, q) for p, q in ((8, 1), (1, 1), (1, 64), (256, 1)))),
        "gap": Range(choices=(fmpq(1, 16), fmpq(1, 32), fmpq(1, 10))),
        "signs": Range(0, 3),
    },
    build=lambda shape, slope, gap, signs: output_only_sphere(shape, slope, gap, int(signs)),
    attains="equality",
    meaning="points on a sphere, each active for one neuron with |w2| equal to its activation",
)

ATOMS = output_only_atoms()
"""f = |x| on -1 and 1: sharpness 1, and int |f''| pi = 1/2."""
UNEVEN = one_neuron([0, -4], "1/2", "1/4", "1/4")
"""The active side is the larger one by far."""
SWAPPED = one_neuron([-4, 0], "1/2", "1/4", "1/4")
"""One datum active near the kink, the other one inactive far from it."""
SHIFTED = with_residuals(ATOMS, [-1, -1]).replace(step_size=fmpq(4))
"""Labels one above the outputs: the sharpness drops to 1/2."""
