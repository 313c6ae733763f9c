"""One leaky hidden unit: the same function q, and constraints that sigma's inverse makes linear."""

from __future__ import annotations

from flint import fmpq

from refutable.theorems.instances import Instance
from refutable.theorems.papers.azulay_2021.leaky_claims import CONSTRAINT, DESCENT, FLOW, FORM, HEADLINE
from refutable.theorems.papers.azulay_2021.leaky_mutants import BEHIND, RECTIFIED, mutants
from refutable.theorems.papers.azulay_2021.neuron_assumptions import (
    CONSERVED,
    NONNEGATIVE,
    ONE_UNIT,
    OTHER,
)
from refutable.theorems.papers.azulay_2021.neuron_cases import (
    DRIFTED,
    FLIPPED,
    OFF,
    PAIR,
    leaky,
    rival,
    start,
    towards,
)
from refutable.theorems.papers.azulay_2021.neuron_claims import (
    adjustable,
    conserved,
    gradient_formula,
    mirror_flow,
    sign_stays,
    stationary,
    unique,
)
from refutable.theorems.papers.azulay_2021.neuron_forms import FORMS
from refutable.theorems.papers.azulay_2021.neuron_solutions import gradient_at_a_time, imbalance_decoy, limit
from refutable.theorems.papers.azulay_2021.source import UNTRAINED, source
from refutable.theorems.records import Family, Necessity, Range, Theorem

ADJUSTABLE = adjustable(
    "init-shape-leaky",
    "the predictor theta = a w of one leaky unit f(x) = a sigma(<w, x>) on the gradient flow has q(theta) <= q(v) for "
    "every v with s sigma(s X v) = f(X), s the sign of a: the linear constraints X v = sigma^{-1}(f(X)) for a > 0; "
    "q(v) = sqrt(S + delta/2) (S - delta) - {} <theta_0, v>/|a_0| up to a constant that makes q(theta_0) = 0, "
    "S = sqrt(|v|^2 + delta^2/4), delta = a_0^2 - |w_0|^2",
    HEADLINE,
    r"q(a w) \le q(v) \text{ for } s\,\sigma(s\,Xv) = f(X),\quad q(v) = \sqrt{S + \tfrac\delta2}\,(S - \delta) - "
    r"{}\,\tfrac{\langle\theta_0, v\rangle}{|a_0|}",
)


def at_itself(slope: fmpq, share: fmpq, first: fmpq) -> Instance:
    """A state on the flow's quadric with its own predictor as the rival."""
    state = towards(start([1], [[0, 1]], slope=slope, step_size=1), [share], [[first]])
    return rival(state, *(state["output"][0] * state["hidden"][0]))


AT_ITSELF = Family(
    "at-itself",
    {
        "slope": Range(choices=(fmpq(1, 2), fmpq(1, 4), fmpq(1, 10))),
        "share": Range(choices=(fmpq(1, 2), fmpq(1, 3), fmpq(3, 4))),
        "first": Range(choices=(fmpq(1), fmpq(-1), fmpq(2))),
    },
    at_itself,
    "equality",
    meaning="the rival is theta itself, after some time from a = 1, w = (0, 1)",
)

NECESSITY = (
    Necessity(
        "one-hidden-unit",
        rival(leaky(PAIR, "1/2"), "15/8", "11/8"),
        "two units that are not balanced: theta = (15/8, 5/4)",
    ),
    Necessity("positive-slope", rival(RECTIFIED, 0, 1), "slope 0: every v with v.x <= 0 puts out 0, as the network"),
    Necessity(
        "imbalance-conserved", rival(leaky(DRIFTED, "1/2"), "8/3", "7/4"), "a = 2 instead of 5/3: theta = (8/3, 2)"
    ),
    Necessity("moved-in-row-span", rival(leaky(OFF, "1/2"), 0, 2), "a = 2, w = (0, 2): w moved where no datum sees it"),
    Necessity(
        "direction-kept", rival(leaky(FLIPPED, "1/2"), 1, 0), "delta = -1, where a may change its sign: theta = (1, -1)"
    ),
    Necessity("same-outputs", rival(BEHIND, 0, 1), "v = (0, 1) has the output 0 instead of -10/9"),
    Necessity("another-predictor", AT_ITSELF, "theta itself has the same value", "unique"),
    Necessity(
        "imbalance-nonnegative",
        start([0], [[1, 0]], labels=[1], slope="1/2"),
        "delta = -1: a passes 0 with speed 1 while w stands still",
        "sign-stays",
    ),
    Necessity("step-size-given", None, "without a step size there is no step", "descent-in-row-span"),
)

INIT_SHAPE_LEAKY = Theorem(
    id="init-shape-leaky",
    title="One leaky hidden unit: the same function q, with constraints made linear by sigma's inverse",
    source=source(
        "Section 6 (number uncertain)",
        "recalled and re-derived; the statement in the paper was not seen",
    ),
    status="recalled",
    claims=(ADJUSTABLE.claim, stationary(FLOW), mirror_flow(FLOW), unique((*HEADLINE, OTHER)), DESCENT),
    links=(
        FORM,
        CONSTRAINT,
        conserved((ONE_UNIT,)),
        sign_stays((ONE_UNIT, CONSERVED, NONNEGATIVE)),
        gradient_formula(FLOW),
    ),
    adjustable=ADJUSTABLE,
    right_side="q(v)",
    equality=(AT_ITSELF,),
    mutants=mutants(),
    necessity=NECESSITY,
    closed_forms=FORMS[:5],
    integrated=(gradient_at_a_time(FLOW, imbalance_decoy(FLOW)), limit(FLOW)),
    evidence={
        **UNTRAINED,
        "swept": "a state must be exactly on the flow's quadric: states are decided one at a time",
    },
    notes=(
        "sigma(z) = z for z > 0, slope * z else, slope > 0. With s the sign of a, f(x) = s sigma(s <theta, x>): the "
        "network fits y exactly where X theta = s sigma^{-1}(s y), linear constraints, and theta(t) minimises q of "
        "init-shape-neuron among the v with the network's outputs at every time. At a kink either slope gives the same "
        "a^2 - |w|^2. That w - w_0 is a combination of data holds for steps of gradient descent of any size, "
        "stochastic ones too (a step on one datum is a step with that datum alone), and any number of units. Nothing "
        "is said about convergence: the flow need not interpolate, and can slide along a kink, w.x_n = 0. The "
        "solutions integrated are those that cross kinks a few times, and for the end those that interpolate."
    ),
)
