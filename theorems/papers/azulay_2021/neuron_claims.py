"""Statements shared by one hidden unit, several balanced ones, and leaky ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.constants import Adjustable, Constant, Values, multiple, ratio, tex
from refutable.theorems.domains.hidden_linear import HIDDEN_LINEAR
from refutable.theorems.domains.hidden_linear.network import state_imbalance, velocity
from refutable.theorems.domains.hidden_linear.potential import gradient, potential, radial
from refutable.theorems.flows import derivative_along
from refutable.theorems.papers.azulay_2021.neuron_assumptions import LINEAR
from refutable.theorems.views import View

Assumes = tuple[Assumption, ...]
Function = Callable[[View, Any], Any]
"""A function of a predictor: (view, v [d]) -> number."""


def minimises(id: str, statement: str, assumes: Assumes, function: Function, latex: str = "") -> Claim:
    """``function`` at the network's predictor is at most what it is at the rival."""
    return Claim(
        id,
        HIDDEN_LINEAR,
        statement,
        assumes,
        lambda view: [Check(function(view, view["predictor"]), "<=", function(view, view["rival"]))],
        latex,
    )


def adjustable(id: str, statement: str, assumes: Assumes, latex: str) -> Adjustable:
    """The headline with the coefficient of the start's term as a constant; ``{}`` in the texts is its value."""

    def at(values: Values) -> Claim:
        value = values["start_coefficient"]
        return minimises(
            id,
            statement.replace("{}", multiple(value)),
            assumes,
            lambda view, v: potential(view, v, ratio(view.ops, value)),
            latex.replace("{}", tex(value)),
        )

    return Adjustable({"start_coefficient": Constant(fmpq(3, 2), "the coefficient of <theta_0, v>/|a_0| in q")}, at)


def _moves_with_rows(view: View) -> Iterable[Check]:
    moving = derivative_along(view, lambda v: gradient(v, v["predictor"]), velocity(view))
    yield Check(moving, "==", view["rows_moving"] * view.ops.ratio(3, 2), "d/dt grad q(theta)")
    yield Check(view["start_gradient"], "==", 0, "grad q(theta_0)")


def _in_rows(view: View) -> Iterable[Check]:
    yield Check(view["gradient"], "==", view["rows_moved"] * view.ops.ratio(3, 2))


def stationary(assumes: Assumes) -> Claim:
    """grad q(theta) is the combination of data that the multipliers say."""
    return Claim(
        "gradient-in-row-span",
        HIDDEN_LINEAR,
        "at every time grad q(theta) = (3/2) X^T mu with mu = sum_i a_0i nu_i / |a_0|; one unit: mu = sign(a_0) nu",
        assumes,
        _in_rows,
        r"\nabla q(\theta(t)) = \tfrac32 X^\top \mu(t),\quad \mu = \tfrac{1}{\|a_0\|} \sum_i a_{0,i}\, \nu_i",
    )


def mirror_flow(assumes: Assumes) -> Claim:
    """The same as a derivative along the flow and a truth at the start."""
    return Claim(
        "mirror-flow",
        HIDDEN_LINEAR,
        "along the gradient flow d/dt grad q(theta) = (3/2) X^T dmu/dt, and grad q(theta) is 0 at the start",
        assumes,
        _moves_with_rows,
        r"\tfrac{d}{dt}\nabla q(\theta) = \tfrac32 X^\top \dot\mu,\quad \nabla q(\theta_0) = 0",
    )


def unique(assumes: Assumes) -> Claim:
    """Every other rival has a larger value."""
    return Claim(
        "unique",
        HIDDEN_LINEAR,
        "and q is strictly larger at every other v with these outputs: theta is the only minimiser",
        assumes,
        lambda view: [Check(view["potential"], "<", view["rival_potential"])],
        r"v \ne \theta \;\Rightarrow\; q(\theta) < q(v)",
    )


def _conserved(view: View) -> Iterable[Check]:
    yield Check(derivative_along(view, state_imbalance, velocity(view)), "==", 0)


def conserved(assumes: Assumes) -> Claim:
    """The imbalance stands still, at any state."""
    return Claim(
        "imbalance-stands-still",
        HIDDEN_LINEAR,
        "along the gradient flow the derivative of a a^T - W W^T is 0, at any state",
        assumes,
        _conserved,
        r"\tfrac{d}{dt}(a a^\top - W W^\top) = 0",
    )


def _slow(view: View) -> Iterable[Check]:
    speed = view.ops.sum(view["output_rate"] * view["output_rate"])
    yield Check(speed, "<=", view.ops.sum(view.ops.sum(view["hidden_rate"] * view["hidden_rate"])))


def sign_stays(assumes: Assumes) -> Claim:
    """|da/dt| <= |dw/dt| = |a| |X^T (r sigma')|."""
    return Claim(
        "sign-stays",
        HIDDEN_LINEAR,
        "along the flow |da/dt| <= |dw/dt| = |a| |X^T (r sigma')|: log |a| changes at a bounded rate, so that a does "
        "not reach 0",
        assumes,
        _slow,
        r"\delta \ge 0 \;\Rightarrow\; |\dot a| \le \|\dot w\| = |a|\,\|X^\top (r \odot \sigma')\|",
    )


def _warped(view: View) -> Iterable[Check]:
    ops, a, w = view.ops, view["output"], view["hidden"]
    moving = derivative_along(view, lambda v: v["predictor"], velocity(view))
    pulled = ops.matvec(ops.transpose(w), ops.matvec(w, view["fall"]))
    yield Check(moving, "==", -(view["fall"] * ops.sum(a * a) + pulled))


WARPED = Claim(
    "metric",
    HIDDEN_LINEAR,
    "linear units: dtheta/dt = -(|a|^2 I + W^T W) X^T r, at any state",
    (LINEAR,),
    _warped,
    r"\dot\theta = -(\|a\|^2 I + W^\top W)\, X^\top r",
)


def _radial(view: View) -> Iterable[Check]:
    ops, a, w = view.ops, view["output"], view["hidden"]
    square, hidden = ops.sum(a * a), ops.sum(ops.sum(w * w))
    here = ops.norm(a) * (hidden * 3 - square) * ops.ratio(1, 2)
    yield Check(radial(ops, view["predictor"], view["delta"]), "==", here)


def radial_part(assumes: Assumes) -> Claim:
    """The radial part of q in terms of the weights."""
    return Claim(
        "radial-part",
        HIDDEN_LINEAR,
        "the part of q that depends on |theta| alone is |a| (3 |W|^2 - |a|^2)/2",
        assumes,
        _radial,
        r"\hat q(\|\theta\|) = \tfrac12 \|a\| (3\|W\|_F^2 - \|a\|^2)",
    )


def _slope_of_q(view: View) -> Iterable[Check]:
    speed = velocity(view)
    moving = derivative_along(view, lambda v: potential(v, v["predictor"]), speed)
    theta = derivative_along(view, lambda v: v["predictor"], speed)
    yield Check(moving, "==", view.ops.sum(view["gradient"] * theta))


def gradient_formula(assumes: Assumes) -> Claim:
    """The formula of the gradient is that of q's derivative."""
    return Claim(
        "gradient-formula",
        HIDDEN_LINEAR,
        "dq(theta)/dt, through the formula of q, is <grad q(theta), dtheta/dt>",
        assumes,
        _slope_of_q,
        r"\tfrac{d}{dt} q(\theta) = \langle \nabla q(\theta), \dot\theta\rangle",
    )
