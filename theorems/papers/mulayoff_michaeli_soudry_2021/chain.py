"""Lemma 4 and its proof as a chain: sharpness >= |E grad f|^2 >= ... >= 1 + 2 ||f||."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flint import fmpq

from refutable.theorems.assumptions.shallow_relu import ALL_TRAINED, DIFFERENTIABLE, NOT_NEEDED_AT_KINKS
from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.constants import Adjustable, Constant, Values, multiple, number, ratio, tex
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.families.clusters import BALANCED_SMALL, CLUSTERS
from refutable.theorems.families.edge import frozen_two_atoms
from refutable.theorems.families.shattered_sphere import SHATTERED_SPHERE
from refutable.theorems.families.two_atoms import TWO_ATOMS
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021 import chain_forms, chain_mutants
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021.source import source
from refutable.theorems.records import Necessity, Theorem
from refutable.theorems.views import View

ASSUMES = (DIFFERENTIABLE, *ALL_TRAINED)


def _compare(left: Callable[[View], Any], right: Callable[[View], Any]) -> Callable[[View], Iterable[Check]]:
    return lambda view: [Check(left(view), "<=", right(view))]


def _link(id: str, statement: str, latex: str, left: Callable[[View], Any], right: Callable[[View], Any]) -> Claim:
    return Claim(id, SHALLOW_RELU, statement, ASSUMES, _compare(left, right), latex)


CONSTANTS = {
    "offset": Constant(fmpq(1), "added to the norm; the paper's 1 is what the output bias gives"),
    "factor": Constant(fmpq(2), "multiplies the norm"),
}
PAPER = {name: constant.value for name, constant in CONSTANTS.items()}


def bound(name: str, values: Values = PAPER) -> Callable[[View], Any]:
    """offset + factor * (the quantity called ``name``): 1 + 2 * it in the paper."""

    def formula(view: View) -> Any:
        return ratio(view.ops, values["offset"]) + ratio(view.ops, values["factor"]) * view[name]

    return formula


def _mean_gradient_literal(view: View) -> Any:
    mean = view.ops.mean(view["features"], -2)
    return view.ops.sum(mean * mean)


def _chain(values: Values) -> Claim:
    offset, factor = values["offset"], values["factor"]
    return Claim(
        "sharpness-chain",
        SHALLOW_RELU,
        f"the sharpness of the Gauss-Newton part is at least {number(offset)} + {multiple(factor)} ||f||, "
        "with ||f|| the stability norm",
        ASSUMES,
        _compare(bound("stability_norm", values), lambda view: view["gauss_newton_sharpness"]),
        rf"{tex(offset)} + {tex(factor)}\|f\|_{{\mathcal{{R}},g}} \le "
        r"\lambda_{\max}\left(\tfrac1n \Phi\Phi^\top\right)",
    )


ADJUSTABLE = Adjustable(CONSTANTS, _chain)
CHAIN = ADJUSTABLE.claim

LINKS = (
    _link(
        "rayleigh",
        "the constant vector is a test vector: |E grad f(X)|^2 <= sharpness of the Gauss-Newton part",
        r"\|\mathbb{E}\nabla f(X)\|^2 \le \lambda_{\max}(\tfrac1n \Phi\Phi^\top)",
        lambda view: view["mean_gradient_square"],
        lambda view: view["gauss_newton_sharpness"],
    ),
    Claim(
        "mean-gradient",
        SHALLOW_RELU,
        "|E grad f(X)|^2 = 1 + sum_i (A_i^2 + B_i^2)",
        ASSUMES,
        lambda view: [Check(_mean_gradient_literal(view), "==", view["mean_gradient_square"])],
        r"\|\mathbb{E}\nabla f(X)\|^2 = 1 + \sum_i (A_i^2 + B_i^2)",
    ),
    _link(
        "arithmetic-geometric-mean",
        "1 + 2 sum_i |w2_i| G(w1_i, b1_i) <= 1 + sum_i (A_i^2 + B_i^2); equality iff every neuron is balanced",
        r"1 + 2\sum_i |w^{(2)}_i| G(w_i, b_i) \le 1 + \sum_i (A_i^2 + B_i^2)",
        bound("active_side_sum"),
        lambda view: view["mean_gradient_square"],
    ),
    _link(
        "smaller-side",
        "taking the smaller of the two sides of each hyperplane only lowers the sum",
        r"1 + 2\sum_i |w^{(2)}_i|\,\|w_i\|\, g_i \le 1 + 2\sum_i |w^{(2)}_i| G(w_i, b_i)",
        bound("unmerged_norm"),
        bound("active_side_sum"),
    ),
    _link(
        "merge",
        "adding up masses at shared hyperplanes before taking absolute values only lowers the sum",
        r"1 + 2\|f\|_{\mathcal{R},g} \le 1 + 2\sum_i |w^{(2)}_i|\,\|w_i\|\, g_i",
        bound("stability_norm"),
        bound("unmerged_norm"),
    ),
)

NECESSITY = (
    Necessity("output-bias-trained", frozen_two_atoms("b2"), "the 1 of 1 + 2||f|| comes from the output bias"),
    Necessity("hidden-biases-trained", frozen_two_atoms("b1"), "sqrt(1 + E^2) needs the hidden biases"),
    Necessity("input-weights-trained", frozen_two_atoms("w1"), "sqrt(1 + E^2) needs the input weights"),
    Necessity("output-weights-trained", frozen_two_atoms("w2"), "half of the sum comes from the output weights"),
    Necessity("differentiable", None, NOT_NEEDED_AT_KINKS),
)

SHARPNESS_CHAIN = Theorem(
    id="sharpness-chain",
    title="Sharpness dominates the stability norm",
    source=source("Lemma 4, eq. (29) and its proof"),
    status="read",
    claims=(CHAIN,),
    links=LINKS,
    adjustable=ADJUSTABLE,
    right_side="the sharpness of the Gauss-Newton part",
    equality=(TWO_ATOMS, SHATTERED_SPHERE, BALANCED_SMALL, CLUSTERS),
    mutants=chain_mutants.mutants(CHAIN, LINKS),
    necessity=NECESSITY,
    closed_forms=chain_forms.CLOSED_FORMS,
    notes="for d > 1: Nacson et al., ICLR 2023, App. F.2; the intermediate links are re-derived (own)",
)
