"""Exponentials of rationals as closed sums, in any arithmetic."""

from __future__ import annotations

from typing import Any

from refutable.theorems.exact.exponential_sums import exponential
from refutable.theorems.ops.dual import Dual, dual
from refutable.theorems.ops.exact import elementwise
from refutable.theorems.ops.protocol import Array, Ops


def _dual_exponential(x: Any) -> Dual:
    d = dual(x)
    value = exponential(d.value)
    return Dual(value, d.derivative * value)


def exp_of(ops: Ops, a: Array) -> Array:
    """Elementwise e^a in any arithmetic; exact and dual ones keep closed sums."""
    if ops.exact:
        return elementwise(exponential, a)
    return elementwise(_dual_exponential, a) if ops.name == "dual" else ops.elementary("exp", a)
