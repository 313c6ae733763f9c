"""Rational stationary points, built from the pulls of their neurons.

The neurons that see the same data and are not 0 have S_1^2 / decay + S_0^2 / (bias decay) = decay: their pull is
(S_0, S_1) = s (-root sin a, decay cos a) with root = sqrt(decay * bias decay), and their knot sqrt(decay/bias decay)
tan a. Angles with rational sine and cosine give rational pulls; forces at the data in between follow from them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flint import fmpq

from refutable.theorems.domains.decayed_line.domain import DECAYED_LINE
from refutable.theorems.instances import Instance

Pull = tuple[fmpq, fmpq]


@dataclass(frozen=True)
class Group:
    """Neurons with one knot that face one way.

    Attributes:
        half: tangent of half the angle, in (-1, 1).
        up: whether the slope pull S_1 is positive.
        rises: whether the neurons are active on the right of their knot.
        sizes: |v| of each neuron.
    """

    half: fmpq
    up: bool = True
    rises: bool = True
    sizes: tuple[fmpq, ...] = (fmpq(1),)

    def pull(self, root: fmpq = fmpq(1), decay: fmpq = fmpq(1)) -> Pull:
        """(S_0, S_1), decay = 1 and bias decay = root^2 unless given."""
        scale = 1 + self.half * self.half
        sine, cosine = 2 * self.half / scale, (1 - self.half * self.half) / scale
        sign = 1 if self.up else -1
        return -sign * root * sine, sign * decay * cosine

    def knot(self, root: fmpq = fmpq(1)) -> fmpq:
        """-b/w, for decay 1 and bias decay root^2."""
        level, slope = self.pull(root)
        return -level / slope / (root * root)

    def neurons(self, root: fmpq = fmpq(1)) -> list[tuple[fmpq, fmpq, fmpq]]:
        """(v, w, b) of each neuron, decay 1."""
        level, slope = self.pull(root)
        sign = 1 if (slope > 0) == self.rises else -1
        return [(sign * size, sign * size * slope, sign * size * level / (root * root)) for size in self.sizes]


def solved(pull: Pull, places: tuple[fmpq, fmpq]) -> tuple[fmpq, fmpq]:
    """Forces at two places with sum ``pull[0]`` and sum of force times place ``pull[1]``."""
    first, second = places
    right = (pull[1] - first * pull[0]) / (second - first)
    return pull[0] - right, right


def stationary(
    groups: Sequence[Group], forces: Sequence[tuple[Any, Any]], root: Any = fmpq(1), scale: Any = fmpq(1)
) -> Instance:
    """The network of the groups with forces (x, rho); decay 1, bias decay root^2; forces and decays times ``scale``."""
    neurons = [one for group in groups for one in group.neurons(fmpq(root))]
    return DECAYED_LINE.instance(
        output_weights=[v for v, _, _ in neurons],
        input_weights=[w for _, w, _ in neurons],
        biases=[b for _, _, b in neurons],
        x=[x for x, _ in forces],
        force=[fmpq(scale) * rho for _, rho in forces],
        decay=fmpq(scale),
        bias_decay=fmpq(scale) * fmpq(root) * fmpq(root),
    )


def between(pulls: Sequence[Pull], blocks: Sequence[tuple[fmpq, fmpq]], total: Pull) -> list[tuple[fmpq, fmpq]]:
    """Forces for neurons that rise, knots between blocks of two data each, from left to right.

    Args:
        pulls: of the groups from left to right: what the data on the right of each knot sum to.
        blocks: one more than groups: the data left of the first knot, between the knots, right of the last.
        total: the sum over all data.
    """
    sums = [total, *pulls, (fmpq(0), fmpq(0))]
    found = []
    for here, after, places in zip(sums, sums[1:], blocks, strict=False):
        pair = solved((here[0] - after[0], here[1] - after[1]), places)
        found += list(zip(places, pair, strict=True))
    return [(x, rho) for x, rho in found if rho != 0]
