"""The right side that all stable minima share, 1/eta - 1/2, and false variants of claims about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.papers import inverse_step_size
from refutable.theorems.views import View

Formula = Callable[[View], Any]


inverse_step_size_bound = inverse_step_size.PAPER


def inverse_step_size_less_one(view: View) -> Any:
    """1/eta - 1: what the bound is not."""
    return view["stability_threshold"] * view.ops.ratio(1, 2) - 1


def at_most(left: Formula, right: Formula) -> Callable[[View], Iterable[Check]]:
    """The conclusion left <= right."""
    return lambda view: [Check(left(view), "<=", right(view))]


def variant(claim: Claim, id: str, left: Formula, right: Formula) -> Claim:
    """A false variant of ``claim``: under the same assumptions left <= right."""
    statement = f"{claim.statement} (false variant: {id})"
    return replace(claim, id=f"{claim.id}: {id}", statement=statement, latex="", concludes=at_most(left, right))
