"""Losses and ordered margins of a table: row 0 is the parameter under test.

Margins f [m, n] are those at norm 1; at norm rho a model of degree a has margins s f, s = rho^a. Losses are compared
after multiplication by exp(s min_n f_0n): far down both would underflow in floats, and look equal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.ops import Ops
from refutable.theorems.ops.exponentials import exp_of
from refutable.theorems.views import Quantity, View


def scale(view: View) -> Any:
    """s = rho^a."""
    value = view["norm"]
    for _ in range(view["degree"] - 1):
        value = value * view["norm"]
    return value


def least(view: View) -> Any:
    """min_n f_n of every row, [m]."""
    return -view.ops.max(-view["margins"])


def largest_margin(view: View) -> Any:
    """gamma*: the largest of the least margins."""
    return view.ops.max(view["least"])


def gap(view: View) -> Any:
    """How far row 0's least margin stays below gamma*."""
    return view["largest_margin"] - view["least"][..., 0]


def ordered(view: View) -> Any:
    """The up to three smallest margins of every row, [m, 3]: a bubble sort of the columns that never branches."""
    ops, f = view.ops, view["margins"]
    smallest = [f[..., 0]]
    for n in range(1, f.shape[-1]):
        entry = f[..., n]
        for k, held in enumerate(smallest):
            smallest[k], entry = ops.minimum(held, entry), ops.maximum(held, entry)
        smallest = [*smallest, entry][:3]
    return ops.stack(smallest)


def leaders(view: View, rank: int) -> Any:
    """Indicator [m] of the rows that are largest in their first ``rank`` ordered margins, lexicographically."""
    ops, first = view.ops, view["least"]
    here = ops.ones_like(first)
    for k in range(rank):
        margin = view["ordered"][..., k]
        # Rows out of the race are put below every other.
        low = -ops.max(-margin)
        standing = margin * here + (ops.spread(low) - 1) * (1 - here)
        here = here * ops.zero(standing - ops.spread(ops.max(standing)))
    return here


def lexicographic_gap(view: View, rank: int) -> Any:
    """How far row 0's margin number ``rank`` stays below that of the lexicographically best rows; 0 if above."""
    margin = view["ordered"][..., rank - 1]
    return view.ops.max((margin - margin[..., :1]) * leaders(view, rank))


def exponents(view: View) -> Any:
    """s (min_n f_0n - f_in), [m, n]: those of the losses, up to one factor."""
    shifted = view.ops.spread(view["least"][..., 0], 2) - view["margins"]
    return shifted * view.ops.spread(view["scale"], 2)


def losses(view: View) -> Any:
    """sum_n exp(-s f_n) of every row, all multiplied by exp(s min_n f_0n), [m]."""
    return view.ops.sum(exp_of(view.ops, view["exponents"]))


def relative_losses(view: View) -> Any:
    """sum_n exp(-s f_n) of every row over its own largest term exp(-s min_n f_n), [m]: between 1 and N."""
    ops, f = view.ops, view["margins"]
    own = (view["least"][..., None] - f) * ops.spread(view["scale"], 2)
    return ops.sum(exp_of(ops, own))


def clipped_losses(view: View) -> Any:
    """sum_n exp(-s max(f_n, f_(2))) of every row over its second largest term exp(-s f_(2)), [m]: between 2 and N."""
    ops, f, second = view.ops, view["margins"], view["ordered"][..., 1]
    over = second[..., None] - ops.maximum(f, second[..., None] + 0 * f)
    return ops.sum(exp_of(ops, over * ops.spread(view["scale"], 2)))


def logistic_losses(view: View) -> Any:
    """sum_n log(1 + exp(-s f_n)) of every row, [m]."""
    f = _in_order(view.ops, -view["margins"] * view.ops.spread(view["scale"], 2))
    return view.ops.sum(view.ops.elementary("log", 1 + view.ops.elementary("exp", f)))


def _in_order(ops: Ops, rows: Any) -> Any:
    """Rows of rationals sorted: equal sums then are the same expression, and known to be equal."""
    return np.sort(rows, axis=-1) if ops.exact else rows


def at_most(view: View, factor: Any = 1) -> Iterator[Check]:
    """Row 0's loss is at most ``factor`` times that of every other row.

    Exactly, terms that two rows share are cancelled before. Different multisets of rational exponents never have equal
    sums (Lindemann and Weierstrass), so that a tie is a tie of the margins.
    """
    if not view.ops.exact:
        held = view["losses"]
        yield Check(held[..., :1], "<=", held[..., 1:] * view.ops.spread(factor))
        return
    for i in range(1, len(view["margins"])):
        here, there = (Counter(view["exponents"][row]) for row in (0, i))
        if factor != 1:
            yield Check(_total(view.ops, here), "<=", _total(view.ops, there) * factor, f"row {i}")
        else:
            yield Check(_total(view.ops, here - there), "<=", _total(view.ops, there - here), f"row {i}")


def _total(ops: Ops, terms: Counter[fmpq]) -> Any:
    found = sorted(terms.elements())
    return ops.sum(exp_of(ops, np.array(found, dtype=object))) if found else fmpq(0)


QUANTITIES = (
    Quantity("scale", scale, "s = rho^a: margins at norm rho are s f", scalar=True),
    Quantity("least", least, "min_n f_n of every row, [m]"),
    Quantity("largest_margin", largest_margin, "gamma*, the largest of the least margins", scalar=True),
    Quantity("gap", gap, "gamma* - min_n f_n of row 0", scalar=True),
    Quantity("ordered", ordered, "the three smallest margins of every row in order (fewer for fewer data), [m, 3]"),
    Quantity(
        "second_gap",
        lambda view: lexicographic_gap(view, 2),
        "how far row 0's second margin stays below that of the rows of the largest margin, 0 if above",
        scalar=True,
    ),
    Quantity(
        "third_gap",
        lambda view: lexicographic_gap(view, 3),
        "the same for third margins and the rows that are best in the first two",
        scalar=True,
    ),
    Quantity("exponents", exponents, "s (min_n f_0n - f_in), [m, n]"),
    Quantity("losses", losses, "sum_n exp(-s f_n), all times exp(s min_n f_0n), [m]"),
    Quantity("relative_losses", relative_losses, "sum_n exp(-s f_n) over its largest term, [m]"),
    Quantity("clipped_losses", clipped_losses, "sum_n exp(-s max(f_n, f_(2))) over exp(-s f_(2)), [m]"),
    Quantity("logistic_losses", logistic_losses, "sum_n log(1 + exp(-s f_n)), [m]"),
)
