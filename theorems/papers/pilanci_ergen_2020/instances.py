"""Exact optima, and small instances."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq

from refutable.theorems.domains.weight_decay_relu import WEIGHT_DECAY_RELU
from refutable.theorems.instances import Instance
from refutable.theorems.records import Family, Range

HALF = fmpq(1, 2)


def state(
    x: Sequence[Sequence[Any]],
    y: Sequence[Any],
    network: Sequence[tuple[Any, Any]],
    z: Sequence[Any],
    penalty: Any = 1,
    convex: Sequence[tuple[Sequence[Any], int, Sequence[int]]] = (),
) -> Instance:
    """Instance from neurons (w, a) and convex vectors (v, sign, pattern); without the latter, v = 0.

    Scalar input weights may be written without brackets.
    """
    points = convex or (([0] * len(x[0]), 1, [1] * len(x)),)
    return WEIGHT_DECAY_RELU.instance(
        x=x,
        y=y,
        penalty=penalty,
        w=[w if isinstance(w, Sequence) else [w] for w, _ in network],
        a=[a for _, a in network],
        z=z,
        v=[v for v, _, _ in points],
        signs=[s for _, s, _ in points],
        patterns=[p for _, _, p in points],
    )


def attained(
    x: Sequence[Sequence[fmpq]], units: Sequence[tuple[Sequence[fmpq], int]], z: Sequence[fmpq], beta: fmpq, r: fmpq
) -> Instance:
    """The optimum with v_i = r^2 unit_i and the network (r unit_i, s_i r), for z that touches at every unit vector."""
    heights = [[sum((p * q for p, q in zip(row, unit, strict=True)), fmpq(0)) for row in x] for unit, _ in units]
    outputs = [
        sum((s * r * r * max(h[k], fmpq(0)) for h, (_, s) in zip(heights, units, strict=True)), fmpq(0))
        for k in range(len(x))
    ]
    convex = [
        ([r * r * c for c in unit], sign, [int(q >= 0) for q in h])
        for (unit, sign), h in zip(units, heights, strict=True)
    ]
    network = [([r * c for c in unit], s * r) for unit, s in units]
    return state(x, [p + q for p, q in zip(outputs, z, strict=True)], network, z, beta, convex)


def single_datum(x: Sequence[Any] = (1,), penalty: Any = 1, r: Any = 1, sign: int = 1) -> Instance:
    """One datum of rational length: the neuron along it, soft thresholding."""
    row = [fmpq(c) for c in x]
    length = fmpq(sum((c * c for c in row), fmpq(0)).p.isqrt(), sum((c * c for c in row), fmpq(0)).q.isqrt())
    unit = [c / length for c in row]
    return attained([row], [(unit, sign)], [sign * fmpq(penalty) / length], fmpq(penalty), fmpq(r))


def two_sides(inputs: tuple[Any, Any] = (1, -1), penalty: Any = 1, r: Any = 1, sign: int = 1) -> Instance:
    """Scalar inputs x > 0 > x': a neuron on each side, the second of the given sign."""
    beta, (p, q) = fmpq(penalty), (fmpq(c) for c in inputs)
    one = fmpq(1)
    return attained([[p], [q]], [([one], 1), ([-one], sign)], [beta / p, -sign * beta / q], beta, fmpq(r))


def ridge(down: Any = 3, penalty: Any = 1, r: Any = 1) -> Instance:
    """Data (1, 0) and (3/5, 4/5): the best neuron is orthogonal to the second, whose dual is negative."""
    beta = fmpq(penalty)
    x = [[fmpq(1), fmpq(0)], [fmpq(3, 5), fmpq(4, 5)]]
    z = [beta * fmpq(5, 4), -beta * fmpq(down) / 4]
    return attained(x, [([fmpq(4, 5), -fmpq(3, 5)], 1)], z, beta, fmpq(r))


QUADRANTS = ((1, 1), (1, -1), (-1, 1), (-1, -1))


def quadrants(chosen: tuple[int, ...] = (0,), penalty: Any = 1, r: Any = 1) -> Instance:
    """Data at +-e_1 and +-e_2: directions (+-3/5, +-4/5) are equally good."""
    beta = fmpq(penalty)
    x = [[fmpq(1), fmpq(0)], [-fmpq(1), fmpq(0)], [fmpq(0), fmpq(1)], [fmpq(0), -fmpq(1)]]
    z = [beta * q for q in (fmpq(3, 5), fmpq(3, 5), fmpq(4, 5), fmpq(4, 5))]
    units = [([s * fmpq(3, 5), t * fmpq(4, 5)], 1) for s, t in (QUADRANTS[i] for i in chosen)]
    return attained(x, units, z, beta, fmpq(r))


HALF_DUAL = state([[1]], [2], [(1, 1)], [HALF], 1, [([fmpq(3, 2)], 1, [1])])
"""x = 1, y = 2, beta = 1: v = 3/2 has the value 13/8, and relu(x) costs 3/2."""
BOTH_ACTIVE = state([[1], [-1]], [2, -2], [(1, 1)], [1, -1], 2, [([1], 1, [1, 1])])
"""Labels 2 and -2 at 1 and -1, beta = 2: v = 1 with both data active has the value 3, every network costs 4 or more."""

PENALTIES = Range(choices=(1, HALF, 3, fmpq(1, 10)))
ROOTS = Range(choices=(1, 2, HALF, fmpq(3, 2)))

SINGLE_DATUM = Family(
    "single-datum",
    {
        "x": Range(choices=((1,), (2,), (fmpq(3), fmpq(4)), (1, 2, 2), (fmpq(1, 3),))),
        "penalty": PENALTIES,
        "r": ROOTS,
        "sign": Range(choices=(1, -1)),
    },
    single_datum,
    "equality",
    meaning="one datum: a neuron along it with the output that soft thresholding gives",
)
TWO_SIDES = Family(
    "two-sides",
    {
        "inputs": Range(choices=((1, -1), (2, -1), (HALF, -3))),
        "penalty": PENALTIES,
        "r": ROOTS,
        "sign": Range(choices=(1, -1)),
    },
    two_sides,
    "equality",
    meaning="scalar inputs of both signs: one neuron a side",
)
RIDGE = Family(
    "ridge",
    {"down": Range(choices=(3, 4, fmpq(7, 2))), "penalty": PENALTIES, "r": ROOTS},
    ridge,
    "equality",
    meaning="the best neuron lies on the boundary between two patterns",
)
FOUR_QUADRANTS = Family(
    "quadrants",
    {
        "chosen": Range(choices=((0,), (0, 3), (0, 1, 2, 3), (1, 2))),
        "penalty": PENALTIES,
        "r": ROOTS,
    },
    quadrants,
    "equality",
    meaning="four directions are equally good: optima with one, two and four neurons",
)
