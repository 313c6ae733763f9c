"""Families that approach equality without reaching it."""

from __future__ import annotations

from flint import fmpq

from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.families.edge import at_its_edge
from refutable.theorems.families.two_atoms import two_atoms
from refutable.theorems.instances import Instance
from refutable.theorems.records import Family, Range

C, ROOT = fmpq(3, 4), fmpq(5, 4)


def balanced_small(scale: fmpq = fmpq(1)) -> Instance:
    """Three points -3/4, 0, 3/4 and balanced neurons of the given scale on the two outer ones.

    Only the Rayleigh link is strict; it loses O(scale^2).
    """
    w2 = scale * C / (2 * ROOT)
    network = SHALLOW_RELU.instance(
        w1=[[scale], [-scale]], b1=[-scale * C / 2] * 2, w2=[w2, w2], b2=0, x=[[-C], [0], [C]]
    )
    return at_its_edge(network)


def clusters(width: fmpq = fmpq(1, 4)) -> Instance:
    """The two-atom network on two clusters of the given width at +-3/4."""
    data = [[-C - width], [-C], [C], [C + width]]
    network = two_atoms()
    return at_its_edge(SHALLOW_RELU.instance(w1=network["w1"], b1=network["b1"], w2=network["w2"], b2=0, x=data))


BALANCED_SMALL = Family(
    id="balanced-small",
    parameters={"scale": Range(choices=tuple(fmpq(1, 2**j) for j in (0, 2, 4, 6)))},
    build=balanced_small,
    attains="limit",
    reaches=fmpq(9999, 10000),
    meaning="balanced neurons on the smaller side, scale tending to 0",
)

CLUSTERS = Family(
    id="clusters",
    parameters={"width": Range(choices=tuple(fmpq(1, 2**j) for j in (2, 4, 8, 14)))},
    build=clusters,
    attains="limit",
    reaches=fmpq(9999, 10000),
    meaning="clusters of width tending to 0 in place of two atoms",
)
