"""Squared regression: how often gradient descent lowers the sharpness at the end of the gradient flow. Empirical."""

from __future__ import annotations

from collections.abc import Iterable

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.diagonal_regression import DIAGONAL_REGRESSION
from refutable.theorems.papers.kreisler_2023 import squared_regression_forms, squared_regression_mutants
from refutable.theorems.papers.kreisler_2023.source import UNTRAINED, source
from refutable.theorems.papers.kreisler_2023.squared_regression_assumptions import (
    FULL_RANK,
    INTERPOLATING,
    NONZERO,
    NONZERO_AFTER,
    SMALL_SHARES,
    SQUARE,
)
from refutable.theorems.papers.kreisler_2023.squared_regression_cases import (
    FEWER_DATA,
    LONG_STEP,
    MINIMA,
    RISING,
)
from refutable.theorems.records import Necessity, Theorem
from refutable.theorems.views import View


def _falls(view: View) -> Iterable[Check]:
    yield Check(view["after"]["gfs_sharpness"], "<=", view["gfs_sharpness"])


def _products_conserved(view: View) -> Iterable[Check]:
    u, v, g = view["u"], view["v"], view["pull"]
    yield Check((u * g) * v, "==", u * (v * g), "(du/dt) v + u dv/dt = 0")


def _products_after(view: View) -> Iterable[Check]:
    left = view["next_u"] * view["next_v"]
    yield Check(left, "==", view["u"] * view["v"] * (view.ops.ratio(1) - view["shares"]))


def _least(view: View) -> Iterable[Check]:
    yield Check(view["least_kernel_sharpness"], "<=", view["gfs_sharpness"])


def _hessian_at_minimum(view: View) -> Iterable[Check]:
    """Trace of 1/n J^T J, J = (2 X diag u, -2 X diag v), against that of the kernel; and the sharpness there."""
    ops, x, u, v = view.ops, view["x"], view["u"], view["v"]
    weights = u * u + v * v
    squares = ops.sum(x * x, -2)
    trace = ops.sum(squares * u * u * 4) + ops.sum(squares * v * v * 4)
    kernel = ops.matmul(x * weights[..., None, :], ops.transpose(x)) * ops.ratio(4)
    yield Check(trace, "==", ops.sum(ops.sum(kernel * ops.identity(kernel))), "trace")
    yield Check(view["gfs_sharpness"], "==", view["kernel_sharpness"], "the flow stands still")


HEADLINE = Claim(
    "gfs-squared-regression",
    DIAGONAL_REGRESSION,
    "a step of gradient descent does not raise the sharpness at the minimum that the gradient flow would reach",
    (FULL_RANK, NONZERO, NONZERO_AFTER),
    _falls,
    r"\phi(w^+) \le \phi(w), \qquad \phi(w) = \lambda_{\max}(\nabla^2 L(\mathrm{GFS}(w)))",
)

LINKS = (
    Claim(
        "products-conserved",
        DIAGONAL_REGRESSION,
        "the gradient flow conserves every product u_i v_i",
        (),
        _products_conserved,
        r"\tfrac{d}{dt}(u_i v_i) = 0",
    ),
    Claim(
        "products-after-step",
        DIAGONAL_REGRESSION,
        "a step of gradient descent multiplies u_i v_i by 1 - (eta g_i)^2, g = (2/n) X^T r",
        (),
        _products_after,
        r"(u_i v_i)^+ = u_i v_i \left(1 - \eta^2 g_i^2\right)",
    ),
    Claim(
        "least-sharpness",
        DIAGONAL_REGRESSION,
        "the flow ends with sharpness at least lambda_max((8/n) X diag(|u v|) X^T), as u^2 + v^2 >= 2 |u v|",
        (FULL_RANK, NONZERO),
        _least,
        r"\lambda_{\max}\left(\tfrac8n X \operatorname{diag}(|u v|) X^\top\right) \le \phi(w)",
    ),
    Claim(
        "sharpness-at-minimum",
        DIAGONAL_REGRESSION,
        "at residual 0 the sharpness is lambda_max((4/n) X diag(u^2 + v^2) X^T), and the flow stands still",
        (FULL_RANK, INTERPOLATING),
        _hessian_at_minimum,
        r"r = 0 \Rightarrow \phi(w) = \lambda_{\max}\left(\tfrac4n X \operatorname{diag}(u^2 + v^2) X^\top\right)",
    ),
    Claim(
        "as-many-data-as-inputs",
        DIAGONAL_REGRESSION,
        "with as many independent data as inputs, a step with (eta g_i)^2 <= 2 for all i does not raise it: the "
        "limit's weights are known, and u_i^2 + v_i^2 = sqrt(w_i^2 + 4 (u_i v_i)^2)",
        (FULL_RANK, NONZERO, NONZERO_AFTER, SQUARE, SMALL_SHARES),
        _falls,
        r"n = d,\; \eta^2 g_i^2 \le 2 \Rightarrow \phi(w^+) \le \phi(w)",
    ),
)

_NOT_DEFINED = "without it the flow need not reach loss 0, and the sharpness there is not defined"
NECESSITY = (
    Necessity("full-rank", None, _NOT_DEFINED),
    Necessity("nonzero-weights", None, _NOT_DEFINED + ": v = 0 and the label -1, say"),
    Necessity("nonzero-weights-after", None, _NOT_DEFINED),
    Necessity(
        "small-shares",
        LONG_STEP,
        "one pair, one datum, step size 1: the product u v is multiplied by -63",
        "as-many-data-as-inputs",
    ),
    Necessity(
        "as-many-data-as-inputs",
        FEWER_DATA,
        "u = (1, 4), v = (3, 1), one datum (2, 1) with label 4: eta g = (-7/5, -7/10), and it rises by 7 %",
        "as-many-data-as-inputs",
    ),
    Necessity("interpolating", RISING, "u = v = 1, label 4: the flow moves", "sharpness-at-minimum"),
)

SQUARED_REGRESSION = Theorem(
    id="gfs-squared-regression",
    title="Squared regression: the sharpness at the end of the flow mostly falls",
    source=source(
        "squared regression (empirical, number uncertain)",
        "recalled: an observation on runs at the edge of stability, no theorem; model and formulas re-derived",
    ),
    status="empirical",
    claims=(HEADLINE,),
    links=LINKS,
    right_side="the sharpness at the end of the gradient flow before the step",
    equality=(MINIMA,),
    mutants=squared_regression_mutants.MUTANTS,
    necessity=NECESSITY,
    closed_forms=squared_regression_forms.CLOSED_FORMS,
    evidence=UNTRAINED | {"swept": "the end of a flow is enclosed one state at a time, not in floats"},
    notes=(
        "An observation: single steps violate it, as those of runs that blow up do, and every step with (eta g)^2 > "
        "2 for one pair of weights and one datum. About two runs in a hundred violate it somewhere; in half of "
        "these it rises step after step by less than a thousandth, down to less than 10^-15 of itself near the end, "
        "which floats with a tolerance do not see. What is reported is how often it holds at states of runs with "
        "step size times the first sharpness in (1.5, 2.6); the states of one run are not independent. No flow is "
        "integrated: it conserves u_i v_i, so that it ends where X (c e^{-4s} - e e^{4s}) = y with s = X^T nu, c = "
        "u^2, e = v^2; nu is the minimiser of a convex function, enclosed by Krawczyk's operator at any precision. "
        "The links are theorems, proved here."
    ),
)
