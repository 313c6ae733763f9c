"""Theorem 2 and its factor-free form: int |f''| g for strongly stable minima whose kinks may lie on data.

Factor-free form (own). Near theta* take the start v = e + delta u, with e the unit vector of the output bias and u
inside the cone of a mode m. As delta -> 0 strong stability gives |(I - eta H_m) e|^2 <= 1. Here e' H_m e = 1 and
H_m e = E grad_m f, so 1 - 2 eta + eta^2 |E grad_m f|^2 <= 1: the squared mean gradient of every mode is at most
2/eta. With all kinks off it is 1 + sum_i (A_i^2 + B_i^2), at least 1 + 2 ||f||. Any number of toggling neurons and
any input dimension; for SGD the same with the mean of the first step.

Without a trained output bias (own, d = 1). For q = E grad_m f of a mode m with q or -q in its closed cone, strong
stability gives q' H_m q <= 2 |q|^2/eta, and q' H_m q >= |q|^4, so |q|^2 <= 2/eta. For a kink, neuron i on x_j, let
c = E[(1 + x_j X) 1_i]; its pre-activation grows along q by w2_i c if it is off in m, by w2_i (c + p_j (1 + x_j^2)) if
it is on. Switch it on where w2_i > 0 and c >= 0, off elsewhere and where w1_i = b1_i = 0: q is in the cone unless
w2_i < 0 and c < 0 for some kink. With the signs of w2 exchanged, -q is in the cone unless w2_i > 0 and c < 0.
Switching a kink with c >= 0 on only adds to |q|^2 >= 2 ||f||. Hence the bound, unless kinks with c < 0 have output
weights of both signs (are opposed).
"""

from __future__ import annotations

from typing import Any

from flint import fmpq

from refutable.theorems.assumptions.shallow_relu import ALL_TRAINED, INTERPOLATING, UNIVARIATE
from refutable.theorems.assumptions.strong_stability import (
    FEW_SURPLUS_NEURONS,
    ONE_TOGGLING_NEURON,
    STRONGLY_STABLE,
    UNOPPOSED_KINKS,
    surplus,
)
from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.constants import Adjustable, Values
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.domains.shallow_relu.forward import trained_flag
from refutable.theorems.families.edge import frozen_two_atoms
from refutable.theorems.families.kinks import KEPT_BY_CONES, KNOT_ON_DATUM, SHATTERED_TRIANGLE, shattered_triangle
from refutable.theorems.families.two_atoms import TWO_ATOMS, two_atoms
from refutable.theorems.papers import inverse_step_size
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021 import nondifferentiable_links as links
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021 import nondifferentiable_mutants
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021.source import source
from refutable.theorems.records import ClosedForm, Necessity, Theorem
from refutable.theorems.views import View

ASSUMES = (*ALL_TRAINED, INTERPOLATING, STRONGLY_STABLE)
NEURONS_TRAINED = ALL_TRAINED[:3]


def factor_free(view: View) -> Any:
    """1/eta - t/2 with t = 1 if the output bias is trained, else 0."""
    return 1 / view["step_size"] - view.ops.ratio(trained_flag(view, "b2"), 2)


def published(view: View) -> Any:
    """(1/eta) (1 - 2 sqrt 3 sqrt q)^{-1} - 1/2 with q = (1 + k - L)/n and a rational denominator."""
    q = surplus(view) * view.ops.ratio(1, int(view["x"].shape[-2]))
    return inverse_factor(view.ops.sqrt(3 * q), q) / view["step_size"] - view.ops.ratio(1, 2)


def inverse_factor(root: Any, q: Any) -> Any:
    """1 / (1 - 2 root) where root = sqrt(3 q)."""
    return (1 + 2 * root) / (1 - 12 * q)


def _bound(values: Values) -> Claim:
    right = inverse_step_size.below(values)
    return Claim(
        "nondifferentiable-bound",
        SHALLOW_RELU,
        f"||f|| <= {inverse_step_size.written(values)} for a strongly stable interpolating minimum, kinks on data or "
        "not (own; d = 1: int |f''| g)",
        ASSUMES,
        lambda view: [Check(view["stability_norm"], "<=", right(view))],
        rf"\|f\|_{{\mathcal{{R}},g}} \le {inverse_step_size.latex(values)}",
    )


ADJUSTABLE = Adjustable(inverse_step_size.CONSTANTS, _bound)
BOUND = ADJUSTABLE.claim

PUBLISHED = Claim(
    "nondifferentiable-bound-with-factor",
    SHALLOW_RELU,
    "int |f''| g <= (1/eta) (1 - 2 sqrt 3 sqrt((1 + k - L)/n))^{-1} - 1/2 for a function with L <= k knots "
    "(as read, Theorem 2)",
    (UNIVARIATE, *ASSUMES, FEW_SURPLUS_NEURONS),
    lambda view: [Check(view["stability_norm"], "<=", published(view))],
    r"\int |f''| g \le \frac1\eta \left(1 - 2\sqrt3\sqrt{\tfrac{1+k-L}{n}}\right)^{-1} - \frac12",
)

ONE_TOGGLE = Claim(
    "one-toggling-neuron-bound",
    SHALLOW_RELU,
    "||f|| <= 1/eta - t/2 with one kink on data; t = 1 if the output bias is trained, else 0 (own)",
    (*NEURONS_TRAINED, INTERPOLATING, STRONGLY_STABLE, ONE_TOGGLING_NEURON),
    lambda view: [Check(view["stability_norm"], "<=", factor_free(view))],
    r"\|f\|_{\mathcal{R},g} \le \frac1\eta - \frac t2",
)


LINKS = links.links(ASSUMES, inverse_step_size.PAPER)


def _unstable() -> Any:
    triangle = shattered_triangle()
    return triangle.replace(step_size=fmpq(9, 8) * triangle["step_size"])


UNOPPOSED = Claim(
    "unopposed-kinks-bound",
    SHALLOW_RELU,
    "int |f''| g <= 1/eta - t/2 where no kinks on data are opposed; t = 1 if the output bias is trained, else 0 (own)",
    (UNIVARIATE, *NEURONS_TRAINED, INTERPOLATING, STRONGLY_STABLE, UNOPPOSED_KINKS),
    lambda view: [Check(view["stability_norm"], "<=", factor_free(view))],
    r"\int |f''|\, g \le \frac1\eta - \frac t2",
)

NECESSITY = (
    Necessity("input-weights-trained", frozen_two_atoms("w1"), "as for differentiable minima"),
    Necessity("hidden-biases-trained", frozen_two_atoms("b1"), "as for differentiable minima"),
    Necessity("output-weights-trained", frozen_two_atoms("w2"), "as for differentiable minima"),
    Necessity("output-bias-trained", frozen_two_atoms("b2"), "without it the right side is 1/eta at best"),
    Necessity(
        "interpolating",
        None,
        "not necessary (own): a start eps e or -eps e along the output bias gives the same bound for any gradient; "
        "strong stability is decided at interpolating points only",
    ),
    Necessity("strongly-stable", _unstable(), "step size 9/8 of the largest strongly stable one"),
    Necessity("kink-on-datum", None, "not necessary: without it there is one mode, and the link is the chain's"),
    Necessity("univariate", None, "not necessary: the factor-free bound is stronger and has no such hypothesis"),
    Necessity(
        "few-surplus-neurons",
        two_atoms(),
        "with 12 (1 + k - L) > n the printed factor is negative; the factor-free bound does not need it",
        claim=PUBLISHED.id,
    ),
    Necessity("modes-stable", _unstable(), "step size 9/8 of the modes' edge", claim=links.LEMMA_3.id),
    Necessity("one-toggling-neuron", None, "not known without a trained output bias: see nondifferentiable-conjecture"),
    Necessity("unopposed-kinks", None, "not known without a trained output bias: see nondifferentiable-conjecture"),
)


def _factor(code: bool) -> Any:
    import sympy

    r = sympy.Symbol("r")
    return inverse_factor(r, r**2 / 3) if code else 1 / (1 - 2 * r)


def _decrease(code: bool) -> Any:
    """|v|^2 - |(I - eta H) v|^2 for a symmetric 2 x 2 matrix, and eta v' (2 H - eta H^2) v."""
    import sympy

    a, b, c, eta, p, q = sympy.symbols("a b c eta p q")
    h, v = sympy.Matrix([[a, b], [b, c]]), sympy.Matrix([p, q])
    if code:
        return sympy.expand(eta * (v.T * (2 * h - eta * h * h) * v)[0, 0])
    step = v - eta * h * v
    return sympy.expand(v.dot(v) - step.dot(step))


NONDIFFERENTIABLE_BOUND = Theorem(
    id="nondifferentiable-bound",
    title="Strongly stable minima with kinks on data obey the same bound",
    source=source("Theorem 2, Definition 2 and Lemma 3; the factor-free form is own"),
    status="own",
    claims=(BOUND, PUBLISHED, ONE_TOGGLE, UNOPPOSED),
    links=LINKS,
    adjustable=ADJUSTABLE,
    right_side="the right side of <=",
    equality=(SHATTERED_TRIANGLE, KNOT_ON_DATUM, TWO_ATOMS, KEPT_BY_CONES),
    mutants=(
        *nondifferentiable_mutants.bound_mutants(BOUND, PUBLISHED, ONE_TOGGLE),
        *nondifferentiable_mutants.link_mutants(links.LEMMA_3, links.NO_START_LEAVES),
    ),
    necessity=NECESSITY,
    larger={"factor-multiplied": "the claim assumes 12 (1 + k - L) < n, hence at least 13 data"},
    closed_forms=(
        ClosedForm(
            "factor", "1/(1 - 2r) = (1 + 2r)/(1 - 12q) with r^2 = 3q",
            lambda: _factor(False), lambda: _factor(True), "cancel",
        ),
        ClosedForm(
            "decrease", "|v|^2 - |(I - eta H) v|^2 = eta v' (2 H - eta H^2) v",
            lambda: _decrease(False), lambda: _decrease(True), "poly",
        ),
    ),
    evidence={
        "swept": "modes are combinatorial: float batches never put a kink exactly on a datum",
        "trained-converged": "a float run ends near a kink, never exactly on it; snapped points are relabelled",
    },
    notes=(
        "Theorem 2 as printed in the version read carries the factor (1 - 2 sqrt 3 sqrt((1 + k - L)/n))^{-1}. Its "
        "printed proof uses eq. (34), C <= sqrt(lambda_max), which is false as printed there: C <= "
        "sqrt(n lambda_max) is right (see common-eigenvector). The statement itself is true, and without the factor, "
        "by the one-step argument from the output bias (own). Reading P(X <= x) in the weight is harmless too. "
        "No trained output bias: where kinks on data are not opposed (one kink never is), the mean gradient of some "
        "mode or its negative lies in the mode's cone, so the sharpness quotient gives |E grad f|^2 <= 2/eta again "
        "(own). The decision of strong stability rests on lemma-3 and no-start-leaves (links); that a certificate of "
        "a cone is one is the closed form decrease and the definition of the cone."
    ),
)  # fmt: skip
