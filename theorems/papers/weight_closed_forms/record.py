"""The record weight-closed-forms."""

from __future__ import annotations

from refutable.theorems.papers.weight_closed_forms.claims import CLAIMS, LINKS
from refutable.theorems.papers.weight_closed_forms.families import NAMED_LAWS, TWO_ATOMS_AT_ZERO, law_at
from refutable.theorems.papers.weight_closed_forms.forms import CLOSED_FORMS
from refutable.theorems.papers.weight_closed_forms.mutants import MUTANTS
from refutable.theorems.records import Necessity, Source, Theorem

NECESSITY = (
    Necessity(
        "bounded",
        law_at("two-atoms", (1,), 0, "1/2"),
        "atoms +-1 with R = 1/2: the radius must cover the law",
        "loosened-bound",
    ),
    Necessity(
        "symmetric-uniform",
        law_at("uniform", (0, 1), "1/4"),
        "on [0, 1] the side away from 0 is the larger one at t = 1/4",
        "outer-side",
    ),
    Necessity(
        "outside-support",
        law_at("uniform", (0, 1), "1/2"),
        "inside the support there is weight",
        "no-weight-outside",
    ),
)

WEIGHT_CLOSED_FORMS = Theorem(
    id="weight-closed-forms",
    title="Closed forms of the weight g for named laws, and bounds on it",
    source=Source(
        "own, from the weight of Mulayoff, Michaeli, Soudry, NeurIPS 2021",
        "eq. (21)-(23) (submission numbering)",
        note="the weight was read in the anonymous submission; closed forms, bounds and proofs are own",
    ),
    status="own",
    claims=CLAIMS,
    links=LINKS,
    equality=(NAMED_LAWS, TWO_ATOMS_AT_ZERO),
    mutants=MUTANTS,
    necessity=NECESSITY,
    closed_forms=CLOSED_FORMS,
    evidence={
        "trained-relabelled": "a law is not trained",
        "trained-converged": "a law is not trained",
        "swept": "identities of exact numbers: floats could only agree to rounding",
    },
    notes="laws with transcendental moments agree to more than 200 bits; rational ones are decided",
)
