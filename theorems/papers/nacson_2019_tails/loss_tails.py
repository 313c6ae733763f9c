"""Losses with the tails exp(-u^nu): the margin gap is a constant over nu log t."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.tail_margins import TAIL_MARGINS
from refutable.theorems.domains.tail_margins.curve import raised
from refutable.theorems.papers.nacson_2019_tails import tail_claims as claims
from refutable.theorems.papers.nacson_2019_tails.source import UNTRAINED, source
from refutable.theorems.papers.nacson_2019_tails.tail_cases import UNEVEN_FAR
from refutable.theorems.papers.nacson_2019_tails.tail_forms import CLOSED_FORMS
from refutable.theorems.papers.nacson_2019_tails.tail_mutants import MUTANTS
from refutable.theorems.records import Integration, Necessity, Theorem
from refutable.theorems.views import View


def _reached(id: str, statement: str, power: float, constant: claims.Formula, latex: str = "") -> Claim:
    """Level^power times the gap at weights w over a constant: 1 in the limit."""

    def concludes(view: View) -> Iterable[Check]:
        ops, w = view.ops, view["w"]
        margins = ops.sum(view["x"] * w[..., None, :])
        least = -ops.max(-margins)
        level = raised(view, least, view["exponent"])
        gap = 1 - least * ops.sqrt(ops.array(view["direction_square"])) / ops.norm(w)
        yield Check(raised(view, level, power) * gap / constant(view), "==", ops.ones_like(level))

    return Claim(id, TAIL_MARGINS, statement, (claims.USED,), concludes, latex)


def _off_by(share: float) -> claims.Formula:
    return lambda view: _true_constant(view) * (1 + share)


def _true_constant(view: View) -> Any:
    return view["mean_cost"] * view["inverse_exponent"]


INTEGRATED = (
    Integration(
        _reached(
            "gap-of-the-flow",
            "on gradient flows from 2 what the margin gap times log t tends to (1/nu) (max log alpha - sum p log "
            "alpha) gamma, log t standing for u_min^nu",
            1.0,
            _true_constant,
            r"\ell\,\frac{\gamma - \min_n x_n^\top w / \|w\|}{\gamma} \to \frac{D}{\nu}",
        ),
        (
            _reached("gap-without-exponent", "without the factor 1/nu", 1.0, lambda view: view["mean_cost"]),
            _reached(
                "gap-exponent-inverted",
                "with nu for 1/nu",
                1.0,
                lambda view: view["mean_cost"] * view["exponent"],
            ),
            _reached("gap-root-rate", "with the square root of log t", 0.5, _true_constant),
            _reached("gap-one-hundredth-more", "with a constant a hundredth larger", 1.0, _off_by(0.01)),
            _reached("gap-one-hundredth-less", "with a constant a hundredth smaller", 1.0, _off_by(-0.01)),
        ),
    ),
)

LOSS_TAILS = Theorem(
    id="loss-tails",
    title="Losses with tails exp(-u^nu): margin gaps of order 1/(nu log t)",
    source=source(
        "rates for other tails (number uncertain)",
        "recalled, not read; constants and the curve re-derived (own): the paper states orders",
    ),
    status="recalled",
    claims=(claims.HEADLINE, claims.BELOW, claims.ABOVE, claims.DIRECTION, claims.FROZEN),
    links=claims.LINKS,
    right_side="(1/nu) (max log alpha - sum p log alpha) max(1, slope)",
    equality=(UNEVEN_FAR,),
    mutants=MUTANTS,
    necessity=(
        Necessity(
            "every-datum-used",
            None,
            "with a multiplier 0 the curve does not exist; data beyond the margin only add a faster falling loss",
        ),
    ),
    closed_forms=CLOSED_FORMS,
    integrated=INTEGRATED,
    evidence=UNTRAINED
    | {
        "visited": "flows are solved in log time, not followed in steps",
        "swept": "multipliers are found exactly, one data set at a time",
    },
    notes=(
        "The paper finds that the exponential tail is best among nu > 1/4. Its rates are limits, and no verdicts. "
        "Decided exactly are bounds, at every place of the curve on which the gradient is along what, from both sides, "
        "with constants that tend to the limit's (own): u_n^nu = level + log(alpha_max/alpha_n). For support vectors "
        "that span the data the rate is 1 over log t for every nu; what makes nu = 1 best is a component of the start "
        "that no datum sees, whose angle falls as (log t)^(-1/nu) and is slower for nu > 1. That the flow tends to the "
        "curve is seen with a solver only, at log t = 3 10^6, where what is left falls as 1/log t: its size is read "
        "off an earlier time. Polynomial tails are out: their gap "
        "stays positive."
    ),
)
