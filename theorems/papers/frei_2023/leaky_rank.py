"""On nearly orthogonal data, points of the max-margin problem of leaky ReLU networks have rank at most two."""

from __future__ import annotations

from refutable.theorems.papers.frei_2023 import forms
from refutable.theorems.papers.frei_2023.claims import LINEAR_BOUNDARY, LINKS, ONE_VECTOR, RANK, SUPPORT, WEAKER
from refutable.theorems.papers.frei_2023.instances import (
    BENT,
    IDENTITY,
    IGNORED,
    ONE_SIGN,
    PAIR,
    RANK_THREE,
    SLACK,
    WRONG_SLOPES,
    unbalanced,
)
from refutable.theorems.papers.frei_2023.mutants import MUTANTS
from refutable.theorems.papers.frei_2023.source import SOURCE
from refutable.theorems.records import Necessity, Theorem

_SOLVED_FOR = (
    "the data are small, but weights and multipliers are what three linear equations make of them; with a slope of "
)
LARGER = {
    "slope-forgotten": _SOLVED_FOR + "1/8 and inputs of 20 and -1 they have seven digits",
    "weaker-without-slope": _SOLVED_FOR + "1/8 and inputs of 20 and -1 they have seven digits",
    "small-constant": _SOLVED_FOR + "1/2 they have five digits",
    "lower-bound-1": "nearly orthogonal data that are correlated have inputs of at least 7; multipliers of (7, 1) and "
    "(0, 7) have 7^4 in the denominator",
}

NECESSITY = (
    Necessity(
        "subgradient",
        WRONG_SLOPES,
        "slopes 1/2 at positive heights make three different neurons on orthogonal data. Of g_ji <= 1 nothing is "
        "needed: where g_ji >= gamma no height is 0 on nearly orthogonal data, so every slope is gamma or 1",
    ),
    Necessity("stationary", IDENTITY, "a neuron for each of three orthogonal data: margins 1, rank 3"),
    Necessity(
        "feasible",
        IGNORED,
        "a datum with multiplier 0 may be left at margin 0; the rank is at most 2 without this, by the theorem for "
        "the other data",
        "every-margin-one",
    ),
    Necessity(
        "complementary",
        unbalanced(),
        "one multiplier 75 times the others, gamma = 1/2, correlations of 1/100: rank 3. lambda_i >= 0 is not needed: "
        "a negative multiplier has a margin below 1 on nearly orthogonal data",
    ),
    Necessity("nearly-orthogonal", RANK_THREE, "(0, 0, 1), (0, 1, 0), (1, -1, 0) with labels 1, gamma = 1/2: rank 3"),
    Necessity("nearly-orthogonal", SLACK, "inputs 1 and 2 of one label have margins 1 and 2", "every-margin-one"),
    Necessity(
        "nearly-orthogonal",
        ONE_SIGN,
        "(-1, 3), (4, 3) with labels -1, 1, gamma = 1/3: neurons of output weight 1 differ",
        "one-vector-a-sign",
    ),
    Necessity(
        "nearly-orthogonal",
        BENT,
        "the point of rank 3, at (-3, 2, 3): f = 100/141 and z.x = -34/141",
        "linear-boundary",
    ),
    Necessity("weakly-correlated", RANK_THREE, "the same point", "rank-under-weaker-correlations"),
)

LEAKY_RANK = Theorem(
    id="leaky-rank",
    title="On nearly orthogonal data max-margin leaky ReLU networks have rank at most two",
    source=SOURCE,
    status="recalled",
    claims=(RANK, SUPPORT, ONE_VECTOR, LINEAR_BOUNDARY, WEAKER),
    links=LINKS,
    equality=(PAIR,),
    mutants=MUTANTS,
    necessity=NECESSITY,
    larger=LARGER,
    closed_forms=forms.CLOSED_FORMS,
    evidence={
        "trained-relabelled": "a statement about points of the max-margin problem; a trained network only tends to one",
        "trained-converged": "the direction of a trained network satisfies these conditions in the limit alone",
        "visited": "a statement about limits of directions, not about the states of a run",
        "integrated": "at every finite time the weights keep their initial part outside the span of the data",
        "swept": "points of the problem are solved for exactly, one at a time",
    },
    notes=(
        "The paper: gradient flow on the logistic or exponential loss converges in direction to a "
        "Karush-Kuhn-Tucker point of min |W|^2 subject to y_i f(x_i) >= 1 (a limit: not checked), and on nearly "
        "orthogonal data every such point looks as stated (checked, exactly, at rational points with their "
        "multipliers and slopes). The paper has a_j = +-1/sqrt(m); here a_j is any number but 0, and sum_j a_j^2 "
        "takes the place of 1 (own). The linear boundary is tried at one input an instance. That the vectors solve "
        "a convex problem of their own, and the bound on the stable rank of gradient descent from small weights, "
        "whose constants are not known to us, are not here. How many powers of gamma are needed is not known: "
        "gamma^0 is not enough."
    ),
)
