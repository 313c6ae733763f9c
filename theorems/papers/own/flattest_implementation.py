"""How flat a given function can be implemented by rescaling its neurons.

An own result. Sharpness is that at interpolation: the largest eigenvalue of the gradient kernel, the Gauss-Newton part.
For scales c_i > 0 the rescaled network has gradient kernel K = 1/n (11' + sum_i (w2_i^2/c_i^2) N_i + c_i^2 a_i a_i').
The largest eigenvalue of a sum is at most the sum of the largest eigenvalues: 1, w2_i^2 M_i / c_i^2 and c_i^2 A2_i with
M_i = lambda_max(E[(X, 1)(X, 1)' 1_i]) and A2_i = E[relu_i^2]. The infimum over all scales is
U = 1 + 2 sum_i |w2_i| sqrt(A2_i M_i). From below every implementation has 1 + 2 ||f||.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from refutable.theorems.assumptions.shallow_relu import ALL_TRAINED, DIFFERENTIABLE, NOT_NEEDED_AT_KINKS
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.constants import Adjustable, Constant, Values, number, tex
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.domains.shallow_relu.rescaling import flattest_scales, mean_square_activation
from refutable.theorems.families.edge import frozen_two_atoms
from refutable.theorems.families.shattered_sphere import SHATTERED_SPHERE
from refutable.theorems.families.single_point import SINGLE_POINT
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021 import alternative_weights as alternative
from refutable.theorems.papers.nacson_2023.step_size_bound import Formula, at_most, variant
from refutable.theorems.papers.own import implementation_forms, implementations
from refutable.theorems.papers.own.source import own
from refutable.theorems.records import Mutant, Necessity, Theorem
from refutable.theorems.views import View

ON_SPHERE = replace(SHATTERED_SPHERE, id="implementations-on-sphere", attains="interior")
ROUNDING = (2**60 + 1, 2**60)
"""1 + 2^-60 as a ratio, allowed for scales correct to 53 bits: their effect on the bound is of second order."""


def _claim(
    id: str, statement: str, left: Formula, right: Formula, latex: str, assumes: tuple[Assumption, ...] = ()
) -> Claim:
    return Claim(id, SHALLOW_RELU, statement, assumes, at_most(left, right), latex)


def _given(view: View) -> Any:
    return view.ops.ones_like(view["b1"])


def _upper(values: Values) -> Claim:
    offset = values["offset"]
    return _claim(
        "flattest-implementation",
        f"rescaling neuron i by c_i gives an implementation of f of sharpness at most {number(offset)} + "
        "sum_i (w2_i^2 M_i / c_i^2 + c_i^2 A2_i), here at the scales that minimise the right side (to 53 bits)",
        implementations.flattest_sharpness,
        lambda view: implementations.flattest_upper_bound(view, offset),
        rf"\lambda_{{\max}}(K(c)) \le {tex(offset)} + "
        r"\sum_i \Bigl(\frac{(w^{(2)}_i)^2 M_i}{c_i^2} + c_i^2\, \mathbb{E}[\sigma_i^2]\Bigr)",
    )


ADJUSTABLE = Adjustable({"offset": Constant(implementations.ONE, "what the output bias adds")}, _upper)
UPPER = ADJUSTABLE.claim
AS_GIVEN = _claim(
    "given-implementation",
    "the same for the implementation as given, c_i = 1",
    lambda view: view["gauss_newton_sharpness"],
    lambda view: implementations.upper_bound(view, _given(view)),
    r"\lambda_{\max}(\tfrac1n\Phi\Phi^\top) \le 1 + \sum_i \bigl((w^{(2)}_i)^2 M_i + \mathbb{E}[\sigma_i^2]\bigr)",
)
LOWER = _claim(
    "every-implementation",
    "no rescaling makes the sharpness smaller than 1 + 2 ||f||, here at the scales that minimise the upper bound",
    lambda view: 1 + 2 * view["stability_norm"],
    implementations.flattest_sharpness,
    r"1 + 2\|f\| \le \lambda_{\max}(K(c))",
    (DIFFERENTIABLE, *ALL_TRAINED),
)
STABLE_STEP = _claim(
    "stable-step-size",
    "some implementation of f is stable for every step size below 2 / U, U = 1 + 2 sum_i |w2_i| sqrt(A2_i M_i): its "
    "sharpness is at most U (up to a relative 2^-60 for scales rounded to 53 bits and vanishing output weights)",
    implementations.flattest_sharpness,
    lambda view: implementations.infimum(view) * view.ops.ratio(*ROUNDING) + _vanishing_part(view),
    r"\lambda_{\max}(K(c^*)) \le U = 1 + 2\sum_i |w^{(2)}_i| \sqrt{\mathbb{E}[\sigma_i^2]\, M_i}",
)


def _vanishing_part(view: View) -> Any:
    """What neurons with output weight 0 add at their small but positive scale."""
    ops = view.ops
    squares = mean_square_activation(view) * ops.zero(view["w2"])
    return ops.sum(squares) * ops.ratio(1, 2**80)


LINKS = (
    _claim(
        "infimum",
        "U is at most the upper bound at the scales as given (and at any others): a + b >= 2 sqrt(ab)",
        implementations.infimum,
        lambda view: implementations.upper_bound(view, _given(view)),
        r"1 + 2\sum_i |w^{(2)}_i| \sqrt{A_i M_i} \le 1 + \sum_i \bigl((w^{(2)}_i)^2 M_i + A_i\bigr)",
    ),
    _claim(
        "norm-below-infimum",
        "1 + 2 ||f|| <= U",
        lambda view: 1 + 2 * view["stability_norm"],
        implementations.infimum,
        r"1 + 2\|f\| \le U",
    ),
    _claim(
        "crude",
        "U <= 1 + 2 sqrt(1 + R^2) sum_i |w2_i| (|w1_i| R + |b1_i|), R = max |x_j|; for hyperplanes within distance R "
        "of 0 that is at most 1 + 4 R sqrt(1 + R^2) sum_i |w2_i| |w1_i|",
        implementations.infimum,
        implementations.crude_bound,
        r"U \le 1 + 2\sqrt{1+R^2} \sum_i |w^{(2)}_i| (\|w_i\| R + |b_i|)",
    ),
)


def _mean_squared(view: View) -> Any:
    scales = flattest_scales(view)
    mean = view["mean_activation"]
    return implementations.upper_bound(view, scales, mean * mean)


def _larger_side(view: View) -> Any:
    return 1 + 2 * alternative.larger_side(view)


UNEVEN_ACTIVATIONS = SHALLOW_RELU.instance(w1=[[8]], b1=[-79], w2=[1], b2=0, x=[[10], [11]])
"""One neuron with activations 1 and 9 on two data."""

MUTANTS = (
    Mutant(
        "factor-two-dropped",
        variant(
            STABLE_STEP,
            "factor-two-dropped",
            implementations.flattest_sharpness,
            lambda view: implementations.infimum(view, 1) * view.ops.ratio(*ROUNDING) + _vanishing_part(view),
        ),
        "both parts of a neuron's share are |w2| sqrt(A2 M) at the best scale",
        SINGLE_POINT,
    ),
    Mutant(
        "mean-squared",
        variant(UPPER, "mean-squared", implementations.flattest_sharpness, _mean_squared),
        "E[relu^2], not (E relu)^2: Jensen goes the other way",
        UNEVEN_ACTIVATIONS,
    ),
    Mutant(
        "larger-side",
        variant(LOWER, "larger-side", _larger_side, implementations.flattest_sharpness),
        "only the smaller side of a hyperplane bounds the sharpness from below",
        SHATTERED_SPHERE,
    ),
    Mutant(
        "bias-not-counted",
        variant(
            UPPER,
            "bias-not-counted",
            implementations.flattest_sharpness,
            lambda view: implementations.flattest_upper_bound(view) - 1,
        ),
        "the output bias contributes 1",
        SINGLE_POINT,
    ),
)

_BELOW_CHAIN = "frozen, the sharpness drops below 1 + 2 ||f||; the upper bounds need no such assumption"

NECESSITY = (
    Necessity("differentiable", None, NOT_NEEDED_AT_KINKS),
    Necessity("input-weights-trained", frozen_two_atoms("w1"), _BELOW_CHAIN, claim="every-implementation"),
    Necessity("hidden-biases-trained", frozen_two_atoms("b1"), _BELOW_CHAIN, claim="every-implementation"),
    Necessity("output-weights-trained", frozen_two_atoms("w2"), _BELOW_CHAIN, claim="every-implementation"),
    Necessity("output-bias-trained", frozen_two_atoms("b2"), _BELOW_CHAIN, claim="every-implementation"),
)

FLATTEST_IMPLEMENTATION = Theorem(
    id="flattest-implementation",
    title="The flattest implementation of a function lies between two norms",
    source=own(
        "re-derives in spirit the approximation results of Nacson et al. (ICLR 2023): what is stable for some step"
    ),
    status="own",
    claims=(UPPER, AS_GIVEN, LOWER, STABLE_STEP),
    links=LINKS,
    adjustable=ADJUSTABLE,
    right_side="the upper bound on the sharpness",
    equality=(SINGLE_POINT, ON_SPHERE),
    mutants=MUTANTS,
    necessity=NECESSITY,
    closed_forms=implementation_forms.CLOSED_FORMS,
    notes=(
        "The bound is for the given list of neurons; another list for the same function can be flatter. Consequence: "
        "a function with finite sum_i |a_i| is stable in some implementation for eta <= 2 / U."
    ),
)
