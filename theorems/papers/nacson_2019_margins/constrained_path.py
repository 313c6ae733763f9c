"""The least loss at a given norm has nearly the largest margin: they differ by at most log N."""

from __future__ import annotations

from collections.abc import Iterable

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.constants import Adjustable, Constant, Values, multiple, ratio, tex
from refutable.theorems.domains.margin_table import MARGIN_TABLE
from refutable.theorems.papers.nacson_2019_margins import constrained_path_forms, constrained_path_mutants
from refutable.theorems.papers.nacson_2019_margins.assumptions import (
    LEAST_LOGISTIC_LOSS,
    LEAST_LOSS,
    NEARLY_LEAST_LOSS,
)
from refutable.theorems.papers.nacson_2019_margins.formulas import log_count, logistic_bound, scaled_gap
from refutable.theorems.papers.nacson_2019_margins.source import UNTRAINED, source
from refutable.theorems.papers.nacson_2019_margins.tables import ONE_FOR_ALL, table
from refutable.theorems.records import Necessity, Theorem
from refutable.theorems.views import View

CONSTANTS = {"coefficient": Constant(fmpq(1), "factor of log N")}


def headline(values: Values) -> Claim:
    """The bound with another factor of log N."""
    c = values["coefficient"]

    def concludes(view: View) -> Iterable[Check]:
        yield Check(view["gap"], "<=", log_count(view) * ratio(view.ops, c) / view["scale"])
        yield Check(0, "<=", view["gap"], "and it is no larger than the largest margin")

    factor = "" if c == 1 else f"{multiple(c)} "
    return Claim(
        "margin-gap",
        MARGIN_TABLE,
        f"where the loss is least at norm rho, the least margin stays below the largest margin gamma* by at most "
        f"{factor}log(N) / rho^a",
        (LEAST_LOSS,),
        concludes,
        rf"0 \le \gamma^* - \min_n f_n(\theta_c) \le \frac{{{'' if c == 1 else tex(c)}\log N}}{{\rho^a}}",
    )


def _approximate(view: View) -> Iterable[Check]:
    more = view.ops.elementary("log", 1 + view["slack"])
    yield Check(scaled_gap(view), "<=", log_count(view) + more)


def _logistic(view: View) -> Iterable[Check]:
    yield Check(scaled_gap(view), "<=", logistic_bound(view))


def _least_term(view: View) -> Iterable[Check]:
    yield Check(view.ops.ones_like(view["least"]), "<=", view["relative_losses"])


def _all_terms(view: View) -> Iterable[Check]:
    yield Check(view["relative_losses"], "<=", view.ops.ones_like(view["least"]) * view["margins"].shape[-1])


def _bernoulli(view: View) -> Iterable[Check]:
    yield Check(log_count(view), "<=", logistic_bound(view))


ADJUSTABLE = Adjustable(CONSTANTS, headline)
CLAIMS = (
    ADJUSTABLE.claim,
    Claim(
        "approximate-minimiser",
        MARGIN_TABLE,
        "a loss within a factor 1 + epsilon of the least adds at most log(1 + epsilon)",
        (NEARLY_LEAST_LOSS,),
        _approximate,
        r"\rho^a \left(\gamma^* - \min_n f_n(\theta_c)\right) \le \log N + \log(1 + \varepsilon)",
    ),
    Claim(
        "logistic-margin-gap",
        MARGIN_TABLE,
        "where the logistic loss is least at norm rho, the margins there stay below the largest by at most "
        "gamma* + log((1 + exp(-gamma*))^N - 1)",
        (LEAST_LOGISTIC_LOSS,),
        _logistic,
        r"\min_n f_n(\rho\theta_c) \ge -\log\left((1 + e^{-\gamma^*})^N - 1\right),\quad "
        r"\gamma^* = \max_\theta \min_n f_n(\rho\theta)",
    ),
)
LINKS = (
    Claim(
        "least-margin-is-one-term",
        MARGIN_TABLE,
        "the loss is at least its largest term, exp(-min_n f_n)",
        (),
        _least_term,
        r"e^{-\min_n f_n} \le \sum_n e^{-f_n}",
    ),
    Claim(
        "at-most-all-terms",
        MARGIN_TABLE,
        "the loss is at most N times its largest term",
        (),
        _all_terms,
        r"\sum_n e^{-f_n} \le N e^{-\min_n f_n}",
    ),
    Claim(
        "logistic-bound-is-larger",
        MARGIN_TABLE,
        "what is allowed for the logistic loss is at least log N (Bernoulli's inequality)",
        (),
        _bernoulli,
        r"\log N \le \gamma^* + \log\left((1 + e^{-\gamma^*})^N - 1\right)",
    ),
)
_WORSE = table((-5, 5), (1, 1))
NECESSITY = (
    Necessity("least-loss", _WORSE, "margins (-5, 5) have a loss of 148, against 0.74"),
    Necessity(
        "nearly-least-loss",
        table((-5, 5), (1, 1), slack=1),
        "a loss of 148, against 0.74 and a factor 2 allowed",
        "approximate-minimiser",
    ),
    Necessity(
        "least-logistic-loss", _WORSE, "margins (-5, 5) have a logistic loss of 5.01, not 0.63", "logistic-margin-gap"
    ),
)

CONSTRAINED_PATH = Theorem(
    id="constrained-path-margin",
    title="The least loss at a given norm has nearly the largest margin",
    source=source(
        "first theorem (number uncertain)",
        "recalled and re-derived: exp(-min f(theta_c)) <= L(theta_c) <= L(theta_m) <= N exp(-gamma*); "
        "the bounds for approximate minimisers and for the logistic loss are derived here",
    ),
    status="recalled",
    claims=CLAIMS,
    links=LINKS,
    adjustable=ADJUSTABLE,
    right_side="log(N) / rho^a",
    equality=(ONE_FOR_ALL,),
    mutants=constrained_path_mutants.MUTANTS,
    necessity=NECESSITY,
    larger={
        "right-side-1e-6": "a gap within 10^-6 of log N takes a fraction of at least four digits; where N = 2, as "
        "here, the fractions next to log 2 = 0.6931471... are long",
    },
    closed_forms=constrained_path_forms.CLOSED_FORMS,
    evidence={**UNTRAINED},
    notes=(
        "Model-free: f_n may be any functions, and only the order of the losses is used; nothing is claimed about how "
        "a "
        "minimiser is found. The minimum over the sphere is taken over the rows of a table: the claim holds for every "
        "finite set of candidates, and for any parameter whose loss is no larger than that of the other rows. Drawn "
        "tables hold margins of trigonometric polynomials at rational points of the circle, those of surfaces near a "
        "point of the sphere, and plain numbers. The logistic bound is attained only in the limit, by one margin that "
        "pays for all others. The mean loss in place of the sum changes nothing (the same minimisers): no mutant. For "
        "linear models log N is never reached: the ratio to it is at most max_p (log p_max + H(p)) / log N, 0.40 for "
        "N = 2."
    ),
)
