"""Normalised gradient descent: log L falls by eta g^2 (1 - eta/2) a step, so that the margin gap is log T / sqrt T."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.normalised_descent import NORMALISED_DESCENT
from refutable.theorems.instances import Instance
from refutable.theorems.papers.nacson_2019_tails import normalised_cases as cases
from refutable.theorems.papers.nacson_2019_tails import normalised_claims as claims
from refutable.theorems.papers.nacson_2019_tails.normalised_forms import CLOSED_FORMS
from refutable.theorems.papers.nacson_2019_tails.source import UNTRAINED, source
from refutable.theorems.records import Mutant, Necessity, Theorem
from refutable.theorems.views import View

Conclusion = Callable[[View], Iterable[Check]]


def _mutant(
    id: str, statement: str, assumes: tuple[Assumption, ...], concludes: Conclusion, why: str, killer: Instance
) -> Mutant:
    return Mutant(id, Claim(f"normalised-gd-{id}", NORMALISED_DESCENT, statement, assumes, concludes), why, killer)


def _promise(curvature: fmpq) -> Conclusion:
    return lambda view: [
        Check(claims.promised(view, view.ops.ratio(int(curvature.p), int(curvature.q))), "<=", view["drop"])
    ]


def _unsquared(view: View) -> Any:
    eta = view["step_size"]
    return eta * view["slope"] * (view.ops.ratio(1) - eta / 2)


MUTANTS = (
    _mutant(
        "longer-data",
        "the inequality of a step for data of any length",
        (),
        _promise(fmpq(1, 2)),
        "log L is R^2-smooth, R the length of the longest datum: data five times as long overshoot",
        cases.LONGER,
    ),
    _mutant(
        "second-order-dropped",
        "a step lowers log L by eta g^2",
        (claims.UNIT,),
        _promise(fmpq(0)),
        "log L is convex: the step gains less than its first order",
        cases.TURNED,
    ),
    _mutant(
        "sign-flipped",
        "a step lowers log L by eta g^2 (1 + eta/2)",
        (claims.UNIT,),
        _promise(fmpq(-1, 2)),
        "the second order is lost, not gained",
        cases.TURNED,
    ),
    _mutant(
        "quarter",
        "a step lowers log L by eta g^2 (1 - eta/4)",
        (claims.UNIT,),
        _promise(fmpq(1, 4)),
        "two opposite data of length 1 near w = 0 have curvature 1",
        cases.opposite(),
    ),
    _mutant(
        "slope-not-squared",
        "a step lowers log L by eta g (1 - eta/2)",
        (claims.UNIT,),
        lambda view: [Check(_unsquared(view), "<=", view["drop"])],
        "g is below 1",
        cases.SHORT_RUN,
    ),
    _mutant(
        "gradient-is-margin",
        "|grad log L| is at most the margin",
        (claims.SEPARABLE,),
        lambda view: [Check(view["slope_square"], "<=", view["margin"] * view["margin"])],
        "it is at least the margin; equal for one datum",
        cases.TURNED,
    ),
    _mutant(
        "log-count-dropped",
        "after any number of steps from 0 every x_n.w is at least sum eta g^2 (1 - eta/2)",
        (claims.UNIT, claims.FROM_ZERO),
        lambda view: [Check(view["run_decrease"], "<=", view["run_margin"])],
        "log L starts at log N",
        cases.UNEVEN_RUN,
    ),
    _mutant(
        "run-without-log-count",
        "the margin after a run is at least sum eta g^2 (1 - eta/2) / sum eta g",
        (*claims.ALONG, claims.BRACKET),
        claims.margin_along_run(lambda view: view["run_decrease"]),
        "log L starts at log N",
        cases.LOSING_RUN,
    ),
    _mutant(
        "run-decrease-doubled",
        "the margin after a run is at least (2 sum eta g^2 (1 - eta/2) - log N) / sum eta g",
        (*claims.ALONG, claims.BRACKET),
        claims.margin_along_run(lambda view: view["run_decrease"] * 2 - claims.log_count(view)),
        "log L falls by the sum once",
        cases.SIX_STEPS,
    ),
)

NECESSITY = (
    Necessity("unit-data", cases.LONGER, "data five times as long: log L rises"),
    Necessity("separable", None, "without it there is no margin to speak of", "gradient-above-margin"),
    Necessity(
        "starts-at-zero",
        cases.FAR_START,
        "a start at -3 has a loss above log N",
        "least-margin-along-run",
    ),
    Necessity(
        "nonnegative-bracket",
        None,
        "not known; the proof needs it: the sum of eta g replaces |w|, which is smaller",
        "margin-along-run",
    ),
)

NORMALISED_GD = Theorem(
    id="normalised-gd",
    title="Normalised gradient descent: margin gap of order log T / sqrt T",
    source=source(
        "rate of normalised gradient descent with the exponential loss (number uncertain)",
        "recalled, not read; every step re-derived, with exact constants",
    ),
    status="recalled",
    claims=(claims.HEADLINE, claims.CLOSED, claims.TRAJECTORY, claims.LEAST),
    links=claims.LINKS,
    adjustable=claims.ADJUSTABLE,
    right_side="the drop of log L in one normalised step",
    equality=(cases.OPPOSITE, cases.ONE_DATUM),
    mutants=MUTANTS,
    necessity=NECESSITY,
    closed_forms=CLOSED_FORMS,
    evidence=UNTRAINED
    | {
        "integrated": "the method takes steps; no differential equation is solved",
        "swept": "the record is tried on exact states and on those that runs visit",
    },
    notes=(
        "The paper's bound on the margin gap is the claim margin-rate; it is loose: on random data the gap is at most "
        "about a ninth of it, and variants that lack a factor of 2 to 9, a factor gamma or the term log N are told "
        "apart by nothing tried. They are no mutants here. Its proof is a chain of sharper inequalities; the first of "
        "them, for one step, is the headline, and it is attained in the limit. Whole runs of up to 64 steps with "
        "irrational step sizes are enclosed in balls. The bound on the gap is claimed only where sum eta g^2 (1 - "
        "eta/2) >= log N, as its proof needs; the least margin always has its bound."
    ),
)
