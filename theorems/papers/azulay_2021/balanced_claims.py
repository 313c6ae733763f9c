"""What balanced linear units minimise, |v|^{3/2} with a term of the start, and the steps of its proof."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.hidden_linear import HIDDEN_LINEAR
from refutable.theorems.domains.hidden_linear.network import outer, velocity
from refutable.theorems.flows import derivative_along
from refutable.theorems.ops import Ops
from refutable.theorems.papers.azulay_2021.neuron_assumptions import (
    BALANCED,
    CONSERVED,
    KEPT,
    LINEAR,
    LINEAR_FIT,
    NONZERO,
    OTHER,
    REACHED,
)
from refutable.theorems.views import View

FLOW = (LINEAR, BALANCED, CONSERVED, REACHED, KEPT, NONZERO)
HEADLINE = (*FLOW, LINEAR_FIT)


def three_halves(ops: Ops, v: Any) -> Any:
    """|v|^{3/2}."""
    size = ops.norm(v)
    return size * ops.sqrt(size)


def balanced_potential(view: View, v: Any, coefficient: Any) -> Any:
    """|v|^{3/2} - c <theta_0, v>/|theta_0|^{1/2}, less its value at theta_0."""
    ops, begin = view.ops, view["start_predictor"]
    pull = ops.sum(begin * (v - begin)) / ops.sqrt(ops.norm(begin))
    return three_halves(ops, v) - three_halves(ops, begin) - pull * coefficient


def balanced_gradient(view: View, v: Any) -> Any:
    """Its gradient at v with c = 3/2: (3/2) (v/|v|^{1/2} - theta_0/|theta_0|^{1/2})."""
    ops, begin = view.ops, view["start_predictor"]
    here, before = (ops.spread(ops.sqrt(ops.norm(u))) for u in (v, begin))
    return (v / here - begin / before) * ops.ratio(3, 2)


def gradient(view: View) -> Any:
    """The gradient at theta."""
    return balanced_gradient(view, view["predictor"])


def _moves(view: View) -> Iterable[Check]:
    moving = derivative_along(view, gradient, velocity(view))
    yield Check(moving, "==", view["rows_moving"] * view.ops.ratio(3, 2), "d/dt of the gradient")
    yield Check(balanced_gradient(view, view["start_predictor"]), "==", 0, "the gradient at theta_0")


def _in_rows(view: View) -> Iterable[Check]:
    yield Check(gradient(view), "==", view["rows_moved"] * view.ops.ratio(3, 2))


IN_ROWS = Claim(
    "gradient-in-row-span",
    HIDDEN_LINEAR,
    "at every time its gradient at theta is (3/2) X^T mu with mu = sum_i a_0i nu_i / |a_0|",
    FLOW,
    _in_rows,
    r"\tfrac32\left(\|\theta\|^{-1/2}\theta - \|\theta_0\|^{-1/2}\theta_0\right) = \tfrac32 X^\top \mu(t)",
)
MIRROR = Claim(
    "mirror-flow",
    HIDDEN_LINEAR,
    "along the gradient flow the derivative of that gradient is (3/2) X^T dmu/dt; at the start it is 0",
    FLOW,
    _moves,
    r"\tfrac{d}{dt}\left(\|\theta\|^{-1/2}\theta\right) = X^\top \dot\mu",
)


def _larger(view: View) -> Iterable[Check]:
    value = view.ops.ratio(3, 2)
    here, there = (balanced_potential(view, view[name], value) for name in ("predictor", "rival"))
    yield Check(here, "<", there)


UNIQUE = Claim(
    "unique",
    HIDDEN_LINEAR,
    "and h is strictly larger at every other v with these outputs: theta is the only minimiser",
    (*HEADLINE, OTHER),
    _larger,
    r"v \ne \theta,\; Xv = X\theta \;\Rightarrow\; h(\theta) < h(v)",
)


def _rank_one(view: View) -> Iterable[Check]:
    ops, a = view.ops, view["output"]
    yield Check(view["hidden"] * ops.sum(a * a), "==", outer(a, view["predictor"]))


def _parallel(view: View) -> Iterable[Check]:
    ops, a, moving = view.ops, view["output"], view["output_rate"]
    along = ops.sum(a * moving)
    square, speed = ops.sum(a * a), ops.sum(moving * moving)
    yield Check(speed * square, "==", along * along, "da/dt is a multiple of a")
    yield Check(speed, "<=", square * ops.sum(view["fall"] * view["fall"]), "|da/dt| <= |a| |X^T r|")


BALANCE = (LINEAR, BALANCED, CONSERVED)
LINKS = (
    Claim(
        "rank-one",
        HIDDEN_LINEAR,
        "balanced weights are W = a u^T with |u| = 1: |a|^2 W = a theta^T",
        BALANCE,
        _rank_one,
        r"a a^\top = W W^\top \;\Rightarrow\; \|a\|^2 W = a\,\theta^\top",
    ),
    Claim(
        "direction-stays",
        HIDDEN_LINEAR,
        "there da/dt is a multiple of a, and |da/dt| <= |a| |X^T r|: a keeps its direction and does not reach 0",
        BALANCE,
        _parallel,
        r"\dot a \parallel a,\quad \|\dot a\| \le \|a\|\,\|X^\top r\|",
    ),
)
