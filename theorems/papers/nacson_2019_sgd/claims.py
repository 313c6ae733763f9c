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


def limit_exponentials(view: View) -> Any:
    """exp(-x_n.wt) = N alpha_n / eta at the limit [n], 0 for data beyond the margin."""
    return view["multipliers"] * fmpq(count(view)) / view["step_size"]


def mean_update(view: View, exponentials: Any) -> Any:
    """The update eta/B sum exp(-x_n.w) x_n, averaged over all batches of distinct data [d]."""
    total = np.full(view["x"].shape[-1], fmpq(0), dtype=object)
    for probability, batch in distinct(count(view), view["batch_size"]):
        chosen = list(batch)
        moved = (view["x"][chosen] * exponentials[chosen][:, None]).sum(0)
        total = total + moved * (probability * view["step_size"] / len(chosen))
    return total


def equation(exponentials: Any) -> Any:
    """The conclusion that the mean update with these exponentials is what."""

    def concludes(view: View) -> Iterable[Check]:
        yield Check(mean_update(view, exponentials(view)), "==", view["direction"])

    return concludes


def loss_constant(view: View, total: Any) -> Iterable[Check]:
    """``total`` of the losses, times t, against 1/(eta gamma^2)."""
    square = view.ops.sum(view["direction"] * view["direction"])
    yield Check(total, "==", square / view["step_size"])


LIMIT = Claim(
    "limit-equation",
    MINIBATCH_DESCENT,
    "with (eta/N) exp(-x_n.wt) = alpha_n the update at w = what log t + wt, averaged over all batches of whatever "
    "size, is what / t: the speed of what log t",
    (SEPARABLE, STRICT),
    equation(limit_exponentials),
    r"\tfrac{\eta}{N} e^{-x_n^\top \tilde w} = \alpha_n \Rightarrow "
    r"\mathbb{E}_{\mathcal B}\, \tfrac{\eta}{B} \sum_{n \in \mathcal B} e^{-x_n^\top \tilde w} x_n = \hat w",
)
CONSTANT = Claim(
    "loss-constant",
    MINIBATCH_DESCENT,
    "there t L(w) is 1/(eta gamma^2), whatever the batch size",
    (SEPARABLE, STRICT),
    lambda view: loss_constant(view, view.ops.mean(limit_exponentials(view))),
    r"t L \to \frac{1}{\eta\gamma^2}",
)


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
        lambda view: [
            Check(
                view["expected_square"],
                "<=",
                view["sigma_square"] * view["relative_square"] / (_size(view) * count(view)),
            )
        ],
        r"\mathbb{E} \|g_{\mathcal B}\|^2 \le \frac{\sigma^2}{B N} \sum_n \ell'(x_n^\top w)^2",
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
