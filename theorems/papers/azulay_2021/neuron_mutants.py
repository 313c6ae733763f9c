"""False variants of what gradient flow on one hidden linear unit minimises."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.hidden_linear import HIDDEN_LINEAR
from refutable.theorems.domains.hidden_linear.network import imbalance
from refutable.theorems.domains.hidden_linear.potential import (
    gradient,
    potential,
    radial,
    radial_gradient,
    with_imbalance,
)
from refutable.theorems.instances import Instance
from refutable.theorems.papers.azulay_2021.neuron_assumptions import (
    CONSERVED,
    KEPT,
    LINEAR,
    LINEAR_FIT,
    ONE_UNIT,
    REACHED,
    STEP_GIVEN,
)
from refutable.theorems.papers.azulay_2021.neuron_cases import MOVED, at, rival, start
from refutable.theorems.papers.azulay_2021.neuron_claims import Function, minimises
from refutable.theorems.records import Mutant
from refutable.theorems.views import View

FLOW = (ONE_UNIT, LINEAR, CONSERVED, REACHED, KEPT)
HEADLINE = (*FLOW, LINEAR_FIT)

WIDE = at(start([2], [[0, 1]]), ["5/2"], [["3/2"]])
"""delta = 3: a = 2, w = (0, 1); then a = 5/2, w = (3/2, 1), theta = (15/4, 5/2)."""
WIDER = at(start([2], [[0, 1]]), ["10/3"], [["8/3"]])
"""Further on: a = 10/3, w = (8/3, 1), theta = (80/9, 10/3)."""
TURNED = at(start([-1], [[0, 1]]), ["-5/3"], [["4/3"]])
"""The same as MOVED for a < 0."""


def imbalance_ignored(view: View, v: Any) -> Any:
    """q with delta = 0."""
    return with_imbalance(view, v, view["delta"] * 0)


def start_ignored(view: View, v: Any) -> Any:
    """q without the start's term."""
    return radial(view.ops, v, view["delta"])


def whole_imbalance(view: View, v: Any) -> Any:
    """q with delta where delta/2 stands."""
    return with_imbalance(view, v, view["delta"] * 2)


def squared(view: View, v: Any) -> Any:
    """|v|^2."""
    return view.ops.sum(v * v)


def squared_distance(view: View, v: Any) -> Any:
    """|v - theta_0|^2."""
    return squared(view, v - view["start_predictor"])


def _least(id: str, statement: str, function: Function, why: str, killer: Instance) -> Mutant:
    claim = minimises(
        id, f"among all v with X v = f(X) the network's predictor minimises {statement}", HEADLINE, function
    )
    return Mutant(id, claim, why, killer)


def _descent_conserves(view: View) -> Iterable[Check]:
    after = imbalance(view.ops, view["next_output"], view["next_hidden"])
    yield Check(after, "==", view["imbalance"])


def _unsigned(view: View) -> Iterable[Check]:
    moved = view.ops.matvec(view.ops.transpose(view["inputs"]), view["multipliers"][..., 0, :])
    yield Check(view["gradient"], "==", moved * view.ops.ratio(3, 2))


def gradient_imbalance_ignored(view: View) -> Any:
    """Its gradient at theta with delta := 0."""
    ops, begin, nothing = view.ops, view["start_predictor"], view["delta"] * 0
    pull = radial_gradient(ops, begin, nothing)
    return radial_gradient(ops, view["predictor"], nothing) - pull


def gradient_start_ignored(view: View) -> Any:
    """The gradient at theta without the start's term."""
    return radial_gradient(view.ops, view["predictor"], view["delta"])


def gradient_coefficient(view: View, value: fmpq) -> Any:
    """The gradient at theta with another coefficient of the start's term."""
    return gradient(view, view["predictor"], view.ops.ratio(int(value.p), int(value.q)))


def coefficient_claim(value: fmpq, id: str) -> Mutant:
    """The headline with a whole coefficient of the start's term."""
    return _least(
        id,
        f"q with the coefficient {value} of the start's term",
        lambda view, v: potential(view, v, view.ops.ratio(int(value.p), int(value.q))),
        "its gradient at the start is not 0, and it keeps that part off the span of the data",
        KILLERS[id],
    )


KILLERS = {
    "coefficient-1": rival(MOVED, "20/9", 1),
    "coefficient-2": rival(MOVED, "20/9", 2),
}


def descent_conserves(assumes: tuple[Assumption, ...], killer: Instance) -> Mutant:
    """A step of gradient descent keeps the imbalance."""
    claim = Claim(
        "descent-conserves",
        HIDDEN_LINEAR,
        "a step of gradient descent keeps a^2 - |w|^2, as the flow does",
        assumes,
        _descent_conserves,
    )
    why = "it changes by step size^2 times the imbalance of the gradient: from -4 to -1"
    return Mutant("descent-conserves", claim, why, killer)


def mutants() -> tuple[Mutant, ...]:
    """The record's mutants."""
    unsigned = Claim(
        "sign-forgotten",
        HIDDEN_LINEAR,
        "at every time grad q(theta) = (3/2) X^T nu, whatever the sign of a",
        FLOW,
        _unsigned,
    )
    return (
        coefficient_claim(fmpq(1), "coefficient-1"),
        coefficient_claim(fmpq(2), "coefficient-2"),
        _least(
            "imbalance-ignored",
            "q with delta = 0",
            imbalance_ignored,
            "delta is conserved, 3 here: its part of q does not vanish",
            rival(WIDE, "15/4", 3),
        ),
        _least(
            "whole-imbalance",
            "q with delta where delta/2 stands",
            whole_imbalance,
            "a^2 is S + delta/2",
            rival(WIDER, "80/9", 3),
        ),
        _least(
            "start-ignored",
            "q without the start's term",
            start_ignored,
            "what no datum sees of the start stays",
            rival(MOVED, "20/9", 1),
        ),
        _least("least-norm", "|v|", squared, "the start is not small", rival(MOVED, "20/9", 1)),
        _least(
            "nearest-to-start",
            "|v - theta_0|",
            squared_distance,
            "that is the limit of large imbalance: here it is 0",
            rival(MOVED, "20/9", 1),
        ),
        Mutant(
            "sign-forgotten",
            unsigned,
            "for a < 0 the predictor moves against nu",
            TURNED,
        ),
        descent_conserves((ONE_UNIT, LINEAR, STEP_GIVEN), start([1], [[2, 1]], labels=[3], step_size=1)),
    )
