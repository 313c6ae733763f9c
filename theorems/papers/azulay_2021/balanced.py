"""Several hidden linear units with a balanced start: gradient flow minimises |v|^{3/2} with a term of the start."""

from __future__ import annotations

from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.claims import Claim
from refutable.theorems.constants import Adjustable, Constant, Values, multiple, ratio, tex
from refutable.theorems.instances import Instance
from refutable.theorems.papers.azulay_2021.balanced_claims import (
    FLOW,
    HEADLINE,
    IN_ROWS,
    LINKS,
    MIRROR,
    UNIQUE,
    balanced_potential,
)
from refutable.theorems.papers.azulay_2021.balanced_mutants import TWO, mutants
from refutable.theorems.papers.azulay_2021.neuron_assumptions import LINEAR
from refutable.theorems.papers.azulay_2021.neuron_cases import BACK, DRIFTED, OFF, ONE, at, leaky, rival, start, towards
from refutable.theorems.papers.azulay_2021.neuron_claims import WARPED, conserved, minimises
from refutable.theorems.papers.azulay_2021.neuron_forms import BALANCED_FORM, SMALL_START, conserved_form
from refutable.theorems.papers.azulay_2021.neuron_mutants import WIDE
from refutable.theorems.papers.azulay_2021.neuron_solutions import gradient_at_a_time, limit
from refutable.theorems.papers.azulay_2021.source import UNTRAINED, source
from refutable.theorems.records import Family, Necessity, Range, Theorem

STATEMENT = (
    "the predictor theta = W^T a of balanced linear units on the gradient flow has h(theta) <= h(v) for every v with "
    "X v = f(X), where h(v) = |v|^(3/2) - {} <theta_0, v>/|theta_0|^(1/2) up to a constant that makes h(theta_0) = 0"
)
LATEX = (
    r"\theta = W^\top a = \operatorname{argmin}_{Xv = X\theta} \; \|v\|^{3/2} - {}\, "
    r"\|\theta_0\|^{-1/2} \langle\theta_0, v\rangle,"
    r"\quad a_0 a_0^\top = W_0 W_0^\top"
)


def _headline(values: Values) -> Claim:
    value = values["start_coefficient"]
    return minimises(
        "init-shape-balanced",
        STATEMENT.replace("{}", multiple(value)),
        HEADLINE,
        lambda view, v: balanced_potential(view, v, ratio(view.ops, value)),
        LATEX.replace("{}", tex(value)),
    )


ADJUSTABLE = Adjustable(
    {"start_coefficient": Constant(fmpq(3, 2), "the coefficient of <theta_0, v>/|theta_0|^(1/2)")}, _headline
)


def at_itself(units: int, share: fmpq, unit: tuple[int, int]) -> Instance:
    """Units a_0 = (1, 2, ...) with W_0 = a_0 u^T, after some time, with theta as the rival."""
    output = [i + 1 for i in range(int(units))]
    direction = [fmpq(unit[0], 5), fmpq(unit[1], 5)]
    begin = start(output, [[a * u for u in direction] for a in output])
    state = towards(begin, [a * share for a in output], [[a] for a in output])
    theta: Any = np.array(state["output"]) @ np.array(state["hidden"])
    return rival(state, *theta)


AT_ITSELF = Family(
    "at-itself",
    {
        "units": Range(1, 3),
        "share": Range(choices=(fmpq(1, 2), fmpq(1, 3), fmpq(3, 4))),
        "unit": Range(choices=((0, 5), (3, 4), (-3, 4))),
    },
    at_itself,
    "equality",
    meaning="the rival is theta itself, after some time from a = (1, ..., m), W = a u^T",
)

TURNED = at(ONE, ["-5/3"], [["4/3"]])
HALF = leaky(BACK, "1/2")

NECESSITY = (
    Necessity("balanced-start", rival(WIDE, "15/4", 3), "delta = 3: theta = (15/4, 5/2)"),
    Necessity("linear", rival(HALF, "-10/9", 1), "slope 1/2: the output -10/9 is not that of theta = (-20/9, 5/3)"),
    Necessity("imbalance-conserved", rival(DRIFTED, "8/3", "7/4"), "a = 2 instead of 5/3: theta = (8/3, 2)"),
    Necessity("moved-in-row-span", rival(OFF, 0, 2), "a = 2, w = (0, 2): w moved where no datum sees it"),
    Necessity("direction-kept", rival(TURNED, "-20/9", 1), "a changed its sign: theta = -(20/9, 5/3)"),
    Necessity("predictors-nonzero", None, "at theta_0 = 0 the start's term is not defined, and nothing ever moves"),
    Necessity("another-predictor", AT_ITSELF, "theta itself has the same value", "unique"),
    Necessity("linear-fit", rival(TWO, 0, 5), "v = (0, 5) = theta_0 has other outputs"),
)

INIT_SHAPE_BALANCED = Theorem(
    id="init-shape-balanced",
    title="Several hidden linear units with a balanced start: |v|^{3/2} and a term of the start",
    source=source(
        "Proposition 1 (number from a restatement)",
        "content from a restatement in JMLR 23 (2022) 21-1011, which prints the coefficient 1 for the start's term; "
        "3/2 is what holds, re-derived here; what the original prints was not seen",
    ),
    status="recalled",
    claims=(ADJUSTABLE.claim, IN_ROWS, MIRROR, UNIQUE),
    links=(conserved((LINEAR,)), *LINKS, WARPED),
    adjustable=ADJUSTABLE,
    right_side="h(v)",
    equality=(AT_ITSELF,),
    mutants=mutants(),
    necessity=NECESSITY,
    closed_forms=(BALANCED_FORM, SMALL_START, conserved_form(2)),
    integrated=(gradient_at_a_time(FLOW), limit(FLOW)),
    evidence={
        **UNTRAINED,
        "swept": "a state must be exactly on the flow's quadric: states are decided one at a time",
    },
    notes=(
        "f(x) = a^T W x with any number of hidden units, squared loss, gradient flow from a_0 a_0^T = W_0 W_0^T, which "
        "forces W_0 = a_0 u^T with |u| = 1: rank one. The flow keeps the balance and the direction of a (links), so "
        "that theta moves as for one unit with delta = 0 and output weight |a|. The coefficient is forced at the "
        "start: the gradient of |v|^{3/2} at theta_0 is (3/2) theta_0/|theta_0|^{1/2}. Checked at every time, with "
        "f(X) for y. Units that are not balanced have multipliers of their own, and the sum of their functions q is "
        "none for theta: see the mutant shared-multipliers, and one-hidden-unit of init-shape-neuron."
    ),
)
