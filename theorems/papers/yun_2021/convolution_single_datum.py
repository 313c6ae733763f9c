"""The record `convolution-single-datum`: where training on one datum takes a short filter."""

from __future__ import annotations

from refutable.theorems.papers.yun_2021.convolution_integrated import INTEGRATED
from refutable.theorems.papers.yun_2021.convolution_single_datum_claims import CLAIMS, LINKS
from refutable.theorems.papers.yun_2021.convolution_single_datum_forms import CLOSED_FORMS
from refutable.theorems.papers.yun_2021.convolution_single_datum_mutants import MUTANTS, NECESSITY
from refutable.theorems.papers.yun_2021.convolution_source import SINGLE_DATUM_SOURCE
from refutable.theorems.records import Theorem

CONVOLUTION_SINGLE_DATUM = Theorem(
    id="convolution-single-datum",
    title="One datum, a filter of two entries: the predictor ends at 2x plus its neighbours, with their sign",
    source=SINGLE_DATUM_SOURCE,
    status="recalled",
    claims=CLAIMS,
    links=LINKS,
    mutants=MUTANTS,
    necessity=NECESSITY,
    closed_forms=CLOSED_FORMS,
    integrated=INTEGRATED,
    not_tight="the headline is an equation of directions",
    evidence={
        "constructed": "no family is needed: drawn states stand still by construction",
        "trained-relabelled": "training is tried state by state, see the states visited",
        "trained-converged": "on one datum no state is an end: the weights grow for ever",
        "swept": "states that stand still exactly are decided one at a time",
    },
    notes=(
        "f = v^T M w with M = (x, x_left), x_left the datum shifted by one entry on the circle, no factor 1/sqrt(d). "
        "M^T M has the eigenvalues |x|^2 +- |<x, x_left>| at (1, +-sgn<x, x_left>), so that the pair of the larger one "
        "is explicit and its predictor is 2 x + sgn<x, x_left> (x_left + x_right) exactly. That directions end there "
        "is a limit and not decided here: decided is that the flow is linear in the time tau = integral of the slope, "
        "that the first mode never vanishes and that the second decays against it at the rate s_+ - s_-. On solutions "
        "it is seen within the solver's error. For <x, x_left> = 0 both values are equal and the end depends on the "
        "start. Directions are of factors with f > 0: with f < 0 the pair is left, not approached."
    ),
)
