"""What is seen of fully connected linear networks with an ODE solver."""

from __future__ import annotations

from refutable.theorems.checks import Check
from refutable.theorems.claims import Checks, Claim
from refutable.theorems.domains.matrix_regression import MATRIX_REGRESSION
from refutable.theorems.papers.yun_2021.fully_connected_mutants import at_start, sums
from refutable.theorems.records import Integration
from refutable.theorems.views import View


def _claim(id: str, statement: str, concludes: Checks) -> Claim:
    return Claim(id, MATRIX_REGRESSION, statement, (), concludes)


def _balances(view: View) -> list[Check]:
    pairs = zip(view["balances"], view["balances_start"], strict=True)
    return [Check(now, "==", first, f"layer {layer}") for layer, (now, first) in enumerate(pairs, 1)]


INTEGRATED = (
    Integration(
        _claim(
            "kernel-part-at-every-time",
            "P beta(t) = P W_1(0) W_2(t) ... w_L(t) on solutions of gradient flow",
            lambda view: [Check(view["kernel_part"], "==", view["carried"])],
        ),
        (
            _claim("kernel-part-stays", "P beta(t) = P beta(0)",
                   lambda view: [Check(view["kernel_part"], "==", at_start(view)["kernel_part"])]),
            _claim("kernel-part-vanishes", "P beta(t) = 0",
                   lambda view: [Check(view["kernel_part"], "==", 0)]),
        ),
    ),
    Integration(
        _claim(
            "balances-at-every-time",
            "W_l(t)^T W_l(t) - W_{l+1}(t) W_{l+1}(t)^T is what it was at the start, on solutions of gradient flow",
            _balances,
        ),
        (
            _claim("sums-at-every-time", "the same for the sum W_1^T W_1 + W_2 W_2^T",
                   lambda view: [Check(sums(view), "==", sums(view, "_start"))]),
        ),
    ),
    Integration(
        _claim(
            "kernel-part-at-the-end",
            "beta(T) - X^+ y = P W_1(0) W_2(T) ... w_L(T), T large, on solutions of gradient flow",
            lambda view: [Check(view["beta"] - view["least_norm"], "==", view["carried"])],
        ),
        (
            _claim("least-norm-at-the-end", "beta(T) = X^+ y at any scale of the start",
                   lambda view: [Check(view["beta"], "==", view["least_norm"])]),
        ),
    ),
)  # fmt: skip
"""Statements about solutions; nothing here decides the theorem."""
