"""Bounds at any differentiable parameters: ||f|| <= sharpness/2 - 1/2 + a multiple of the residuals."""

from __future__ import annotations

from typing import Any

from flint import fmpq

from refutable.theorems.assumptions.shallow_relu import (
    ALL_TRAINED,
    DIFFERENTIABLE,
    NOT_NEEDED_AT_KINKS,
    STABLE,
)
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.constants import Adjustable, Constant, Values, multiple, number, tex
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.families.edge import frozen_two_atoms
from refutable.theorems.families.labelled import NARROW_ATOMS, NOT_CRITICAL, SHIFTED_TWO_ATOMS
from refutable.theorems.families.shattered_sphere import SHATTERED_SPHERE
from refutable.theorems.families.two_atoms import TWO_ATOMS, two_atoms
from refutable.theorems.papers.liang_2025 import corrections, residual_forms
from refutable.theorems.papers.liang_2025.corrections import half_sharpness_plus
from refutable.theorems.papers.nacson_2023.step_size_bound import Formula, at_most, inverse_step_size_bound, variant
from refutable.theorems.records import Mutant, Necessity, Source, Theorem
from refutable.theorems.views import View

TWICE_DIFFERENTIABLE = (DIFFERENTIABLE, *ALL_TRAINED)


def _norm(view: View) -> Any:
    return view["stability_norm"]


def _claim(
    id: str, statement: str, assumes: tuple[Assumption, ...], left: Formula, right: Formula, latex: str
) -> Claim:
    return Claim(id, SHALLOW_RELU, statement, assumes, at_most(left, right), latex)


def _bound(values: Values) -> Claim:
    offset, beyond, doubled = values["offset"], values["beyond_radius"], values["loss_multiple"]
    return _claim(
        "residual-bound",
        f"||f|| <= sharpness/2 - {number(offset)} + (R + {number(beyond)}) sqrt({multiple(doubled)} L) at any "
        "differentiable parameters, R = max |x_j|",
        TWICE_DIFFERENTIABLE,
        _norm,
        half_sharpness_plus(lambda view: corrections.liang(view, beyond, doubled), offset),
        rf"\|f\| \le \frac{{\lambda_{{\max}}(\nabla^2 L)}}2 - {tex(offset)} "
        rf"+ (R+{tex(beyond)})\sqrt{{{tex(doubled)}L}}",
    )


ADJUSTABLE = Adjustable(
    {
        "offset": Constant(fmpq(1, 2), "taken off half the sharpness; 1/2 is what the output bias gives"),
        "beyond_radius": Constant(corrections.ONE, "added to R, the largest |x_j|, in R + 1"),
        "loss_multiple": Constant(corrections.TWO, "multiplies the loss under the root", fmpq(0)),
    },
    _bound,
)
BOUND = ADJUSTABLE.claim
SHARP = _claim(
    "sharp-residual-bound",
    "||f|| <= sharpness/2 - 1/2 + (1/2) sqrt(1 + R^2) mean |r_j| (own)",
    TWICE_DIFFERENTIABLE,
    _norm,
    half_sharpness_plus(corrections.sharp),
    r"\|f\| \le \frac{\lambda_{\max}(\nabla^2 L)}2 - \frac12 + \frac12\sqrt{1+R^2}\,\frac1n\sum_j |r_j|",
)
FLAT = _claim(
    "flat-residual-bound",
    "||f|| <= 1/eta - 1/2 + (R + 1) sqrt(2 L) wherever the sharpness is at most 2/eta",
    (*TWICE_DIFFERENTIABLE, STABLE),
    _norm,
    lambda view: inverse_step_size_bound(view) + corrections.liang(view),
    r"\lambda_{\max}(\nabla^2 L) \le \tfrac2\eta \;\Rightarrow\; \|f\| \le \frac1\eta - \frac12 + (R+1)\sqrt{2L}",
)

LINKS = (
    _claim(
        "weyl",
        "the residual part lowers the sharpness of the Gauss-Newton part by at most its norm",
        TWICE_DIFFERENTIABLE,
        lambda view: view["gauss_newton_sharpness"],
        lambda view: view["sharpness"] + view["residual_block_norm"],
        r"\lambda_{\max}(\tfrac1n\Phi^\top\Phi) \le \lambda_{\max}(\nabla^2 L) + \max_i \|S_i\|",
    ),
    _claim(
        "residual-part",
        "the norm of the residual part is at most sqrt(1 + R^2) mean |r_j|",
        (),
        lambda view: view["residual_block_norm"],
        lambda view: 2 * corrections.sharp(view),
        r"\max_i \|S_i\| \le \sqrt{1+R^2}\,\tfrac1n \sum_j |r_j|",
    ),
    _claim(
        "root-mean-square",
        "mean |r_j| <= sqrt(2 L)",
        (),
        corrections.mean_absolute_residual,
        corrections.root_of_twice_loss,
        r"\tfrac1n\sum_j |r_j| \le \sqrt{2L}",
    ),
    _claim(
        "sharper-than-both",
        "the sharp correction is at most (1/2)(R + 1) sqrt(2 L)",
        (),
        lambda view: 2 * corrections.sharp(view),
        corrections.liang,
        r"\sqrt{1+R^2}\,\tfrac1n\sum_j|r_j| \le (R+1)\sqrt{2L}",
    ),
)


def _mutant(id: str, claim: Claim, correction: Formula, why: str, killer: Any) -> Mutant:
    return Mutant(id, variant(claim, id, _norm, half_sharpness_plus(correction)), why, killer)


MUTANTS = (
    _mutant(
        "no-loss-term",
        BOUND,
        lambda view: view.ops.ratio(0),
        "away from critical points residuals can lower the sharpness below 1 + 2 ||f||",
        SHIFTED_TWO_ATOMS,
    ),
    _mutant(
        "radius-alone",
        BOUND,
        corrections.qiao,
        "R in place of R + 1 is false for narrow data: the hidden bias sees the input 1, not x",
        NARROW_ATOMS,
    ),
    _mutant(
        "eighth-of-sharp",
        SHARP,
        lambda view: corrections.sharp(view) * view.ops.ratio(1, 4),
        "1/2, not 1/8",
        SHIFTED_TWO_ATOMS,
    ),
    _mutant(
        "radius-for-largest-input",
        SHARP,
        lambda view: corrections.radius(view) * corrections.mean_absolute_residual(view) * view.ops.ratio(1, 2),
        "sqrt(1 + R^2), not R: the hidden bias is trained as well",
        NARROW_ATOMS,
    ),
    Mutant(
        "flat-without-loss",
        variant(FLAT, "flat-without-loss", _norm, inverse_step_size_bound),
        "the bound of critical points is false at other parameters",
        NOT_CRITICAL,
    ),
)

_BELOW_CHAIN = "at loss 0; frozen, the sharpness drops below 1 + 2 ||f||"

NECESSITY = (
    Necessity("differentiable", None, NOT_NEEDED_AT_KINKS),
    Necessity("input-weights-trained", frozen_two_atoms("w1"), _BELOW_CHAIN),
    Necessity("hidden-biases-trained", frozen_two_atoms("b1"), _BELOW_CHAIN),
    Necessity("output-weights-trained", frozen_two_atoms("w2"), _BELOW_CHAIN),
    Necessity("output-bias-trained", frozen_two_atoms("b2"), "the 1 of 1 + 2 ||f|| comes from the output bias"),
    Necessity(
        "stable",
        two_atoms().replace(step_size=fmpq(2)),
        "loss 0 at a step size above 2 / sharpness",
        claim="flat-residual-bound",
    ),
)

RESIDUAL_BOUND = Theorem(
    id="residual-bound",
    title="The stability norm at any parameters, with a residual term",
    source=Source(
        "Liang, Qiao, Wang, Parhi, NeurIPS 2025",
        "Theorem 3.2, Corollary 3.3",
        link="https://arxiv.org/abs/2506.20779",
        note=("read without display formulas, which were rebuilt and verified; sharp form: own"),
    ),
    status="read",
    claims=(BOUND, SHARP, FLAT),
    links=LINKS,
    adjustable=ADJUSTABLE,
    right_side="the right side of <=",
    equality=(TWO_ATOMS, SHATTERED_SPHERE),
    mutants=MUTANTS,
    necessity=NECESSITY,
    closed_forms=residual_forms.CLOSED_FORMS,
    notes=(
        "Equality is known at loss 0 only. The sharp correction is at least twice smaller than (R + 1) sqrt(2 L). With "
        "x_max alone in place of R + 1, for univariate data that are wide enough: residual-bound-univariate."
    ),
)
