"""What holds at every time for losses of margins, and how g approaches its limit far out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.decomposable_flow import DECOMPOSABLE_FLOW
from refutable.theorems.domains.decomposable_flow.profile import arc_limit
from refutable.theorems.domains.decomposable_flow.quantities import (
    arcs,
    at_start,
    depth,
    mirror_rate,
    power,
    pulled,
    velocity,
)
from refutable.theorems.exact import power as real_power
from refutable.theorems.flows import derivative_along
from refutable.theorems.papers.yun_2021.flow_assumptions import AHEAD, DEEP, FLOWING, MOVED, ON_FLOW, STARTED, excess
from refutable.theorems.papers.yun_2021.regression_claims import squares_apart
from refutable.theorems.records import Integration
from refutable.theorems.views import View


def along_flow(view: View) -> Iterable[Check]:
    """d/dt g = sum_n rates_n y_n S x_n, and g = 0 at the start."""
    pull = view["margin_pull"]
    yield Check(mirror_rate(view, pull), "==", pull, "d/dt g")
    yield Check(at_start(view)["mirror"], "==", 0, "g at the start")


def arc_sizes(view: View) -> Any:
    """|h_L^{-1}(rho/(alpha |eta|)^L)| = |g| (alpha |eta|)^{L-2}, [m]."""
    return view.ops.abs(arcs(view, view["scaled"]))


def bounded(view: View) -> Iterable[Check]:
    """|g_j| < s_max (alpha |eta_j|)^{2-L}."""
    yield Check(arc_sizes(view), "<", arc_limit(depth(view)))


def missing(view: View) -> Any:
    """s_max (alpha |eta_j|)^{2-L} - |g_j|, [m]."""
    gaps = [arc_limit(depth(view)) - arc for arc in arc_sizes(view)]
    return np.array(gaps, dtype=object) * power(view["sizes"], 2 - depth(view))


def tail(view: View, exponent: fmpq, divisor: int) -> Any:
    """|rho_j|^exponent/divisor, [m]."""
    parts = [real_power(abs(rho), exponent) / fmpq(divisor) for rho in view["coordinates"]]
    return np.array(parts, dtype=object)


def approached(view: View) -> Iterable[Check]:
    """s_max (alpha |eta_j|)^{2-L} - |g_j| < |rho_j|^{2/L-1}/(L-2)."""
    layers = depth(view)
    yield Check(missing(view), "<", tail(view, fmpq(2, layers) - 1, layers - 2))


def signs(view: View) -> Iterable[Check]:
    """g_j rho_j > 0."""
    pairs = [arc * t for arc, t in zip(arcs(view, view["scaled"]), view["scaled"], strict=True)]
    yield Check(0, "<", np.array(pairs, dtype=object))


def conserved(view: View) -> Iterable[Check]:
    """The derivative of the differences of squares vanishes, for any rates."""
    rate = derivative_along(view, squares_apart, {"weights": velocity(view, view["margin_pull"])})
    yield Check(rate, "==", 0)


def away_from_zero(view: View) -> Iterable[Check]:
    """0 < lambda <= [U_l^T v_l]_j^2 with the largest lambda that the start has."""
    squares, bound = view["weights"][:-1] ** 2, min(excess(view).ravel())
    yield Check(bound, "<=", squares, "lambda")
    yield Check(0, "<", squares)


HEADLINE = Claim(
    "margin-identity",
    DECOMPOSABLE_FLOW,
    "at every time the gradient of Q at rho is sum_n nu_n y_n S x_n with nu_n the integral of -phi'(y_n f_n), for any "
    "loss sum phi(y_n f_n): it is 0 at the start and moves with velocity sum_n -phi'(y_n f_n) y_n S x_n",
    FLOWING,
    along_flow,
    r"\nabla Q(\rho(t)) = \sum_n \nu_n(t)\, y_n S x_n, \quad \nu_n(t) = \int_0^t -\phi'(y_n f_n)",
)
BOUNDED = Claim(
    "gradient-bounded",
    DECOMPOSABLE_FLOW,
    "for three layers or more |g_j| < s_max (alpha |eta_j|)^{2-L} everywhere",
    (DEEP,),
    bounded,
    r"|g_j| < s_{\max} (\alpha|\eta_j|)^{2-L}",
)
APPROACHED = Claim(
    "remainder",
    DECOMPOSABLE_FLOW,
    "and what is missing is less than |rho_j|^{2/L-1}/(L-2), whatever alpha and eta: the slope of "
    "L/(2(L-2)) sum |rho|^{2/L}",
    (DEEP, MOVED),
    approached,
    r"s_{\max} (\alpha|\eta_j|)^{2-L} - |g_j| < \frac{|\rho_j|^{2/L-1}}{L-2}",
)
LINKS = (
    Claim("signs", DECOMPOSABLE_FLOW, "g_j has the sign of rho_j", (MOVED,), signs, r"g_j \rho_j > 0"),
    Claim(
        "margin-differences-conserved",
        DECOMPOSABLE_FLOW,
        "for losses of margins too the flow conserves the differences of squares, from any start",
        (),
        conserved,
        r"\tfrac{d}{dt}\left([U_l^\top v_l]_j^2 - [U_k^\top v_k]_j^2\right) = 0",
    ),
    Claim(
        "layers-stay-away-from-zero",
        DECOMPOSABLE_FLOW,
        "from a start with [U_l^T v_l]_j^2 - [U_L^T v_L]_j^2 >= lambda > 0 every layer but the last keeps "
        "[U_l^T v_l]_j^2 >= lambda: it stays away from 0",
        (ON_FLOW, AHEAD),
        away_from_zero,
        r"[U_l^\top v_l(0)]_j^2 - [U_L^\top v_L(0)]_j^2 \ge \lambda > 0 \;\Rightarrow\; "
        r"[U_l^\top v_l(t)]_j^2 \ge \lambda",
    ),
)


def _gradient_is(factor: int) -> Callable[[View], Iterable[Check]]:
    def concludes(view: View) -> Iterable[Check]:
        yield Check(view["mirror"], "==", pulled(view, view["y"] * view["nu"]) * factor)

    return concludes


def _unlabelled(view: View) -> Iterable[Check]:
    yield Check(view["mirror"], "==", pulled(view, view["nu"]))


INTEGRATED = (
    Integration(
        Claim(
            "multipliers-along-solutions",
            DECOMPOSABLE_FLOW,
            "along solutions with the exponential loss the gradient of Q at rho is sum_n nu_n y_n S x_n with nu_n the "
            "integral of exp(-y_n f_n)",
            STARTED,
            _gradient_is(1),
            r"\nabla Q(\rho(t)) = \sum_n \nu_n(t)\, y_n S x_n",
        ),
        (
            Claim("multipliers-twice", DECOMPOSABLE_FLOW, "twice that", STARTED, _gradient_is(2)),
            Claim("multipliers-unlabelled", DECOMPOSABLE_FLOW, "that without the labels", STARTED, _unlabelled),
        ),
    ),
)
