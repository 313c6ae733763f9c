"""Hypotheses about the pyramid's data, step sizes, multipliers and shallow networks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption
from refutable.theorems.views import View


def safe_step_size(view: View) -> Any:
    """2/(2 d + 3)."""
    return view.ops.ratio(2, 2 * int(view["x"].shape[-1]) + 3)


def _fits(view: View) -> Iterable[Check]:
    used = [j for j, m in enumerate(view["multipliers"]) if m != 0]
    yield Check(view["shallow_output"][used], "==", view["output"][used], "f(x_j) where the multiplier is not 0")


def _orthogonal(view: View) -> Iterable[Check]:
    mu, x, ops = view["multipliers"], view["x"], view.ops
    yield Check(ops.sum(mu), "==", 0, "sum of the multipliers")
    yield Check(ops.matvec(ops.transpose(x), mu), "==", 0, "sum of mu_j x_j")


def _small_step(view: View) -> Iterable[Check]:
    yield Check(view["step_size"], "<=", safe_step_size(view), "step size")


def _a_hair_below(view: View) -> dict[str, Any]:
    # Rounded to a float, the bound itself may lie beyond it.
    return {"step_size": safe_step_size(view) * view.ops.ratio(2**40 - 1, 2**40) + 0 * view["step_size"]}


def _few_inputs(view: View) -> Iterable[Check]:
    d = int(view["x"].shape[-1])
    yield Check(d <= 2, "true", reason=f"the data have d = {d} inputs")


SMALL_STEP = Assumption(
    "step-size-for-all-data",
    "eta <= 2/(2 d + 3)",
    _small_step,
    _a_hair_below,
    last=True,
)
FITS_PART = Assumption(
    "fits-part", "the shallow network fits the pyramid, f(x_j) = p(x_j), wherever mu_j is not 0", _fits
)
ORTHOGONAL = Assumption(
    "orthogonal", "sum_j mu_j = 0 and sum_j mu_j x_j = 0: affine functions do not count", _orthogonal
)
FEW_INPUTS = Assumption("at-most-two-inputs", "d <= 2, where the supremum is computed", _few_inputs)
