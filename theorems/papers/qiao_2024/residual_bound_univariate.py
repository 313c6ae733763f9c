"""The univariate bound at any differentiable parameters: int |f''| g <= sharpness/2 - 1/2 + x_max sqrt(2 L)."""

from __future__ import annotations

from typing import Any

from flint import fmpq

from refutable.theorems.assumptions.critical_points import WIDE_DATA
from refutable.theorems.assumptions.shallow_relu import (
    ALL_TRAINED,
    DIFFERENTIABLE,
    NOT_NEEDED_AT_KINKS,
    STABLE,
    UNIVARIATE,
)
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.constants import Adjustable, Constant, Values, multiple, number, ratio, tex
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.families.labelled import NARROW_ATOMS
from refutable.theorems.families.two_atoms import two_atoms
from refutable.theorems.papers.liang_2025 import corrections, residual_bound
from refutable.theorems.papers.liang_2025.corrections import half_sharpness_plus
from refutable.theorems.papers.nacson_2023.step_size_bound import Formula, at_most, inverse_step_size_bound, variant
from refutable.theorems.papers.qiao_2024 import univariate_forms
from refutable.theorems.papers.qiao_2024.instances import (
    FAR_OFF,
    WIDE,
    WIDE_FAR_OFF,
    WIDE_FLAT,
    WIDE_SHIFTED,
    WIDE_TWO_ATOMS,
    frozen_wide_atoms,
)
from refutable.theorems.records import Mutant, Necessity, Source, Theorem
from refutable.theorems.views import View

TWICE_DIFFERENTIABLE = (DIFFERENTIABLE, *ALL_TRAINED)


def _norm(view: View) -> Any:
    return view["stability_norm"]


def _claim(
    id: str, statement: str, assumes: tuple[Assumption, ...], left: Formula, right: Formula, latex: str
) -> Claim:
    return Claim(id, SHALLOW_RELU, statement, (UNIVARIATE, *assumes), at_most(left, right), latex)


def _radius_times(view: View, factor: fmpq, doubled: fmpq) -> Any:
    return ratio(view.ops, factor) * corrections.radius(view) * corrections.root_of_loss(view, doubled)


def _bound(values: Values) -> Claim:
    offset, factor, doubled = values["offset"], values["radius_factor"], values["loss_multiple"]
    shown = "" if factor == 1 else f"{multiple(factor)} "
    return _claim(
        "residual-bound-univariate",
        f"int |f''| g <= sharpness/2 - {number(offset)} + {shown}x_max sqrt({multiple(doubled)} L) at any "
        "differentiable parameters, for univariate data with x_max = max |x_j| >= 1",
        (WIDE_DATA, *TWICE_DIFFERENTIABLE),
        _norm,
        half_sharpness_plus(lambda view: _radius_times(view, factor, doubled), offset),
        rf"\int |f''|\, g \le \frac{{\lambda_{{\max}}(\nabla^2 L)}}2 - {tex(offset)} "
        rf"+ {'' if factor == 1 else tex(factor)} x_{{\max}}\sqrt{{{tex(doubled)}L}}",
    )


ADJUSTABLE = Adjustable(
    {
        "offset": Constant(fmpq(1, 2), "taken off half the sharpness; 1/2 is what the output bias gives"),
        "radius_factor": Constant(fmpq(1), "multiplies x_max, the largest |x_j|"),
        "loss_multiple": Constant(fmpq(2), "multiplies the loss under the root", fmpq(0)),
    },
    _bound,
)
BOUND = ADJUSTABLE.claim


def _at_least(view: View, floor: Any) -> Any:
    """max(x_max, floor) sqrt(2 L)."""
    radius = corrections.radius(view)
    return view.ops.maximum(radius, view.ops.ones_like(radius) * floor) * corrections.root_of_twice_loss(view)


def _any_width(view: View) -> Any:
    """max(x_max, 1/sqrt(3)) sqrt(2 L)."""
    radius = corrections.radius(view)
    third = view.ops.ones_like(radius) * view.ops.ratio(1, 3)
    return view.ops.maximum(radius, view.ops.sqrt(third)) * corrections.root_of_twice_loss(view)


ANY_WIDTH = _claim(
    "any-width",
    "int |f''| g <= sharpness/2 - 1/2 + max(x_max, 1/sqrt(3)) sqrt(2 L) for univariate data of any width (own)",
    TWICE_DIFFERENTIABLE,
    _norm,
    half_sharpness_plus(_any_width),
    r"\int |f''|\, g \le \frac{\lambda_{\max}(\nabla^2 L)}2 - \frac12 + \max(x_{\max}, \tfrac1{\sqrt3})\sqrt{2L}",
)
FLAT = _claim(
    "flat-residual-bound-univariate",
    "int |f''| g <= 1/eta - 1/2 + x_max sqrt(2 L) wherever the sharpness is at most 2/eta, for x_max >= 1",
    (WIDE_DATA, *TWICE_DIFFERENTIABLE, STABLE),
    _norm,
    lambda view: inverse_step_size_bound(view) + corrections.qiao(view),
    r"\lambda_{\max}(\nabla^2 L) \le \tfrac2\eta \;\Rightarrow\; "
    r"\int |f''|\, g \le \frac1\eta - \frac12 + x_{\max}\sqrt{2L}",
)

LINKS = (
    *residual_bound.LINKS[:3],
    _claim(
        "sharp-implies",
        "the sharp correction (1/2) sqrt(1 + x_max^2) mean |r_j| is at most max(x_max, 1/sqrt(3)) sqrt(2 L)",
        (),
        corrections.sharp,
        _any_width,
        r"\tfrac12\sqrt{1+x_{\max}^2}\,\tfrac1n\sum_j|r_j| \le \max(x_{\max}, \tfrac1{\sqrt3})\sqrt{2L}",
    ),
)


def _wide_from_a_tenth() -> Assumption:
    reason = "max_j |x_j| >= 1/10"
    return Assumption(
        "wide-from-a-tenth",
        reason,
        lambda view: at_most(lambda v: v.ops.ratio(1, 10), corrections.radius)(view),
    )


def _changed(claim: Claim, id: str, correction: Formula, why: str, killer: Any) -> Mutant:
    return Mutant(id, variant(claim, id, _norm, half_sharpness_plus(correction)), why, killer)


MUTANTS = (
    _changed(
        BOUND,
        "no-loss-term",
        lambda view: view.ops.ratio(0),
        "away from critical points residuals can lower the sharpness below 1 + 2 int |f''| g",
        WIDE_SHIFTED,
    ),
    _changed(
        BOUND,
        "quarter-of-radius",
        lambda view: _radius_times(view, fmpq(1, 4), fmpq(2)),
        "two atoms +-c need (1/4) sqrt(1 + c^2) |r|, above a quarter of c sqrt(2 L)",
        WIDE_FAR_OFF,
    ),
    Mutant(
        "wide-data-dropped",
        BOUND.without("wide-data"),
        "for narrow data x_max sqrt(2 L) is too small; from x_max = 1/sqrt(3) on it suffices",
        FAR_OFF,
    ),
    Mutant(
        "wide-from-a-tenth",
        Claim(
            "residual-bound-univariate: wide-from-a-tenth",
            SHALLOW_RELU,
            "int |f''| g <= sharpness/2 - 1/2 + x_max sqrt(2 L) for x_max >= 1/10 (false variant)",
            (UNIVARIATE, _wide_from_a_tenth(), *TWICE_DIFFERENTIABLE),
            BOUND.concludes,
        ),
        "two atoms need x_max >= 1/sqrt(15) = 0.258",
        FAR_OFF,
    ),
    _changed(
        ANY_WIDTH,
        "floor-of-a-fifth",
        lambda view: _at_least(view, view.ops.ratio(1, 5)),
        "two atoms near 0 need a quarter of sqrt(2 L)",
        FAR_OFF,
    ),
    Mutant(
        "flat-without-loss",
        variant(FLAT, "flat-without-loss", _norm, inverse_step_size_bound),
        "the bound of critical points is false at other parameters",
        WIDE_FLAT,
    ),
)

_BELOW_CHAIN = "at loss 0; frozen, the sharpness drops below 1 + 2 int |f''| g"

NECESSITY = (
    Necessity("differentiable", None, NOT_NEEDED_AT_KINKS),
    Necessity("input-weights-trained", frozen_wide_atoms("w1"), _BELOW_CHAIN),
    Necessity("hidden-biases-trained", frozen_wide_atoms("b1"), _BELOW_CHAIN),
    Necessity("output-weights-trained", frozen_wide_atoms("w2"), _BELOW_CHAIN),
    Necessity("output-bias-trained", frozen_wide_atoms("b2"), "the 1 of 1 + 2 int |f''| g comes from the output bias"),
    Necessity(
        "univariate", None, "not necessary: by the sharp form the bound holds for max |x_j| >= 1 in any dimension"
    ),
    Necessity("wide-data", NARROW_ATOMS, "X = -1/10, 1/10 and residual -1"),
    Necessity(
        "stable",
        two_atoms(c=WIDE).replace(step_size=fmpq(2)),
        "loss 0 at a step size above 2 / sharpness",
        "flat-residual-bound-univariate",
    ),
)

RESIDUAL_BOUND_UNIVARIATE = Theorem(
    id="residual-bound-univariate",
    title="The weighted variation of univariate networks at any parameters",
    source=Source(
        "Qiao, Zhang, Singh, Soudry, Wang, NeurIPS 2024",
        "main bound on stable minima (Theorem 4.1, number uncertain)",
        link="https://arxiv.org/abs/2406.06838",
        note=(
            "recalled, then re-derived; the abstract confirms 1/eta - 1/2 + O(sigma + sqrt(MSE)) up to logarithms, "
            "the constant of the sqrt(2 L) term is not confirmed"
        ),
    ),
    status="recalled",
    claims=(BOUND, ANY_WIDTH, FLAT),
    links=LINKS,
    adjustable=ADJUSTABLE,
    right_side="the right side of <=",
    equality=(WIDE_TWO_ATOMS,),
    mutants=MUTANTS,
    necessity=NECESSITY,
    closed_forms=univariate_forms.CLOSED_FORMS,
    notes=(
        "Another form than residual-bound, which has R + 1 in place of x_max, in any dimension and for data of any "
        "width: for x_max >= 1 this one is stronger, for narrow data it is false. It follows from the sharp form with "
        "(1/2) sqrt(1 + x_max^2) mean |r_j| as soon as x_max >= 1/sqrt(3); two atoms show that it fails below "
        "1/sqrt(15); between the two nothing is known. Equality is known at loss 0 only. If the paper's constant is "
        "larger than 1, its statement follows from this one."
    ),
)
