"""One hidden linear unit: gradient flow minimises a function q of the predictor that its start determines."""

from __future__ import annotations

from flint import fmpq

from refutable.theorems.instances import Instance
from refutable.theorems.papers.azulay_2021.neuron_assumptions import CONSERVED, NONNEGATIVE, ONE_UNIT, OTHER
from refutable.theorems.papers.azulay_2021.neuron_cases import (
    BACK,
    DRIFTED,
    FLIPPED,
    MOVED,
    OFF,
    PAIR,
    leaky,
    rival,
    start,
    towards,
)
from refutable.theorems.papers.azulay_2021.neuron_claims import (
    WARPED,
    adjustable,
    conserved,
    gradient_formula,
    mirror_flow,
    radial_part,
    sign_stays,
    stationary,
    unique,
)
from refutable.theorems.papers.azulay_2021.neuron_forms import FORMS
from refutable.theorems.papers.azulay_2021.neuron_mutants import FLOW, HEADLINE, mutants
from refutable.theorems.papers.azulay_2021.neuron_solutions import gradient_at_a_time, imbalance_decoy, limit
from refutable.theorems.papers.azulay_2021.source import UNTRAINED, source
from refutable.theorems.records import Family, Necessity, Range, Theorem

ADJUSTABLE = adjustable(
    "init-shape-neuron",
    "the predictor theta = a w of one hidden linear unit on the gradient flow has q(theta) <= q(v) for every v with "
    "X v = f(X), where q(v) = sqrt(S + delta/2) (S - delta) - {} <theta_0, v>/|a_0| up to a constant that makes "
    "q(theta_0) = 0, S = sqrt(|v|^2 + delta^2/4), delta = a_0^2 - |w_0|^2",
    HEADLINE,
    r"q(a w) \le q(v) \text{ for } Xv = X a w,\quad q(v) = \sqrt{S + \tfrac\delta2}\,(S - \delta) - "
    r"{}\,\tfrac{\langle\theta_0, v\rangle}{|a_0|},\quad S = \sqrt{\|v\|^2 + \tfrac{\delta^2}{4}}",
)


def at_itself(share: fmpq, first: fmpq, second: fmpq) -> Instance:
    """A state on the flow's quadric with its own predictor as the rival."""
    state = towards(start([1], [[0, second]]), [share], [[first]])
    theta = state["output"][0] * state["hidden"][0]
    return rival(state, *theta)


AT_ITSELF = Family(
    "at-itself",
    {
        "share": Range(choices=(fmpq(1, 2), fmpq(1, 3), fmpq(3, 4))),
        "first": Range(choices=(fmpq(1), fmpq(-1), fmpq(2))),
        "second": Range(choices=(fmpq(1), fmpq(1, 2), fmpq(3, 4))),
    },
    at_itself,
    "equality",
    meaning="the rival is theta itself, after some time from a = 1, w = (0, s)",
)

HALF = leaky(BACK, "1/2")

NECESSITY = (
    Necessity("one-hidden-unit", rival(PAIR, "15/8", "11/8"), "two units that are not balanced: theta = (15/8, 5/4)"),
    Necessity("linear", rival(HALF, "-10/9", 1), "slope 1/2: the output -10/9 is not that of theta = (-20/9, 5/3)"),
    Necessity("imbalance-conserved", rival(DRIFTED, "8/3", "7/4"), "a = 2 instead of 5/3: theta = (8/3, 2)"),
    Necessity("moved-in-row-span", rival(OFF, 0, 2), "a = 2, w = (0, 2): w moved where no datum sees it"),
    Necessity(
        "direction-kept",
        rival(FLIPPED, 1, 0),
        "delta = -1, where a may change its sign: w - w_0 is in the span of the data, sign(a) w - sign(a_0) w_0 is not",
    ),
    Necessity("linear-fit", rival(MOVED, 0, 0), "v = 0 has other outputs"),
    Necessity(
        "imbalance-nonnegative",
        start([0], [[1, 0]], labels=[1]),
        "delta = -1: a passes 0 with speed 1 while w stands still",
        "sign-stays",
    ),
    Necessity("another-predictor", AT_ITSELF, "theta itself has the same value", "unique"),
)

INIT_SHAPE_NEURON = Theorem(
    id="init-shape-neuron",
    title="One hidden linear unit: what gradient flow minimises interpolates between l2 norms",
    source=source(
        "Theorem 6.1 (numbering of the authors' code)",
        "the formula of q is that of the authors' public experiment code; the paper's text was not read; "
        "re-derived here",
    ),
    status="recalled",
    claims=(ADJUSTABLE.claim, stationary(FLOW), mirror_flow(FLOW), unique((*HEADLINE, OTHER))),
    links=(
        conserved((ONE_UNIT,)),
        sign_stays((ONE_UNIT, CONSERVED, NONNEGATIVE)),
        WARPED,
        radial_part(FLOW),
        gradient_formula(FLOW),
    ),
    adjustable=ADJUSTABLE,
    right_side="q(v)",
    equality=(AT_ITSELF,),
    mutants=mutants(),
    necessity=NECESSITY,
    closed_forms=FORMS,
    integrated=(gradient_at_a_time(FLOW, imbalance_decoy(FLOW)), limit(FLOW)),
    evidence={
        **UNTRAINED,
        "swept": "a state must be exactly on the flow's quadric: states are decided one at a time",
    },
    notes=(
        "f(x) = a <w, x>, squared loss, gradient flow. The theorem is about the limit, X theta = y; what is checked "
        "holds at every time, with f(X) for y: theta(t) minimises q among the predictors with its outputs. It follows "
        "from two facts about the flow, each decided without a solver: a^2 - |w|^2 stands still, and w - w_0 = X^T nu. "
        "States are rational points with both properties. The theorem assumes delta >= 0; what is used is that a keeps "
        "its sign, which the link sign-stays gives for delta >= 0. For delta < 0 it can change (in about a third "
        "of random runs with delta = -0.91), and only then the gradient leaves the span of the data. theta_0 = 0 is "
        "allowed where delta > 0: then q has no start's term. That the flow reaches zero loss is a hypothesis, seen in "
        "the solutions integrated. The limits of q for delta = 0 (|v|^{3/2}; for a vanishing start the least norm) and "
        "for delta -> infinity (the squared distance to theta_0) are closed forms."
    ),
)
