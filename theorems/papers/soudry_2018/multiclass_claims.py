"""Claims about several classes: the limit's equation, its certificate, and finite times on the limiting curve."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.multiclass_margins import MULTICLASS_MARGINS
from refutable.theorems.domains.multiclass_margins.pairs import combined
from refutable.theorems.flows import derivative_along
from refutable.theorems.views import View

Conclusion = Callable[[View], Iterable[Check]]
Formula = Callable[[View], Any]

SEPARABLE = Assumption(
    "separable",
    "some weights classify every datum",
    lambda view: [Check(view["solved"] is not None, "true", reason="no weights do")],
)
USED = Assumption(
    "support-pairs-used",
    "the support pairs, a datum and a wrong class with margin 1, are independent and have positive multipliers",
    lambda view: [Check(view["max_margin"].positive == view["max_margin"].support, "true", reason="a multiplier is 0")],
)


def _claim(id: str, statement: str, concludes: Conclusion, latex: str, *assumes: Assumption) -> Claim:
    return Claim(id, MULTICLASS_MARGINS, statement, assumes, concludes, latex)


def equation(exponentials: Formula) -> Conclusion:
    """The conclusion that eta sum z (e_y - e_k) x^T is What at these exponentials."""
    return lambda view: [
        Check(combined(view, exponentials(view)) * view["step_size"], "==", view["direction"])
    ]  # fmt: skip


def _headline(view: View) -> Iterable[Check]:
    yield from equation(lambda v: v["limit_exponentials"])(view)
    asked = view["limit_exponentials"] + (1 - view["on_support"])  # of pairs beyond the margin nothing is asked
    yield Check(fmpq(0), "<", asked, "exponentials of a rho")


def _certificate(view: View) -> Iterable[Check]:
    margins = view["margins"]
    yield Check(fmpq(1), "<=", margins, "margins")
    yield Check(fmpq(0), "<=", view["multipliers"], "multipliers")
    yield Check(view["multipliers"] * (margins - 1), "==", fmpq(0), "complementary")
    yield Check(view.ops.sum(view["direction"], -2), "==", fmpq(0), "sum over classes")


def energy(view: View) -> Any:
    """Phi = eta sum z - sum alpha log z = eta sum z + <What, rho>, over support pairs."""
    ops = view.ops
    z, eta = view["exponentials"], view["step_size"]
    terms = z * eta * view["on_support"] - view["multipliers"] * ops.elementary("log", z)
    return ops.sum(ops.sum(terms))


def falls(quantity: Formula) -> Conclusion:
    """The conclusion that a quantity's derivative along the flow in log time is -|d rho/ds|^2."""

    def concludes(view: View) -> Iterable[Check]:
        velocity = {"exponentials": view["exponential_velocity"]}
        square = view.ops.sum(view.ops.sum(view["field"] * view["field"]))
        yield Check(derivative_along(view, quantity, velocity), "==", -square)

    return concludes


def others(view: View) -> Any:
    """R [n, k]: eta z t^(1 - m) for pairs beyond the margin, 0 for support pairs; it vanishes as t grows."""
    return view["pair_losses"] * (1 - view["on_support"])


def total(view: View, pairs: Any) -> Any:
    """Sum over data and wrong classes of [n, k]."""
    return view.ops.sum(view.ops.sum(pairs))


def second_order(view: View, factors: Any) -> Any:
    """sum_n factor_n P_n / (eta t)."""
    return view.ops.sum(factors * view["datum_losses"]) / (view["step_size"] * view["time"])


def _loss(view: View) -> Iterable[Check]:
    eta, limit = view["step_size"], view["direction_square"] + total(view, others(view))
    yield Check(view["loss_times_time"] * eta, "<=", limit)
    yield Check(limit - second_order(view, view["datum_losses"]) / 2, "<=", view["loss_times_time"] * eta)


def speed(view: View) -> Any:
    """<-eta t grad L, What> by the softmax there: the pairs' weights times their margins."""
    return total(view, view["softmax_weights"] * view["margins"])


def weighted(view: View) -> Any:
    """|What|^2 + sum m R: the speed to first order."""
    return view["direction_square"] + total(view, others(view) * view["margins"])


def pulls(view: View) -> Any:
    """sum_k m P [n]."""
    return view.ops.sum(view["pair_losses"] * view["margins"])


def _speed(view: View) -> Iterable[Check]:
    yield Check(speed(view), "<=", weighted(view))
    yield Check(weighted(view) - second_order(view, pulls(view)), "<=", speed(view))


HEADLINE = _claim(
    "separable-multiclass",
    "with eta exp(-(rho_y - rho_k).x_n) = alpha_nk > 0 for the support pairs the gradient flow's step beside What log "
    "t vanishes: eta sum over them of exp(...) (e_y - e_k) x_n^T = What, the maximum margin solution",
    _headline,
    r"\eta e^{-(\rho_{y_n} - \rho_k)^\top x_n} = \alpha_{n,k} > 0 \;((n,k) \in S) \Rightarrow \eta \sum_{(n,k) \in S} "
    r"e^{-(\rho_{y_n} - \rho_k)^\top x_n} (e_{y_n} - e_k) x_n^\top = \hat W",
    SEPARABLE,
    USED,
)
CERTIFICATE = _claim(
    "optimal-direction",
    "What has margins at least 1, multipliers alpha >= 0 that vanish beyond margin 1, and classes that sum to 0",
    _certificate,
    r"(\hat w_{y_n} - \hat w_k)^\top x_n \ge 1, \quad \alpha_{n,k} \ge 0, \quad "
    r"\alpha_{n,k}\bigl((\hat w_{y_n} - \hat w_k)^\top x_n - 1\bigr) = 0, \quad \sum_k \hat w_k = 0",
    SEPARABLE,
)
ENERGY = _claim(
    "energy-falls",
    "along the flow in log time eta sum z + <What, rho>, a convex function of rho summed over the support pairs, falls "
    "at the rate |d rho/ds|^2",
    falls(energy),
    r"\tfrac{d}{ds}\Bigl(\eta \sum_{(n,k) \in S} z_{n,k} + \langle \hat W, \rho\rangle\Bigr) = -\|\dot\rho\|^2",
    SEPARABLE,
    USED,
)
LOSS = _claim(
    "loss-constant",
    "on W = What log t + rho, rho the limit, 1/gamma^2 + sum R - sum P_n^2 / (2 eta t) <= eta t L <= 1/gamma^2 + sum "
    "R, R = eta z t^(1 - m) of the pairs beyond the margin, at margin m > 1, P_n = sum_k alpha_nk + R_nk",
    _loss,
    r"\frac{1}{\gamma^2} + \sum R - \frac{\sum_n P_n^2}{2 \eta t} \le \eta t L \le \frac1{\gamma^2} + \sum R, \quad "
    r"R_{n,k} = \eta z_{n,k} t^{1 - m_{n,k}}, \quad P_n = \sum_k \alpha_{n,k} + R_{n,k}",
    SEPARABLE,
    USED,
)
SPEED = _claim(
    "softmax-speed",
    "there the cross-entropy's own gradient moves W along What at a speed between |What|^2 + sum m R - sum Q_n P_n / "
    "(eta t) and |What|^2 + sum m R, over t; Q_n = sum_k alpha_nk + m_nk R_nk",
    _speed,
    r"\|\hat W\|^2 + \sum m R - \frac{\sum_n Q_n P_n}{\eta t} \le \langle -\eta t \nabla L, \hat W \rangle \le "
    r"\|\hat W\|^2 + \sum m R, \quad Q_n = \sum_k \alpha_{n,k} + m_{n,k} R_{n,k}",
    SEPARABLE,
    USED,
)
LINKS = (
    _claim(
        "time-shift",
        "What is an eigenvector with eigenvalue 1 of the limit's Hessian sum alpha row row^T: time shifts decay as 1/t",
        lambda view: [Check(combined(view, view["multipliers"] * view["margins"]), "==", view["direction"])],
        r"\sum_{n,k} \alpha_{n,k} \langle R_{n,k}, \hat W\rangle R_{n,k} = \hat W",
        SEPARABLE,
    ),
    _claim(
        "multipliers-sum",
        "the multipliers sum to |What|^2",
        lambda view: [Check(view.ops.sum(view["datum_multipliers"]), "==", view["direction_square"])],
        r"\sum_{n,k} \alpha_{n,k} = \|\hat W\|^2",
        SEPARABLE,
    ),
)
