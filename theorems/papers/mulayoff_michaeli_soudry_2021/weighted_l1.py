"""Theorem 1: int |f''| g <= 1/eta - 1/2 for linearly stable solutions of univariate networks."""

from __future__ import annotations

from collections.abc import Iterable

from refutable.theorems.assumptions.shallow_relu import (
    ALL_TRAINED,
    DIFFERENTIABLE,
    INTERPOLATING,
    STABLE,
    UNIVARIATE,
)
from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.families.clusters import BALANCED_SMALL, CLUSTERS
from refutable.theorems.families.freezing import at_its_edge, frozen_two_atoms
from refutable.theorems.families.two_atoms import TWO_ATOMS, two_atoms
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021 import weighted_l1_mutants
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021.source import source
from refutable.theorems.records import Necessity, Theorem
from refutable.theorems.views import View

ASSUMES = (UNIVARIATE, DIFFERENTIABLE, *ALL_TRAINED, INTERPOLATING, STABLE)


def _bound(view: View) -> Iterable[Check]:
    yield Check(view["stability_norm"], "<=", view["stability_threshold"] / 2 - view.ops.ratio(1, 2))


BOUND = Claim(
    "weighted-l1",
    SHALLOW_RELU,
    "int |f''(x)| g(x) dx <= 1/eta - 1/2 for a linearly stable, differentiable, interpolating minimum",
    ASSUMES,
    _bound,
    r"\int |f''(x)|\, g(x)\,dx \le \frac1\eta - \frac12",
)

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

NECESSITY = (
    Necessity("interpolating", two_atoms().replace(y=two_atoms(copies=1)["x"][:, 0] * 0 + 1), "see below"),
)
