"""Steps of the proof: why the flow keeps the balance and the sign of determinants, and what a step of descent does."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.deep_linear_flow import DEEP_LINEAR_FLOW
from refutable.theorems.domains.deep_linear_flow.flow import exactly, squared_entries
from refutable.theorems.ops.exact import from_matrix
from refutable.theorems.papers.mulayoff_michaeli_2020.residual_assumptions import (
    BALANCED,
    IDENTITY_LAYERS,
    INVERTIBLE,
    balanced,
    commuting,
    same_gradients,
)
from refutable.theorems.views import View


def _one_matrix(view: View) -> Iterator[Check]:
    ops = view.ops
    pairs = pairwise(zip(view["layers"], view["gradients"], strict=True))
    for i, ((w, g), (v, h)) in enumerate(pairs, 1):
        yield Check(
            ops.matmul(ops.transpose(v), h),
            "==",
            ops.matmul(g, ops.transpose(w)),
            f"W_{i + 1}^T G_{i + 1} = G_{i} W_{i}^T",
        )


def _identity_start(view: View) -> Iterator[Check]:
    yield Check(view["product"], "==", view.ops.identity(view["product"]))
    yield from balanced(view)
    yield from same_gradients(view)


def _step_changes(view: View) -> Iterator[Check]:
    ops, square = view.ops, view["step_size"] * view["step_size"]
    for i, (g, h) in enumerate(pairwise(view["gradients"])):
        second = ops.matmul(ops.transpose(h), h) - ops.matmul(g, ops.transpose(g))
        change = view["next_imbalances"][i] - view["imbalances"][i]
        yield Check(change, "==", second * square, f"D_{i + 1}")


def _determinant_rate(view: View) -> Iterator[Check]:
    """Cauchy and Schwarz for tr(W_m^{-1} G_m) = kappa tr(A_{m-1}^T W_m^{-1} R), and the norm that it leaves."""
    first, last = exactly(view, view["layers"][0]), exactly(view, view["layers"][-1])
    whole, residual = exactly(view, view["product"]), exactly(view, view["residual"])
    inverse = last.inv()
    through = (inverse * whole).transpose() * inverse
    rate = (through * residual).table()
    trace = sum(rate[i][i] for i in range(len(rate)))
    gram, m = first.transpose() * first, len(view["layers"])
    power = (gram if m > 2 else gram.inv()) ** abs(m - 2)
    size = sum(power.table()[i][i] for i in range(len(rate)))
    squared = squared_entries(view.ops, view["residual"])
    yield Check(trace * trace, "<=", squared * size)
    yield Check(squared_entries(view.ops, from_matrix(through)), "==", size, "|A_{m-1}^T W_m^{-1}|^2")


def _along_the_flow(view: View) -> Iterator[Check]:
    yield Check(view["sharpness"], "==", view["flattest_sharpness"])


def stays_equal(view: View) -> Iterator[Check]:
    """Equal gradients, equal layers after a step, which commute with the target again, and are balanced."""
    first, *others = view["next_layers"]
    yield from same_gradients(view)
    for i, other in enumerate(others, 2):
        yield Check(other, "==", first, f"W_{i} = W_1 after the step")
    yield from commuting(view, first)
    for i, gap in enumerate(view["next_imbalances"], 1):
        yield Check(gap, "==", 0, f"D_{i} = 0 after the step")


LINKS = (
    Claim(
        "one-matrix",
        DEEP_LINEAR_FLOW,
        "W_{i+1}^T G_{i+1} = G_i W_i^T, at any layers and any target: both are kappa B_i^T R A_i^T",
        (),
        _one_matrix,
        r"W_{i+1}^\top G_{i+1} = G_i W_i^\top = \kappa B_i^\top R A_i^\top",
    ),
    Claim(
        "identity-start",
        DEEP_LINEAR_FLOW,
        "identity layers are balanced, whatever the target, and all gradients are equal there",
        (IDENTITY_LAYERS,),
        _identity_start,
        r"W_i = I \Rightarrow D_i = 0",
    ),
    Claim(
        "kernel-along-flow",
        DEEP_LINEAR_FLOW,
        "at balanced layers the largest eigenvalue of kappa J^T J is kappa m sigma^{2(1-1/m)}, sigma of the product",
        (BALANCED,),
        _along_the_flow,
        r"D = 0 \Rightarrow \lambda_{\max}(\kappa J^\top J) = \kappa\, m\, \sigma_{\max}(P)^{2(1-1/m)}",
    ),
    Claim(
        "step-changes-balance",
        DEEP_LINEAR_FLOW,
        "a step of gradient descent changes D_i by eta^2 (G_{i+1}^T G_{i+1} - G_i G_i^T), exactly",
        (),
        _step_changes,
        r"D_i^+ - D_i = \eta^2\left(G_{i+1}^\top G_{i+1} - G_i G_i^\top\right)",
    ),
    Claim(
        "determinant-rate",
        DEEP_LINEAR_FLOW,
        "at balanced invertible layers (d/dt log |det W_m|)^2 <= kappa^2 |R|_F^2 tr (W_1^T W_1)^{m-2}: no determinant "
        "reaches 0 in finite time while the layers stay bounded",
        (BALANCED, INVERTIBLE),
        _determinant_rate,
        r"\left(\tfrac{d}{dt}\log|\det W_m|\right)^2 \le \kappa^2 |R|_F^2 \operatorname{tr}(W_1^\top W_1)^{m-2}",
    ),
)
