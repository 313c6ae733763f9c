"""Step sizes at the conditions that step sizes must meet, by assumption: floats, rounded down to rationals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import fmpq

from refutable.theorems.domains.separable import SEPARABLE
from refutable.theorems.exact import rational
from refutable.theorems.instances import Instance
from refutable.theorems.views import View

Rule = Callable[[View], Any]
"""The largest step size that is allowed, as a positive number of the exact arithmetic."""
HAIR = fmpq(1, 2**30)

STEP_RULES: dict[str, Rule] = {
    "stable-step": lambda view: 8 / view["top_square"],
    "step-2.1": lambda view: fmpq(42, 5) / view["top_square"],
    "small-loss-step": lambda view: 1 / (view["largest_square"] * view["loss"]),
    "step-below-inverse-loss": lambda view: 1 / view["loss"],
}
"""Largest step sizes by the id of the assumption that asks for them."""


def largest_step(rule: Rule, state: Instance) -> fmpq:
    """A rational a hair below the largest step size that a rule allows."""
    value = float(rule(SEPARABLE.view(state)))
    return rational(value) * (1 - HAIR) if 0 < value < 1e300 else fmpq(1, 10**9)
