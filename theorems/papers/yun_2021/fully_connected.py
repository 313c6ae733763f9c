"""What fully connected linear networks keep of their start, and how far from the least norm it leaves them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.matrix_regression import MATRIX_REGRESSION
from refutable.theorems.flows import derivative_along
from refutable.theorems.papers.yun_2021 import (
    fully_connected_forms,
    fully_connected_integrated,
    fully_connected_mutants,
)
from refutable.theorems.papers.yun_2021.fully_connected_assumptions import DOMINATED, INTERPOLATING, ROW_SPACE_KEPT
from refutable.theorems.papers.yun_2021.fully_connected_cases import (
    ATTAINED,
    LATER_LARGER,
    NOT_FITTED,
    OFF_ROW_SPACE,
)
from refutable.theorems.papers.yun_2021.source import source
from refutable.theorems.records import Evidence, Necessity, Theorem
from refutable.theorems.views import View


def _step(view: View) -> Iterable[Check]:
    ops, p, after = view.ops, view["projection"], view["after"]
    kept = ops.matmul(p, view["first"])
    yield Check(ops.matmul(p, after["first"]), "==", kept, "P W_1 after the step, and before it")
    yield Check(ops.matvec(p, after["beta"]), "==", ops.matvec(kept, after["later"]), "P beta after the step")


def _balance(layer: int) -> Callable[[View], Any]:
    return lambda view: view["balances"][layer]


def _balances_kept(view: View) -> Iterable[Check]:
    for layer in range(view["depth"] - 1):
        rate = derivative_along(view, _balance(layer), view["velocity"])
        yield Check(rate, "==", 0, f"layer {layer + 1}")


def _first_layer_kept(view: View) -> Iterable[Check]:
    p = view["projection"]
    yield Check(view.ops.matmul(p, view["velocity"]["first"]), "==", 0, "P dW_1/dt")


def _later_norm(view: View) -> Iterable[Check]:
    later, ops = view["later"], view.ops
    # Both sides to the power L: |later|^{2 L} <= |beta|^{2 L - 2}.
    left, right = ops.sum(later * later), view["squared_norm"]
    yield Check(left ** view["depth"], "<=", right ** (view["depth"] - 1))


def _second_order(view: View) -> Iterable[Check]:
    ops, g = view.ops, view["gradients"]
    eta = view["step_size"]
    slopes = [g["first"], *([g["middle"]] if view.has("middle") else []), g["last"][..., :, None]]
    for layer, (now, then) in enumerate(zip(view["balances"], view["after"]["balances"], strict=True)):
        before, behind = slopes[layer], slopes[layer + 1]
        change = ops.matmul(ops.transpose(before), before) - ops.matmul(behind, ops.transpose(behind))
        yield Check(then, "==", now + change * (eta * eta), f"layer {layer + 1}")


DISTANCE = Claim(
    "distance-to-least-norm",
    MATRIX_REGRESSION,
    "an interpolating network that training reached is at most |P W_1(0)| |W_2| ... |w_L| from the interpolator of "
    "least norm (squares are compared): the smaller the start, the nearer",
    (ROW_SPACE_KEPT, INTERPOLATING),
    lambda view: [Check(view["squared_distance"], "<=", view["distance_bound"])],
    r"X\beta = y \Rightarrow \|\beta - X^+y\| \le \|P W_1(0)\| \|W_2\| \cdots \|w_L\|, \quad P = I - X^+X",
)
KERNEL_PART = Claim(
    "kernel-part",
    MATRIX_REGRESSION,
    "at every state that training reaches P beta = P W_1(0) W_2 ... w_L",
    (ROW_SPACE_KEPT,),
    lambda view: [Check(view["kernel_part"], "==", view["carried"])],
    r"P\beta(t) = P W_1(0) W_2(t) \cdots w_L(t)",
)
STEP = Claim(
    "step-keeps",
    MATRIX_REGRESSION,
    "a step of gradient descent of any size, on any batch or weights of the data, keeps P W_1, so that P beta is "
    "P W_1 times the later layers after it",
    (),
    _step,
    r"P W_1^+ = P W_1, \quad P\beta^+ = P W_1 W_2^+ \cdots w_L^+",
)
BALANCES = Claim(
    "balances-conserved",
    MATRIX_REGRESSION,
    "gradient flow conserves W_l^T W_l - W_{l+1} W_{l+1}^T for every l < L",
    (),
    _balances_kept,
    r"\tfrac{d}{dt}\bigl(W_l^\top W_l - W_{l+1} W_{l+1}^\top\bigr) = 0",
)
NORM_BOUND = Claim(
    "distance-by-own-norm",
    MATRIX_REGRESSION,
    "if moreover every layer dominates the next one, |beta - X^+ y| is at most |P W_1(0)| |beta|^{1 - 1/L} (powers 2 L "
    "are compared)",
    (ROW_SPACE_KEPT, INTERPOLATING, DOMINATED),
    lambda view: [Check(view["squared_distance"] ** view["depth"], "<=", view["norm_bound_power"])],
    r"W_l^\top W_l \succeq W_{l+1} W_{l+1}^\top \Rightarrow \|\beta - X^+y\| \le \|P W_1(0)\| \|\beta\|^{1 - 1/L}",
)

LINKS = (
    Claim(
        "distance-is-kernel-part",
        MATRIX_REGRESSION,
        "an interpolating network differs from the interpolator of least norm by P beta",
        (INTERPOLATING,),
        lambda view: [Check(view["beta"] - view["least_norm"], "==", view["kernel_part"])],
        r"X\beta = y \Rightarrow \beta - X^+y = P\beta",
    ),
    Claim(
        "first-layer-kept",
        MATRIX_REGRESSION,
        "gradient flow keeps P W_1",
        (),
        _first_layer_kept,
        r"P \dot W_1 = 0",
    ),
    Claim(
        "later-layers-small",
        MATRIX_REGRESSION,
        "where every layer dominates the next one, |W_2 ... w_L| is at most |beta|^{1 - 1/L}",
        (DOMINATED,),
        _later_norm,
        r"\|W_2 \cdots w_L\| \le \|\beta\|^{1 - 1/L}",
    ),
    Claim(
        "descent-second-order",
        MATRIX_REGRESSION,
        "a step of gradient descent changes W_l^T W_l - W_{l+1} W_{l+1}^T by eta^2 (G_l^T G_l - G_{l+1} G_{l+1}^T), "
        "G_l the gradient in W_l",
        (),
        _second_order,
        r"(W_l^\top W_l - W_{l+1}W_{l+1}^\top)^+ = W_l^\top W_l - W_{l+1}W_{l+1}^\top + \eta^2 "
        r"(G_l^\top G_l - G_{l+1}G_{l+1}^\top)",
    ),
)

NECESSITY = (
    Necessity("row-space-kept", OFF_ROW_SPACE, "W_1 moved where no datum is: no training does that"),
    Necessity("interpolating", NOT_FITTED, "beta = (4, 2) and the label -5: the prediction is off too"),
    Necessity(
        "layers-dominated", LATER_LARGER, "the last layer is 4, the first one sqrt 2", "distance-by-own-norm"
    ),
)  # fmt: skip
_NO_TRAINING = "it is about every state that training passes; runs are tried state by state"
EVIDENCE: dict[Evidence, str] = {
    "trained-relabelled": _NO_TRAINING,
    "trained-converged": _NO_TRAINING,
    "swept": "W_1 - W_1(0) lies exactly in the row space of X, which rows of floats miss",
}

FULLY_CONNECTED_REGRESSION = Theorem(
    id="fully-connected-regression",
    title="Small starts bring fully connected linear networks near the least norm",
    source=source(
        "regression with fully connected networks (theorem number uncertain)",
        "recalled, not read: that gradient flow from W_l(0) = alpha V_l with V_l^T V_l - V_{l+1} V_{l+1}^T positive "
        "semidefinite converges, to the interpolator of least norm as alpha -> 0. What is checked was derived here",
    ),
    status="recalled",
    claims=(DISTANCE, KERNEL_PART, STEP, BALANCES, NORM_BOUND),
    links=LINKS,
    right_side="|P W_1(0)|^2 |W_2|^2 ... |w_L|^2",
    equality=(ATTAINED,),
    mutants=fully_connected_mutants.MUTANTS,
    necessity=NECESSITY,
    closed_forms=fully_connected_forms.CLOSED_FORMS,
    integrated=fully_connected_integrated.INTEGRATED,
    evidence=EVIDENCE,
    notes=(
        "The paper's limit alpha -> 0 is not decided; what is, holds at every scale and time. The gradient in W_1 is "
        "X^T times something, for any loss of the residuals and any batch, so P W_1 never moves; W_1(0) = alpha V_1 "
        "makes the bound proportional to alpha. Balances are the flow's alone: a step of gradient descent changes them "
        "to second order. Where they are positive semidefinite at the start, the flow keeps them so, later layers are "
        "at most |beta|^{1 - 1/L} together (own), and |beta - X^+ y| <= alpha |P V_1| |beta|^{1 - 1/L}. With |beta|^2 "
        "= |X^+ y|^2 + |beta - X^+ y|^2 that bounds the distance by the data and the start alone. That the flow "
        "converges (the paper asks for a margin lambda I beyond semidefinite in the last balance) is not checked. "
        "Two and three layers of one width."
    ),
)
"""The record."""
