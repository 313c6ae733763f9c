"""Delayed gradient descent is stable exactly for step size * sharpness < 2 sin(pi / (4 tau + 2))."""

from __future__ import annotations

from collections.abc import Iterable

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.delayed_iteration import DELAYED_ITERATION
from refutable.theorems.exact import PI, cos_pi, sin_pi
from refutable.theorems.papers.giladi_2020 import delayed_hessian, threshold_forms, threshold_mutants
from refutable.theorems.papers.giladi_2020.assumptions import (
    BELOW_THRESHOLD,
    MEAN_STABLE,
    POSITIVE_CURVATURE,
    roots_in_disc,
)
from refutable.theorems.papers.giladi_2020.instances import ROUNDED_DOWN, iteration
from refutable.theorems.papers.giladi_2020.source import SOURCE
from refutable.theorems.records import Necessity, Theorem
from refutable.theorems.views import View

NECESSARY = Claim(
    "necessary",
    DELAYED_ITERATION,
    "a delayed iteration that is stable in the mean has 0 < curvature * step size < 2 sin(pi / (4 tau + 2))",
    (MEAN_STABLE,),
    lambda view: [Check(view["gain"], "<", view["threshold"]), Check(0, "<", view["gain"], "positive")],
    r"\left(z^{\tau+1} - z^\tau + a = 0 \Rightarrow |z| < 1\right) \Rightarrow 0 < a < 2\sin\frac{\pi}{4\tau+2}",
)

SUFFICIENT = Claim(
    "sufficient",
    DELAYED_ITERATION,
    "0 < curvature * step size < 2 sin(pi / (4 tau + 2)) makes every root have modulus < 1",
    (POSITIVE_CURVATURE, BELOW_THRESHOLD),
    roots_in_disc,
    r"0 < a < 2\sin\frac{\pi}{4\tau+2} \Rightarrow \left(z^{\tau+1} - z^\tau + a=0 \Rightarrow |z|<1\right)",
)


def _on_circle(view: View) -> Iterable[Check]:
    odd = 2 * view["delay"] + 1
    low, high = view.ops.ratio(view["delay"], odd), view.ops.ratio(view["delay"] + 1, odd)
    yield Check(sin_pi(high), "==", sin_pi(low), "imaginary part of z^{tau+1} - z^tau vanishes")
    yield Check(cos_pi(high), "==", -cos_pi(low), "real part of z^{tau+1} - z^tau is -2 cos(pi tau/(2tau+1))")
    yield Check(view["threshold"], "==", 2 * cos_pi(low), "and that is minus the threshold")


def _below_pi(view: View) -> Iterable[Check]:
    yield Check(view["threshold"], "<", PI / (2 * view["delay"] + 1))


def _jordan(view: View) -> Iterable[Check]:
    yield Check(view.ops.ratio(2, 2 * view["delay"] + 1), "<=", view["threshold"])


LINKS = (
    Claim(
        "root-on-circle",
        DELAYED_ITERATION,
        "at a = 2 sin(pi / (4 tau + 2)) the number exp(i pi / (2 tau + 1)) of modulus 1 is a root",
        (),
        _on_circle,
        r"z = e^{i\pi/(2\tau+1)}: \quad z^{\tau+1} - z^\tau + 2\sin\tfrac{\pi}{4\tau+2} = 0",
    ),
    Claim(
        "below-large-delay-form",
        DELAYED_ITERATION,
        "the threshold is below its large-delay form pi / (2 tau + 1)",
        (),
        _below_pi,
        r"2\sin\frac{\pi}{4\tau+2} < \frac{\pi}{2\tau+1}",
    ),
    Claim(
        "above-rational-rule",
        DELAYED_ITERATION,
        "the threshold is at least 2 / (2 tau + 1) (Jordan's inequality), with equality for tau = 0",
        (),
        _jordan,
        r"\frac{2}{2\tau+1} \le 2\sin\frac{\pi}{4\tau+2}",
    ),
)

NECESSITY = (
    Necessity("mean-stable", iteration(3, 0), "x_{t+1} = -2 x_t: above the threshold and unstable"),
    Necessity(
        "positive-curvature",
        iteration(-1, 0, curvature=-1),
        "a negative curvature is below the threshold, and x_{t+1} = 2 x_t",
        "sufficient",
    ),
    Necessity("below-threshold", iteration(3, 0), "x_{t+1} = -2 x_t", "sufficient"),
)

DELAYED_STABILITY = Theorem(
    id="delayed-stability",
    title="Delay shrinks the stable step size",
    source=SOURCE,
    status="recalled",
    claims=(NECESSARY, SUFFICIENT, delayed_hessian.HESSIAN_SUFFICIENT, delayed_hessian.HESSIAN_NECESSARY),
    links=(*LINKS, *delayed_hessian.LINKS),
    right_side="the threshold 2 sin(pi / (4 tau + 2))",
    equality=(ROUNDED_DOWN,),
    mutants=(*threshold_mutants.MUTANTS, *delayed_hessian.MUTANTS),
    necessity=(*NECESSITY, *delayed_hessian.NECESSITY),
    larger={
        "right-side-1e-6": "no delay, as here, takes long numbers: a fraction less than 10^-6 below the threshold 2 "
        "has a denominator of at least six digits; with delay 16 the step size 61/641 does (curvature 1)"
    },
    closed_forms=threshold_forms.CLOSED_FORMS,
    evidence={
        "trained-relabelled": "it is about a curvature, a step size and a delay; no network is trained",
        "trained-converged": "it is about a curvature, a step size and a delay; no network is trained",
        "swept": "where the roots lie is a discrete fact, decided exactly one instance at a time",
    },
    notes=(
        "Stability in the mean, not in mean square: SGD on curvatures 0 and 2 with delay 1 and step size 9/10 is "
        "stable in the mean, and its mean square grows (the operator on second moments has spectral radius 1.383). "
        "For a Hessian with several eigenvalues the largest one decides, since the iteration diagonalises; an "
        "eigenvalue 0 gives the root 1, which is not stable. A Hessian is compared with a scalar iteration of rational "
        "gain t: t I - eta H >= 0 on one side, a direction v with eta v^T H v >= t v^T v on the other. "
        "At the threshold itself a root lies on the circle: not stable. Gains equal to the threshold exist for tau = 0 "
        "and tau = 1 only, the delays with a rational threshold (Niven), and are decided there. The training "
        "engine has constant delays."
    ),
)
