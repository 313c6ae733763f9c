"""The code's own operators on symbols, against closed forms."""

from __future__ import annotations

from typing import Any

import numpy as np

from refutable.theorems.domains.regular_minimum import REGULAR_MINIMUM
from refutable.theorems.domains.regular_minimum.noise import stationary
from refutable.theorems.records import ClosedForm
from refutable.theorems.views import View


def symbolic_view(n: int, p: int, batch_size: int, steps: int = 1, gradients: bool = False) -> View:
    """Losses with symbols h<i><a><b> (symmetric), displacement v<a>, gradients g<i><a> of sum 0, step size eta."""
    import sympy

    from refutable.theorems.ops.symbolic import SymbolicOps

    hessians = np.empty((n, p, p), dtype=object)
    for i, a, b in np.ndindex(n, p, p):
        hessians[i, a, b] = sympy.Symbol(f"h{i}{min(a, b)}{max(a, b)}", positive=True)
    numbers = {
        "hessians": hessians,
        "displacement": np.array(sympy.symbols(f"v0:{p}", real=True), dtype=object),
        "gradients": _gradients(n, p) if gradients else None,
        "step_size": sympy.Symbol("eta", positive=True),
        "batch_size": batch_size,
        "steps": steps,
    }
    return View(REGULAR_MINIMUM, SymbolicOps(), numbers)


def _gradients(n: int, p: int) -> Any:
    import sympy

    rows = np.array([[sympy.Symbol(f"g{i}{a}", real=True) for a in range(p)] for i in range(n)], dtype=object)
    rows[-1] = -sum(rows[:-1])
    return rows


def _threshold(batch_size: int) -> Any:
    return symbolic_view(3, 1, batch_size)["mean_square_threshold"]


def _threshold_closed(batch_size: int) -> Any:
    """2 h / ((1 - p) h^2 + p mean h_i^2) for three losses."""
    import sympy

    values = sympy.symbols("h000 h100 h200", positive=True)
    share = sympy.Rational(3 - batch_size, 2 * batch_size)
    mean = sum(values) / 3
    return 2 * mean / ((1 - share) * mean**2 + share * sum(h**2 for h in values) / 3)


def _entry_by_operator() -> Any:
    """Entry (0, 1) of E theta_1 theta_1^T by Q: three losses of two parameters, batches of two."""
    view = symbolic_view(3, 2, 2)
    start = view["displacement"]
    return (view["second_moment_operator"] @ np.outer(start, start).reshape(4))[1]


def _entry_by_enumeration() -> Any:
    return symbolic_view(3, 2, 2)["sgd_moments"][1][1][0, 1]


def _mixture() -> Any:
    """Entry (0, 3) of (1 - p) (I - eta H) kron (I - eta H) + p mean (I - eta H_i) kron (I - eta H_i)."""
    view = symbolic_view(3, 2, 2)
    eta, p = view["step_size"], view["batch_noise"]
    identity = view.ops.identity(view["mean_hessian"])
    whole = identity - eta * view["mean_hessian"]
    single = [identity - eta * h for h in view["hessians"]]
    return (1 - p) * whole[0, 1] * whole[0, 1] + p * sum(a[0, 1] * a[0, 1] for a in single) / 3


def _mixed_by_enumeration() -> Any:
    """Entry (0, 3) of the mean over batches of (I - eta H_b) kron (I - eta H_b)."""
    steps = symbolic_view(3, 2, 2)["batch_steps"]
    return sum(matrix[0, 1] * matrix[0, 1] for matrix, _ in steps) / len(steps)


def _limit(fixed: bool) -> Any:
    """One parameter: the limit variance from the code's solver, or its image under one step by enumeration."""
    view = symbolic_view(3, 1, 2, gradients=True)
    source = view["step_size"] * view["batch_noise"] * view["gradient_squares"]
    limit = stationary(view, view["decay_operator"], source)[0, 0]
    if fixed:
        return limit
    steps = view["batch_steps"]
    return sum(matrix[0, 0] ** 2 * limit + shift[0] ** 2 for matrix, shift in steps) / len(steps)


def _one_parameter(size: int) -> ClosedForm:
    return ClosedForm(
        f"one-parameter-batch-{size}",
        f"three losses of one parameter, B = {size}: eta* = 2 h / ((1 - p) h^2 + p mean h_i^2)",
        lambda: _threshold(size),
        lambda: _threshold_closed(size),
        "cancel",
    )


THRESHOLD_FORMS = (
    *map(_one_parameter, (1, 2, 3)),
    ClosedForm(
        "second-moments",
        "three losses, batches of two: Q gives the enumerated second moments (entry of two parameters)",
        _entry_by_operator,
        _entry_by_enumeration,
        "poly",
    ),
)

MIXTURE_FORMS = (
    ClosedForm(
        "single-or-all",
        "three losses, batches of two: the mean over batches is 1 - p times all losses plus p times single ones",
        _mixed_by_enumeration,
        _mixture,
        "poly",
    ),
)

COVARIANCE_FORMS = (
    ClosedForm(
        "fixed-point",
        "three losses of one parameter, batches of two: one step keeps the limit variance",
        lambda: _limit(True),
        lambda: _limit(False),
        "cancel",
    ),
)
