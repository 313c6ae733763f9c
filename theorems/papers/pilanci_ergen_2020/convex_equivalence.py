"""Two-layer ReLU networks under weight decay cost at least, and at best, what a convex program says."""

from __future__ import annotations

from refutable.theorems.papers.pilanci_ergen_2020 import forms
from refutable.theorems.papers.pilanci_ergen_2020.claims import (
    FROM_NETWORK,
    LEAST_COST,
    LINKS,
    LOWER_BOUND,
    TO_NETWORK,
    WIDTH,
)
from refutable.theorems.papers.pilanci_ergen_2020.instances import (
    BOTH_ACTIVE,
    FOUR_QUADRANTS,
    RIDGE,
    SINGLE_DATUM,
    TWO_SIDES,
    state,
)
from refutable.theorems.papers.pilanci_ergen_2020.mutants import MUTANTS, ONE_NEURON
from refutable.theorems.papers.pilanci_ergen_2020.source import SOURCE
from refutable.theorems.records import Necessity, Theorem

NECESSITY = (
    Necessity(
        "dual-feasible",
        state([[1]], [4], [(2, 2)], [2]),
        "x = 1, y = 4, beta = 1: z = 2 has the value 6, and the neuron 2 relu(2 x) costs 4",
    ),
    Necessity(
        "sign-constraints",
        state([[1], [-1]], [1, -1], [(1, 1)], [0, 0], 1, [([1], 1, [1, 1])]),
        "labels 1 and -1 at x = 1 and -1: v = 1 with both data active has the value 1, its neuron costs 3/2",
        "convex-to-network",
    ),
    Necessity(
        "sign-constraints",
        BOTH_ACTIVE,
        "labels 2 and -2 at x = 1 and -1, beta = 2: v = 1 with both data active has the value 3 of the dual, "
        "its neuron costs 9/2",
        "convex-optimum-is-least",
    ),
    Necessity("sign-constraints", BOTH_ACTIVE, "the same point: no neuron costs less than 4", "width-of-the-optimum"),
    Necessity(
        "sign-constraints",
        state([[1], [-1]], [1, -1], [(1, 1)], [1, -1], 1, [([1], 1, [1, 1])]),
        "x = 1 and -1, z = (1, -1): v = 1 with both data active is paired with 2",
        "weak-duality",
    ),
    Necessity(
        "stationary",
        state([[1]], [2], [(1, 1)], [0]),
        "v = 0 and z = 0 are feasible, not optimal: the value 2 is above the cost 3/2 of relu(x)",
        "convex-optimum-is-least",
    ),
    Necessity(
        "scalar-inputs",
        None,
        "not needed: the neurons built from a solution attain its value for inputs of any dimension "
        "(convex-to-network); assumed since the least cost at a given width has a closed form here for d = 1",
    ),
    Necessity(
        "enough-neurons",
        ONE_NEURON,
        "labels 2 at x = 1 and -1, beta = 1: two neurons cost 3, no single one less than 7/2",
        "width-of-the-optimum",
    ),
)

CONVEX_EQUIVALENCE = Theorem(
    id="convex-equivalence",
    title="Two-layer ReLU networks under weight decay cost at best what a convex program does",
    source=SOURCE,
    status="recalled",
    claims=(LOWER_BOUND, FROM_NETWORK, TO_NETWORK, LEAST_COST, WIDTH),
    links=LINKS,
    right_side="1/2 |f - y|^2 + beta/2 sum_j (|w_j|^2 + a_j^2)",
    equality=(SINGLE_DATUM, TWO_SIDES, RIDGE, FOUR_QUADRANTS),
    mutants=MUTANTS,
    necessity=NECESSITY,
    closed_forms=forms.CLOSED_FORMS,
    evidence={
        "trained-relabelled": "the labels are part of what is minimised: new ones make another problem",
        "visited": "a statement about minima, not about a dynamics",
        "integrated": "no differential equation",
        "swept": "activation patterns are enumerated for one instance at a time",
    },
    notes=(
        "Networks without biases. The theorem is two statements about points: a network is a feasible point of the "
        "convex program of no larger value, and such a point is a network of the same cost. A dual point certifies "
        "how far both are from the least cost: max over |u| <= 1 of |z.(Xu)_+| is exact, by enumerating the cells of "
        "the planes x_k.u = 0 and of their intersections (at most 6 data, 3 inputs). Exact optima are built backwards "
        "from z; solved programs (clarabel) are rounded to feasible points, and their networks are within 10^-9 of the "
        "dual value, so of the least cost. That some width m* <= n + 1 is enough is not checked; that a width below "
        "the number of nonzero vectors may not be is, for scalar inputs."
    ),
)
