"""The residual's limit on almost all data: eta exp(-x_n.w_tilde) = alpha_n, and what pulls towards it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.separable import SEPARABLE
from refutable.theorems.domains.separable.dual import separated
from refutable.theorems.exact import as_real
from refutable.theorems.ops.exact import from_matrix
from refutable.theorems.papers.soudry_2018 import residual_forms
from refutable.theorems.papers.soudry_2018.assumptions import COMPLEMENTARY, SEPARABLE_DATA, SPANNING
from refutable.theorems.papers.soudry_2018.data import DEGENERATE, NOT_SPANNING, UNEVEN_PAIRS, state
from refutable.theorems.papers.soudry_2018.formulas import deviations
from refutable.theorems.papers.soudry_2018.residual_formulas import (
    approach,
    distances_to_time,
    field_at,
    frozen,
    limit,
    losses_at,
    pull_back,
    pushed_by_others,
    total,
)
from refutable.theorems.papers.soudry_2018.residual_mutants import MUTANTS
from refutable.theorems.papers.soudry_2018.residual_solutions import INTEGRATED
from refutable.theorems.papers.soudry_2018.source import UNTRAINED, source
from refutable.theorems.records import Necessity, Theorem
from refutable.theorems.views import View


def _stationary(view: View) -> Iterable[Check]:
    form = limit(view)
    losses = losses_at(form, view["step_size"])
    field = np.array(field_at(form, losses), dtype=object)
    yield Check(field, "==", view["direction"], "the field")
    on, ops = view["on_support"], view.ops
    margins = ops.sum(view["x"] * field)
    yield Check(margins * on, "==", on, "x_n.field on support vectors")
    yield Check(margins * 0 + 1, "<=", margins, "x_n.field")
    yield Check(total(losses), "==", view["direction_square"], "eta t L")
    alphas = [view["multipliers"][n] for n in separated(view).support]
    yield Check(np.array(losses, dtype=object), "==", np.array(alphas, dtype=object), "alpha_n")


def _kept(view: View) -> Iterable[Check]:
    form = limit(view)
    across = frozen(form)
    start = view["start"] if view.has("start") else view["w"] * 0
    yield Check(view.ops.matvec(across, from_matrix(form.offset)[:, 0] - start), "==", fmpq(0), "the offset")
    yield Check(view.ops.matmul(across, from_matrix(form.coefficients)), "==", fmpq(0), "the logarithms")


def _attracts(view: View) -> Iterable[Check]:
    yield Check(pull_back(view), "<=", as_real(approach(view)) + pushed_by_others(view))


def _frozen(view: View) -> Iterable[Check]:
    yield Check(view.ops.sum(view["velocity"] * frozen(limit(view))), "==", fmpq(0), "dw/ds across")


def _bounded(view: View) -> Iterable[Check]:
    yield from distances_to_time(view)


def _terms(view: View) -> Iterable[Check]:
    """Support vectors only: eta t exp(-x_n.w) = alpha_n e^{-z_n}."""
    for n, (alpha, z) in zip(separated(view).positive, deviations(view), strict=True):
        real = as_real(z)
        back = real * (as_real(view["timed_losses"][n]) * -1 + alpha)
        yield Check(real * real / (abs(real) + 1) * alpha, "<=", back, f"x_{n + 1}")


HEADLINE = Claim(
    "separable-residual",
    SEPARABLE,
    "let alpha_n be the multipliers of the maximum margin direction w_hat = sum_n alpha_n x_n. At w_tilde, the "
    "solution of eta exp(-x_n.w_tilde) = alpha_n for the support vectors, their part of the flow in "
    "log time stands still: the vector eta sum_n x_n exp(-x_n.w_tilde) is w_hat, of margin 1 at every support vector "
    "and at least 1 elsewhere; its squared length is eta times the sum of their losses there",
    (SEPARABLE_DATA, COMPLEMENTARY),
    _stationary,
    r"\eta e^{-x_n^\top \tilde w} = \alpha_n, \qquad \eta \sum_{n \in S} x_n e^{-x_n^\top \tilde w} = \hat w",
)

CLAIMS = (
    HEADLINE,
    Claim(
        "attracts",
        SEPARABLE,
        "every state is pulled towards w_tilde: -d/ds |rho - w_tilde|^2 >= 2 sum_n alpha_n z_n^2/(1 + |z_n|), z_n = "
        "x_n.(rho - w_tilde) on the support vectors, less 2 sum eta t exp(-x_n.w) x_n.(rho - w_tilde) over the other "
        "data",
        (SEPARABLE_DATA, COMPLEMENTARY),
        _attracts,
        r"-\tfrac{d}{ds} |\rho - \tilde w|^2 + 2\sum_{n \notin S} \eta t e^{-x_n^\top w}\, x_n^\top(\rho - \tilde w) "
        r"\ge 2 \sum_{n \in S} \frac{\alpha_n z_n^2}{1 + |z_n|}",
    ),
    Claim(
        "frozen-across",
        SEPARABLE,
        "where the support vectors span the data nothing moves across their span (at once: all gradients lie in it)",
        (SEPARABLE_DATA, COMPLEMENTARY, SPANNING),
        _frozen,
        r"P_\perp \tfrac{dw}{ds} = 0",
    ),
    Claim(
        "bounded-on-support-vectors",
        SEPARABLE,
        "every support vector has |x_n.w - s| at most (|w_hat|^2 + F - F_min)/min alpha + sum |log(eta/alpha)|",
        (SEPARABLE_DATA, COMPLEMENTARY),
        _bounded,
        r"|x_n^\top w - s| \le \frac{|\hat w|^2 + F - F_{\min}}{\min \alpha} + \sum_m |\log\tfrac{\eta}{\alpha_m}|",
    ),
)

LINKS = (
    Claim(
        "pull-of-one",
        SEPARABLE,
        "each support vector pulls back: z_n (alpha_n - eta t exp(-x_n.w)) >= alpha_n z_n^2/(1 + |z_n|)",
        (SEPARABLE_DATA, COMPLEMENTARY),
        _terms,
        r"z(1 - e^{-z}) \ge \frac{z^2}{1 + |z|}",
    ),
    Claim(
        "start-kept-across",
        SEPARABLE,
        "across the span of the support vectors w_tilde is the start (by definition: it checks the formula in use)",
        (SEPARABLE_DATA, COMPLEMENTARY),
        _kept,
        r"P_\perp (\tilde w - w_0) = 0",
    ),
)

SEPARABLE_RESIDUAL = Theorem(
    id="separable-residual",
    title="Separable data: what the residual tends to",
    source=source(
        "Theorem 4",
        "read in full. The paper: rho(t) tends to w_tilde for almost all data whose support vectors span them, any "
        "start and any step size that it allows; the rate of attraction is our own",
    ),
    status="read",
    claims=CLAIMS,
    links=LINKS,
    equality=(UNEVEN_PAIRS,),
    mutants=MUTANTS,
    necessity=(
        Necessity("separable", None, "without it there are no multipliers"),
        Necessity(
            "strictly-complementary",
            state(DEGENERATE, (0, 50)),
            "data (1, 0), (1, 1) with multipliers (1, 0): along the flow w_1 - w_2 - exp(w_2) is conserved, so that "
            "w_2 grows like log log t and F stays near its least value",
            "bounded-on-support-vectors",
        ),
        Necessity(
            "spanning",
            state(NOT_SPANNING, (0, fmpq(3, 10))),
            "data (1, 0), (2, 3/2): w_2 moves from 0.3 to (6/17) (2/5 + log(17/4 + e^{9/20})) = 0.7627 in the end",
            "frozen-across",
        ),
    ),
    closed_forms=residual_forms.CLOSED_FORMS,
    integrated=INTEGRATED,
    evidence=UNTRAINED,
    notes=(
        "That rho tends to w_tilde is seen on solutions only, up to t = e^40. Decided exactly: w_tilde is a zero of "
        "the support vectors' part of the flow in log time, and every state is pulled towards it, at an exponential "
        "rate near it; data that are no support vectors push with a force that falls like t^{1 - x_n.w_hat}. w_tilde "
        "is kept as a rational combination of logarithms, so that exp(-x_n.w_tilde) is an exact number. Where the "
        "support vectors do not span the data the limit is displaced, and where a multiplier is 0 there is none."
    ),
)
