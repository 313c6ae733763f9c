"""At a critical point of any loss value the bounds of interpolating minima hold without a noise term.

An own result. Proof. The Hessian of f couples (w1_i, b1_i) with w2_i alone, so the residual part of the Hessian of L
has blocks S_i = E[r (X, 1) 1_i], and w2_i S_i is the gradient of L in (w1_i, b1_i). With q = E grad f(X) the residual
part adds 2 sum_i E[relu_i] E[(X, 1) 1_i] . grad_i L to q' H q, and q' GN q >= |q|^4. At a critical point nothing is
added; at any point the correction is at most sum_i G_i |grad_i L| / |q|^2, or half of max_i |grad_i L| / |w2_i|.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from refutable.theorems.assumptions.critical_points import CRITICAL, NONZERO_OUTPUT_WEIGHTS, SECOND_ORDER
from refutable.theorems.assumptions.shallow_relu import ALL_TRAINED, DIFFERENTIABLE, NOT_NEEDED_AT_KINKS, STABLE
from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.constants import Adjustable, Values
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.families.critical_points import NOISY_SPHERE, NOISY_TWO_ATOMS, SIX_POINTS
from refutable.theorems.families.edge import frozen_two_atoms
from refutable.theorems.families.labelled import NOT_CRITICAL, with_residuals
from refutable.theorems.families.two_atoms import TWO_ATOMS, two_atoms
from refutable.theorems.papers import inverse_step_size
from refutable.theorems.papers.nacson_2023.step_size_bound import at_most
from refutable.theorems.papers.own import critical_point_forms, critical_point_mutants, gradient_blocks
from refutable.theorems.papers.own.source import own
from refutable.theorems.records import Necessity, Theorem
from refutable.theorems.views import View

TWICE_DIFFERENTIABLE = (DIFFERENTIABLE, *ALL_TRAINED)


def _norm(view: View) -> Any:
    return view["stability_norm"]


def _with_correction(correction: Callable[[View], Any]) -> Callable[[View], Iterable[Check]]:
    """||f|| <= sum_i |w2_i| G_i <= sharpness/2 - 1/2 + correction."""

    def concludes(view: View) -> Iterable[Check]:
        half = view.ops.ratio(1, 2)
        right = view["sharpness"] * half - half + correction(view)
        yield Check(_norm(view), "<=", right)
        yield Check(view["active_side_sum"], "<=", right, "sum of |w2_i| G_i")

    return concludes


def largest_gradient_over_output(view: View) -> Any:
    """max_i |grad_{(w1_i, b1_i)} L| / |w2_i|."""
    return view.ops.max(gradient_blocks.gradients_over_outputs(view))


def _bound(values: Values) -> Claim:
    return Claim(
        "critical-point-bound",
        SHALLOW_RELU,
        f"||f|| <= {inverse_step_size.written(values)} at every linearly stable, differentiable critical point, "
        "whatever its loss",
        (*TWICE_DIFFERENTIABLE, CRITICAL, STABLE),
        at_most(_norm, inverse_step_size.below(values)),
        r"\nabla L = 0,\ \lambda_{\max}(\nabla^2 L) \le \tfrac2\eta \;\Rightarrow\; \|f\| \le "
        + inverse_step_size.latex(values),
    )


ADJUSTABLE = Adjustable(inverse_step_size.CONSTANTS, _bound)
BOUND = ADJUSTABLE.claim
SHARPNESS = Claim(
    "critical-sharpness",
    SHALLOW_RELU,
    "1 + 2 ||f|| <= sharpness at every differentiable critical point",
    (*TWICE_DIFFERENTIABLE, CRITICAL),
    at_most(lambda view: 1 + 2 * _norm(view), lambda view: view["sharpness"]),
    r"1 + 2\|f\| \le \lambda_{\max}(\nabla^2 L)",
)


def _gauss_newton(view: View) -> Iterable[Check]:
    yield Check(view["residual_block_norm"], "==", 0, "norm of the residual part")
    yield Check(view["hessian"], "==", view["gauss_newton"], "Hessian and Gauss-Newton part")


GAUSS_NEWTON = Claim(
    "hessian-is-gauss-newton",
    SHALLOW_RELU,
    "at a differentiable critical point with nonzero output weights the Hessian is its Gauss-Newton part",
    (*TWICE_DIFFERENTIABLE, NONZERO_OUTPUT_WEIGHTS, CRITICAL),
    _gauss_newton,
    r"\nabla^2 L = \tfrac1n \Phi^\top\Phi",
)
LOCAL_MINIMUM = Claim(
    "local-minimum-is-gauss-newton",
    SHALLOW_RELU,
    "at a differentiable critical point with positive semidefinite Hessian (every local minimum) the Hessian is its "
    "Gauss-Newton part, zero output weights included",
    (*TWICE_DIFFERENTIABLE, CRITICAL, SECOND_ORDER),
    _gauss_newton,
    r"\nabla^2 L \succeq 0 \Rightarrow \nabla^2 L = \tfrac1n \Phi^\top\Phi",
)
QUANTITATIVE = Claim(
    "gradient-over-output-weight",
    SHALLOW_RELU,
    "||f|| <= sum_i |w2_i| G_i <= sharpness/2 - 1/2 + (1/2) max_i |grad_{(w1_i, b1_i)} L| / |w2_i| at any "
    "differentiable parameters with nonzero output weights",
    (*TWICE_DIFFERENTIABLE, NONZERO_OUTPUT_WEIGHTS),
    _with_correction(lambda view: largest_gradient_over_output(view) * view.ops.ratio(1, 2)),
    r"\|f\| \le \frac{\lambda_{\max}}2 - \frac12 + \frac12 \max_i \frac{\|\nabla_{(w_i, b_i)} L\|}{|w^{(2)}_i|}",
)
WEIGHTED = Claim(
    "weighted-gradient",
    SHALLOW_RELU,
    "||f|| <= sum_i |w2_i| G_i <= sharpness/2 - 1/2 + sum_i G_i |grad_{(w1_i, b1_i)} L| / |E grad f(X)|^2 at any "
    "differentiable parameters: no division by an output weight",
    TWICE_DIFFERENTIABLE,
    _with_correction(gradient_blocks.weighted_gradient),
    r"\|f\| \le \frac{\lambda_{\max}}2 - \frac12 + \frac{\sum_i G_i \|\nabla_i L\|}{\|\mathbb{E}\nabla f\|^2}",
)


def _identity(id: str, statement: str, assumes: tuple[Any, ...], left: Any, right: Any, latex: str) -> Claim:
    return Claim(id, SHALLOW_RELU, statement, assumes, lambda v: [Check(left(v), "==", right(v))], latex)


def _form(name: str) -> Callable[[View], Any]:
    return lambda view: gradient_blocks.form_at_mean_gradient(view, view[name])


LINKS = (
    _identity(
        "gradient-is-block",
        "the gradient in (w1_i, b1_i) is w2_i S_i with S_i = E[r (X, 1) 1_i]",
        TWICE_DIFFERENTIABLE,
        gradient_blocks.neuron_gradients,
        lambda view: view["w2"][..., :, None] * view["residual_blocks"],
        r"\nabla_{(w_i,b_i)} L = w^{(2)}_i\, \mathbb{E}[r (X,1) 1_i]",
    ),
    _identity(
        "residual-part-norm",
        "the spectral norm of the residual part of the Hessian is exactly max_i |S_i| (squares compared)",
        TWICE_DIFFERENTIABLE,
        gradient_blocks.residual_hessian_norm_square,
        lambda view: view["residual_block_norm"] * view["residual_block_norm"],
        r"\|\nabla^2 L - \tfrac1n\Phi^\top\Phi\|_2 = \max_i \|S_i\|",
    ),
    _identity(
        "residual-norm-by-gradient",
        "max_i |S_i| = max_i |grad_{(w1_i, b1_i)} L| / |w2_i| where no output weight is 0",
        (*TWICE_DIFFERENTIABLE, NONZERO_OUTPUT_WEIGHTS),
        lambda view: view["residual_block_norm"],
        largest_gradient_over_output,
        r"\max_i \|S_i\| = \max_i \|\nabla_{(w_i,b_i)} L\| / |w^{(2)}_i|",
    ),
    _identity(
        "form-at-mean-gradient",
        "q' H q = q' GN q + 2 sum_i E[relu_i] E[(X, 1) 1_i] . grad_{(w1_i, b1_i)} L for q = E grad f(X)",
        TWICE_DIFFERENTIABLE,
        _form("hessian"),
        lambda view: _form("gauss_newton")(view) + gradient_blocks.coupling(view),
        r"q^\top \nabla^2 L\, q = q^\top \tfrac1n\Phi^\top\Phi\, q + 2\sum_i A_i\, \mathbb{E}[(X,1)1_i]\cdot\nabla_i L",
    ),
    Claim(
        "jensen",
        SHALLOW_RELU,
        "|q|^4 <= q' GN q for q = E grad f(X): the mean of a square is at least the square of the mean",
        TWICE_DIFFERENTIABLE,
        at_most(lambda view: view["mean_gradient_square"] * view["mean_gradient_square"], _form("gauss_newton")),
        r"\|q\|^4 \le \mathbb{E} (q \cdot \nabla f(X))^2",
    ),
    Claim(
        "weighted-is-sharper",
        SHALLOW_RELU,
        "the weighted gradient is at most half of the largest |grad_{(w1_i, b1_i)} L| / |w2_i|",
        (*TWICE_DIFFERENTIABLE, NONZERO_OUTPUT_WEIGHTS),
        at_most(
            lambda view: 2 * gradient_blocks.weighted_gradient(view),
            largest_gradient_over_output,
        ),
        r"\frac{2\sum_i G_i \|\nabla_i L\|}{\|\mathbb{E}\nabla f\|^2} \le \max_i \frac{\|\nabla_i L\|}{|w^{(2)}_i|}",
    ),
)

SADDLE = with_residuals(
    SHALLOW_RELU.instance(w1=[[1]], b1=["1/2"], w2=[0], b2=0, x=[[1], [2], [-1], [3]]), [3, 1, -2, -2]
)
"""A critical point with output weight 0 and residual block (-1/4, 1/2): a saddle, not a minimum."""

_BELOW_CHAIN = "interpolating, hence critical; frozen, the sharpness drops below 1 + 2 ||f||"

NECESSITY = (
    Necessity("differentiable", None, NOT_NEEDED_AT_KINKS),
    Necessity("input-weights-trained", frozen_two_atoms("w1"), _BELOW_CHAIN),
    Necessity("hidden-biases-trained", frozen_two_atoms("b1"), _BELOW_CHAIN),
    Necessity("output-weights-trained", frozen_two_atoms("w2"), _BELOW_CHAIN),
    Necessity("output-bias-trained", frozen_two_atoms("b2"), "the 1 of 1 + 2 ||f|| comes from the output bias"),
    Necessity("critical", NOT_CRITICAL, "residual -1 at both points: 27/4 < 225/32"),
    Necessity(
        "stable", two_atoms().replace(step_size=SHALLOW_RELU.view(two_atoms())["step_size"] * 2), "twice 2 / sharpness"
    ),
    Necessity(
        "nonzero-output-weights",
        SADDLE,
        "a critical saddle whose Hessian has the residual block (-1/4, 1/2); the bound itself does not need it",
        claim="hessian-is-gauss-newton",
    ),
    Necessity(
        "semidefinite-hessian",
        SADDLE,
        "the same saddle: its Hessian has a negative eigenvalue",
        claim="local-minimum-is-gauss-newton",
    ),
)

CRITICAL_POINT_BOUND = Theorem(
    id="critical-point-bound",
    title="Stable critical points obey the bound with no noise term",
    source=own(
        "builds on Mulayoff, Michaeli, Soudry (NeurIPS 2021), Lemma 4; compare Qiao et al. (NeurIPS 2024) and Liang "
        "et al. (NeurIPS 2025), whose correction is of the order of the root of the loss"
    ),
    status="own",
    claims=(BOUND, SHARPNESS, GAUSS_NEWTON, LOCAL_MINIMUM, QUANTITATIVE, WEIGHTED),
    links=LINKS,
    adjustable=ADJUSTABLE,
    right_side="the right side of <=",
    equality=(NOISY_TWO_ATOMS, NOISY_SPHERE, TWO_ATOMS, SIX_POINTS),
    mutants=critical_point_mutants.mutants(BOUND, GAUSS_NEWTON, QUANTITATIVE, WEIGHTED),
    necessity=NECESSITY,
    closed_forms=critical_point_forms.CLOSED_FORMS,
    notes=(
        "The correction vanishes with the gradient, not with the loss: the form for trained networks that do not "
        "interpolate. At local minima the Hessian equals its Gauss-Newton part even where output weights are 0, "
        "because a positive semidefinite matrix with a zero diagonal entry has a zero row."
    ),
)
