"""Stochastic gradient descent with a fixed step size on separable data: expected descent, and the limit's equation."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.minibatch_descent import MINIBATCH_DESCENT
from refutable.theorems.domains.minibatch_descent.batches import count
from refutable.theorems.instances import Instance
from refutable.theorems.papers.nacson_2019_sgd import cases, claims
from refutable.theorems.papers.nacson_2019_sgd.forms import CLOSED_FORMS
from refutable.theorems.records import Evidence, Mutant, Necessity, Source, Theorem
from refutable.theorems.views import View

Conclusion = Callable[[View], Iterable[Check]]
LIMIT = (claims.SEPARABLE, claims.STRICT)


def _mutant(
    id: str, statement: str, assumes: tuple[Assumption, ...], concludes: Conclusion, why: str, killer: Instance
) -> Mutant:
    return Mutant(id, Claim(f"separable-sgd-{id}", MINIBATCH_DESCENT, statement, assumes, concludes), why, killer)


def _falls_below(bound: Callable[[View], object], id: str, statement: str) -> tuple[Assumption, ...]:
    return (
        claims.SEPARABLE,
        Assumption(id, statement, lambda view: [Check(view["step_size"], "<", bound(view))]),
    )


def _falls(view: View) -> Iterable[Check]:
    yield Check(view["after_distinct"], "<", view["loss"])


MUTANTS = (
    _mutant(
        "second-order-dropped",
        "a step lowers the expected loss by at least eta gamma^2 sum l'^2 / N^2",
        (claims.SEPARABLE,),
        lambda view: [Check(claims.promised(view, fmpq(0)), "<=", view["loss"] - view["after_distinct"])],
        "the loss is convex",
        cases.LONG_STEP,
    ),
    _mutant(
        "half-the-smoothness",
        "the second-order term with 1/16 in place of 1/8",
        (claims.SEPARABLE,),
        lambda view: [Check(claims.promised(view, fmpq(1, 16)), "<=", view["loss"] - view["after_distinct"])],
        "the logistic loss has curvature 1/4 at 0",
        cases.LONG_STEP,
    ),
    _mutant(
        "full-batch-step",
        "eta < 2 / (beta sigma^2), the condition for all data in one batch, makes the expected loss fall for every B",
        _falls_below(lambda view: 8 / view["sigma_square"], "full-batch-step", "eta < 2 / (beta sigma^2)"),
        _falls,
        "with one of two nearly opposite data a step lengthens what the other has to undo",
        cases.FLAT,
    ),
    _mutant(
        "margin-not-squared",
        "eta < 2 gamma B / (beta sigma^3) makes the expected loss fall",
        _falls_below(
            lambda view: (
                8
                * view["margin"]
                * fmpq(view["batch_size"])
                / (view["sigma_square"] * view.ops.sqrt(view["sigma_square"]))
            ),
            "margin-not-squared",
            "eta < 2 gamma B / (beta sigma^3)",
        ),
        _falls,
        "noise outweighs a gradient of the size of the margin squared",
        cases.FLAT.replace(step_size=fmpq(1, 10)),
    ),
    _mutant(
        "dual-with-eta",
        "eta exp(-x_n.wt) = alpha_n, as for the sum of the losses",
        LIMIT,
        lambda view: claims.approaches(view, view["multipliers"] / view["step_size"]),
        "the loss is a mean: N is missing",
        cases.FAR,
    ),
    _mutant(
        "dual-with-batch",
        "(eta/B) exp(-x_n.wt) = alpha_n",
        LIMIT,
        lambda view: claims.approaches(view, view["multipliers"] * fmpq(view["batch_size"]) / view["step_size"]),
        "the mean over batches does not depend on their size",
        cases.FAR,
    ),
    _mutant(
        "constant-with-batch",
        "t L has those bounds times B",
        LIMIT,
        lambda view: claims.loss_constant(view, claims.curve_loss(view) / fmpq(view["batch_size"])),
        "it is 1/(eta gamma^2) for every batch size",
        cases.TWO,
    ),
    _mutant(
        "sum-of-losses",
        "t times the sum of the losses has those bounds",
        LIMIT,
        lambda view: claims.loss_constant(view, claims.curve_loss(view) * count(view)),
        "the mean does; the sum is N times as large",
        cases.FAR,
    ),
    _mutant(
        "constant-exact",
        "eta t L is 1/gamma^2 at every time",
        LIMIT,
        lambda view: [Check(claims.curve_loss(view) * view["step_size"], "==", 1 / view["margin_square"])],
        "that is its limit: the logistic loss is below the exponential one",
        cases.FAR,
    ),
    _mutant(
        "others-dropped",
        "eta t L is at most 1/gamma^2",
        LIMIT,
        lambda view: [Check(claims.curve_loss(view) * view["step_size"], "<=", 1 / view["margin_square"])],
        "data beyond the margin add to the loss at finite times",
        cases.BEYOND,
    ),
    _mutant(
        "independent-without-overlap",
        "the mean square of a batch of independent draws is at most sigma^2 sum l'^2 / (B N)",
        (),
        lambda view: [Check(view["independent_square"], "<=", claims.noise_bound(view))],
        "two draws may be the same datum: 3/16 against 1/8 for two orthonormal data",
        cases.EVEN_PAIR,
    ),
    _mutant(
        "noise-without-overlap",
        "the mean square of a batch's gradient is at most sigma^2 sum l'^2 / N^2",
        (),
        lambda view: [
            Check(view["expected_square"], "<=", view["sigma_square"] * view["relative_square"] / (count(view) ** 2))
        ],
        "that is for all data in one batch; smaller ones are noisier",
        cases.EVEN,
    ),
    _mutant(
        "gradient-bound-mean",
        "|grad L|^2 is at least gamma^2 sum l'^2 / N",
        (claims.SEPARABLE,),
        lambda view: [
            Check(view["margin_square"] * view["relative_square"] / count(view), "<=", view["gradient_square"])
        ],
        "the sum of |l'| squared is smaller than N sum l'^2 where the losses differ",
        cases.FAR_UNEVEN,
    ),
)

NECESSITY = (
    Necessity("separable", None, "without it there is no margin to speak of; the loss has a positive infimum"),
    Necessity(
        "step-below-bound",
        cases.FLAT,
        "eta = 1 with the bound at 1/200; not necessary for every data set: long runs with steps far above it converge",
        "expected-loss-falls",
    ),
    Necessity(
        "support-vectors-used",
        cases.UNUSED,
        "(1, 0) and (1, 1): the second multiplier is 0, which asks for exp(-x_n.wt) = 0, and no wt has that",
        "limit-equation",
    ),
)

_NO_NETWORK = "it is about a linear predictor on data of its own; no network is trained"
EVIDENCE: dict[Evidence, str] = {
    "trained-relabelled": _NO_NETWORK,
    "trained-converged": _NO_NETWORK,
    "integrated": "the method takes random steps; no differential equation is solved",
    "swept": "batches are enumerated exactly, one state at a time",
}

SEPARABLE_SGD = Theorem(
    id="separable-sgd",
    title="Stochastic gradient descent with a fixed step size on separable data",
    source=Source(
        "Nacson, Srebro, Soudry, AISTATS 2019",
        "convergence of SGD to the maximum margin direction (numbers uncertain)",
        link="https://arxiv.org/abs/1806.01796",
        note="recalled, not read; the limit's equation re-derived; the bound on the step size is our own, the paper's "
        "was not confirmed",
    ),
    status="recalled",
    claims=(claims.HEADLINE, claims.INDEPENDENT, claims.STEP, claims.LIMIT, claims.CONSTANT),
    links=claims.LINKS,
    adjustable=claims.ADJUSTABLE,
    right_side="the expected drop of the loss in one step",
    equality=(cases.ONE_DATUM,),
    mutants=MUTANTS,
    necessity=NECESSITY,
    closed_forms=CLOSED_FORMS,
    evidence=EVIDENCE,
    notes=(
        "That the loss tends to 0 and w to what log t + wt is a limit, and no verdict. What is decided exactly, by "
        "enumerating all batches, is the expected drop of the loss in one step, for the logistic loss (beta = 1/4), "
        "and, at every time of the curve what log t + wt, how far mean update and loss are from what the limit says: "
        "of order 1/t, and t^(1 - m) for data at margin m > 1. To leading order that is the headline of the paper's "
        "theorem: the mean update is what / t and the loss 1/(eta gamma^2 t), whatever the batch size. The inequality "
        "for one step amounts to smoothness, a gradient above the margin and a noise bound. The factors 1/B, 1/N and "
        "the overlap in its second order are told apart by nothing tried, because the loss seldom rises that fast; "
        "those of the noise bounds are, and are attained. From the drop the loss tends to 0 "
        "almost surely where eta < 2 gamma^2 B / (beta sigma^4), by the supermartingale theorem (own). That condition "
        "is sufficient, not necessary. The paper's, as recalled for batches without replacement within an epoch of K "
        "batches, eta/B < min(1/(2 K beta sigma^2), gamma/(2 beta sigma^3 (K + sigma/gamma))), was not confirmed and "
        "is not checked here: it is about whole epochs."
    ),
)
