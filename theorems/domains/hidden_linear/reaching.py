"""Rational states that a gradient flow can reach: it keeps a a^T - W W^T, and moves W by combinations of data.

The states with one value of |a|^2 - |W|_F^2 are a quadric. A straight line from the start, (a_0 + t s, W_0 + t G) with
G the combinations of data, meets it in one other point, at a rational t.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.hidden_linear.rows import off_rows
from refutable.theorems.domains.number_moves import sealed
from refutable.theorems.instances import Instance
from refutable.theorems.ops.exact import from_matrix, to_matrix

Array = Any


def product(a: Array, b: Array) -> Array:
    """A B of rational matrices."""
    return from_matrix(to_matrix(a) * to_matrix(b))


def meeting_point(instance: Instance, output: Array, multipliers: Array) -> fmpq | None:
    """The t of the other point on the line with directions ``output`` [m], ``multipliers`` [m,n]; None: no one."""
    moved = product(multipliers, instance["inputs"])
    size: fmpq = (moved * moved).sum() - (output * output).sum()
    if size == 0:
        return None
    pull: fmpq = (instance["start_output"] * output).sum() - (instance["start_hidden"] * moved).sum()
    return 2 * pull / size


def reached(instance: Instance, output: Array, multipliers: Array) -> Instance | None:
    """The instance with the state at that point; None where the line has no other."""
    t = meeting_point(instance, output, multipliers)
    return None if t is None else placed(instance, instance["start_output"] + output * t, multipliers * t)


def placed(instance: Instance, output: Array, multipliers: Array) -> Instance:
    """The instance with this state, its hidden weights W_0 + nu X."""
    hidden = instance["start_hidden"] + product(multipliers, instance["inputs"])
    return instance.replace(output=sealed(output), hidden=sealed(hidden), multipliers=sealed(multipliers))


def at_start(instance: Instance) -> Instance:
    """The instance with the start as its state."""
    nothing = np.full((len(instance["start_output"]), len(instance["inputs"])), fmpq(0), dtype=object)
    return placed(instance, instance["start_output"].copy(), nothing)


def predictor(instance: Instance) -> Array:
    """theta = W^T a."""
    return product(instance["output"][None, :], instance["hidden"])[0]


def with_rival(instance: Instance, off: Array | None) -> Instance:
    """The instance with the rival theta + the part of ``off`` that no datum sees; without one for None."""
    if off is None:
        return instance
    return instance.replace(rival=sealed(predictor(instance) + off_rows(instance["inputs"], off[None, :])[0]))


def distance(instance: Instance) -> Array | None:
    """v - theta; None where there is no rival."""
    return None if instance["rival"] is None else instance["rival"] - predictor(instance)


def refit(before: Instance, after: Instance) -> Iterator[Instance]:
    """``after`` as it is; with the rival moved along; with a state on the flow's quadric in the same direction."""
    yield after
    off = distance(before)
    if off is not None and len(off) != after["inputs"].shape[1]:
        off = distance(after)
    if off is not None and before["rival"] is not after["rival"]:
        yield with_rival(after, distance(after))
    yield from (with_rival(state, off) for state in (after, *_states(after)))


def _states(instance: Instance) -> Iterator[Instance]:
    """The state's hidden weights anew from its multipliers, and the other point on the line to it."""
    output, multipliers = instance["output"], instance["multipliers"]
    yield placed(instance, output.copy(), multipliers.copy())
    other = reached(instance, output - instance["start_output"], multipliers)
    if other is not None:
        yield other
