"""Initialisation scale and shape choose the interpolator that gradient flow on a diagonal network finds."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.diagonal_flow import DIAGONAL_FLOW
from refutable.theorems.flows import derivative_along
from refutable.theorems.papers.azulay_2021 import diagonal_forms, diagonal_mutants, diagonal_solutions
from refutable.theorems.papers.azulay_2021.diagonal_assumptions import (
    DIFFERENT,
    GROWN,
    LIVE,
    LIVE_BOTH,
    REACHED,
    SAME_PREDICTIONS,
    UNBIASED,
)
from refutable.theorems.papers.azulay_2021.diagonal_cases import (
    AT_W,
    BIASED,
    MINIMA,
    NOT_GROWN,
    NOT_REACHED,
    OTHER_PREDICTIONS,
)
from refutable.theorems.papers.azulay_2021.source import UNTRAINED, source
from refutable.theorems.records import Necessity, Theorem
from refutable.theorems.views import View


def _rate(view: View) -> Iterable[Check]:
    rate = derivative_along(view, lambda v: v["gradient"], view["velocity"])
    yield Check(rate, "==", view["push"], "d/dt grad Q_k(w) and X^T nu'")
    yield Check(view["at_start"]["gradient"], "==", 0, "grad Q_k(w(0))")


def _biased_rate(view: View) -> Iterable[Check]:
    rate = derivative_along(view, lambda v: v["divergence_gradient"], view["velocity"])
    yield Check(rate, "==", view["push"], "d/dt grad D(w) and X^T nu'")
    yield Check(view["at_start"]["divergence_gradient"], "==", 0, "grad D(w(0))")


HEADLINE = Claim(
    "minimises",
    DIAGONAL_FLOW,
    "from an unbiased start, gradient flow is at every time at the map w with the smallest Q_k among all maps with "
    "the same predictions: Q_k(w) is at most Q_k(v) wherever X v = X w",
    (UNBIASED, LIVE, REACHED, SAME_PREDICTIONS),
    lambda view: [Check(view["potential"], "<=", view["other_potential"])],
    r"w(t) \in \operatorname{argmin}_{Xv = Xw(t)} \sum_i q_{k_i}(v_i), \quad q_k(x) = \tfrac{\sqrt k}{4}\Bigl[1 - "
    r"\sqrt{1 + \tfrac{4x^2}{k}} + \tfrac{2x}{\sqrt k}\operatorname{arcsinh}\tfrac{2x}{\sqrt k}\Bigr], \quad "
    r"\sqrt{k_i} = 2(u_{+,i}(0)^2 + v_{+,i}(0)^2)",
)
RATE = Claim(
    "gradient-rate",
    DIAGONAL_FLOW,
    "along gradient flow from an unbiased start d/dt grad Q_k(w) = X^T nu' with nu' = -r/n, and grad Q_k(w(0)) = 0: "
    "so grad Q_k(w(t)) = X^T nu(t) at every t",
    (UNBIASED, LIVE, GROWN),
    _rate,
    r"\tfrac12 \operatorname{arcsinh}\frac{2 w_i(t)}{\sqrt{k_i}} = [X^\top \nu(t)]_i, \quad \dot\nu = -r/n",
)
BIASED_HEADLINE = Claim(
    "minimises-divergence",
    DIAGONAL_FLOW,
    "from any start gradient flow is at every time at the map with the smallest Bregman divergence D from w(0), for "
    "the potential with sqrt(C_+ C_-) in place of sqrt(k)/2, among all maps with the same predictions",
    (LIVE_BOTH, REACHED, SAME_PREDICTIONS),
    lambda view: [Check(view["divergence"], "<=", view["other_divergence"])],
    r"w(t) \in \operatorname{argmin}_{Xv = Xw(t)} D(v, w(0)), \quad "
    r"\nabla D = \tfrac12\Bigl[\operatorname{arcsinh}\tfrac{v}{c} - \operatorname{arcsinh}\tfrac{w(0)}{c}\Bigr], \quad "
    r"c = \sqrt{C_+ C_-}",
)
BIASED_RATE = Claim(
    "divergence-gradient-rate",
    DIAGONAL_FLOW,
    "along gradient flow from any start d/dt grad D(w) = X^T nu' with nu' = -r/n, and grad D(w(0)) = 0",
    (LIVE_BOTH, GROWN),
    _biased_rate,
    r"\tfrac12\Bigl[\operatorname{arcsinh}\tfrac{w(t)}{c} - \operatorname{arcsinh}\tfrac{w(0)}{c}\Bigr] = X^\top\nu(t)",
)


def _factors_grow(view: View) -> Iterable[Check]:
    for j, sign in enumerate((1, 1, -1, -1)):
        rate = derivative_along(view, _factors(j), view["velocity"])
        yield Check(rate, "==", view["factors"][j] * view["push"] * sign, f"factor {j + 1}")


def _factors(*chosen: int) -> Callable[[View], Any]:
    """The product of some of the four factors [d]."""
    return lambda view: math.prod(view["factors"][j] for j in chosen)


def _difference(sign: str) -> Callable[[View], Any]:
    """u^2 - v^2 [d] of one sign."""
    return lambda view: view[f"u_{sign}"] * view[f"u_{sign}"] - view[f"v_{sign}"] * view[f"v_{sign}"]


def _conserved(view: View) -> Iterable[Check]:
    for sign in ("plus", "minus"):
        yield Check(derivative_along(view, _difference(sign), view["velocity"]), "==", 0, f"d/dt (u^2 - v^2), {sign}")
    for pair in ((0, 3), (1, 2)):
        yield Check(derivative_along(view, _factors(*pair), view["velocity"]), "==", 0, "d/dt of a product of factors")


def _metric(view: View) -> Iterable[Check]:
    c_plus, c_minus = view["balances"]
    w, half = view["w"], view["squares"] * view.ops.ratio(1, 2)
    yield Check(c_plus * c_minus + w * w, "==", half * half, "C_+ C_- + w^2")
    rate = derivative_along(view, lambda v: v["w"], view["velocity"])
    yield Check(rate, "==", view["squares"] * view["push"], "w'")


def _log_growth(view: View) -> Iterable[Check]:
    ops, rho = view.ops, view["growth"]
    t = view["w"] / view["scale"]
    value = t + ops.sqrt(ops.ratio(1) + t * t)
    yield Check(value, "==", rho * rho * view["balances"][0] / view["scale"], "exp(asinh(w/c))")


def _tangent(view: View) -> Iterable[Check]:
    slope = view.ops.sum(view["gradient"] * (view["other"] - view["w"]))
    yield Check(view["potential"] + slope, "<=", view["other_potential"])


def _unique(view: View) -> Iterable[Check]:
    yield Check(view["potential"], "<", view["other_potential"])


def _step(view: View) -> Iterable[Check]:
    moved = view["push"] * view.ops.spread(view["step_size"])
    kept = view.ops.ratio(1) - moved * moved
    for sign in ("plus", "minus"):
        yield Check(_difference(sign)(view["after"]), "==", _difference(sign)(view) * kept, f"u^2 - v^2, {sign}")


LINKS = (
    Claim(
        "factors-grow",
        DIAGONAL_FLOW,
        "gradient flow multiplies u_+ + v_+ and u_- - v_- by exp(X^T nu), and u_+ - v_+ and u_- + v_- by exp(-X^T nu)",
        (),
        _factors_grow,
        r"\tfrac{d}{dt}(u_\pm \pm v_\pm) = [X^\top\dot\nu](u_\pm \pm v_\pm), \quad "
        r"\tfrac{d}{dt}(u_\pm \mp v_\pm) = -[X^\top\dot\nu](u_\pm \mp v_\pm)",
    ),
    Claim(
        "conserved-products",
        DIAGONAL_FLOW,
        "gradient flow conserves u_+^2 - v_+^2, u_-^2 - v_-^2, (u_+ + v_+)(u_- + v_-) and (u_+ - v_+)(u_- - v_-)",
        (),
        _conserved,
        r"\tfrac{d}{dt}(u_\pm^2 - v_\pm^2) = 0, \quad \tfrac{d}{dt}(u_+ \pm v_+)(u_- \pm v_-) = 0",
    ),
    Claim(
        "metric",
        DIAGONAL_FLOW,
        "a grown state has C_+ C_- + w^2 = (u_+^2 + v_+^2 + u_-^2 + v_-^2)^2/4, and w moves by that sum of squares "
        "times X^T nu': by 1/q_k''(w) = sqrt(k + 4 w^2) where the start is unbiased",
        (GROWN,),
        _metric,
        r"\dot w = 2\sqrt{C_+ C_- + w^2}\; X^\top\dot\nu",
    ),
    Claim(
        "gradient-is-log-growth",
        DIAGONAL_FLOW,
        "at a grown state exp(asinh(w/c)) = rho^2 C_+/c: the gradient of the potential is log rho, up to its value at "
        "the start",
        (LIVE_BOTH, GROWN),
        _log_growth,
        r"e^{\operatorname{arcsinh}(w/c)} = \rho^2 C_+/c",
    ),
    Claim(
        "tangent",
        DIAGONAL_FLOW,
        "Q_k is convex: Q_k(v) is at least Q_k(w) + <grad Q_k(w), v - w> for all w and v",
        (LIVE,),
        _tangent,
        r"Q_k(w) + \langle\nabla Q_k(w), v - w\rangle \le Q_k(v)",
    ),
    Claim(
        "unique",
        DIAGONAL_FLOW,
        "no other map with the same predictions has as small a Q_k",
        (UNBIASED, LIVE, REACHED, SAME_PREDICTIONS, DIFFERENT),
        _unique,
        r"Xv = Xw,\; v \ne w \Rightarrow Q_k(w) < Q_k(v)",
    ),
    Claim(
        "descent-step",
        DIAGONAL_FLOW,
        "a step of gradient descent multiplies u^2 - v^2 by 1 - eta^2 (X^T nu')^2 for each input and sign: only the "
        "flow conserves it",
        (),
        _step,
        r"(u_\pm^2 - v_\pm^2)^+ = \bigl(1 - \eta^2 [X^\top\dot\nu]^2\bigr)(u_\pm^2 - v_\pm^2)",
    ),
)

_DIVIDES = "without it Q_k is not defined: it divides by sqrt(k), and such an input never learns anything"
NECESSITY = (
    Necessity("unbiased", BIASED, "minus weights start elsewhere: the flow ends where D is smallest, not Q_k"),
    Necessity("live", None, _DIVIDES),
    Necessity("reached", NOT_REACHED, "growth (2, 3) with X = (1, 1): no multipliers give it"),
    Necessity("same-predictions", OTHER_PREDICTIONS, "v = 0 has the smallest Q_k of all"),
    Necessity("grown", NOT_GROWN, "weights that no flow reaches from that start", "gradient-rate"),
    Necessity(
        "live-both-signs",
        None,
        "without it D is not defined: it divides by sqrt(C_+ C_-); with C_- = 0 w = C_+ rho^2/2 stays positive, and "
        "the potential is the entropy sum of (w log w - w)/2",
        "minimises-divergence",
    ),
    Necessity("different", AT_W, "v = w has the same Q_k", "unique"),
)

INIT_SHAPE_DIAGONAL = Theorem(
    id="init-shape-diagonal",
    title="Initialisation scale and shape choose the interpolator of diagonal networks",
    source=source(
        "Theorem 4.1 (number from the authors' experiment code)",
        "the formula was read in the authors' public experiment code, where a variable named k holds sqrt(k); the rest "
        "is recalled and re-derived. The form for biased starts is own: derived here",
    ),
    status="recalled",
    claims=(HEADLINE, RATE, BIASED_HEADLINE, BIASED_RATE),
    links=LINKS,
    right_side="Q_k(v)",
    equality=(MINIMA,),
    mutants=diagonal_mutants.MUTANTS,
    necessity=NECESSITY,
    closed_forms=diagonal_forms.CLOSED_FORMS,
    integrated=diagonal_solutions.INTEGRATED,
    evidence=UNTRAINED | {"swept": "states of a flow lie exactly on a manifold, which rows of floats miss"},
    notes=(
        "The paper's statement is about the limit: where the loss tends to 0, w tends to argmin Q_k over all X v = y. "
        "No limit is decided here: at every time w(t) minimises Q_k among the maps with the same predictions, which "
        "with X w = y is the paper's statement. A state that the flow reaches is its start, with two sums of weights "
        "times rho and two divided by it, rho = exp(X^T nu); every such rho counts here, whether or not the labels "
        "lead the flow there. That the flow moves so is the link factors-grow, decided exactly at any state. "
        "log rho lies in the row space of X exactly where prod rho_i^a_i = 1 for the integral vectors a in its kernel "
        "(take logarithms): no solver and no tolerance. Any loss of the residuals gives the same statement, with "
        "another nu. The general form has C_+ = ((u_+ + v_+)^2 + (u_- - v_-)^2)/2 and C_- = ((u_+ - v_+)^2 + (u_- + "
        "v_-)^2)/2 at the start; with an unbiased start D is Q_k. That gradient flow is needed shows in a step of "
        "gradient descent, which changes u^2 - v^2 by a share of (eta X^T nu')^2."
    ),
)
"""The record."""
