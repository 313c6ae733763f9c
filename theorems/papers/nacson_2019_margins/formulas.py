"""Both sides of the bounds on margins, written over any arithmetic."""

from __future__ import annotations

from math import comb
from typing import Any

from refutable.theorems.ops import Ops
from refutable.theorems.views import View


def log_count(view: View, fewer: int = 0) -> Any:
    """log(N - fewer), a number."""
    return _log_of(view.ops, view["margins"].shape[-1] - fewer)


def _log_of(ops: Ops, count: int) -> Any:
    return ops.elementary("log", ops.array([count]))[0]


def scaled_gap(view: View) -> Any:
    """rho^a (gamma* - min_n f_n)."""
    return view["gap"] * view["scale"]


def logistic_bound(view: View) -> Any:
    """g + log((1 + e^-g)^N - 1), g = rho^a gamma*."""
    return logistic_room(view.ops, view["largest_margin"] * view["scale"], view["margins"].shape[-1])


def logistic_room(ops: Ops, g: Any, count: int) -> Any:
    """How far one margin may fall when all others cost nothing: g + log((1 + e^-g)^N - 1).

    Written as log(sum_k C(N, k) e^(-(k-1) g)), k = 1..N: nothing cancels, and N = 1 gives 0.
    """
    u = ops.elementary("exp", -g)
    total = 0 * u
    for k in range(count, 0, -1):
        total = total * u + comb(count, k)
    return ops.elementary("log", total)
