"""Hypotheses about training states of fully connected linear networks."""

from __future__ import annotations

from collections.abc import Iterable

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption
from refutable.theorems.views import View


def _kept(view: View) -> Iterable[Check]:
    moved = view["first"] - view["first_start"]
    yield Check(view.ops.matmul(view["projection"], moved), "==", 0, "P (W_1 - W_1(0))")


def _dominated(view: View) -> Iterable[Check]:
    for layer, balance in enumerate(view["balances"], 1):
        reason = f"W_{layer}^T W_{layer} - W_{layer + 1} W_{layer + 1}^T is not positive semidefinite"
        yield Check(balance, "psd", label=f"layer {layer}", reason=reason)


ROW_SPACE_KEPT = Assumption(
    "row-space-kept",
    "every column of W_1 - W_1(0) is a combination of the inputs: so it is wherever gradient flow, gradient descent or "
    "SGD gets",
    _kept,
)
INTERPOLATING = Assumption("interpolating", "X beta = y", lambda view: [Check(view["residual"], "==", 0)])
DOMINATED = Assumption(
    "layers-dominated",
    "W_l^T W_l - W_{l+1} W_{l+1}^T is positive semidefinite for every l < L; gradient flow keeps it so",
    _dominated,
)
