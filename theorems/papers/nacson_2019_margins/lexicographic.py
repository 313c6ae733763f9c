"""The least loss at a given norm has nearly the lexicographically largest margins, up to the second one."""

from __future__ import annotations

from collections.abc import Iterable

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Checks, Claim
from refutable.theorems.constants import Adjustable, Constant, Values, multiple, ratio, tex
from refutable.theorems.domains.margin_table import MARGIN_TABLE
from refutable.theorems.papers.nacson_2019_margins import lexicographic_mutants, surface_forms, surfaces
from refutable.theorems.papers.nacson_2019_margins.assumptions import LEAST_LOSS, TWO_DATA
from refutable.theorems.papers.nacson_2019_margins.formulas import log_count
from refutable.theorems.papers.nacson_2019_margins.source import UNTRAINED, source
from refutable.theorems.papers.nacson_2019_margins.tables import SECOND_FOR_ALL, table
from refutable.theorems.records import Necessity, Theorem
from refutable.theorems.views import View

CONSTANTS = {"coefficient": Constant(fmpq(1), "factor of log(N - 1)")}


def headline(values: Values) -> Claim:
    """The bound with another factor of log(N - 1)."""
    c = values["coefficient"]

    def concludes(view: View) -> Iterable[Check]:
        yield Check(view["second_gap"], "<=", log_count(view, 1) * ratio(view.ops, c) / view["scale"])

    factor = "" if c == 1 else f"{multiple(c)} "
    return Claim(
        "second-margin-gap",
        MARGIN_TABLE,
        "where the loss is least at norm rho, the second smallest margin stays below that of every parameter of the "
        f"largest margin by at most {factor}log(N - 1) / rho^a",
        (LEAST_LOSS, TWO_DATA),
        concludes,
        rf"f_{{(2)}}(\theta^*) - f_{{(2)}}(\theta_c) \le \frac{{{'' if c == 1 else tex(c)}\log(N-1)}}{{\rho^a}}",
    )


def _first(view: View) -> Iterable[Check]:
    yield Check(view["gap"], "<=", log_count(view) / view["scale"])


def _two_terms(view: View) -> Iterable[Check]:
    yield Check(view.ops.ones_like(view["least"]) * 2, "<=", view["clipped_losses"])


def _all_but_one(view: View) -> Iterable[Check]:
    yield Check(view["clipped_losses"], "<=", view.ops.ones_like(view["least"]) * view["margins"].shape[-1])


def _table_link(id: str, statement: str, assumes: tuple[Assumption, ...], concludes: Checks, latex: str) -> Claim:
    return Claim(id, MARGIN_TABLE, statement, assumes, concludes, latex)


ADJUSTABLE = Adjustable(CONSTANTS, headline)
LINKS = (
    _table_link(
        "first-margin-gap",
        "the least margin stays below the largest margin by at most log(N) / rho^a",
        (LEAST_LOSS,),
        _first,
        r"\gamma^* - f_{(1)}(\theta_c) \le \frac{\log N}{\rho^a}",
    ),
    _table_link(
        "two-terms",
        "the loss is at least its two largest terms: with the largest cut down to the second, at least 2 of those",
        (TWO_DATA,),
        _two_terms,
        r"e^{-f_{(1)}} + e^{-f_{(2)}} \le L",
    ),
    _table_link(
        "all-but-the-first-alike",
        "the loss is at most its largest term and N - 1 times the second largest: with the largest cut down to the "
        "second, "
        "at most N of those",
        (TWO_DATA,),
        _all_but_one,
        r"L \le e^{-f_{(1)}} + (N - 1) e^{-f_{(2)}}",
    ),
    *surfaces.LINKS,
)
NECESSITY = (
    Necessity("least-loss", table((0, 1), (0, 9)), "equal least margins, and a second one 8 below"),
    Necessity("two-data", None, "with one datum there is no second margin"),
    *surfaces.NECESSITY,
)

LEXICOGRAPHIC = Theorem(
    id="lexicographic-margin",
    title="The least loss at a given norm has nearly the largest second margin too, not the third",
    source=source(
        "theorem on lexicographic margins (number uncertain)",
        "recalled: accumulation points of the minimisers are lexicographic maximum margin solutions. Proved here up to "
        "the second margin, with constants; the form recalled fails for the third. The paper was not read, and may "
        "carry "
        "a further condition",
    ),
    status="recalled",
    claims=(ADJUSTABLE.claim, surfaces.LEAST_LOSS_AWAY),
    links=LINKS,
    adjustable=ADJUSTABLE,
    right_side="log(N - 1) / rho^a",
    equality=(SECOND_FOR_ALL,),
    mutants=(*lexicographic_mutants.MUTANTS, *surfaces.MUTANTS),
    necessity=NECESSITY,
    larger={
        "right-side-1e-6": "a gap within 10^-6 of log(N - 1) takes a fraction of at least four digits",
        "third-margin-with-ties": "a surface has three levels, a scale and a point",
        "third-margin-without-ties": "a surface has three levels, a scale and a point; the best phi is about e^(-20)",
    },
    closed_forms=surface_forms.CLOSED_FORMS,
    evidence={**UNTRAINED},
    notes=(
        "The proof for the second margin: with f_(1)(theta_c) <= f_(1)(theta*), exp(-f_(1)(theta*)) + "
        "exp(-f_(2)(theta_c)) <= L(theta_c) <= L(theta*) <= exp(-f_(1)(theta*)) + (N - 1) exp(-f_(2)(theta*)). With "
        "the "
        "bound for the first margin every accumulation point as rho grows has the largest first margin and, among "
        "those, the largest second one: the recalled statement for k = 1 and 2. "
        "For k = 3 the recalled form (no condition on ties) fails, and that is a theorem here (own): on the sphere "
        "near "
        "a point, with coordinates (phi, psi), let f_1 = g_1 - phi^2, f_2 = g_2 + phi / (1 + psi^2), f_3 = g_3 - "
        "(psi - 1)^2. The lexicographic maximum is phi = 0, psi = 1. With g_1 = g_2 a tilt phi of about log(s) / s "
        "gives up phi^2 of the first margin and gains phi of the second; that saves more where 1 / (1 + psi^2) is "
        "larger, by (log s)^2 / s against the exponentially small third term: for every s >= 100 no minimiser has "
        "|psi - 1| <= 1/2. With g_1 = g_2 that is proved for all s >= 100: phi <= 0 need not be looked at, where both "
        "terms are at least those at phi = 0; the best phi is at least log(s) / (2 a s), as G = log log s - 2 log a - "
        "log(s)/2 + (log s)^2/(4 a^2 s) is negative at s = 100 and falls (closed form tilt-for-all-scales); so the "
        "slope gains (12/85) (log s)^2 / (2 s) (slope-of-the-least), more than the third term e^(-7 s/16) at s = 100, "
        "and the logarithm of their ratio falls (third-for-all-scales). Where g_1 < g_2 each instance decides its own "
        "s only. Any continuous functions on a part of the sphere extend to homogeneous ones, so that it is a "
        "counterexample to the statement as recalled. For k >= 3 strictly separated margins do not suffice either "
        "(own): for g = (1, 6/5, 12/5) the trade saves about s e^(-2 s/5), more than the third term e^(-0.83 s), "
        "decided at s = 100. Where the largest margin is attained at one point only, as for linear models, there is "
        "nothing to choose, and the limit is that point. Losses are compared after dividing by the largest term: in "
        "floats they underflow at s of a few hundred, and different points look alike."
    ),
)
