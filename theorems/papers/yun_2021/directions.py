"""The record `tensor-directions`: directions of factors end at singular vectors."""

from __future__ import annotations

from refutable.theorems.papers.yun_2021.directions_claims import CLAIMS, LINKS
from refutable.theorems.papers.yun_2021.directions_forms import CLOSED_FORMS
from refutable.theorems.papers.yun_2021.directions_integrated import INTEGRATED
from refutable.theorems.papers.yun_2021.directions_mutants import MUTANTS, NECESSITY
from refutable.theorems.papers.yun_2021.directions_source import DIRECTIONS_SOURCE
from refutable.theorems.records import Theorem

TENSOR_DIRECTIONS = Theorem(
    id="tensor-directions",
    title="Factors of multilinear networks stand still in direction exactly at singular vectors",
    source=DIRECTIONS_SOURCE,
    status="recalled",
    claims=CLAIMS,
    links=LINKS,
    mutants=MUTANTS,
    necessity=NECESSITY,
    closed_forms=CLOSED_FORMS,
    integrated=INTEGRATED,
    not_tight="the headline is an equation: the derivative of a direction is 0",
    evidence={
        "constructed": "no family is needed: drawn states are singular vectors by construction",
        "trained-relabelled": "training is tried state by state, see the states visited",
        "trained-converged": "on separable data no state is an end: the factors grow for ever",
        "swept": "identities at exact singular vectors are decided one at a time",
    },
    notes=(
        "As recalled: exponential loss, separable data, a start of loss below 1, X^T r converging in direction to u; "
        "then each v_l converges in direction, to singular vectors of M(-u). Convergence is a limit and not decided "
        "here. What is decided: at fixed weights of the data singular vectors stand still and nothing else does, the "
        "score of the unit factors never falls, and the gaps of squared norms are conserved for every loss and all "
        "weights; for two factors and one datum the flow is linear in the time tau = integral of the slope, and every "
        "component decays against the first at the rate s_1 - s_j. The slopes -l'(f_n) are any numbers here: e^-f_n "
        "of the exponential loss is one choice, and the identities are linear in them. How far v_l is from a "
        "singular vector after a finite time is not claimed: it falls like 1 / log(1 / loss), 0.06 at "
        "log(1 / loss) = 1000 and 0.02 at 10^6 for two factors."
    ),
)
