"""False variants of what gradient flow on one leaky unit minimises."""

from __future__ import annotations

from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.hidden_linear import HIDDEN_LINEAR
from refutable.theorems.domains.hidden_linear.potential import potential
from refutable.theorems.instances import Instance
from refutable.theorems.papers.azulay_2021.leaky_claims import (
    FLOW,
    HEADLINE,
    UNSIGNED_FIT,
    active_rows_only,
)
from refutable.theorems.papers.azulay_2021.neuron_assumptions import (
    LINEAR_FIT,
    ONE_UNIT,
    POSITIVE_SLOPE,
    SAME_OUTPUTS,
    STEP_GIVEN,
)
from refutable.theorems.papers.azulay_2021.neuron_cases import BACK, at, leaky, rival, start
from refutable.theorems.papers.azulay_2021.neuron_claims import Function, minimises
from refutable.theorems.papers.azulay_2021.neuron_mutants import descent_conserves, start_ignored
from refutable.theorems.records import Mutant

BEHIND = leaky(BACK, "1/2")
"""Slope 1/2: a = 5/3, w = (-4/3, 1), theta = (-20/9, 5/3), f(1, 0) = -10/9."""
TURNED = at(start([-1], [[0, 1]], slope="1/2"), ["-5/3"], [["-4/3"]])
"""a = -5/3, w = (-4/3, 1), theta = (20/9, -5/3), f(1, 0) = 10/9."""
RECTIFIED = leaky(BACK, 0)
"""The same as BEHIND with slope 0: f(1, 0) = 0."""


def _least(
    id: str, statement: str, assumes: tuple[Assumption, ...], function: Function, why: str, killer: Instance
) -> Mutant:
    return Mutant(id, minimises(id, statement, assumes, function), why, killer)


def mutants() -> tuple[Mutant, ...]:
    """The record's mutants."""
    active = Claim(
        "active-data-only",
        HIDDEN_LINEAR,
        "a step of gradient descent moves w within the span of the data with w.x_n > 0",
        (ONE_UNIT, POSITIVE_SLOPE, STEP_GIVEN),
        active_rows_only,
    )
    return (
        _least(
            "sigma-not-inverted",
            "theta minimises q among all v with X v = f(X)",
            (*FLOW, LINEAR_FIT),
            potential,
            "where f(x) < 0 the predictor has theta.x = f(x)/slope",
            rival(BEHIND, "-10/9", 1),
        ),
        _least(
            "sign-not-used",
            "theta minimises q among all v with sigma(X v) = f(X), whatever the sign of a",
            (*FLOW, UNSIGNED_FIT),
            potential,
            "for a < 0 it is -sigma(-X v) = f(X): theta.x = 20/9 here, not 10/9",
            rival(TURNED, "10/9", -1),
        ),
        _least(
            "coefficient-1",
            "theta minimises q with the coefficient 1 of the start's term among all v with the network's outputs",
            HEADLINE,
            lambda view, v: potential(view, v, view.ops.ratio(1)),
            "its gradient at the start is not 0",
            rival(BEHIND, "-20/9", 1),
        ),
        _least(
            "start-ignored",
            "theta minimises q without the start's term among all v with the network's outputs",
            HEADLINE,
            start_ignored,
            "what no datum sees of the start stays",
            rival(BEHIND, "-20/9", 1),
        ),
        _least(
            "slope-0",
            "also for a slope 0, theta minimises q among all v with the network's outputs",
            tuple(a for a in (*FLOW, SAME_OUTPUTS) if a is not POSITIVE_SLOPE),
            potential,
            "sigma has no inverse: every v with v.x <= 0 puts out 0",
            rival(RECTIFIED, 0, 1),
        ),
        Mutant(
            "active-data-only",
            active,
            "a leaky unit learns from all data: sigma' is the slope, not 0, where w.x_n < 0",
            start([1], [[-1, 1]], labels=[1], slope="1/2", step_size=1),
        ),
        descent_conserves(
            (ONE_UNIT, POSITIVE_SLOPE, STEP_GIVEN), start([1], [[2, 1]], labels=[3], slope="1/2", step_size=1)
        ),
    )
