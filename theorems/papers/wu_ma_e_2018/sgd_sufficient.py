"""A sufficient criterion for stable SGD: one step contracts. Non-uniformity is necessary for it, not for stability."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flint import fmpq

from refutable.theorems.assumptions.regular_minimum import BELOW_THRESHOLD, INTERPOLATING, POSITIVE_SEMIDEFINITE
from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.regular_minimum import REGULAR_MINIMUM
from refutable.theorems.domains.regular_minimum.contraction import quadratic_form, step_matrix
from refutable.theorems.domains.regular_minimum.operators import trace
from refutable.theorems.papers.mulayoff_michaeli_2024.formulas import NOT_SWEPT
from refutable.theorems.papers.nacson_2023.step_size_bound import Formula, at_most
from refutable.theorems.papers.wu_ma_e_2018 import forms
from refutable.theorems.papers.wu_ma_e_2018.assumptions import CRITERION, ONE_PARAMETER, criterion_with
from refutable.theorems.papers.wu_ma_e_2018.instances import (
    ALL_EQUAL,
    AT_EDGE,
    BELOW_THREE_SLOPES,
    THREE_SLOPES,
    TWO_AND_NOTHING,
    at_edge,
    parabolas,
)
from refutable.theorems.records import Mutant, Necessity, Source, Theorem
from refutable.theorems.views import View


def _claim(id: str, statement: str, assumes: tuple[Assumption, ...], concludes: Any, latex: str = "") -> Claim:
    return Claim(id, REGULAR_MINIMUM, statement, assumes, concludes, latex)


def _squares(view: View) -> list[Any]:
    """E |theta_t|^2 for t = 0..T+1 from the displacement, averaged over all batches."""
    return [trace(view.ops, second) for _, second in view["sgd_moments"]]


def _contracts(view: View) -> Iterable[Check]:
    squares, steps = _squares(view), view["steps"]
    yield Check(squares[steps], "<=", squares[0], f"after {steps} steps")
    for t in range(steps):
        yield Check(squares[t + 1], "<=", squares[t], f"step {t + 1}")


def _noise_size(view: View) -> Any:
    """eta^2 p lambda_max(Sigma): the square of eta s sqrt(p)."""
    eta = view["step_size"]
    return view.ops.top_eigenvalue(view["hessian_noise"]) * (eta * eta * view["batch_noise"])


def _one(view: View) -> Any:
    return view.ops.ratio(1)


def _uniform(view: View) -> Iterable[Check]:
    yield Check(_noise_size(view), "<=", _one(view), "eta s sqrt(p) <= 1")
    yield Check(view["sharpness"], "<=", 2 / view["step_size"], "sharpness <= 2/eta")


def _only_number(view: View) -> Any:
    """(1 - eta h)^2 + eta^2 p s^2, for one parameter."""
    return trace(view.ops, step_matrix(view))


CONTRACTION = _claim(
    "one-step-contraction",
    "where the criterion holds, no step increases the mean square: E |theta_T|^2 <= |theta_0|^2",
    (INTERPOLATING, CRITERION),
    _contracts,
    r"(I-\eta H)^2 + \eta^2 p\, \Sigma \preceq I \;\Rightarrow\; \mathbb{E}|\theta_T|^2 \le |\theta_0|^2",
)
SUFFICES = _claim(
    "criterion-suffices",
    "where the criterion holds, the step size is at most the mean-square threshold eta*",
    (POSITIVE_SEMIDEFINITE, CRITERION),
    at_most(lambda view: view["step_size"], lambda view: view["mean_square_threshold"]),
    r"(I-\eta H)^2 + \eta^2 p\, \Sigma \preceq I \;\Rightarrow\; \eta \le \eta^*",
)
UNIFORMITY = _claim(
    "non-uniformity",
    "the criterion needs eta^2 p lambda_max(Sigma) <= 1 and sharpness <= 2/eta",
    (CRITERION,),
    _uniform,
    r"(I-\eta H)^2 + \eta^2 p\, \Sigma \preceq I \;\Rightarrow\; "
    r"s = \lambda_{\max}(\Sigma)^{1/2} \le \tfrac1{\eta\sqrt p},\; a = \lambda_{\max}(H) \le \tfrac2\eta",
)
EXACT_IN_ONE = _claim(
    "exact-for-one-parameter",
    "for one parameter the criterion holds up to eta*: (1 - eta h)^2 + eta^2 p s^2 <= 1",
    (ONE_PARAMETER, POSITIVE_SEMIDEFINITE, BELOW_THRESHOLD),
    at_most(_only_number, _one),
    r"d = 1,\; \eta \le \eta^* \;\Rightarrow\; (1-\eta h)^2 + \eta^2 p\, s^2 \le 1",
)
UNIFORM_IN_ONE = _claim(
    "non-uniformity-for-one-parameter",
    "for one parameter mean-square stability needs eta^2 p s^2 <= 1",
    (ONE_PARAMETER, POSITIVE_SEMIDEFINITE, BELOW_THRESHOLD),
    at_most(_noise_size, _one),
    r"d = 1,\; \eta \le \eta^* \;\Rightarrow\; s \le \tfrac1{\eta\sqrt p}",
)


def _one_step(matrix: Formula) -> Any:
    def concludes(view: View) -> Iterable[Check]:
        yield Check(_squares(view)[1], "==", quadratic_form(view, matrix(view), view["displacement"]))

    return concludes


LINKS = (
    _claim(
        "one-step",
        "averaging over all batches: E |theta_1|^2 = theta_0^T ((I - eta H)^2 + eta^2 p Sigma) theta_0",
        (INTERPOLATING,),
        _one_step(step_matrix),
        r"\mathbb{E}|\theta_1|^2 = \theta_0^\top\bigl((I-\eta H)^2 + \eta^2 p\, \Sigma\bigr)\theta_0",
    ),
    EXACT_IN_ONE,
)


def _without_mean(view: View) -> Any:
    """(I - eta H)^2 + eta^2 p mean H_i^2."""
    eta = view.ops.spread(view["step_size"], 2)
    hessian = view["mean_hessian"]
    return step_matrix(view) + eta * eta * view["batch_noise"] * view.ops.matmul(hessian, hessian)


def _plain_noise_size(view: View) -> Any:
    """eta^2 p lambda_max(mean H_i^2)."""
    eta, hessian = view["step_size"], view["mean_hessian"]
    square = view["hessian_noise"] + view.ops.matmul(hessian, hessian)
    return view.ops.top_eigenvalue(square) * (eta * eta * view["batch_noise"])


def _with_reciprocal_batch(view: View) -> Any:
    """(1 - eta h)^2 + eta^2 s^2 / B, for one parameter."""
    return trace(view.ops, step_matrix(view, view.ops.ratio(1, view["batch_size"])))


SHORT_SHARE = criterion_with("criterion-without-minus-one", "(n - B)/(B n)", lambda n, b: fmpq(n - b, b * n))
STABLE = (POSITIVE_SEMIDEFINITE, BELOW_THRESHOLD)

MUTANTS = (
    Mutant(
        "non-uniformity-is-necessary",
        _claim(
            "non-uniformity-is-necessary",
            "mean-square stability needs eta^2 p lambda_max(Sigma) <= 1, for any number of parameters",
            STABLE,
            at_most(_noise_size, _one),
        ),
        "a = (2, -3), (2, 0), (2, 3): stable up to eta* = 1/6, where eta s = sqrt(42)/6 = 1.0801",
        BELOW_THREE_SLOPES,
    ),
    Mutant(
        "criterion-is-necessary",
        _claim(
            "criterion-is-necessary",
            "mean-square stability needs every step to contract: E |theta_T|^2 <= |theta_0|^2",
            (INTERPOLATING, *STABLE),
            _contracts,
        ),
        "stable SGD may increase E |theta|^2 for a while: by 1/6 in one step from (0, 1) for the same three losses",
        THREE_SLOPES,
    ),
    Mutant(
        "mean-not-taken-off",
        _claim(
            "one-step without the mean taken off",
            "E |theta_1|^2 is the form with the mean of H_i^2 in place of Sigma",
            (INTERPOLATING,),
            _one_step(_without_mean),
        ),
        "Sigma is the variance of H_i: the mean of H_i^2 minus H^2",
        ALL_EQUAL,
    ),
    Mutant(
        "plain-non-uniformity",
        _claim(
            "non-uniformity without the mean taken off",
            "the criterion needs eta^2 p lambda_max(mean H_i^2) <= 1",
            (CRITERION,),
            at_most(_plain_noise_size, _one),
        ),
        "equal losses make no noise, and eta may be 2/h",
        ALL_EQUAL,
    ),
    Mutant(
        "minus-one-forgotten",
        _claim(
            "one-step-contraction with (n - B)/(B n)",
            "with p = (n - B)/(B n) in the criterion no step increases the mean square",
            (INTERPOLATING, SHORT_SHARE),
            _contracts,
        ),
        "p = (n - B)/(B (n - 1)): curvatures 1, 0, 0 grow from eta = 2 on, that criterion ends at 18/7",
        parabolas((1, 0, 0), "5/2"),
    ),
    Mutant(
        "with-replacement",
        _claim(
            "exact-for-one-parameter with 1/B",
            "for one parameter (1 - eta h)^2 + eta^2 s^2 / B <= 1 up to eta*",
            (ONE_PARAMETER, *STABLE),
            at_most(_with_reciprocal_batch, _one),
        ),
        "batches without replacement have less noise: two of 1, 0, 0 are stable up to 4, not 3",
        at_edge((1, 0, 0), 2),
    ),
    Mutant(
        "half-the-non-uniformity",
        _claim(
            "non-uniformity with 1/2",
            "the criterion needs eta^2 p lambda_max(Sigma) <= 1/4",
            (CRITERION,),
            at_most(_noise_size, lambda view: view.ops.ratio(1, 4)),
        ),
        "curvatures 2 and 0 at eta = 1 have eta s = 1",
        TWO_AND_NOTHING,
    ),
    Mutant(
        "half-the-sharpness",
        _claim(
            "sharpness below 1/eta",
            "the criterion needs sharpness <= 1/eta",
            (CRITERION,),
            at_most(lambda view: view["sharpness"], lambda view: 1 / view["step_size"]),
        ),
        "without noise the sharpness may be 2/eta",
        ALL_EQUAL,
    ),
)

NECESSITY = (
    Necessity(
        "interpolating",
        REGULAR_MINIMUM.instance(
            hessians=[[[1]], [[1]]], gradients=[[1], [-1]], step_size=1, batch_size=1, displacement=["1/2"], steps=1
        ),
        "gradients of 1 and -1 at the minimum: from 1/2 one step leads to 1 or -1",
    ),
    Necessity("contraction-criterion", parabolas((1,), 3), "curvature 1, step size 3: theta_1 = -2 theta_0"),
    Necessity(
        "positive-semidefinite",
        None,
        "not needed: the criterion itself makes H semidefinite and Sigma vanish on its null space; assumed since "
        "eta* is the threshold of SGD only then",
    ),
    Necessity(
        "one-parameter",
        THREE_SLOPES,
        "two parameters: eta* = 1/6, and eta s = 1.0801",
        "non-uniformity-for-one-parameter",
    ),
    Necessity(
        "below-threshold",
        parabolas((2, 0), 2),
        "twice the threshold: eta s = 2",
        "non-uniformity-for-one-parameter",
    ),
)

SGD_SUFFICIENT = Theorem(
    id="sgd-sufficient",
    title="SGD is stable where one step contracts; non-uniformity is not necessary",
    source=Source(
        "Wu, Ma, E, NeurIPS 2018",
        "linear stability of SGD, non-uniformity (number uncertain)",
        link="https://nips.cc/virtual/2018/poster/11792",
        note="recalled, then derived anew; that non-uniformity is not necessary for d > 1 is own",
    ),
    status="recalled",
    claims=(CONTRACTION, SUFFICES, UNIFORMITY, UNIFORM_IN_ONE),
    links=LINKS,
    right_side="|theta_0|^2",
    equality=(AT_EDGE,),
    mutants=MUTANTS,
    necessity=NECESSITY,
    closed_forms=forms.CLOSED_FORMS,
    evidence={
        "trained-converged": "the losses are taken at an interpolating minimum, where every gradient vanishes",
        "swept": NOT_SWEPT,
    },
    notes=(
        "p = (n - B)/(B (n - 1)) for batches without replacement, Sigma = mean of H_i^2 minus H^2. Non-uniformity, "
        "s <= 1/(eta sqrt(p)), is often quoted as a condition of stability. It is necessary for the criterion and "
        "for one parameter; the mutant non-uniformity-is-necessary is refuted by three losses of rank one that are "
        "mean-square stable up to eta* = 1/6 with eta s = sqrt(42)/6 > 1. Stability is decided there by the exact "
        "threshold (sgd-threshold), E |theta|^2 by averaging over all batches."
    ),
)
