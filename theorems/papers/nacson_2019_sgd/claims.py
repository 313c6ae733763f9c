"""Stochastic gradient descent: the expected drop of one step, the condition on the step size, the limit's equation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.constants import Adjustable, Constant, Values, ratio, tex
from refutable.theorems.domains.minibatch_descent import MINIBATCH_DESCENT
from refutable.theorems.domains.minibatch_descent.batches import count, distinct
from refutable.theorems.domains.minibatch_descent.curve import exponentials, loss_times_time, update_times_time
from refutable.theorems.exact import text
from refutable.theorems.views import View

BETA = fmpq(1, 4)
"""Smoothness of the logistic loss."""

SEPARABLE = Assumption(
    "separable",
    "some w has x_n.w > 0 for every datum",
    lambda view: [Check(view["solved"] is not None, "true", reason="they are not separable")],
)
SMALL_STEP = Assumption(
    "step-below-bound",
    "eta < 2 gamma^2 B / (beta sigma^4), beta = 1/4, sigma the largest singular value of the data",
    lambda view: [Check(view["step_size"] * _sigma_fourth(view) * BETA, "<", 2 * view["margin_square"] * _size(view))],
)
STRICT = Assumption(
    "support-vectors-used",
    "support vectors are linearly independent and all have positive multipliers",
    lambda view: [Check(view["max_margin"].support == view["max_margin"].positive, "true", reason="a multiplier is 0")],
)


def _size(view: View) -> fmpq:
    return fmpq(view["batch_size"])


def _sigma_fourth(view: View) -> Any:
    return view["sigma_square"] * view["sigma_square"]


def promised(view: View, curvature: fmpq, overlap: fmpq = fmpq(1)) -> Any:
    """(eta gamma^2 - eta^2 curvature sigma^4 overlap / B) sum l'^2 / N^2, curvature = beta/2."""
    eta, n = view["step_size"], count(view)
    second = eta * eta * curvature * overlap / _size(view)
    return (eta * view["margin_square"] - _sigma_fourth(view) * second) * view["pull_square"] / (n * n)


def _drop(values: Values) -> Claim:
    c = values["curvature"]
    return Claim(
        "separable-sgd",
        MINIBATCH_DESCENT,
        f"a step with B distinct data lowers the expected loss by at least (eta gamma^2 - {text(c)} eta^2 sigma^4 / B) "
        "sum l'^2 / N^2",
        (SEPARABLE,),
        lambda view: [Check(promised(view, ratio(view.ops, c)), "<=", view["loss"] - view["after_distinct"])],
        rf"\frac{{1}}{{N^2}}\left(\eta\gamma^2 - {tex(c)}\frac{{\eta^2\sigma^4}}{{B}}\right)\sum_n \ell'(x_n^\top w)^2"
        r" \le L(w) - \mathbb{E} L(w^+)",
    )


ADJUSTABLE = Adjustable({"curvature": Constant(BETA / 2, "beta/2, half the logistic loss's smoothness")}, _drop)
HEADLINE = ADJUSTABLE.claim


def overlap(view: View) -> fmpq:
    """1 + (B - 1)/N: how much larger the mean square of a batch of independent draws may be."""
    return 1 + (_size(view) - 1) / count(view)


INDEPENDENT = Claim(
    "independent-draws",
    MINIBATCH_DESCENT,
    "the same for B independent draws with sigma^4 (1 + (B - 1)/N) in place of sigma^4",
    (SEPARABLE,),
    lambda view: [Check(promised(view, BETA / 2, overlap(view)), "<=", view["loss"] - view["after_independent"])],
    r"\frac{1}{N^2}\left(\eta\gamma^2 - \tfrac18\frac{\eta^2\sigma^4}{B}\left(1 + \tfrac{B-1}{N}\right)\right)"
    r"\sum_n \ell'(x_n^\top w)^2 \le L(w) - \mathbb{E} L(w^+)",
)
STEP = Claim(
    "expected-loss-falls",
    MINIBATCH_DESCENT,
    "with eta < 2 gamma^2 B / (beta sigma^4) a step with B distinct data lowers the expected loss, at every w",
    (SEPARABLE, SMALL_STEP),
    lambda view: [Check(view["after_distinct"], "<", view["loss"])],
    r"\eta < \frac{2\gamma^2 B}{\beta\sigma^4} \Rightarrow \mathbb{E} L(w^+) < L(w)",
)


def approaches(view: View, limit: Any) -> Iterable[Check]:
    """t times the mean update, with ``limit`` for exp(-x_n.wt), beside what + sum R x: within the remainder."""
    ops, p, x = view.ops, view["curve_shares"], view["x"]
    expected = view["direction"] + ops.sum(x * others(view)[..., :, None], -2)
    off = update_times_time(view, exponentials(view, limit)) - expected
    remainder = ops.sum(p * p * ops.norm(x)) * (count(view) / (view["step_size"] * view["time"]))
    yield Check(ops.sum(off * off), "<=", remainder * remainder, "remainder")
    yield Check(fmpq(0), "<", limit + (1 - view["on_support"]), "exponentials of a wt")


def others(view: View) -> Any:
    """R_n = (eta/N) exp(-x_n.wt) t^(1 - m_n) for data beyond the margin, 0 for support vectors [n]."""
    return view["curve_shares"] * (1 - view["on_support"])


def loss_constant(view: View, loss: Any) -> Iterable[Check]:
    """A loss, times t, between its bounds."""
    ops, p = view.ops, view["curve_shares"]
    scaled = loss * view["step_size"]
    most = ops.sum(view["direction"] * view["direction"]) + ops.sum(others(view))
    lost = ops.sum(p * p) * (count(view) / (2 * view["step_size"] * view["time"]))
    yield Check(scaled, "<=", most, "above")
    yield Check(most - lost, "<=", scaled, "below")


def curve_loss(view: View) -> Any:
    """t L on the curve."""
    return loss_times_time(view, exponentials(view, view["limit_exponentials"]))


LIMIT = Claim(
    "limit-equation",
    MINIBATCH_DESCENT,
    "with (eta/N) exp(-x_n.wt) = alpha_n > 0 on support vectors t times the update at w = what log t + wt, averaged "
    "over all batches of whatever size, is what + sum R_n x_n up to N sum P_n^2 |x_n| / (eta t); R_n = (eta/N) "
    "exp(-x_n.wt) t^(1 - m_n) of the data beyond the margin, at margin m_n > 1, P_n = alpha_n + R_n",
    (SEPARABLE, STRICT),
    lambda view: approaches(view, view["limit_exponentials"]),
    r"\tfrac{\eta}{N} e^{-x_n^\top \tilde w} = \alpha_n > 0 \Rightarrow \| t\, \mathbb{E}_{\mathcal B}\, "
    r"\tfrac{\eta}{B} \sum_{n \in \mathcal B} \frac{x_n}{1 + e^{x_n^\top w}} - \hat w - \sum_n R_n x_n \| \le "
    r"\frac{N}{\eta t} \sum_n P_n^2 \|x_n\|",
)
CONSTANT = Claim(
    "loss-constant",
    MINIBATCH_DESCENT,
    "there 1/gamma^2 + sum R_n - N sum P_n^2 / (2 eta t) <= eta t L(w) <= 1/gamma^2 + sum R_n, whatever the batch size",
    (SEPARABLE, STRICT),
    lambda view: loss_constant(view, curve_loss(view)),
    r"\frac1{\gamma^2} + \sum_n R_n - \frac{N \sum_n P_n^2}{2 \eta t} \le \eta t L(w) \le \frac1{\gamma^2} + \sum_n "
    r"R_n",
)


def noise_bound(view: View) -> Any:
    """sigma^2 sum l'^2 / (B N), over l'(x_1.w)^2."""
    return view["sigma_square"] * view["relative_square"] / (_size(view) * count(view))


def _shares(view: View) -> Iterable[Check]:
    total = [fmpq(0)] * count(view)
    for probability, batch in distinct(count(view), view["batch_size"]):
        for n in batch:
            total[n] += probability
    yield Check(np.array(total, dtype=object), "==", _size(view) / count(view))


LINKS = (
    Claim(
        "gradient-bound",
        MINIBATCH_DESCENT,
        "|grad L|^2 is at least gamma^2 sum l'^2 / N^2",
        (SEPARABLE,),
        lambda view: [
            Check(view["margin_square"] * view["relative_square"] / (count(view) ** 2), "<=", view["gradient_square"])
        ],
        r"\frac{\gamma^2}{N^2} \sum_n \ell'(x_n^\top w)^2 \le \|\nabla L(w)\|^2",
    ),
    Claim(
        "noise-bound",
        MINIBATCH_DESCENT,
        "the mean square of a batch's gradient is at most sigma^2 sum l'^2 / (B N)",
        (),
        lambda view: [Check(view["expected_square"], "<=", noise_bound(view))],
        r"\mathbb{E} \|g_{\mathcal B}\|^2 \le \frac{\sigma^2}{B N} \sum_n \ell'(x_n^\top w)^2",
    ),
    Claim(
        "independent-noise",
        MINIBATCH_DESCENT,
        "for B independent draws the mean square is at most sigma^2 (1 + (B - 1)/N) sum l'^2 / (B N)",
        (),
        lambda view: [Check(view["independent_square"], "<=", noise_bound(view) * overlap(view))],
        r"\mathbb{E} \|g_{\mathcal B}\|^2 \le \frac{\sigma^2}{B N} \left(1 + \tfrac{B - 1}{N}\right) "
        r"\sum_n \ell'(x_n^\top w)^2",
    ),
    Claim(
        "equal-shares",
        MINIBATCH_DESCENT,
        "every datum is in a batch with probability B/N: the mean update does not depend on B",
        (),
        _shares,
        r"\mathbb{P}(n \in \mathcal B) = B/N",
    ),
)
