"""The sharpness chain where the hidden biases and the output weights alone are trained: no 1, no root."""

from __future__ import annotations

from typing import Any

from flint import fmpq

from refutable.theorems.assumptions.shallow_relu import (
    DIFFERENTIABLE,
    HIDDEN_BIASES,
    INTERPOLATING,
    NOT_NEEDED_AT_KINKS,
    OUTPUT_WEIGHTS,
    STABLE,
)
from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.constants import Adjustable, Constant, Values, multiple, ratio, tex
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.papers import inverse_step_size
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021 import alternative_weights as alternative
from refutable.theorems.papers.nacson_2023.step_size_bound import Formula, at_most, inverse_step_size_bound, variant
from refutable.theorems.papers.wu_2025 import chain_forms, weights
from refutable.theorems.papers.wu_2025.instances import (
    ATOMS,
    OUTPUT_ONLY_ATOMS,
    OUTPUT_ONLY_SPHERE,
    SHIFTED,
    SWAPPED,
    UNEVEN,
)
from refutable.theorems.records import Mutant, Necessity, Source, Theorem
from refutable.theorems.views import View

ASSUMES = (DIFFERENTIABLE, HIDDEN_BIASES, OUTPUT_WEIGHTS)


def _sharpness(view: View) -> Any:
    return view["gauss_newton_sharpness"]


def _mean_gradient(view: View) -> Any:
    return view["mean_gradient_square"]


def _claim(id: str, statement: str, left: Formula, right: Formula, latex: str) -> Claim:
    return Claim(id, SHALLOW_RELU, statement, ASSUMES, at_most(left, right), latex)


def _chain(values: Values) -> Claim:
    factor = values["factor"]
    return _claim(
        "output-only-chain",
        f"where hidden biases and output weights are trained, the sharpness of the Gauss-Newton part is at least "
        f"{multiple(factor)} ||f||_pi, where pi = min over both sides of P^2 E[distance | side] weighs each hyperplane",
        lambda view: ratio(view.ops, factor) * weights.norm(view),
        _sharpness,
        rf"{tex(factor)} \sum_h \Bigl|\sum_{{i \in h}} w^{{(2)}}_i \|w_i\|\Bigr|\, \pi(v_h, t_h) \le "
        r"\lambda_{\max}\left(\tfrac1n \Phi\Phi^\top\right)",
    )


ADJUSTABLE = Adjustable({"factor": Constant(fmpq(2), "multiplies the norm")}, _chain)
CHAIN = ADJUSTABLE.claim
BOUND = Claim(
    "output-only-bound",
    SHALLOW_RELU,
    "||f||_pi <= 1/eta for a linearly stable, differentiable, interpolating minimum in these parameters",
    (*ASSUMES, INTERPOLATING, STABLE),
    at_most(weights.norm, inverse_step_size.below({"numerator": fmpq(1)})),
    r"\sum_h \Bigl|\sum_{i \in h} w^{(2)}_i \|w_i\|\Bigr|\, \pi(v_h, t_h) \le \frac1\eta",
)


def _mean_gradient_literal(view: View) -> Any:
    mean = view.ops.mean(view["features"], -2)
    return view.ops.sum(mean * mean)


LINKS = (
    _claim(
        "rayleigh",
        "the constant vector is a test vector: |E grad f(X)|^2 <= sharpness of the Gauss-Newton part",
        _mean_gradient,
        _sharpness,
        r"\|\mathbb{E}\nabla f(X)\|^2 \le \lambda_{\max}(\tfrac1n \Phi\Phi^\top)",
    ),
    Claim(
        "mean-gradient",
        SHALLOW_RELU,
        "|E grad f(X)|^2 is the sum of A_i^2 + w2_i^2 P(A_i)^2, and of what other parameters are trained",
        ASSUMES,
        lambda view: [Check(_mean_gradient_literal(view), "==", _mean_gradient(view))],
        r"\|\mathbb{E}\nabla f(X)\|^2 = \sum_i A_i^2 + (w^{(2)}_i)^2\, \mathbb{P}(A_i)^2",
    ),
    _claim(
        "arithmetic-geometric-mean",
        "2 sum_i |w2_i| P(A_i) A_i <= |E grad f(X)|^2; where nothing else is trained, equality iff A_i = |w2_i| P(A_i) "
        "for every neuron",
        weights.twice(weights.active_side_sum),
        _mean_gradient,
        r"2\sum_i |w^{(2)}_i|\, \mathbb{P}(A_i)\, A_i \le \|\mathbb{E}\nabla f(X)\|^2",
    ),
    _claim(
        "smaller-side",
        "taking the smaller of the two sides of each hyperplane only lowers the sum",
        weights.unmerged_norm,
        weights.active_side_sum,
        r"\sum_i |w^{(2)}_i|\,\|w_i\|\, \pi_i \le \sum_i |w^{(2)}_i|\, \mathbb{P}(A_i)\, A_i",
    ),
    _claim(
        "merge",
        "adding up masses at shared hyperplanes before taking absolute values only lowers the sum",
        weights.norm,
        weights.unmerged_norm,
        r"\sum_h \Bigl|\sum_{i \in h} w^{(2)}_i \|w_i\|\Bigr|\, \pi_h \le \sum_i |w^{(2)}_i|\,\|w_i\|\, \pi_i",
    ),
)


def _wrong(id: str, left: Formula, why: str, killer: Any) -> Mutant:
    return Mutant(id, variant(CHAIN, id, left, _sharpness), why, killer)


def _by(weight: Formula) -> Formula:
    return lambda view: 2 * alternative.norm_with(view, weight(view))


def _single_excess(view: View) -> Any:
    return view.ops.minimum(view["active_moments"]["excess"], view["inactive_moments"]["excess"])


MUTANTS = (
    _wrong(
        "output-bias-counted",
        lambda view: 1 + 2 * weights.norm(view),
        "the 1 comes from a trained output bias",
        OUTPUT_ONLY_ATOMS,
    ),
    _wrong(
        "root-kept",
        lambda view: 2 * view["stability_norm"],
        "sqrt(1 + |E[X | A]|^2) comes from trained input weights; the biases alone give the 1 under it",
        OUTPUT_ONLY_ATOMS,
    ),
    _wrong("first-power", _by(_single_excess), "P^2, not P: both factors count the side", OUTPUT_ONLY_ATOMS),
    _wrong(
        "larger-side",
        _by(lambda view: view.ops.maximum(weights.active_weight(view), weights.inactive_weight(view))),
        "only the active side is controlled: min, not max",
        UNEVEN,
    ),
    _wrong(
        "average-side",
        _by(lambda view: (weights.active_weight(view) + weights.inactive_weight(view)) / 2),
        "the average of the sides exceeds the active side's weight",
        UNEVEN,
    ),
    Mutant(
        "swapped-side",
        variant(
            LINKS[2],
            "swapped-side",
            lambda view: 2 * view.ops.sum(view.ops.abs(view["w2"]) * weights.inactive_weight(view)),
            _mean_gradient,
        ),
        "A_i P(A_i) belongs to the active side",
        SWAPPED,
    ),
    Mutant(
        "half-taken-off",
        variant(BOUND, "half-taken-off", weights.norm, inverse_step_size_bound),
        "1/eta - 1/2 is the bound where the output bias is trained as well",
        OUTPUT_ONLY_ATOMS,
    ),
)

NECESSITY = (
    Necessity("differentiable", None, NOT_NEEDED_AT_KINKS),
    Necessity(
        "hidden-biases-trained",
        ATOMS.replace(frozen=frozenset({"w1", "b1", "b2"})),
        "half of the sum comes from the hidden biases",
    ),
    Necessity(
        "output-weights-trained",
        ATOMS.replace(frozen=frozenset({"w1", "w2", "b2"})),
        "half of the sum comes from the output weights",
    ),
    Necessity(
        "interpolating",
        SHIFTED,
        "labels one above the outputs lower the sharpness from 1 to 1/2",
        "output-only-bound",
    ),
    Necessity("stable", ATOMS.replace(step_size=fmpq(4)), "a step size above 2 / sharpness", "output-only-bound"),
)

OUTPUT_ONLY_CHAIN = Theorem(
    id="output-only-chain",
    title="Sharpness where hidden biases and output weights alone are trained",
    source=Source(
        "Wu, Marion, Biau, Boyer, COLT 2025",
        "bound on the weighted variation of stable minima (number uncertain)",
        link="https://arxiv.org/abs/2502.03435",
        note="read in part; stated here for a network without perturbed inputs; the chain was derived anew",
    ),
    status="read",
    claims=(CHAIN, BOUND),
    links=LINKS,
    adjustable=ADJUSTABLE,
    right_side="the sharpness of the Gauss-Newton part",
    equality=(OUTPUT_ONLY_ATOMS, OUTPUT_ONLY_SPHERE),
    mutants=MUTANTS,
    necessity=NECESSITY,
    closed_forms=chain_forms.CLOSED_FORMS,
    notes=(
        "||f||_pi is the sum over distinct hyperplanes of their mass times pi = min over both sides of P^2 E[v.X - t "
        "| .]; int |f''| pi for d = 1, the paper's case. The chain of Mulayoff, Michaeli, Soudry (2021) with fewer "
        "trained parameters: it shows that their 1 comes from the output bias and their root from the input weights. "
        "That other parameters are frozen is not assumed: training them only raises the sharpness. In the paper "
        "inputs are perturbed by noise, over which pi is averaged outside the minimum; that form is not tried here."
    ),
)
