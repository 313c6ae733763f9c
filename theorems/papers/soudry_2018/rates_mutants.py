"""False variants of the constants of the rates."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.separable import SEPARABLE
from refutable.theorems.domains.separable.dual import separated
from refutable.theorems.exact import Number, as_real, log
from refutable.theorems.instances import Instance
from refutable.theorems.papers.soudry_2018.assumptions import COMPLEMENTARY, LATE, SEPARABLE_DATA, SUPPORT_ONLY
from refutable.theorems.papers.soudry_2018.curve import curve, gap_constant, margin
from refutable.theorems.papers.soudry_2018.data import UNEVEN, state
from refutable.theorems.papers.soudry_2018.rates_formulas import scaled_loss, second_moment
from refutable.theorems.records import Mutant
from refutable.theorems.views import View

Conclusion = Callable[[View], Iterable[Check]]
DATA = (SEPARABLE_DATA, COMPLEMENTARY)
ON_THE_CURVE = (SEPARABLE_DATA, COMPLEMENTARY, SUPPORT_ONLY, LATE)


def equal_weights(view: View) -> list[tuple[int, fmpq]]:
    """1/(k gamma^2) for each of the k support vectors."""
    found = separated(view)
    return [(n, found.squared_norm / len(found.positive)) for n in found.positive]


def least_for_largest(view: View) -> Number:
    """sum p_n log alpha_n - min log alpha_n."""
    found = separated(view)
    least = min(found.multipliers[n] for n in found.positive)
    total: Number = fmpq(0)
    for n in found.positive:
        alpha = found.multipliers[n]
        total = as_real(total) + as_real(log(alpha / least)) * (alpha / found.squared_norm)
    return total


def _mutant(
    id: str, statement: str, assumes: tuple[Assumption, ...], concludes: Conclusion, why: str, killer: Instance
) -> Mutant:
    return Mutant(id, Claim(f"separable-rates-{id}", SEPARABLE, statement, assumes, concludes), why, killer)


def _gap(view: View) -> Any:
    return as_real(curve(view).length) - margin(view)


def _gap_at_least(constant: Callable[[View], Any]) -> Conclusion:
    return lambda view: [Check(constant(view), "<=", _gap(view))]


def _gap_at_most(remainder: Callable[[View], Any]) -> Conclusion:
    return lambda view: [Check(_gap(view), "<=", as_real(gap_constant(view)) + remainder(view))]


def _with_step_size(view: View) -> Any:
    return as_real(gap_constant(view)) + log(view["step_size"])


def _three_quarters(view: View) -> Iterable[Check]:
    point = curve(view)
    x = as_real(point.squared_tangent)
    yield Check(1 - x / 2 + x * x * fmpq(3, 4), "<=", point.cosine)


def _without_residual(view: View) -> Iterable[Check]:
    point = curve(view)
    yield Check(point.quadratic(point.squared_length), "==", view["log_time"] * view["log_time"])


def _other_eigenvalue(view: View) -> Iterable[Check]:
    ops, w_hat = view.ops, view["direction"]
    yield Check(ops.matvec(second_moment(view), w_hat), "==", w_hat * view["direction_square"])


LATER = state(UNEVEN, (1, 0), 4, 10)

MUTANTS = (
    _mutant(
        "margin-not-squared",
        "eta gamma t L(w) = 1 on the curve",
        DATA,
        lambda view: [Check(scaled_loss(view), "==", as_real(view["direction_square"]).sqrt())],
        "eta gamma^2 t L = 1",
        LATER,
    ),
    _mutant(
        "step-size-dropped",
        "gamma^2 t L(w) = 1 on the curve",
        DATA,
        lambda view: [Check(as_real(scaled_loss(view)) / view["step_size"], "==", view["direction_square"])],
        "a step size twice as large halves t L",
        LATER,
    ),
    _mutant(
        "least-for-largest",
        "gamma |w| - min x_n.w is at least sum p_n log alpha_n - min log alpha_n",
        ON_THE_CURVE,
        _gap_at_least(least_for_largest),
        "the largest multiplier has the least margin",
        LATER,
    ),
    _mutant(
        "equal-weights",
        "gamma |w| - min x_n.w is at least max log alpha_n less the plain average of log alpha_n",
        ON_THE_CURVE,
        _gap_at_least(lambda view: gap_constant(view, equal_weights)),
        "the average is weighted with p_n = gamma^2 alpha_n",
        LATER,
    ),
    _mutant(
        "step-size-in-gap",
        "gamma |w| - min x_n.w is at least max log alpha_n - sum p_n log alpha_n + log eta",
        ON_THE_CURVE,
        _gap_at_least(_with_step_size),
        "the step size drops out",
        LATER,
    ),
    _mutant(
        "without-remainder",
        "gamma |w| - min x_n.w = max log alpha_n - sum p_n log alpha_n at every time",
        ON_THE_CURVE,
        _gap_at_most(lambda view: fmpq(0)),
        "in the limit only, while the residual turns the weights away from w_hat",
        LATER,
    ),
    _mutant(
        "half-the-remainder",
        "gamma |w| - min x_n.w exceeds its limit by at most B^2/(4 a)",
        ON_THE_CURVE,
        _gap_at_most(lambda view: curve(view).remainder(4)),
        "by nearly B^2/(2 a) at late times",
        LATER,
    ),
    _mutant(
        "three-quarters",
        "the cosine is at least 1 - x/2 + (3/4) x^2, x = B^2/a^2",
        ON_THE_CURVE,
        _three_quarters,
        "the next term of 1/sqrt(1 + x) is (3/8) x^2",
        LATER,
    ),
    _mutant(
        "length-without-residual",
        "|w| = log t/gamma on the curve",
        ON_THE_CURVE,
        _without_residual,
        "in the ratio only, and only in the limit",
        LATER,
    ),
    _mutant(
        "other-eigenvalue",
        "w_hat is an eigenvector of sum_n alpha_n x_n x_n^T for the eigenvalue |w_hat|^2",
        DATA,
        _other_eigenvalue,
        "for the eigenvalue 1: a shift of log t",
        LATER,
    ),
)
