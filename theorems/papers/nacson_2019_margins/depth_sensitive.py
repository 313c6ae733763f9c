"""Coordinate-wise data x_i e_i: at a large margin the shallow part of a network of least norm is small.

The deep part alone is nearly as cheap.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.shallow_plus_deep import SHALLOW_PLUS_DEEP
from refutable.theorems.domains.shallow_plus_deep.domain import power
from refutable.theorems.papers.nacson_2019_margins import depth_forms, depth_mutants
from refutable.theorems.papers.nacson_2019_margins.depth_networks import LARGE_FACTORS, compared, network
from refutable.theorems.papers.nacson_2019_margins.source import UNTRAINED, source
from refutable.theorems.records import Necessity, Theorem
from refutable.theorems.views import View


def stationary(view: View) -> Any:
    """t_i q_i^(L-2), [d]: 1 where the multipliers 2 t_i / x_i and 2 q_i / (x_i q_i^(L-1)) agree."""
    t, depth = view["shallow"], view["depth"]
    return t if depth == 2 else t * power(view["factors"], depth - 2)


def _ones(view: View) -> Any:
    return view.ops.ones_like(view["data"])


def _least_norm(view: View) -> Iterable[Check]:
    depth, q = view["depth"], view["factors"]
    yield Check(view["outputs"], "==", _ones(view) * view.ops.spread(view["margin"]), "margins are met exactly")
    yield Check(stationary(view), "==", _ones(view), "the multipliers agree")
    yield Check(0, "<", q, "the factors are positive")
    yield Check(_ones(view) * (depth - 2), "<=", power(q, 2 * depth - 2), "no cheaper without a deep part")


def _enforced(view: View) -> dict[str, Any]:
    """Factors large enough, with the linear part and the data that belong to them."""
    ops, depth = view.ops, view["depth"]
    q = ops.maximum(ops.abs(view["factors"]), 0 * view["factors"] + ops.ratio(5, 4))
    t = (1 + 0 * q) if depth == 2 else 1 / power(q, depth - 2)
    return {"factors": q, "shallow": t, "data": ops.spread(view["margin"]) / (t + power(q, depth))}


def _other_feasible(view: View) -> Iterable[Check]:
    yield Check(_ones(view) * view.ops.spread(view["margin"]), "<=", view["other_outputs"])


LEAST_NORM = Assumption(
    "least-norm",
    "the weights have least norm at the margin: f_i = gamma, t_i q_i^(L-2) = 1, q_i > 0 and q_i^(2L-2) >= L - 2",
    _least_norm,
    _enforced,
)
OTHER_FEASIBLE = Assumption("other-feasible", "the other network has every margin at least gamma", _other_feasible)


def _norm(view: View) -> Iterable[Check]:
    yield Check(view["shallow_norm"] + view["deep_norm"], "<=", view["deep_only_norm"])


def _shallow(view: View) -> Iterable[Check]:
    yield Check(view["shallow_norm"], "<=", view["deep_only_norm"])


def _rate(view: View) -> Iterable[Check]:
    """(gamma/x)^(2-L) <= t^L <= (gamma/2x)^(2-L), t > 0, without roots."""
    depth, size = view["depth"], power(view["shallow"], view["depth"])
    least = _ones(view) if depth == 2 else 1 / power(view["needed"], depth - 2)
    yield Check(least, "<=", size, "from below")
    yield Check(size, "<=", least * 2 ** (depth - 2), "from above")
    yield Check(0, "<", view["shallow"], "never 0")


def _optimal(view: View) -> Iterable[Check]:
    yield Check(view["shallow_norm"] + view["deep_norm"], "<=", view["other_norm"])


def _claim(id: str, statement: str, assumes: tuple[Assumption, ...], concludes: Any, latex: str) -> Claim:
    return Claim(id, SHALLOW_PLUS_DEEP, statement, assumes, concludes, latex)


CLAIMS = (
    _claim(
        "norm-at-most-deep-only",
        "the least norm at margin gamma is at most that of the deep part alone: |t|^2 + L |q|^2 <= L sum "
        "(gamma/x_i)^(2/L)",
        (LEAST_NORM,),
        _norm,
        r"\|t\|^2 + L\|q\|^2 \le L \sum_i (\gamma / x_i)^{2/L}",
    ),
    _claim(
        "shallow-part-discarded",
        "so the linear part, whose margin alone would cost gamma^2, has |t|^2 <= L sum (gamma/x_i)^(2/L)",
        (LEAST_NORM,),
        _shallow,
        r"\|t\|^2 \le \gamma^{2/L} L \sum_i x_i^{-2/L}, \quad \|t\| / \gamma = O(\gamma^{1/L - 1})",
    ),
    _claim(
        "shallow-rate",
        "exactly: (gamma/x_i)^(2/L-1) <= t_i <= (gamma/(2 x_i))^(2/L-1), so that t_i / gamma falls like gamma^(2/L-2) "
        "and "
        "is never 0",
        (LEAST_NORM,),
        _rate,
        r"(\gamma/x_i)^{2/L - 1} \le t_i \le (\gamma/2x_i)^{2/L - 1}",
    ),
)
LINKS = (
    _claim(
        "least-norm-certificate",
        "no other weights with every margin at least gamma have a smaller norm",
        (LEAST_NORM, OTHER_FEASIBLE),
        _optimal,
        r"x_i(t'_i + q_i'^L) \ge \gamma \Rightarrow \|t\|^2 + L\|q\|^2 \le \|t'\|^2 + L\|q'\|^2",
    ),
)
NECESSITY = (
    Necessity("least-norm", network(10, (1,), (10,), (1,)), "t = 10, q = 1 meet the margin 10 at norm 103, not 13.9"),
    Necessity(
        "other-feasible",
        compared((2,), 3, (0,), (fmpq(1, 2),)),
        "q = 1/2 alone has less norm, and no margin",
        "least-norm-certificate",
    ),
)

DEPTH_SENSITIVE = Theorem(
    id="depth-sensitive-margin",
    title="Coordinate-wise data: at a large margin the shallow part beside a deep one is discarded",
    source=source(
        "theorem on sums of homogeneous models of different degrees (number uncertain)",
        "recalled: theta(gamma) = argmin |theta|^2 at margin gamma scales to the lexicographically least (|theta_1|, "
        "|theta_2|, ...) by depth. The finite inequality, the exact rates and the closed form of the least norm are "
        "derived here",
    ),
    status="recalled",
    claims=CLAIMS,
    links=LINKS,
    right_side="L sum (gamma/x_i)^(2/L)",
    equality=(LARGE_FACTORS,),
    mutants=depth_mutants.mutants(LEAST_NORM),
    necessity=NECESSITY,
    larger={
        "right-side-1e-6": "the ratio of the sides is 1 - q^-4 / 3 for three factors q: q is large, and the datum long"
    },
    closed_forms=depth_forms.CLOSED_FORMS,
    evidence={**UNTRAINED, "swept": "margins must be met exactly, as rounded numbers do not"},
    notes=(
        "The limit itself is no verdict. Checked: the inequality behind it, at every margin, on weights that have "
        "least "
        "norm by a certificate. For data x_i e_i every coordinate is a problem of its own, min t^2 + L p^(2/L) "
        "subject to "
        "t + p = gamma/x_i: with p = q^L a stationary point has t = q^(2-L), the smaller of two is the local minimum, "
        "and it beats t = gamma/x_i, p = 0 exactly where q^(2L-2) >= L - 2. The link compares it with any other "
        "network. "
        "Factors of one product are equal in a network of least norm (arithmetic and geometric mean). The scaled "
        "linear "
        "part |t|/gamma falls like gamma^(2/L-2), for L = 3 like gamma^(-4/3), faster than the inequality alone gives. "
        "Data that share coordinates are not modelled: there the same stationarity t_i q_i^(L-2) = 1 holds wherever "
        "the "
        "deep part of a coordinate is not 0, and no certificate of a global minimum is known to us. That the deep "
        "part alone can classify the data is no assumption of its own: it is built into the domain, which holds data "
        "x_i e_i with x_i > 0 only and refuses others. Without it |t|/gamma stays away from 0: a datum that the deep "
        "part cannot move costs |t| >= gamma/x_i."
    ),
)
