"""The least norm of one coordinate on symbols."""

from __future__ import annotations

from typing import Any

from refutable.theorems.records import ClosedForm


def _symbols() -> tuple[Any, Any]:
    import sympy

    t, q = sympy.symbols("t q", positive=True)
    return t, q


def _view(depth: int) -> Any:
    """The code's view of one coordinate with t = q^(2-L), at the margin it meets."""
    import numpy as np

    from refutable.theorems.domains.shallow_plus_deep import SHALLOW_PLUS_DEEP
    from refutable.theorems.ops.symbolic import SymbolicOps
    from refutable.theorems.views import View

    _, q = _symbols()
    t = q ** (2 - depth)
    numbers = {"data": np.array([1 + 0 * q], dtype=object), "margin": t + q**depth, "depth": depth}
    numbers |= {"shallow": np.array([t], dtype=object), "factors": np.array([q], dtype=object)}
    return View(SHALLOW_PLUS_DEEP, SymbolicOps(), numbers)


def _multiplier_of_shallow() -> Any:
    """d|theta|^2/dt over df/dt, at t = q^(2-L), L = 4."""
    _, q = _symbols()
    return 2 * q**-2


def _multiplier_of_factors() -> Any:
    """d|theta|^2/dq over df/dq, from the code's norm and output as functions of q alone, L = 4."""
    import sympy

    t, q = _symbols()
    return sympy.diff(t**2 + 4 * q**2, q) / sympy.diff(t + q**4, q)


def _cubes() -> Any:
    """27 (gamma/x)^2 - |theta|^6 for L = 3: the headline's sides cubed."""
    import sympy

    view = _view(3)
    norm = view["shallow_norm"] + view["deep_norm"]
    return sympy.expand(27 * view["needed"][0] ** 2 - norm**3)


def _cubes_by_hand() -> Any:
    _, q = _symbols()
    return 27 * q**2 + 18 * q**-2 - q**-6


CLOSED_FORMS = (
    ClosedForm(
        "multipliers-agree",
        "d|theta|^2/dt / (df/dt) = d|theta|^2/dq / (df/dq) at t = q^(2-L), L = 4",
        _multiplier_of_shallow,
        _multiplier_of_factors,
        "cancel",
    ),
    ClosedForm(
        "headline-for-three-factors",
        "L = 3: the cubes of both sides differ by 27 q^2 + 18 q^-2 - q^-6, positive for q >= 1; from the code's "
        "formulas",
        _cubes,
        _cubes_by_hand,
        "cancel",
    ),
)
