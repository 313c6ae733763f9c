"""Theorem 1: the stability norm of a linearly stable minimum is at most 1/eta - 1/2, for inputs of any dimension."""

from __future__ import annotations

from typing import Any

from flint import fmpq

from refutable.theorems.assumptions.shallow_relu import (
    ALL_TRAINED,
    DIFFERENTIABLE,
    INTERPOLATING,
    NOT_NEEDED_AT_KINKS,
    STABLE,
)
from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.constants import Adjustable, Values
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.domains.shallow_relu.rescaling import rescaled_view
from refutable.theorems.families.edge import frozen_two_atoms
from refutable.theorems.families.labelled import NOT_CRITICAL
from refutable.theorems.families.shattered_sphere import SHATTERED_SPHERE, shattered_sphere
from refutable.theorems.families.two_atoms import TWO_ATOMS
from refutable.theorems.papers import inverse_step_size
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021 import alternative_weights as alternative
from refutable.theorems.papers.nacson_2023 import radon_forms
from refutable.theorems.papers.nacson_2023.source import source
from refutable.theorems.papers.nacson_2023.step_size_bound import (
    at_most,
    inverse_step_size_bound,
    inverse_step_size_less_one,
    variant,
)
from refutable.theorems.records import Mutant, Necessity, Theorem
from refutable.theorems.views import View

TWICE_DIFFERENTIABLE = (DIFFERENTIABLE, *ALL_TRAINED)


def _norm(view: View) -> Any:
    return view["stability_norm"]


def _bound(values: Values) -> Claim:
    return Claim(
        "stability-norm",
        SHALLOW_RELU,
        f"||f|| <= {inverse_step_size.written(values)} for a linearly stable, differentiable, interpolating minimum, "
        "for inputs of any dimension",
        (*TWICE_DIFFERENTIABLE, INTERPOLATING, STABLE),
        at_most(_norm, inverse_step_size.below(values)),
        r"\sum_{h} \Bigl|\sum_{i \in h} w^{(2)}_i \|w_i\|\Bigr|\, g(v_h, t_h) \le " + inverse_step_size.latex(values),
    )


ADJUSTABLE = Adjustable(inverse_step_size.CONSTANTS, _bound)
BOUND = ADJUSTABLE.claim


def _changed(view: View, **numbers: Any) -> View:
    kept = {f.name: view[f.name] if view.has(f.name) else None for f in view.domain.fields}
    return View(view.domain, view.ops, {**kept, **numbers})


def _rescaled_norm(view: View) -> Any:
    k = int(view["b1"].shape[-1])
    return _norm(rescaled_view(view, view.ops.array([2 + i for i in range(k)])))


def _split_norm(view: View) -> Any:
    """Each neuron as one third of itself and two thirds through a neuron of twice the input weights."""
    ops, w1, b1, w2 = view.ops, view["w1"], view["b1"], view["w2"]
    third = w2 * ops.ratio(1, 3)
    parts = {"w1": ops.concat([w1, 2 * w1], -2), "b1": ops.concat([b1, 2 * b1]), "w2": ops.concat([third, third])}
    return _norm(_changed(view, **parts))


def _flipped_norm(view: View) -> Any:
    """relu(z) = z + relu(-z): the function changes by an affine one only."""
    return _norm(_changed(view, w1=-view["w1"], b1=-view["b1"]))


def _invariance(id: str, statement: str, other: Any, latex: str) -> Claim:
    return Claim(id, SHALLOW_RELU, statement, (), lambda v: [Check(other(v), "==", _norm(v))], latex)


LINKS = (
    Claim(
        "sharpness-bounds-norm",
        SHALLOW_RELU,
        "1 + 2 ||f|| <= sharpness at an interpolating minimum",
        (*TWICE_DIFFERENTIABLE, INTERPOLATING),
        at_most(lambda view: 1 + 2 * view["stability_norm"], lambda view: view["sharpness"]),
        r"1 + 2\|f\| \le \lambda_{\max}(\nabla^2 L)",
    ),
    Claim(
        "literal-weight",
        SHALLOW_RELU,
        "the weight by conditional expectations, P^2 E[v.X - t | .] sqrt(1 + |E[X | .]|^2), is the division-free one",
        (),
        lambda view: [Check(view["literal_weight"], "==", view["weight"])],
        r"\|w\|\, \mathbb{P}^2\, \mathbb{E}[v\cdot X - t \mid \cdot] \sqrt{1 + \|\mathbb{E}[X \mid \cdot]\|^2} = G",
    ),
    _invariance(
        "rescaling-invariance",
        "||f|| is unchanged by (w1_i, b1_i, w2_i) -> (c_i w1_i, c_i b1_i, w2_i / c_i)",
        _rescaled_norm,
        r"\|f\|\text{ does not depend on }w_i \mapsto c_i w_i,\; w^{(2)}_i \mapsto w^{(2)}_i / c_i",
    ),
    _invariance(
        "splitting-invariance",
        "||f|| is unchanged when every neuron is split in two on one hyperplane",
        _split_norm,
        r"\|f\|\text{ does not depend on how a hyperplane's mass is shared}",
    ),
    _invariance(
        "orientation-invariance",
        "||f|| is unchanged when every neuron is turned round, which adds an affine function to f",
        _flipped_norm,
        r"\|f(x) - \sum_i w^{(2)}_i (w_i \cdot x + b_i)\| = \|f\|",
    ),
)

_SMALL_SPHERE = shattered_sphere((2, 6), fmpq(1))
_SHARP_SPHERE = shattered_sphere((2, 6), fmpq(256))

MUTANTS = (
    Mutant(
        "first-power",
        variant(BOUND, "first-power", alternative.norm_by(alternative.first_power), inverse_step_size_bound),
        "P^2, not P: both factors count the side",
        SHATTERED_SPHERE,
    ),
    Mutant(
        "sum-for-root",
        variant(BOUND, "sum-for-root", alternative.norm_by(alternative.sum_for_root), inverse_step_size_bound),
        "the norm of (1, E) is below 1 + |E|",
        SHATTERED_SPHERE,
    ),
    Mutant(
        "other-orientation",
        variant(
            BOUND,
            "other-orientation",
            lambda view: alternative.norm_with(view, view["inactive_weight"]),
            inverse_step_size_bound,
        ),
        "only the active side is controlled; taking the other one in place of the smaller is false",
        SHATTERED_SPHERE,
    ),
    Mutant(
        "output-weight-alone",
        variant(
            BOUND,
            "output-weight-alone",
            lambda view: alternative.norm_with(view, view["weight"] / view.ops.norm(view["w1"])),
            inverse_step_size_bound,
        ),
        "the jump of the gradient is w2_i |w1_i|, not w2_i; they differ where |w1_i| < 1",
        _SMALL_SPHERE,
    ),
    Mutant(
        "minus-one",
        variant(BOUND, "minus-one", _norm, inverse_step_size_less_one),
        "1/eta - 1 asks for more than the output bias gives",
        _SHARP_SPHERE,
    ),
)

NECESSITY = (
    Necessity("differentiable", None, NOT_NEEDED_AT_KINKS),
    Necessity("input-weights-trained", frozen_two_atoms("w1"), "frozen, the sharpness drops below 1 + 2 ||f||"),
    Necessity("hidden-biases-trained", frozen_two_atoms("b1"), "frozen, the sharpness drops below 1 + 2 ||f||"),
    Necessity("output-weights-trained", frozen_two_atoms("w2"), "frozen, the sharpness drops below 1 + 2 ||f||"),
    Necessity("output-bias-trained", frozen_two_atoms("b2"), "the 1 of 1 + 2 ||f|| comes from the output bias"),
    Necessity("interpolating", NOT_CRITICAL, "residual -1 at both points, neither interpolating nor critical"),
    Necessity(
        "stable", shattered_sphere().replace(step_size=fmpq(2)), "a step size above 2 / sharpness bounds nothing"
    ),
)

STABILITY_NORM = Theorem(
    id="stability-norm",
    title="Stable minima have a bounded stability norm, in any dimension",
    source=source("Theorem 1"),
    status="recalled",
    claims=(BOUND,),
    adjustable=ADJUSTABLE,
    links=LINKS,
    right_side="the right side of <=",
    equality=(SHATTERED_SPHERE, TWO_ATOMS),
    mutants=MUTANTS,
    necessity=NECESSITY,
    closed_forms=radon_forms.CLOSED_FORMS,
    notes=(
        "The norm is the total mass of g R(-Laplace)^((d+1)/2) f; for a finite network a sum over distinct "
        "hyperplanes. The proof is the chain of Mulayoff, Michaeli, Soudry (2021), Lemma 4, with d > 1."
    ),
)
