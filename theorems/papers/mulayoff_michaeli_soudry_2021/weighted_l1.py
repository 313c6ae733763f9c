"""Theorem 1: int |f''| g <= 1/eta - 1/2 for linearly stable solutions of univariate networks."""

from __future__ import annotations

from collections.abc import Iterable

from flint import fmpq

from refutable.theorems.assumptions.shallow_relu import (
    ALL_TRAINED,
    DIFFERENTIABLE,
    INTERPOLATING,
    NOT_NEEDED_AT_KINKS,
    STABLE,
    UNIVARIATE,
)
from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.constants import Adjustable, Values
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.families.clusters import BALANCED_SMALL, CLUSTERS
from refutable.theorems.families.edge import frozen_two_atoms
from refutable.theorems.families.two_atoms import TWO_ATOMS, two_atoms
from refutable.theorems.papers import inverse_step_size
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021 import weighted_l1_mutants
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021.source import source
from refutable.theorems.records import Necessity, Theorem
from refutable.theorems.views import View

ASSUMES = (UNIVARIATE, DIFFERENTIABLE, *ALL_TRAINED, INTERPOLATING, STABLE)


def _bound(values: Values) -> Claim:
    right = inverse_step_size.below(values)

    def concludes(view: View) -> Iterable[Check]:
        yield Check(view["stability_norm"], "<=", right(view))

    return Claim(
        "weighted-l1",
        SHALLOW_RELU,
        f"int |f''(x)| g(x) dx <= {inverse_step_size.written(values)} "
        "for a linearly stable, differentiable, interpolating minimum",
        ASSUMES,
        concludes,
        rf"\int |f''(x)|\, g(x)\,dx \le {inverse_step_size.latex(values)}",
    )


ADJUSTABLE = Adjustable(inverse_step_size.CONSTANTS, _bound)
BOUND = ADJUSTABLE.claim

LINKS = (
    Claim(
        "literal-weight",
        SHALLOW_RELU,
        "the weight by conditional expectations, P^2 E[x - X | .] sqrt(1 + E[X | .]^2), is the division-free one",
        (),
        lambda view: [Check(view["literal_weight"], "==", view["weight"])],
        r"P^2\,\mathbb{E}[x-X\mid X<x]\sqrt{1+\mathbb{E}[X\mid X<x]^2} = G",
    ),
    Claim(
        "step-size-below-two",
        SHALLOW_RELU,
        "a linearly stable minimum of a network with a trained output bias has step size <= 2",
        (DIFFERENTIABLE, ALL_TRAINED[3], INTERPOLATING, STABLE),
        lambda view: [Check(view["step_size"], "<=", 2)],
        r"\eta \le 2",
    ),
)

_SHIFTED = SHALLOW_RELU.instance(
    w1=[[5], [-5]], b1=[0, 0], w2=[3, 3], b2=0, x=[["-3/4"], ["3/4"]], y=["49/4", "49/4"], step_size="4/29"
)

NECESSITY = (
    Necessity("univariate", None, "not necessary: see stability-norm for several inputs"),
    Necessity("differentiable", None, NOT_NEEDED_AT_KINKS),
    Necessity("output-bias-trained", frozen_two_atoms("b2"), "sharpness 225/16, so 13.06/2 < 225/32"),
    Necessity("hidden-biases-trained", frozen_two_atoms("b1"), "the bound at its own edge is 4.78 < 7.03"),
    Necessity("input-weights-trained", frozen_two_atoms("w1"), "the bound at its own edge is 5.77 < 7.03"),
    Necessity("output-weights-trained", frozen_two_atoms("w2"), "the bound at its own edge is 3.52 < 7.03"),
    Necessity(
        "interpolating",
        _SHIFTED,
        "residual -1 at both points: neither interpolating nor critical; 27/4 < 225/32",
    ),
    Necessity("stable", two_atoms().replace(step_size=fmpq(64, 241)), "twice the largest stable step size"),
)

WEIGHTED_L1 = Theorem(
    id="weighted-l1",
    title="Stable minima have bounded weighted L1 norm of f''",
    source=source("Theorem 1, Lemma 1 and Lemma 4"),
    status="read",
    claims=(BOUND,),
    adjustable=ADJUSTABLE,
    links=LINKS,
    right_side="the right side of <=",
    equality=(TWO_ATOMS, BALANCED_SMALL, CLUSTERS),
    mutants=weighted_l1_mutants.mutants(BOUND),
    necessity=NECESSITY,
    closed_forms=weighted_l1_mutants.CLOSED_FORMS,
    notes=(
        "Differentiability is asked of the implementation, not of f alone: two neurons that cancel on a datum "
        "leave f smooth there and the loss not differentiable."
    ),
)
