"""Mean-square stability of SGD on single samples bounds the trace of the Hessian, not its largest eigenvalue alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flint import fmpq

from refutable.theorems.assumptions.regular_minimum import (
    BELOW_THRESHOLD,
    POSITIVE_SEMIDEFINITE,
    RANK_ONE,
    SINGLE_SAMPLES,
)
from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.constants import Adjustable, Constant, Values, multiple, tex
from refutable.theorems.domains.regular_minimum import REGULAR_MINIMUM
from refutable.theorems.papers.ma_ying_2021 import trace_forms
from refutable.theorems.papers.ma_ying_2021 import trace_formulas as of
from refutable.theorems.papers.ma_ying_2021.source import source
from refutable.theorems.papers.ma_ying_2021.trace_instances import (
    CANCELLING,
    FULL_BATCH,
    ISOTROPIC,
    ORTHOGONAL,
    PAIR,
    one_large,
)
from refutable.theorems.papers.nacson_2023.step_size_bound import Formula, at_most, variant
from refutable.theorems.records import Mutant, Necessity, Theorem
from refutable.theorems.views import View

ASSUMES = (POSITIVE_SEMIDEFINITE, RANK_ONE, SINGLE_SAMPLES, BELOW_THRESHOLD)


def _claim(
    id: str, statement: str, left: Formula, right: Formula, latex: str, assumes: tuple[Assumption, ...] = ASSUMES
) -> Claim:
    return Claim(id, REGULAR_MINIMUM, statement, assumes, at_most(left, right), latex)


def _trace(view: View) -> Any:
    return view["trace"]


def _bound(values: Values) -> Claim:
    numerator = values["numerator"]
    return _claim(
        "trace-bound",
        f"SGD on single samples that is mean-square stable has Tr H <= {multiple(numerator)}/eta, in any dimension",
        _trace,
        lambda view: of.over_step_size(view, numerator),
        r"\eta \le \eta^*, \; B = 1 \;\Rightarrow\; \operatorname{Tr} H = \tfrac1n\sum_i |a_i|^2 \le "
        rf"\frac{{{tex(numerator)}}}{{\eta}}",
    )


ADJUSTABLE = Adjustable({"numerator": Constant(fmpq(2), "over the step size: numerator / eta")}, _bound)
TRACE = ADJUSTABLE.claim
FOURTH = _claim(
    "fourth-moment",
    "and then the mean of |a_i|^4 is at most 4/eta^2",
    of.fourth_moment,
    lambda view: of.over_step_size(view) * of.over_step_size(view),
    r"\tfrac1n\sum_i |a_i|^4 \le \frac{4}{\eta^2}",
)


def _each(root: Formula) -> Formula:
    """(1 + root) / eta."""
    return lambda view: (1 + root(view)) * of.over_step_size(view, fmpq(1))


EACH = _claim(
    "each-sample",
    "and every |a_i|^2 is at most (1 + sqrt(n))/eta",
    of.largest,
    _each(of.root_of_count),
    r"\max_i |a_i|^2 \le \frac{1+\sqrt n}{\eta}",
)


def _isotropic(view: View) -> Iterable[Check]:
    yield Check(of.isotropic_step(view), "==", of.isotropic_formula(view))


LINKS = (
    Claim(
        "isotropic-step",
        REGULAR_MINIMUM,
        "one step from E theta theta^T = I on perp: E |theta_1|^2 = r - eta (2 Tr H - eta mean |a_i|^4)",
        (POSITIVE_SEMIDEFINITE, RANK_ONE, SINGLE_SAMPLES),
        _isotropic,
        r"\mathbb{E}|\theta_1^\perp|^2 = r - \eta\Bigl(2\operatorname{Tr}H - \tfrac\eta n\sum_i |a_i|^4\Bigr)",
    ),
    _claim(
        "identity-as-test",
        "the identity as a test matrix: mean |a_i|^4 <= (2/eta) Tr H",
        of.fourth_moment,
        lambda view: of.over_step_size(view) * _trace(view),
        r"\tfrac1n\sum_i |a_i|^4 \le \tfrac2\eta \operatorname{Tr} H",
    ),
    _claim(
        "jensen",
        "(Tr H)^2 <= mean |a_i|^4",
        lambda view: _trace(view) * _trace(view),
        of.fourth_moment,
        r"(\operatorname{Tr}H)^2 \le \tfrac1n\sum_i |a_i|^4",
        (),
    ),
    _claim(
        "deviation",
        "sum_i (|a_i|^2 - 1/eta)^2 <= n/eta^2",
        of.deviation,
        lambda view: of.count(view) * of.over_step_size(view, fmpq(1)) * of.over_step_size(view, fmpq(1)),
        r"\sum_i \bigl(|a_i|^2 - \tfrac1\eta\bigr)^2 \le \frac{n}{\eta^2}",
    ),
)


def _wrong(claim: Claim, id: str, left: Formula, right: Formula, why: str, killer: Any) -> Mutant:
    return Mutant(id, variant(claim, id, left, right), why, killer)


MUTANTS = (
    _wrong(
        TRACE, "one-over-step-size", _trace, lambda v: of.over_step_size(v, fmpq(1)), "2/eta, not 1/eta", ORTHOGONAL
    ),
    Mutant(
        "any-batch",
        TRACE.without("single-samples"),
        "gradient descent bounds the largest eigenvalue alone",
        FULL_BATCH,
    ),
    Mutant(
        "any-rank",
        TRACE.without("rank-one"),
        "for losses of higher rank |H_i|_F, not Tr H_i, is what the noise has",
        ISOTROPIC,
    ),
    _wrong(
        FOURTH,
        "two-over-the-square",
        of.fourth_moment,
        lambda view: of.over_step_size(view) * of.over_step_size(view, fmpq(1)),
        "4/eta^2, not 2/eta^2",
        ORTHOGONAL,
    ),
    _wrong(
        EACH,
        "each-below-two",
        of.largest,
        of.over_step_size,
        "2/eta bounds the mean of the |a_i|^2; a single one may be larger by a factor of about sqrt(n)/2",
        one_large(),
    ),
    _wrong(
        EACH,
        "fourth-root-of-count",
        of.largest,
        _each(lambda view: view.ops.sqrt(of.root_of_count(view))),
        "sqrt(n): mean-square stability controls second moments of theta, and no higher ones",
        one_large(),
    ),
    _wrong(
        EACH,
        "one-not-added",
        of.largest,
        lambda view: of.root_of_count(view) * of.over_step_size(view, fmpq(1)),
        "1 + sqrt(n): the others have 1/eta each",
        one_large(),
    ),
)

NECESSITY = (
    Necessity(
        "positive-semidefinite",
        CANCELLING,
        "H_2 = -H_3 cancel in H: eta* does not see them, and mean |a_i|^4 = 3 is above 4/eta^2 = 1",
        "fourth-moment",
    ),
    Necessity("rank-one", ISOTROPIC, "H = I in two dimensions: eta* = 2 and Tr H = 2"),
    Necessity("single-samples", FULL_BATCH, "the full batch of (1, 0) and (0, 1): eta* = 4 and Tr H = 1"),
    Necessity("below-threshold", PAIR.replace(step_size=fmpq(4)), "a step size twice the threshold"),
)

SGD_TRACE_BOUNDS = Theorem(
    id="sgd-trace-bounds",
    title="Stable SGD on single samples bounds the trace of the Hessian",
    source=source(
        "moments of the gradients at stable minima (number uncertain)",
        "the constants are own: those of the paper, for stability of any order k, are not confirmed",
    ),
    status="recalled",
    claims=(TRACE, FOURTH, EACH),
    links=LINKS,
    adjustable=ADJUSTABLE,
    right_side="2/eta",
    equality=(ORTHOGONAL,),
    mutants=MUTANTS,
    necessity=NECESSITY,
    closed_forms=trace_forms.CLOSED_FORMS,
    evidence={
        "trained-converged": "the losses are taken at an interpolating minimum, where every gradient vanishes",
        "swept": "a float matrix has rank one only up to rounding: cases are decided exactly, one at a time",
    },
    notes=(
        "a_i = grad f(x_i) for squared loss at an interpolating minimum: H_i = a_i a_i^T and Tr H_i = |a_i|^2. "
        "Stability in mean square is the case k = 2 of the paper's stability of order k, whose bound is (1 + "
        "n^(1/k))/eta. each-sample is attained: one parameter, all |a_j|^2 = 1/eta but one of (1 + sqrt(n))/eta. The "
        "theorem speaks of a limit; what is decided is whether the step size is at most eta* (see sgd-threshold)."
    ),
)
