"""Losses of other tails: bounds of the margin gap on the limiting curve, with the constant 1/nu."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.tail_margins import TAIL_MARGINS
from refutable.theorems.domains.tail_margins.curve import raised
from refutable.theorems.views import View

Formula = Callable[[View], Any]

USED = Assumption(
    "every-datum-used",
    "the data are linearly independent support vectors with positive multipliers",
    lambda view: [
        Check(
            view["margin"] is not None and len(view["margin"].positive) == int(view["x"].shape[-2]),
            "true",
            reason="a datum is none, or its multiplier is 0",
        )
    ],
)


def bend(view: View) -> Any:
    """1 + (largest e_n) / level: how far the margins' powers are apart."""
    return view["spread"] / view["level"] + view.ops.ratio(1)


def slope(view: View) -> Any:
    """bend^(1/nu - 1): the derivative of a^(1/nu) at the other end, relative."""
    return raised(view, bend(view), view["inverse_exponent"] - 1)


def upper(view: View) -> Any:
    """(D/nu) max(1, slope)."""
    return _constant(view) * view.ops.maximum(slope(view), view.ops.ratio(1))


def lower(view: View) -> Any:
    """(D/nu) min(1, slope) / bend^(1/nu)."""
    least = view.ops.minimum(slope(view), view.ops.ratio(1))
    return _constant(view) * least * (1 / raised(view, bend(view), view["inverse_exponent"]))


def _constant(view: View) -> Any:
    return view["inverse_exponent"] * view["mean_cost"]


def bent(view: View, share: fmpq = fmpq(1, 2)) -> Any:
    """share tan^2 of the angle to what: with 1/2, what |w| adds to the gap by its length along what."""
    return view["tangent_square"] * share


def _at_most(left: Formula, right: Formula) -> Callable[[View], Iterable[Check]]:
    return lambda view: [Check(left(view), "<=", right(view))]


def _claim(id: str, statement: str, concludes: Any, latex: str) -> Claim:
    return Claim(id, TAIL_MARGINS, statement, (USED,), concludes, latex)


def _direction(view: View) -> Iterable[Check]:
    """|r - mean| <= (e_max/(nu level)) max(1, slope) for every datum, hence the angle."""
    ops, n = view.ops, view["x"].shape[-2]
    widest = view["inverse_exponent"] * view["spread"] * ops.maximum(slope(view), ops.ratio(1))
    trace = sum((view["inverse_gram"][i, i] for i in range(n)), fmpq(0))
    level = view["level"]
    yield Check(level * level * view["tangent_square"], "<=", widest * widest * (n * trace / view["direction_square"]))


def _frozen(view: View) -> Iterable[Check]:
    scale = view["frozen_scale"]
    yield Check(view["frozen_tangent_square"], "<=", scale)
    yield Check(
        scale * (1 / raised(view, bend(view), 2 * view["inverse_exponent"])), "<=", view["frozen_tangent_square"]
    )


def curve_gradient(view: View) -> Any:
    """sum_n exp(-u_n^nu) x_n / exp(-level) [d] on the curve, through the loss's own tail."""
    ops, nu, level = view.ops, view["exponent"], view["level"]
    margins = raised(view, view["excess_costs"] + level, view["inverse_exponent"])
    slopes = ops.elementary("exp", level - raised(view, margins, nu))
    return ops.sum(view["x"] * slopes[..., :, None], -2)


def _along(view: View) -> Iterable[Check]:
    largest = max(view["margin"].multipliers)
    yield Check(curve_gradient(view) * largest, "==", np.array(list(view["margin"].direction), dtype=object))


HEADLINE = _claim(
    "loss-tails",
    "on the limiting curve for -l'(u) = exp(-u^nu), log t times the margin gap over gamma is at most (1/nu) (max log "
    "alpha - sum p log alpha), times (1 + e_max/level)^(1/nu - 1) where nu < 1; log t stands for level = u_min^nu, the "
    "length of w is taken along what",
    _at_most(lambda view: view["level"] * view["along_gap"], upper),
    r"\ell \left(1 - \frac{u_{\min}}{\sum_n p_n u_n}\right) \le \frac1\nu \Bigl(\max_n \log\alpha_n - \sum_n p_n "
    r"\log\alpha_n\Bigr) \max\Bigl(1, \bigl(1 + \tfrac{e_{\max}}{\ell}\bigr)^{1/\nu - 1}\Bigr)",
)
BELOW = _claim(
    "gap-from-below",
    "log t times the margin gap over gamma is at least (1/nu) (max log alpha - sum p log alpha) over a power of 1 + "
    "e_max/level, so that its limit has the factor 1/nu",
    _at_most(lower, lambda view: view["level"] * view["gap"]),
    r"\frac1\nu \Bigl(\max_n \log\alpha_n - \sum_n p_n \log\alpha_n\Bigr) "
    r"\frac{\min(1, (1 + e_{\max}/\ell)^{1/\nu - 1})}{(1 + e_{\max}/\ell)^{1/\nu}} "
    r"\le \ell \left(1 - \frac{\min_n x_n^\top w}{\gamma\|w\|}\right)",
)
ABOVE = _claim(
    "gap-from-above",
    "log t times the margin gap over gamma, with |w| itself, is at most the headline's bound and log t / 2 times tan^2 "
    "of the angle to what, which is of order 1/(log t)",
    _at_most(lambda view: view["level"] * view["gap"], lambda view: upper(view) + view["level"] * bent(view)),
    r"\ell \left(1 - \frac{\min_n x_n^\top w}{\gamma\|w\|}\right) \le \frac{D}{\nu} "
    r"\max\Bigl(1, \bigl(1 + \tfrac{e_{\max}}{\ell}\bigr)^{1/\nu - 1}\Bigr) + \frac{\ell}{2} \tan^2 \angle(w, \hat w)",
)
DIRECTION = _claim(
    "direction-error",
    "where the support vectors span the data the angle to what is at most a constant over log t, for every nu",
    _direction,
    r"\ell^2 \tan^2 \angle(w, \hat w) \le \frac{n \operatorname{tr}((XX^\top)^{-1})}{\|\hat w\|^2} "
    r"\Bigl(\frac{e_{\max}}{\nu} \max(1, (1 + e_{\max}/\ell)^{1/\nu - 1})\Bigr)^2",
)
FROZEN = _claim(
    "frozen-component",
    "a component f of the start that no datum sees stays, and its angle to what falls as f gamma / (log t)^(1/nu) only",
    _frozen,
    r"\frac{f^2\gamma^2}{\ell^{2/\nu}} \bigl(1 + \tfrac{e_{\max}}{\ell}\bigr)^{-2/\nu} \le \tan^2 \angle \le "
    r"\frac{f^2\gamma^2}{\ell^{2/\nu}}",
)
LINKS = (
    _claim(
        "gradient-along-direction",
        "on the curve the gradient of the loss is along what",
        _along,
        r"\sum_n e^{-u_n^\nu} x_n = \frac{e^{-\ell}}{\alpha_{\max}} \hat w",
    ),
    _claim(
        "gap-along-direction",
        "the margin gap is at least the one with the length of w along what",
        _at_most(lambda view: view["along_gap"], lambda view: view["gap"]),
        r"1 - \frac{u_{\min}}{\sum_n p_n u_n} \le 1 - \frac{\min_n x_n^\top w}{\gamma\|w\|}",
    ),
    _claim(
        "gap-beside-direction",
        "it is larger by at most half of tan^2 of the angle to what",
        _at_most(lambda view: view["gap"], lambda view: view["along_gap"] + bent(view)),
        r"1 - \frac{\min_n x_n^\top w}{\gamma\|w\|} \le 1 - \frac{u_{\min}}{\sum_n p_n u_n} + \tfrac12 \tan^2 \angle",
    ),
)
