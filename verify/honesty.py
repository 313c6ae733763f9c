"""Whether a violation shows something: a bound that fails on a dead network, or at 0, says little about the bound."""

from __future__ import annotations

from typing import Literal

from flint import fmpq

from refutable.theorems.checks import Decision
from refutable.theorems.claims import Claim
from refutable.theorems.exact import compare
from refutable.theorems.instances import Instance
from refutable.verify.decide import Outcome

LeftSide = Literal["positive", "nonzero", "any"]
"""What the violated left side must be: catalogue bounds are positive; a user's may be negative, or 0 as written."""


def hollow(claim: Claim, instance: Instance, outcome: Outcome, rule: LeftSide = "positive") -> str:
    """Why a violation is no honest witness, "" if it is one."""
    decision, operator = violated_check(outcome)
    if rule != "any" and decision is not None and decision.left is not None and operator in ("<=", "<"):
        order = compare(decision.left, fmpq(0))
        if rule == "positive" and order != 1:
            return "the left side is not positive"
        if order == 0:
            return "the left side is 0"
    return claim.domain.hollow(claim.domain.view(instance)) or ""


def violated_check(outcome: Outcome) -> tuple[Decision | None, str]:
    """The first violated comparison and its operator; the headline where none is."""
    pairs = list(zip(outcome.checks, outcome.operators, strict=True))
    return next(((d, op) for d, op in pairs if d.truth is False), pairs[0] if pairs else (None, ""))
