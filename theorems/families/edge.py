"""Instances moved to the edge of stability."""

from __future__ import annotations

from collections.abc import Iterable

from flint import fmpq

from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.exact import as_real, rational
from refutable.theorems.families.two_atoms import two_atoms
from refutable.theorems.instances import Instance

HAIR = fmpq(2**40 - 1, 2**40)


def at_its_edge(instance: Instance) -> Instance:
    """The network with the largest step size for which it is linearly stable.

    2/sharpness where that is rational, else the float proposal 2/sharpness rounded down by a factor 1 - 2^-40.
    """
    sharpness = as_real(SHALLOW_RELU.view(instance)["sharpness"])
    exact = sharpness.exact()
    step_size = 2 / exact if exact is not None else 2 / rational(float(sharpness)) * HAIR
    return instance.replace(step_size=step_size)


def frozen(instance: Instance, groups: Iterable[str]) -> Instance:
    """The network with some parameter groups not trained, at its own edge of stability."""
    return at_its_edge(instance.replace(frozen=frozenset(groups)))


def frozen_two_atoms(group: str) -> Instance:
    """The two-atom equality case with one parameter group frozen: its sharpness drops below the bound."""
    return frozen(two_atoms(), [group])
