"""A posterior sample errs by epsilon with probability at most delta once N >= (log(1/p) + log(1/delta)) / epsilon."""

from __future__ import annotations

from collections.abc import Iterable

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.constants import Adjustable, Constant, Values, multiple, tex
from refutable.theorems.domains.finite_prior import FINITE_PRIOR
from refutable.theorems.exact import exp
from refutable.theorems.papers.buzaglo_2024 import guess_forms, guess_mutants
from refutable.theorems.papers.buzaglo_2024.priors import NEARLY_TIGHT, symmetric
from refutable.theorems.papers.buzaglo_2024.sample_sizes import ENOUGH, PAPER, SampleSize
from refutable.theorems.papers.buzaglo_2024.source import source
from refutable.theorems.records import Necessity, Theorem
from refutable.theorems.views import View


def _fails_rarely(view: View) -> Iterable[Check]:
    yield Check(view["failure"], "<=", view["delta"])


def _factor(q: fmpq) -> str:
    return "" if q == 1 else f"{multiple(q)} "


def _tex_factor(q: fmpq) -> str:
    return "" if q == 1 else tex(q)


def _bound(values: Values) -> Claim:
    a, b = values["teacher"], values["confidence"]
    return Claim(
        "guess-and-check",
        FINITE_PRIOR,
        f"with N >= ({_factor(a)}log(1/p) + {_factor(b)}log(1/delta)) / epsilon samples, a classifier drawn from "
        "the posterior has risk >= epsilon with probability at most delta",
        (SampleSize(a, b).assumption,),
        _fails_rarely,
        rf"N \ge \frac{{{_tex_factor(a)}\log\frac1p + {_tex_factor(b)}\log\frac1\delta}}{{\varepsilon}} \Rightarrow "
        r"\mathbb{P}_{S,\, h \sim \mathcal{P}(\cdot \mid S)}\left(L(h) \ge \varepsilon\right) \le \delta",
    )


ADJUSTABLE = Adjustable(
    {
        "teacher": Constant(fmpq(1), "multiplies log(1/p) in the number of samples", fmpq(0)),
        "confidence": Constant(fmpq(1), "multiplies log(1/delta) in the number of samples", fmpq(0)),
    },
    _bound,
)
BOUND = ADJUSTABLE.claim

PAPER_FORM = Claim(
    "paper-form",
    FINITE_PRIOR,
    "with N >= (log(1/p) + 3 log(2/delta)) / epsilon samples, a classifier drawn from the posterior has risk < epsilon "
    "with probability at least 1 - delta",
    (PAPER.assumption,),
    _fails_rarely,
    r"N \ge \frac{-\log p + 3\log\frac2\delta}{\varepsilon} \Rightarrow "
    r"\mathbb{P}_{S,\, h \sim \mathcal{A}_{\mathcal{P}}(S)}\left(L(h) < \varepsilon\right) \ge 1 - \delta",
)


def survival(view: View) -> fmpq:
    """(1 - epsilon)^N, with 0^0 = 1."""
    share: fmpq = (1 - view["epsilon"]) ** view["samples"]
    return share


FAILURE_BOUND = Claim(
    "failure-bound",
    FINITE_PRIOR,
    "for every N the posterior has risk >= epsilon with probability at most (1/p - 1) (1 - epsilon)^N",
    (),
    lambda view: [Check(view["failure"], "<=", (1 / view["teacher_mass"] - 1) * survival(view))],
    r"\mathbb{P}_{S,\, h \sim \mathcal{P}(\cdot \mid S)}\left(L(h) \ge \varepsilon\right) \le "
    r"\left(\tfrac1p - 1\right)(1 - \varepsilon)^N",
)

LINKS = (
    Claim(
        "agreement-is-survival",
        FINITE_PRIOR,
        "a classifier of risk r agrees with the teacher on the whole sample with probability (1 - r)^N (r = 0: every "
        "sample is counted once)",
        (),
        lambda view: [
            Check(q, "==", (1 - r) ** view["samples"], f"class {c}")
            for c, (q, r) in enumerate(zip(view["expected_agreement"], view["risks"], strict=True))
        ],
        r"\mathbb{P}_S(h = h^\star \text{ on } S) = (1 - L(h))^N",
    ),
    Claim(
        "teacher-is-consistent",
        FINITE_PRIOR,
        "whatever the sample shows, the prior mass that agrees with it is at least p",
        (),
        lambda view: [Check(view["teacher_mass"], "<=", view["consistent_masses"].min())],
        r"\mathcal{P}(h = h^\star \text{ on } S) \ge p",
    ),
    Claim(
        "bad-mass-survives-rarely",
        FINITE_PRIOR,
        "the prior mass of agreeing with the sample at risk >= epsilon is at most (1 - p)(1 - epsilon)^N on average",
        (),
        lambda view: [Check(view["expected_bad_mass"], "<=", (1 - view["teacher_mass"]) * survival(view))],
        r"\mathbb{E}_S\, \mathcal{P}(L(h) \ge \varepsilon,\; h = h^\star \text{ on } S) \le (1-p)(1-\varepsilon)^N",
    ),
    Claim(
        "posterior-by-quotient",
        FINITE_PRIOR,
        "p times the probability of failure is at most the mean bad mass that agrees with the sample",
        (),
        lambda view: [Check(view["teacher_mass"] * view["failure"], "<=", view["expected_bad_mass"])],
        r"p\, \mathbb{P}(L(h) \ge \varepsilon) \le \mathbb{E}_S\, \mathcal{P}(L \ge \varepsilon, h = h^\star|_S)",
    ),
    Claim(
        "exponential",
        FINITE_PRIOR,
        "(1 - epsilon)^N <= exp(-epsilon N)",
        (),
        lambda view: [Check(survival(view), "<=", exp(-view["epsilon"] * view["samples"]))],
        r"(1 - \varepsilon)^N \le e^{-\varepsilon N}",
    ),
    Claim(
        "enough-is-enough",
        FINITE_PRIOR,
        "with N >= (log(1/p) + log(1/delta)) / epsilon samples exp(-epsilon N) is at most p delta",
        (ENOUGH.assumption,),
        lambda view: [Check(exp(-view["epsilon"] * view["samples"]), "<=", view["teacher_mass"] * view["delta"])],
        r"N \ge \frac{\log\frac1p + \log\frac1\delta}{\varepsilon} \Rightarrow e^{-\varepsilon N} \le p\, \delta",
    ),
)

_UNSEEN = symmetric(fmpq(1, 2), 1, 1, fmpq(1, 4), 0)

NECESSITY = (
    Necessity("enough-samples", _UNSEEN, "without a sample the posterior is the prior, which errs half of the time"),
    Necessity(PAPER.id, _UNSEEN, "without a sample the posterior is the prior", "paper-form"),
)

GUESS_AND_CHECK = Theorem(
    id="guess-and-check",
    title="A posterior sample that fits enough data generalises",
    source=source(
        "the generalisation of guess and check (number uncertain)",
        "the paper's statement is the claim paper-form, recalled, not read; the headline asks for fewer samples, is "
        "proved here (see the links) and implies it",
    ),
    status="own",
    claims=(BOUND, PAPER_FORM, FAILURE_BOUND),
    links=LINKS,
    adjustable=ADJUSTABLE,
    right_side="delta",
    equality=(NEARLY_TIGHT,),
    mutants=guess_mutants.mutants(BOUND),
    necessity=NECESSITY,
    closed_forms=guess_forms.CLOSED_FORMS,
    not_tight="delta is approached, not attained: the steps lose factors 1 - p, about 1 - delta, and "
    "exp(epsilon N) (1 - epsilon)^N, and they tend to 1 only together, for many inputs; the family comes to 0.88 of it",
    larger={
        "paper-form-half-teacher": "sqrt(p) must be below delta^2 (1 - delta)/8, so p below 1/2916: four digits",
    },
    evidence={
        "trained-relabelled": "it is about all samples and the whole prior, not about one trained network",
        "trained-converged": "it is about all samples and the whole prior, not about one trained network",
        "swept": "expectations over samples are sums of rationals, decided exactly one instance at a time",
    },
    notes=(
        "Inputs are finitely many and equally likely; a class of classifiers with errors on any e_b inputs of block b "
        "shares its prior mass evenly, and blocks of one input give any prior over any functions. Samples are drawn "
        "independently; labels are the teacher's, so that the setting is realisable: without prior mass on the "
        "teacher's function (p = 0) no classifier may fit, and there is no posterior. The prior is fixed before the "
        "sample is drawn; the mutant worst-consistent says what a choice afterwards may cost. Bad is a risk >= "
        "epsilon; the paper's own condition p < 1/2 is not needed. The paper's form is slack: 3 log(2/delta) may be "
        "replaced by log(1/delta), so that smaller constants in its place make no false variant."
    ),
)
