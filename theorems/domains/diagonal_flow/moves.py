"""Reductions and variations of a state. A state that the flow reaches stays one: it is grown anew from its start."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.deep_linear.top_space import nullspace
from refutable.theorems.domains.diagonal_flow.dynamics import STATE
from refutable.theorems.domains.diagonal_flow.states import grown, growth_of
from refutable.theorems.domains.domain import Move
from refutable.theorems.domains.number_moves import NumberMoves, sealed
from refutable.theorems.instances import Instance
from refutable.theorems.ops.exact import to_matrix

STARTS = tuple(f"{name}0" for name in STATE)
PER_INPUT = (*STATE, *STARTS, "other")
BASES = (fmpq(2), fmpq(1, 2))
"""exp(nu) of the states that are tried where the inputs changed."""
SHIFTS = tuple(fmpq(p, q) for p, q in ((1, 1), (-1, 1), (1, 8), (-1, 8)))
MAX_ADDED = 4
"""Nothing is added beyond so many inputs."""


def weights(instance: Instance) -> Any:
    """w = u_+ v_+ - u_- v_- [d]."""
    return instance["u_plus"] * instance["v_plus"] - instance["u_minus"] * instance["v_minus"]


def refitted(before: Instance, after: Instance) -> Iterator[Instance]:
    """``after`` as it is, with plain states grown from its start, and with other maps that predict the same."""
    yield after
    start = [after[name] for name in STARTS]
    rho = _growth(after)
    if rho is not None and not rho.all():
        rho = None
    for base in BASES:
        try:
            growth = growth_of(after["x"], [base] * len(after["x"]))
        except ValueError:
            break
        yield from compared(after.replace(**grown(start, growth)))
    if rho is not None:
        yield from compared(after.replace(**grown(start, rho)))


def _growth(instance: Instance) -> Any:
    """rho from the sums u_+ + v_+; None where one starts at 0."""
    before = instance["u_plus0"] + instance["v_plus0"]
    return None if not before.all() else (instance["u_plus"] + instance["v_plus"]) / before


def compared(instance: Instance) -> Iterator[Instance]:
    """The instance; where it compares with another map, also with maps beside w that predict the same."""
    yield instance
    if instance["other"] is None:
        return
    basis = nullspace(to_matrix(instance["x"])).transpose()
    w = weights(instance)
    for row in basis.table():
        for shift in SHIFTS:
            yield instance.replace(other=sealed(w + np.array(row, dtype=object) * shift))


def drop_input(instance: Instance) -> Iterator[Instance]:
    """One input and its weights fewer."""
    d = len(instance["u_plus"])
    for i in range(d) if d > 1 else ():
        changes = {n: sealed(np.delete(instance[n], i)) for n in PER_INPUT if instance[n] is not None}
        smaller = instance.replace(**changes, x=sealed(np.delete(instance["x"], i, 1)))
        yield smaller
        yield from compared(smaller)


def drop_datum(instance: Instance) -> Iterator[Instance]:
    """One datum fewer."""
    n = len(instance["y"])
    for j in range(n) if n > 1 else ():
        changes = {k: sealed(np.delete(instance[k], j)) for k in ("y", "multipliers") if instance[k] is not None}
        yield from refitted(instance, instance.replace(**changes, x=sealed(np.delete(instance["x"], j, 0))))


def forget(instance: Instance) -> Iterator[Instance]:
    """Without what the claim may not need: the other map, the multipliers, the step."""
    for name in ("other", "multipliers", "step_size"):
        if instance[name] is not None:
            yield instance.replace(**{name: None})


def even(instance: Instance) -> Iterator[Instance]:
    """Minus starts as plus starts; v as u; all starts 1; back at the start."""
    u, v = instance["u_plus0"], instance["v_plus0"]
    ones = sealed(np.full(len(u), fmpq(1), dtype=object))
    yield from refitted(instance, instance.replace(u_minus0=u, v_minus0=v))
    yield from refitted(instance, instance.replace(v_plus0=u, v_minus0=instance["u_minus0"]))
    yield from refitted(instance, instance.replace(**dict.fromkeys(STARTS, ones)))
    yield from compared(instance.replace(**{name: instance[f"{name}0"] for name in STATE}))


NUMBERS = NumberMoves((*STATE, "y", "other", "step_size"), positive=("step_size",))
INPUTS = NumberMoves((*STARTS, "x"), refit=refitted)


def scale_start(instance: Instance) -> Iterator[Instance]:
    """Pairs of starts changed together, so that an unbiased start stays one."""
    d = len(instance["u_plus0"])
    if (instance["u_plus0"] != instance["u_minus0"]).any() or (instance["v_plus0"] != instance["v_minus0"]).any():
        return
    for name in ("u", "v"):
        for i in range(d):
            for value in (fmpq(1), fmpq(0), fmpq(2), fmpq(1, 2)):
                changed = instance[f"{name}_plus0"].copy()
                changed[i] = value
                sealed(changed)
                yield from refitted(instance, instance.replace(**{f"{name}_plus0": changed, f"{name}_minus0": changed}))


MOVES = (
    Move("drop an input", drop_input),
    Move("drop a datum", drop_datum),
    Move("forget a field", forget),
    Move("even starts", even),
    Move("plainer starts", scale_start),
    *NUMBERS.moves,
    *(Move(f"{move.id} of start or data", move.reductions) for move in INPUTS.moves),
)


def add_input(instance: Instance) -> Iterator[Instance]:
    """An input twice, with its weights."""
    d = len(instance["u_plus"])
    for i in range(d) if d < MAX_ADDED else ():
        changes = {n: _twice(instance[n], i, 0) for n in PER_INPUT if instance[n] is not None}
        yield from compared(instance.replace(**changes, x=_twice(instance["x"], i, 1)))


def _twice(array: Any, i: int, axis: int) -> Any:
    return sealed(np.concatenate([array, np.take(array, [i], axis=axis)], axis=axis))


def mirror(instance: Instance) -> Iterator[Instance]:
    """Plus and minus exchanged; labels negated; other maps."""
    plus, minus = ("u_plus", "v_plus"), ("u_minus", "v_minus")
    swap = dict(zip((*plus, *minus), (*minus, *plus), strict=True))
    yield instance.replace(**{a + s: instance[b + s] for a, b in swap.items() for s in ("", "0")})
    yield instance.replace(y=sealed(-instance["y"]))
    yield from compared(instance)


VARIATIONS = (Move("an input twice", add_input), Move("drop an input", drop_input), Move("mirror", mirror))
