"""Drawn separable data with weights, step sizes and times; the simplest is the datum 1 at weight 0."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial
from typing import Any

import numpy as np
import torch
from flint import fmpq
from hypothesis import event
from hypothesis import strategies as st

from refutable.strategies.coded_arrays import choices, coded_arrays
from refutable.strategies.separable.runs import Runs
from refutable.strategies.separable.step_sizes import STEP_RULES, largest_step
from refutable.strategies.separable.whitened import whitened_data
from refutable.strategies.supply import DrawnSupply, Size, refuse_unknown
from refutable.theorems.domains.separable import SEPARABLE
from refutable.theorems.exact import to_float
from refutable.theorems.exact.max_margin import MaxMargin, max_margin
from refutable.theorems.instances import Instance

SUPPORT_ONLY, COMPLEMENTARY, SPANNING, LATE = "support-only", "strictly-complementary", "spanning", "late"
KNOWN = frozenset({"separable", COMPLEMENTARY, SPANNING, SUPPORT_ONLY, LATE, *STEP_RULES})
STEP_SIZES = tuple(fmpq(p, q) for p, q in ((1, 1), (1, 2), (2, 1), (1, 4), (3, 2), (1, 10), (7, 1)))
SHARES = tuple(fmpq(p, q) for p, q in ((1, 1), (1, 2), (9, 10), (1, 8)))
HALVES = tuple(fmpq(sign * h, 2) for h in range(7) for sign in (1, -1) if h or sign == 1)
REPEATED = tuple(fmpq(h, 2) for h in (0, 0, 2, 1, 4, -2, -1, -4, 6))
FIRST = tuple(fmpq(h, 2) for h in range(1, 7))
TIMES = tuple(fmpq(h, 2) for h in (0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, *range(25), -1, -2))
SIZES = (1, 1, 1, 4, 20)
Rows = Sequence[Sequence[fmpq]]


_entries = cache(coded_arrays)


@cache
@st.composite
def plain_rows(draw: st.DrawFn, n: int, d: int) -> list[list[fmpq]]:
    """Half-integer rows with positive first entries, equal or not: the first unit vector separates them."""
    alike, mirrored = draw(choices(2, 2))
    first = draw(_entries(FIRST, 1 if alike else n))
    rest = draw(_entries(REPEATED if alike else HALVES, n, d - 1)).tolist()
    rows = [[first[0 if alike else i], *rest[i]] for i in range(n)]
    if n > 1 and mirrored:
        event("two data mirror each other")
        rows[1] = [rows[0][0], *(-entry for entry in rows[0][1:])]
    return rows


@cache
@st.composite
def rows_under(draw: st.DrawFn, assumes: frozenset[str], size: Size) -> Rows:
    """Data that satisfy the assumptions: solved in advance, or plain ones thinned to their support vectors."""
    most = max(1, min(3, size.max_inputs)), max(1, min(4, size.max_samples))
    solved, d, n = draw(choices(2, *most))
    d, n = d + 1, n + 1
    if solved:
        event("data solved in advance")
        others = 0 if SUPPORT_ONLY in assumes else max(0, min(2, size.max_samples - d))
        found: Rows = draw(whitened_data(d, others)).x.tolist()
        return found
    event("plain data")
    rows = draw(plain_rows(n, d))
    margin = max_margin(rows)
    assert margin is not None  # the first unit vector separates them
    if _suits(rows, margin, assumes):
        return rows
    return [rows[i] for i in margin.positive]


def _suits(rows: Rows, margin: MaxMargin, assumes: frozenset[str]) -> bool:
    if assumes & {COMPLEMENTARY, SPANNING, SUPPORT_ONLY, LATE} and margin.positive != margin.support:
        return False
    if SUPPORT_ONLY in assumes and len(margin.support) < len(rows):
        return False
    return SPANNING not in assumes or len(margin.support) in (len(rows), len(rows[0]))


@st.composite
def separable_states(draw: st.DrawFn, assumes: frozenset[str], size: Size, known: bool = True) -> Instance:
    """States that satisfy the assumptions by construction."""
    rows = draw(rows_under(assumes, size))
    d = len(rows[0])
    of_step, of_time, of_size, moved, started, of_share = draw(
        choices(len(STEP_SIZES), len(TIMES), len(SIZES), 2, 2, len(SHARES))
    )
    step_size, log_time = STEP_SIZES[of_step], TIMES[of_time]
    log_time = abs(log_time) if LATE in assumes else log_time
    w = [entry * SIZES[of_size] for entry in draw(_vectors(d))]
    if moved:
        w = near_direction(rows, w, log_time) if known else arrived(rows, w, step_size, log_time)
    start = draw(_vectors(d)) if started else None
    drawn = SEPARABLE.instance(x=rows, w=w, step_size=step_size, log_time=log_time, start=start)
    if LATE in assumes:
        return late(drawn)
    rules = [STEP_RULES[id] for id in sorted(assumes & set(STEP_RULES))]
    if not rules:
        return drawn
    most = min(largest_step(rule, drawn) for rule in rules)
    return drawn.replace(step_size=most * SHARES[of_share])


def near_direction(rows: Rows, w: list[fmpq], log_time: fmpq) -> list[fmpq]:
    """Weights near log_time times the maximum margin direction, where the theorem has them."""
    event("weights near the direction")
    margin = max_margin(rows)
    assert margin is not None
    return [entry / 2 + log_time * along for entry, along in zip(w, margin.direction, strict=True)]


def arrived(rows: Rows, w: list[fmpq], step_size: fmpq, log_time: fmpq) -> list[fmpq]:
    """Where short steps along the gradient flow lead by that time, in eighths: known from the dynamics alone."""
    event("weights where the flow arrives")
    x, found = np.array([[to_float(entry) for entry in row] for row in rows]), np.array([to_float(v) for v in w])
    eta, steps = to_float(step_size), 8 * max(0, int(log_time * 2))
    for s in np.linspace(0, to_float(log_time), steps):
        velocity = eta * np.exp(np.minimum(s - x @ found, 30.0)) @ x
        stiff = 1 + eta * float((np.exp(np.minimum(s - x @ found, 30.0)) * (x**2).sum(1)).sum()) / 16
        found = found + velocity / 16 / stiff
    return [fmpq(round(8 * v), 8) for v in found.tolist()]


def late(drawn: Instance) -> Instance:
    """The instance at a time at which w_hat.w > 0 on its asymptotic curve."""
    view = SEPARABLE.view(drawn)
    form = view["residual_limit_form"]
    along = sum(a * float(log) for a, log in zip(_positive(view), form.logs, strict=True)) / float(
        view["direction_square"]
    )
    shift = fmpq(max(0, int(-along) + 1))
    return drawn.replace(log_time=drawn["log_time"] + shift + fmpq(1, 2))


def _positive(view: Any) -> list[float]:
    return [float(view["multipliers"][i]) for i in view["margin"].support]


@cache
def _vectors(size: int) -> st.SearchStrategy[list[fmpq]]:
    return coded_arrays(HALVES, size).map(list)


def _drawn(assumes: frozenset[str], size: Size, known: bool) -> st.SearchStrategy[Instance]:
    refuse_unknown(assumes, KNOWN, "separable data")
    return separable_states(assumes, size, known)


class SeparableSupply(DrawnSupply):
    """Drawn and visited instances; float batches for claims about single steps, which need no margin."""

    def batch(
        self, assumes: frozenset[str], count: int, size: Size, generator: torch.Generator, known: bool = True
    ) -> dict[str, Any] | None:
        """Three data of two inputs [count, 3, 2], weights and step sizes; None where more is assumed."""
        if not assumes <= {"separable", *STEP_RULES}:
            return None
        normal = partial(torch.randn, generator=generator, dtype=torch.float64)
        return {"x": normal(count, 3, 2), "w": normal(count, 2), "step_size": normal(count).exp()}


SUPPLY = SeparableSupply(SEPARABLE, _drawn, Runs())
