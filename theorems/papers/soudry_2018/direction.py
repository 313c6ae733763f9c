"""Gradient flow on separable data: w = w_hat log t + a residual that stays bounded, with a constant."""

from __future__ import annotations

from collections.abc import Iterable

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.separable import SEPARABLE
from refutable.theorems.domains.separable.dual import along
from refutable.theorems.exact import as_real
from refutable.theorems.papers.soudry_2018 import direction_forms
from refutable.theorems.papers.soudry_2018.assumptions import SEPARABLE_DATA
from refutable.theorems.papers.soudry_2018.data import FAR_AHEAD
from refutable.theorems.papers.soudry_2018.direction_mutants import MUTANTS
from refutable.theorems.papers.soudry_2018.direction_solutions import INTEGRATED
from refutable.theorems.papers.soudry_2018.formulas import (
    along_flow,
    deviations,
    excess_potential,
    least_potential,
    weighted_sizes,
)
from refutable.theorems.papers.soudry_2018.source import UNTRAINED, source
from refutable.theorems.records import Necessity, Theorem
from refutable.theorems.views import View


def _bounded(view: View) -> Iterable[Check]:
    yield Check(weighted_sizes(deviations(view)), "<=", as_real(view["direction_square"]) + excess_potential(view))


def _falls(view: View) -> Iterable[Check]:
    ops, change = view.ops, along_flow(view, lambda state: state["potential"])
    squares = ops.sum(view["residual_velocity"] * view["residual_velocity"])
    yield Check(squares + ops.sum(view["excesses"] * view["timed_losses"]), "==", -1 * change)
    yield Check(change, "<=", fmpq(0), "dF/ds")


def _least(view: View) -> Iterable[Check]:
    yield Check(least_potential(view), "<=", view["potential"])


def _cosine(view: View) -> Iterable[Check]:
    ops = view.ops
    least = -ops.max(-view["margins"])
    yield Check(least * view["direction_square"], "<=", along(view, view["w"]), "w_hat.w")
    norms = ops.sqrt(ops.sum(view["w"] * view["w"])) * ops.sqrt(view["direction_square"])
    yield Check(least * view["direction_square"], "<=", norms, "|w_hat| |w|")


def _certificate(view: View) -> Iterable[Check]:
    ops, alpha = view.ops, view["multipliers"]
    yield Check(ops.sum(alpha), "==", ops.sum(view["direction"] * view["direction"]), "sum alpha = |w_hat|^2")
    yield Check(ops.sum(view["x"] * alpha[:, None], -2), "==", view["direction"], "w_hat = sum alpha x")
    yield Check(alpha * 0, "<=", alpha, "alpha >= 0")
    yield Check(view["excesses"] * 0, "<=", view["excesses"], "x_n.w_hat >= 1")
    yield Check(alpha * view["excesses"], "==", 0, "alpha_n (x_n.w_hat - 1)")


HEADLINE = Claim(
    "separable-direction",
    SEPARABLE,
    "let w_hat = sum_n alpha_n x_n be the maximum margin direction, argmin |w|^2 subject to x_n.w >= 1. Along the "
    "gradient flow of the exponential loss x_n.w stays at s + log(eta/alpha_n), s = log t, for the data with "
    "multipliers alpha_n > 0: sum_n alpha_n |x_n.w - s - log(eta/alpha_n)| <= |w_hat|^2 + F - F_min, where F never "
    "rises (falling-potential) and F_min = sum_n alpha_n (1 + log(eta/alpha_n))",
    (SEPARABLE_DATA,),
    _bounded,
    r"\sum_n \alpha_n \left|x_n^\top w - \log t - \log\tfrac{\eta}{\alpha_n}\right| "
    r"\le |\hat w|^2 + F(w, t) - F_{\min}",
)

CLAIMS = (
    HEADLINE,
    Claim(
        "falling-potential",
        SEPARABLE,
        "F = eta t L(w) + w_hat.w - |w_hat|^2 log t never rises along the gradient flow: "
        "dF/ds = -|d rho/ds|^2 - sum_n (x_n.w_hat - 1) eta t exp(-x_n.w), rho = w - s w_hat",
        (SEPARABLE_DATA,),
        _falls,
        r"\tfrac{dF}{ds} = -|\dot\rho|^2 - \sum_n (x_n^\top \hat w - 1)\, \eta t e^{-x_n^\top w} \le 0",
    ),
    Claim(
        "margin-turns",
        SEPARABLE,
        "weights of margin m = min_n x_n.w are turned to the maximum margin direction: w_hat.w >= m |w_hat|^2, so that "
        "the cosine is at least m/(gamma |w|); and m <= gamma |w|",
        (SEPARABLE_DATA,),
        _cosine,
        r"\min_n x_n^\top w\, |\hat w|^2 \le \hat w^\top w, \qquad \min_n x_n^\top w \le \gamma |w|",
    ),
)

LINKS = (
    Claim(
        "potential-bounded-below",
        SEPARABLE,
        "F >= sum_n alpha_n (1 + log(eta/alpha_n)) at any weights and time",
        (SEPARABLE_DATA,),
        _least,
        r"F \ge \sum_n \alpha_n \left(1 + \log\tfrac{\eta}{\alpha_n}\right)",
    ),
    Claim(
        "dual-certificate",
        SEPARABLE,
        "w_hat = sum_n alpha_n x_n with alpha_n >= 0, x_n.w_hat >= 1, alpha_n (x_n.w_hat - 1) = 0 and "
        "sum_n alpha_n = |w_hat|^2 = 1/gamma^2",
        (SEPARABLE_DATA,),
        _certificate,
        r"\hat w = \sum_n \alpha_n x_n, \qquad \sum_n \alpha_n = |\hat w|^2 = \gamma^{-2}",
    ),
)

SEPARABLE_DIRECTION = Theorem(
    id="separable-direction",
    title="Separable data: the direction is the maximum margin's, the residual bounded",
    source=source(
        "Theorem 3 (direction), Lemma 1, Lemma 12 (dual)",
        "read in full. The paper: w(t) = w_hat log t + rho(t) for gradient descent, with rho = O(log log t), bounded "
        "for almost all data. The bound with a constant, for the gradient flow of the exponential loss, is our own",
    ),
    status="own",
    claims=CLAIMS,
    links=LINKS,
    right_side="|w_hat|^2 plus the excess of the potential F over its least value",
    equality=(FAR_AHEAD,),
    mutants=MUTANTS,
    necessity=(
        Necessity(
            "separable",
            None,
            "without it there is no w_hat and F is not defined; the weights may stay bounded: data (1), (-1)",
        ),
    ),
    closed_forms=direction_forms.CLOSED_FORMS,
    integrated=INTEGRATED,
    evidence=UNTRAINED,
    notes=(
        "No limit is decided. At t >= 1 the flow that passes w_1 at t = 1 has F(w, t) <= F(w_1, 1), so that the "
        "headline bounds every deviation for ever, |w/log t - w_hat| falls like 1/log t on the span of the data with "
        "positive multipliers, and the direction follows. This needs nothing but separable data. What the data with "
        "multiplier 0 do is another matter: two support vectors (1, 0), (1, 1) let w_2 grow like log log t. The "
        "paper treats gradient descent with any loss that has a tight exponential tail; -l' = u^{-3} has none, and "
        "there the margin of the data (2, 1), (2, -3) stays 7.6 % below gamma."
    ),
)
