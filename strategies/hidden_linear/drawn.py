"""Exact instances that satisfy a claim's assumptions by construction."""

from __future__ import annotations

from typing import Any

import numpy as np
from flint import fmpq
from hypothesis import event
from hypothesis import strategies as st

from refutable.strategies.coded_choices import Choices, built
from refutable.strategies.hidden_linear import demands as ids
from refutable.strategies.supply import Size, refuse_unknown
from refutable.theorems.domains.hidden_linear import HIDDEN_LINEAR
from refutable.theorems.domains.hidden_linear.reaching import at_start, predictor, reached, with_rival
from refutable.theorems.domains.hidden_linear.rows import least_solution, off_rows
from refutable.theorems.domains.number_moves import sealed
from refutable.theorems.instances import Instance

Array = Any

UNIT_VECTORS: dict[int, tuple[tuple[tuple[int, int], ...], ...]] = {
    1: (((1, 1),), ((-1, 1),)),
    2: (((0, 1), (1, 1)), ((3, 5), (4, 5)), ((-4, 5), (3, 5)), ((5, 13), (-12, 13))),
    3: (((0, 1), (0, 1), (1, 1)), ((1, 3), (2, 3), (2, 3)), ((-2, 7), (3, 7), (6, 7)), ((0, 1), (3, 5), (4, 5))),
}
OUTPUTS = tuple(fmpq(p, q) for p, q in ((1, 1), (2, 1), (1, 2), (-1, 1), (3, 2), (-2, 1), (3, 1)))
SLOPES = tuple(fmpq(p, q) for p, q in ((1, 2), (1, 4), (3, 4), (1, 10)))
RECTIFIED = (fmpq(1, 2), fmpq(0), fmpq(1, 4), fmpq(0))
"""Slopes where 0 is allowed."""
STEPS = tuple(fmpq(p, q) for p, q in ((1, 1), (1, 2), (1, 10), (3, 1)))
SHARES = tuple(fmpq(p, q) for p, q in ((1, 2), (-1, 2), (0, 1), (3, 4), (1, 4), (-3, 4)))
"""The output weight's part of a direction of movement, relative to the hidden weights' part."""
DISTANCES = tuple(fmpq(p, q) for p, q in ((1, 1), (1, 2), (1, 8), (1, 64), (1, 4096), (3, 1)))


HALVES = tuple(fmpq(-i if j else i, 2) for i in range(7) for j in (0, 1) if i or not j)
"""0, 1/2, -1/2, 1, ..., -3."""


def halves(digits: Choices, count: int) -> list[fmpq]:
    """Half-integers of size at most 3."""
    return [digits.among(HALVES) for _ in range(count)]


def nonzero(digits: Choices, count: int) -> list[fmpq]:
    """The same, not all 0."""
    found = halves(digits, count)
    return found if any(found) else [fmpq(1, 2), *found[1:]]


def rows(digits: Choices, n: int, d: int) -> list[list[fmpq]]:
    """Data, the unit vectors plus small numbers first."""
    out = []
    for i in range(n):
        row = halves(digits, d)
        row[i % d] = row[i % d] + 1
        out.append(row)
    return out


BOOLEANS = (False, True)


def starts(digits: Choices, assumes: frozenset[str], m: int, d: int) -> tuple[list[fmpq], list[list[fmpq]]]:
    """Output weights, none of them 0, and hidden weights; balanced ones in a third of the cases."""
    output = [digits.among(OUTPUTS) for _ in range(m)]
    if ids.BALANCED in assumes or digits.among((True, False, False)):
        unit = [fmpq(p, q) for p, q in digits.among(UNIT_VECTORS[d])]
        return output, [[a * u for u in unit] for a in output]
    hidden = [halves(digits, d) for _ in range(m)]
    short = sum(a * a for a in output) < sum(w * w for row in hidden for w in row)
    if short and (ids.NONNEGATIVE in assumes or digits.among(BOOLEANS)):
        hidden = [[w / 4 for w in row] for row in hidden]
        if sum(a * a for a in output) < sum(w * w for row in hidden for w in row):
            output = [a * 12 for a in output]
    return output, hidden


def starting(digits: Choices, assumes: frozenset[str], size: Size) -> Instance:
    """Instances whose state is their start."""
    compared = bool(assumes & {ids.OTHER, ids.SAME_OUTPUTS, ids.LINEAR_FIT, ids.UNSIGNED_FIT})
    d = max(digits.among((2, 1, 2, 3)[: 2 + min(2, size.max_inputs)]), 2 if compared else 1)
    n = 2 if d == 3 and digits.among(BOOLEANS) else 1
    m = 1 if ids.ONE_UNIT in assumes else digits.among((1, 2, 1, 3)[: 2 + min(2, size.max_neurons)])
    output, hidden = starts(digits, assumes, m, d)
    linear = ids.LINEAR in assumes or (ids.POSITIVE_SLOPE not in assumes and digits.among((True, False, False)))
    return HIDDEN_LINEAR.instance(
        inputs=rows(digits, n, d),
        labels=halves(digits, n),
        start_output=output,
        start_hidden=hidden,
        output=output,
        hidden=hidden,
        multipliers=[[0] * n] * m,
        slope=None if linear else digits.among(SLOPES if ids.POSITIVE_SLOPE in assumes else RECTIFIED),
        step_size=digits.among(STEPS),
    )


def moved(digits: Choices, instance: Instance, assumes: frozenset[str]) -> Instance:
    """The other point of the flow's quadric on a line from the start; the start where there is none that suits."""
    a, n = instance["start_output"], len(instance["labels"])
    nu = np.array(nonzero(digits, n), dtype=object)
    aligned = a if len(a) > 1 else np.array([fmpq(1)], dtype=object)
    share = digits.among(SHARES)
    along = max(map(abs, nu @ instance["inputs"]))
    for factor in (share, -share, *SHARES):
        state = reached(instance, aligned * (factor * along), aligned[:, None] * nu[None, :])
        if state is not None and any(state["multipliers"].ravel()) and _suits(instance, state, assumes):
            return state
    event("no other state on these lines: the start")
    return instance


def _suits(start: Instance, state: Instance, assumes: frozenset[str]) -> bool:
    if ids.KEPT in assumes and not (start["output"] * state["output"]).sum() > 0:
        return False
    if ids.NONZERO in assumes and not any(predictor(state)):
        return False
    gap, before = (i["output"][:, None] * i["output"] - i["hidden"] @ i["hidden"].T for i in (state, start))
    return bool(ids.CONSERVED not in assumes or (gap == before).all())


def _unseen(x: Array, off: Array) -> Array:
    """``off``, or the first unit vector, whichever has a part that no datum sees."""
    units = [np.array([fmpq(i == j) for j in range(len(off))], dtype=object) for i in range(len(off))]
    return next((v for v in (off, *reversed(units)) if any(off_rows(x, v[None, :])[0])), off)


def _features_to_fit(instance: Instance, through_sigma: bool) -> Array:
    """f(X), or what sigma maps to it."""
    outputs, slope = HIDDEN_LINEAR.view(instance)["outputs"], instance["slope"]
    if not through_sigma or not slope:
        return outputs
    return np.array([f if f > 0 else f / slope for f in outputs], dtype=object)


def rivals(digits: Choices, instance: Instance, assumes: frozenset[str]) -> Instance:
    """With a predictor that differs where no datum sees it; for a linear fit, that computes f(X) linearly."""
    d = instance["inputs"].shape[1]
    off = np.array(halves(digits, d), dtype=object) * digits.among(DISTANCES)
    if ids.OTHER in assumes or digits.among((True, True, True, False)):
        off = _unseen(instance["inputs"], off)
    if assumes & {ids.LINEAR_FIT, ids.UNSIGNED_FIT} or (ids.SAME_OUTPUTS in assumes and instance["slope"] == 0):
        fit = least_solution(instance["inputs"], _features_to_fit(instance, ids.UNSIGNED_FIT in assumes))
        if fit is not None:
            unseen = off_rows(instance["inputs"], (predictor(instance) + off)[None, :])[0]
            return instance.replace(rival=sealed(fit + unseen))
    if ids.SAME_OUTPUTS in assumes or digits.among(BOOLEANS):
        return with_rival(instance, off)
    return instance.replace(rival=sealed(predictor(instance) + off))


def disturbed(digits: Choices, instance: Instance, assumes: frozenset[str]) -> Instance:
    """A state off the quadric, or off the span of the data, where that is allowed."""
    if ids.CONSERVED not in assumes and digits.among(BOOLEANS):
        factor = digits.among((fmpq(3, 2), fmpq(1, 2), fmpq(2)))
        instance = instance.replace(output=sealed(instance["output"] * factor))
    if ids.REACHED not in assumes and digits.among(BOOLEANS):
        if ids.CONSERVED in assumes:
            return instance.replace(hidden=sealed(-instance["hidden"]))
        shape = instance["hidden"].shape
        entries = np.array(halves(digits, shape[0] * shape[1]), dtype=object).reshape(shape)
        instance = instance.replace(hidden=sealed(instance["hidden"] + entries))
    return instance


def _states(digits: Choices, assumes: frozenset[str], size: Size) -> Instance:
    start = starting(digits, assumes, size)
    state = moved(digits, start, assumes) if digits.among((True,) * 7 + (False,)) else at_start(start)
    state = disturbed(digits, state, assumes)
    return rivals(digits, state, assumes)


def states(assumes: frozenset[str], size: Size, known: bool = True) -> st.SearchStrategy[Instance]:
    """Strategy of exact states; none is built from an equality family.

    Raises:
        ValueError: an assumption id is unknown here.
    """
    refuse_unknown(assumes, ids.KNOWN, "networks with one hidden layer")
    return built(lambda digits: _states(digits, assumes, size))
