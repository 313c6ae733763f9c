"""Exact instances that satisfy a claim's assumptions by construction."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from flint import fmpq
from hypothesis import event
from hypothesis import strategies as st

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


@cache
def halves(count: int) -> st.SearchStrategy[list[fmpq]]:
    """Half-integers of size at most 3, as the digits of one number: fewer choices are drawn faster."""
    return st.integers(0, len(HALVES) ** count - 1).map(lambda code: _digits(code, count))


def _digits(code: int, count: int) -> list[fmpq]:
    out = []
    for _ in range(count):
        code, digit = divmod(code, len(HALVES))
        out.append(HALVES[digit])
    return out


@cache
def nonzero(count: int) -> st.SearchStrategy[list[fmpq]]:
    """The same, not all 0."""
    return st.integers(1, len(HALVES) ** count - 1).map(lambda code: _digits(code, count))


@cache
def one_of(values: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    """One of some values."""
    return st.sampled_from(values)


@st.composite
def rows(draw: st.DrawFn, n: int, d: int) -> list[list[fmpq]]:
    """Data, the unit vectors plus small numbers first."""
    out = []
    for i in range(n):
        row = draw(halves(d))
        row[i % d] = row[i % d] + 1
        out.append(row)
    return out


BOOLEANS = st.booleans()


@st.composite
def starts(draw: st.DrawFn, assumes: frozenset[str], m: int, d: int) -> tuple[list[fmpq], list[list[fmpq]]]:
    """Output weights, none of them 0, and hidden weights; balanced ones in a third of the cases."""
    output = [draw(one_of(OUTPUTS)) for _ in range(m)]
    if ids.BALANCED in assumes or draw(one_of((True, False, False))):
        unit = [fmpq(p, q) for p, q in draw(one_of(UNIT_VECTORS[d]))]
        return output, [[a * u for u in unit] for a in output]
    hidden = [draw(halves(d)) for _ in range(m)]
    short = sum(a * a for a in output) < sum(w * w for row in hidden for w in row)
    if short and (ids.NONNEGATIVE in assumes or draw(BOOLEANS)):
        hidden = [[w / 4 for w in row] for row in hidden]
        if sum(a * a for a in output) < sum(w * w for row in hidden for w in row):
            output = [a * 12 for a in output]
    return output, hidden


@st.composite
def starting(draw: st.DrawFn, assumes: frozenset[str], size: Size) -> Instance:
    """Instances whose state is their start."""
    compared = bool(assumes & {ids.OTHER, ids.SAME_OUTPUTS, ids.LINEAR_FIT, ids.UNSIGNED_FIT})
    d = max(draw(one_of((2, 1, 2, 3)[: 2 + min(2, size.max_inputs)])), 2 if compared else 1)
    n = 2 if d == 3 and draw(BOOLEANS) else 1
    m = 1 if ids.ONE_UNIT in assumes else draw(one_of((1, 2, 1, 3)[: 2 + min(2, size.max_neurons)]))
    output, hidden = draw(starts(assumes, m, d))
    linear = ids.LINEAR in assumes or (ids.POSITIVE_SLOPE not in assumes and draw(one_of((True, False, False))))
    return HIDDEN_LINEAR.instance(
        inputs=draw(rows(n, d)),
        labels=draw(halves(n)),
        start_output=output,
        start_hidden=hidden,
        output=output,
        hidden=hidden,
        multipliers=[[0] * n] * m,
        slope=None if linear else draw(one_of(SLOPES if ids.POSITIVE_SLOPE in assumes else RECTIFIED)),
        step_size=draw(one_of(STEPS)),
    )


@st.composite
def moved(draw: st.DrawFn, instance: Instance, assumes: frozenset[str]) -> Instance:
    """The other point of the flow's quadric on a line from the start; the start where there is none that suits."""
    a, n = instance["start_output"], len(instance["labels"])
    nu = np.array(draw(nonzero(n)), dtype=object)
    aligned = a if len(a) > 1 else np.array([fmpq(1)], dtype=object)
    share = draw(one_of(SHARES))
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


@st.composite
def rivals(draw: st.DrawFn, instance: Instance, assumes: frozenset[str]) -> Instance:
    """With a predictor that differs where no datum sees it; for a linear fit, that computes f(X) linearly."""
    d = instance["inputs"].shape[1]
    off = np.array(draw(halves(d)), dtype=object) * draw(one_of(DISTANCES))
    if ids.OTHER in assumes or draw(one_of((True, True, True, False))):
        off = _unseen(instance["inputs"], off)
    if assumes & {ids.LINEAR_FIT, ids.UNSIGNED_FIT} or (ids.SAME_OUTPUTS in assumes and instance["slope"] == 0):
        fit = least_solution(instance["inputs"], _features_to_fit(instance, ids.UNSIGNED_FIT in assumes))
        if fit is not None:
            unseen = off_rows(instance["inputs"], (predictor(instance) + off)[None, :])[0]
            return instance.replace(rival=sealed(fit + unseen))
    if ids.SAME_OUTPUTS in assumes or draw(BOOLEANS):
        return with_rival(instance, off)
    return instance.replace(rival=sealed(predictor(instance) + off))


@st.composite
def disturbed(draw: st.DrawFn, instance: Instance, assumes: frozenset[str]) -> Instance:
    """A state off the quadric, or off the span of the data, where that is allowed."""
    if ids.CONSERVED not in assumes and draw(BOOLEANS):
        factor = draw(one_of((fmpq(3, 2), fmpq(1, 2), fmpq(2))))
        instance = instance.replace(output=sealed(instance["output"] * factor))
    if ids.REACHED not in assumes and draw(BOOLEANS):
        if ids.CONSERVED in assumes:
            return instance.replace(hidden=sealed(-instance["hidden"]))
        shape = instance["hidden"].shape
        entries = np.array(draw(halves(shape[0] * shape[1])), dtype=object).reshape(shape)
        instance = instance.replace(hidden=sealed(instance["hidden"] + entries))
    return instance


@st.composite
def _states(draw: st.DrawFn, assumes: frozenset[str], size: Size) -> Instance:
    start = draw(starting(assumes, size))
    state = draw(moved(start, assumes)) if draw(one_of((True,) * 7 + (False,))) else at_start(start)
    state = draw(disturbed(state, assumes))
    return draw(rivals(state, assumes))


def states(assumes: frozenset[str], size: Size, known: bool = True) -> st.SearchStrategy[Instance]:
    """Strategy of exact states; none is built from an equality family.

    Raises:
        ValueError: an assumption id is unknown here.
    """
    refuse_unknown(assumes, ids.KNOWN, "networks with one hidden layer")
    return _states(assumes, size)
