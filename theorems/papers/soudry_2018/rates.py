"""The rates on separable data with their constants: loss, length, angle and margin on the asymptotic curve."""

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
from refutable.theorems.papers.soudry_2018 import rates_forms
from refutable.theorems.papers.soudry_2018.curve import curve, gap_constant, margin
from refutable.theorems.papers.soudry_2018.data import UNEVEN, UNEVEN_PAIRS_LATE, state
from refutable.theorems.papers.soudry_2018.rates_formulas import field_slope, scaled_loss, scaled_losses, second_moment
from refutable.theorems.papers.soudry_2018.rates_mutants import DATA, MUTANTS, ON_THE_CURVE
from refutable.theorems.papers.soudry_2018.rates_solutions import INTEGRATED
from refutable.theorems.papers.soudry_2018.residual_formulas import total
from refutable.theorems.papers.soudry_2018.source import UNTRAINED, source
from refutable.theorems.records import Necessity, Theorem
from refutable.theorems.views import View


def _loss(view: View) -> Iterable[Check]:
    yield Check(view["direction_square"], "<=", scaled_loss(view))
    support, _ = scaled_losses(view)
    yield Check(total(support), "==", view["direction_square"], "the support vectors' part")
    rows = [view["x"][n] for n in separated(view).support]
    yield Check(total([row * loss for row, loss in zip(rows, support, strict=True)]), "==", view["direction"], "dw/ds")


def _gap(view: View) -> Iterable[Check]:
    point = curve(view)
    constant, gap = as_real(gap_constant(view)), as_real(point.length) - margin(view)
    yield Check(constant, "<=", gap, "from below")
    yield Check(gap, "<=", constant + point.remainder(), "from above")


def _angle(view: View) -> Iterable[Check]:
    point = curve(view)
    x = as_real(point.squared_tangent)
    yield Check(1 - x / 2, "<=", point.cosine, "from below")
    yield Check(point.cosine, "<=", 1 - x / 2 + x * x * fmpq(3, 8), "from above")


def _length(view: View) -> Iterable[Check]:
    """Both sides as quadratic forms in the logarithms: equal coefficients."""
    point = curve(view)
    square = point.ahead.transpose() * point.ahead + point.squared_across
    yield Check(from_matrix(point.squared_length), "==", from_matrix(square))


def _slope(view: View) -> Iterable[Check]:
    moment, w_hat = second_moment(view), view["direction"]
    yield Check(view.ops.matvec(moment, w_hat), "==", w_hat, "w_hat")
    yield Check(np.asarray(field_slope(view)), "==", -moment, "the field's derivative at w_tilde")
    yield Check(moment, "psd")


CLAIMS = (
    Claim(
        "separable-rates",
        SEPARABLE,
        "on the asymptotic curve w = w_hat log t + w_tilde (eta exp(-x_n.w_tilde) = alpha_n, the multipliers of "
        "w_hat = sum alpha_n x_n, the maximum margin direction) the loss is 1/(eta gamma^2 t) or more, and just that "
        "where all data are support vectors: eta t L(w) = |w_hat|^2 + sum eta exp(-x_n.w_tilde) t^{1 - x_n.w_hat} "
        "over the others; the support vectors' part of eta t grad L is -w_hat, as a curve in log t needs",
        DATA,
        _loss,
        r"t\, L(\hat w \log t + \tilde w) \ge \frac{1}{\eta\gamma^2}",
    ),
    Claim(
        "margin-gap",
        SEPARABLE,
        "gamma |w| - min x_n.w lies between c = max log alpha_n - sum p_n log alpha_n, p_n = gamma^2 alpha_n, and c + "
        "B^2/(2 a), with a = log t + gamma^2 w_hat.w_tilde > 0 and B = gamma |w_tilde across w_hat|",
        ON_THE_CURVE,
        _gap,
        r"c \le \gamma |w| - \min_n x_n^\top w \le c + \frac{B^2}{2a}, \quad "
        r"c = \max_n \log\alpha_n - \sum_n p_n \log\alpha_n",
    ),
    Claim(
        "angle",
        SEPARABLE,
        "the cosine of the angle to w_hat is 1 - x/2 or more, and at most 1 - x/2 + (3/8) x^2, x = B^2/a^2",
        ON_THE_CURVE,
        _angle,
        r"1 - \tfrac x2 \le \cos\angle(w, \hat w) \le 1 - \tfrac x2 + \tfrac38 x^2, \quad x = \tfrac{B^2}{a^2}",
    ),
    Claim(
        "length",
        SEPARABLE,
        "gamma^2 |w|^2 = a^2 + B^2 on the curve",
        DATA,
        _length,
        r"\gamma^2 |w|^2 = a^2 + B^2",
    ),
    Claim(
        "slope-at-limit",
        SEPARABLE,
        "the field of the support vectors has the derivative -sum_n alpha_n x_n x_n^T at w_tilde, a negative "
        "semidefinite matrix with w_hat for the eigenvalue -1",
        DATA,
        _slope,
        r"\sum_n \alpha_n x_n x_n^\top \hat w = \hat w",
    ),
)

SEPARABLE_RATES = Theorem(
    id="separable-rates",
    title="Separable data: the rates with their constants",
    source=source(
        "Theorem 5 and Appendix C",
        "read in full. The paper has the orders 1/t, 1/log t and leading terms; its printed coefficient of the angle "
        "and one exponent of the loss are slips. What holds is stated; bounds at finite times are our own",
    ),
    status="read",
    claims=CLAIMS,
    right_side="eta t L(w) on the asymptotic curve",
    equality=(UNEVEN_PAIRS_LATE,),
    mutants=MUTANTS,
    necessity=(
        Necessity("separable", None, "without it there are no multipliers"),
        Necessity("strictly-complementary", None, "without it there is no residual limit, and no curve"),
        Necessity(
            "support-only",
            state((*UNEVEN, (3, 20)), (1, 0), 1, 1),
            "a third datum with x_3.w_hat = 3/2 is behind the others at t = e",
            "margin-gap",
        ),
        Necessity(
            "late",
            state(UNEVEN, (1, 0), 1, -8),
            "at early times w points away from w_hat",
            "margin-gap",
        ),
    ),
    closed_forms=rates_forms.CLOSED_FORMS,
    integrated=INTEGRATED,
    evidence=UNTRAINED,
    notes=(
        "Exact on the curve at every time; that the flow reaches the curve is seen on solutions, up to t = e^40. "
        "With |w|/log t -> 1/gamma they give the constants: t L -> 1/(eta gamma^2); log t times the distance of the "
        "directions -> B (followed on solutions as direction-limit); log t times (gamma - margin/|w|) -> gamma c, in "
        "which the step size drops out. The rate to w_tilde is t to the power -min(1, lambda, theta - 1), lambda the "
        "least nonzero eigenvalue of sum alpha_n x_n x_n^T and theta the least x_n.w_hat of the other data: without "
        "care for lambda nothing converges in any time one can wait. The solutions are therefore on data with lambda "
        "not far below 1."
    ),
)
