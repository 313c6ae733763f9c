"""Claims about several classes: the limit's equation, its certificate, and finite times on the limiting curve."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.multiclass_margins import MULTICLASS_MARGINS
from refutable.theorems.domains.multiclass_margins.pairs import combined, margins_of
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
    "every-pair-used",
    "the pairs of a datum and a wrong class are independent support vectors with positive multipliers",
    lambda view: [
        Check(len(view["max_margin"].positive) == view["exponentials"].size, "true", reason="a multiplier is 0")
    ],
)


def _claim(id: str, statement: str, concludes: Conclusion, latex: str, *assumes: Assumption) -> Claim:
    return Claim(id, MULTICLASS_MARGINS, statement, assumes, concludes, latex)


def equation(exponentials: Formula) -> Conclusion:
    """The conclusion that eta sum z (e_y - e_k) x^T is What at these exponentials."""
    return lambda view: [
        Check(combined(view, exponentials(view)) * view["step_size"], "==", view["direction"])
    ]  # fmt: skip


def _certificate(view: View) -> Iterable[Check]:
    margins = margins_of(view, view["direction"])
    yield Check(fmpq(1), "<=", margins, "margins")
    yield Check(fmpq(0), "<=", view["multipliers"], "multipliers")
    yield Check(view["multipliers"] * (margins - 1), "==", fmpq(0), "complementary")
    yield Check(view.ops.sum(view["direction"], -2), "==", fmpq(0), "sum over classes")


def energy(view: View) -> Any:
    """Phi = eta sum z - sum alpha log z = eta sum z + <What, rho>."""
    ops = view.ops
    z, eta = view["exponentials"], view["step_size"]
    terms = z * eta - view["multipliers"] * ops.elementary("log", z)
    return ops.sum(ops.sum(terms))


def falls(quantity: Formula) -> Conclusion:
    """The conclusion that a quantity's derivative along the flow in log time is -|d rho/ds|^2."""

    def concludes(view: View) -> Iterable[Check]:
        velocity = {"exponentials": view["exponential_velocity"]}
        square = view.ops.sum(view.ops.sum(view["field"] * view["field"]))
        yield Check(derivative_along(view, quantity, velocity), "==", -square)

    return concludes


def second_order(view: View) -> Any:
    """sum_n A_n^2 / (eta t)."""
    a = view["datum_multipliers"]
    return view.ops.sum(a * a) / (view["step_size"] * view["time"])


def _loss(view: View) -> Iterable[Check]:
    eta, limit = view["step_size"], view["direction_square"]
    yield Check(view["loss_times_time"] * eta, "<=", limit)
    yield Check(limit - second_order(view) / 2, "<=", view["loss_times_time"] * eta)


def speed(view: View) -> Any:
    """<-eta t grad L, What> by the softmax there: the pairs' weights times their margins."""
    weights = view["softmax_weights"] * margins_of(view, view["direction"])
    return view.ops.sum(view.ops.sum(weights))


def _speed(view: View) -> Iterable[Check]:
    yield Check(speed(view), "<=", view["direction_square"])
    yield Check(view["direction_square"] - second_order(view), "<=", speed(view))


HEADLINE = _claim(
    "separable-multiclass",
    "with eta exp(-(rho_y - rho_k).x_n) = alpha_nk the gradient flow's step beside What log t vanishes: eta sum_nk "
    "exp(...) (e_y - e_k) x_n^T = What, the maximum margin solution",
    equation(lambda view: view["limit_exponentials"]),
    r"\eta e^{-(\rho_{y_n} - \rho_k)^\top x_n} = \alpha_{n,k} \Rightarrow \eta \sum_{n,k} "
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
    "along the flow in log time eta sum z + <What, rho>, a convex function of rho, falls at the rate |d rho/ds|^2",
    falls(energy),
    r"\tfrac{d}{ds}\Bigl(\eta \sum_{n,k} z_{n,k} + \langle \hat W, \rho\rangle\Bigr) = -\|\dot\rho\|^2",
    SEPARABLE,
    USED,
)
LOSS = _claim(
    "loss-constant",
    "on W = What log t + rho, rho the limit, |What|^2 - sum A_n^2 / (2 eta t) <= eta t L <= |What|^2 = 1/gamma^2",
    _loss,
    r"\frac{1}{\gamma^2} - \frac{\sum_n A_n^2}{2 \eta t} \le \eta t L \le \frac1{\gamma^2}",
    SEPARABLE,
    USED,
)
SPEED = _claim(
    "softmax-speed",
    "there the cross-entropy's own gradient moves W along What at a speed between |What|^2 - sum A_n^2/(eta t) and "
    "|What|^2, over t",
    _speed,
    r"\|\hat W\|^2 - \frac{\sum_n A_n^2}{\eta t} \le \langle -\eta t \nabla L, \hat W \rangle \le \|\hat W\|^2",
    SEPARABLE,
    USED,
)
LINKS = (
    _claim(
        "time-shift",
        "What is an eigenvector with eigenvalue 1 of the limit's Hessian sum alpha row row^T: time shifts decay as 1/t",
        lambda view: [
            Check(combined(view, view["multipliers"] * margins_of(view, view["direction"])), "==", view["direction"])
        ],
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
