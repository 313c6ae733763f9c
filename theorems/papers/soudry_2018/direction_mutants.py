"""False variants of the bounded residual."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.separable import SEPARABLE
from refutable.theorems.domains.separable.dual import along, separated
from refutable.theorems.exact import Number, as_real, log
from refutable.theorems.instances import Instance
from refutable.theorems.papers.soudry_2018.assumptions import SEPARABLE_DATA
from refutable.theorems.papers.soudry_2018.data import DEGENERATE, UNEVEN, single, state
from refutable.theorems.papers.soudry_2018.formulas import (
    along_flow,
    deviations,
    excess_potential,
    least_potential,
    weighted_sizes,
)
from refutable.theorems.records import Mutant
from refutable.theorems.views import View

Conclusion = Callable[[View], Iterable[Check]]


def _mutant(id: str, statement: str, concludes: Conclusion, why: str, killer: Instance) -> Mutant:
    claim = Claim(f"separable-direction-{id}", SEPARABLE, statement, (SEPARABLE_DATA,), concludes)
    return Mutant(id, claim, why, killer)


def _uniform(view: View) -> list[tuple[int, fmpq]]:
    """1/(k gamma^2) for each of the k data with positive multipliers."""
    margin = separated(view)
    return [(n, margin.squared_norm / len(margin.positive)) for n in margin.positive]


def _reciprocal(view: View) -> list[tuple[int, fmpq]]:
    margin = separated(view)
    return [(n, 1 / margin.multipliers[n]) for n in margin.positive]


def _without_eta(view: View) -> Number:
    """sum_n alpha_n (1 - log alpha_n)."""
    total: Number = fmpq(0)
    for n in separated(view).positive:
        alpha = separated(view).multipliers[n]
        total = as_real(total) + alpha - as_real(log(alpha)) * alpha
    return total


def _every_support_vector(view: View) -> Iterable[Check]:
    """sum |x_n.w - s - log(eta/alpha)| over all support vectors, alpha the least positive multiplier."""
    margin = separated(view)
    least = min(margin.multipliers[n] for n in margin.positive)
    pairs = [(fmpq(1), view["margins"][n] - view["log_time"]) for n in margin.support]
    bound = (as_real(view["direction_square"]) + excess_potential(view)) / least
    logs = [(fmpq(1), log(view["step_size"] / margin.multipliers[n])) for n in margin.positive]
    yield Check(weighted_sizes(pairs), "<=", bound + weighted_sizes(logs))


def _unit_falls(view: View) -> Iterable[Check]:
    def potential(moved: View) -> Any:
        ops = moved.ops
        length = as_real(view["direction_square"]).sqrt()
        return ops.sum(moved["timed_losses"]) + along(moved, moved["w"]) * (1 / length) - moved["log_time"]

    yield Check(along_flow(view, potential), "<=", fmpq(0))


def _untimed_falls(view: View) -> Iterable[Check]:
    change = along_flow(view, lambda moved: moved.ops.sum(moved["timed_losses"]) + along(moved, moved["w"]))
    yield Check(change, "<=", fmpq(0))


def _without_excess(view: View) -> Iterable[Check]:
    change = along_flow(view, lambda moved: moved["potential"])
    yield Check(view.ops.sum(view["residual_velocity"] * view["residual_velocity"]), "==", -1 * change)


def _average_margin(view: View) -> Iterable[Check]:
    total = view.ops.sum(view["margins"]) / len(view["margins"])
    yield Check(total * view["direction_square"], "<=", along(view, view["w"]))


def _unit_margin(view: View) -> Iterable[Check]:
    least = -view.ops.max(-view["margins"])
    yield Check(as_real(view["direction_square"]).sqrt() * least, "<=", along(view, view["w"]))


def _without_constant(view: View) -> Iterable[Check]:
    yield Check(weighted_sizes(deviations(view)), "<=", excess_potential(view))


def _half(view: View) -> Iterable[Check]:
    bound = as_real(view["direction_square"]) / 2 + excess_potential(view)
    yield Check(weighted_sizes(deviations(view)), "<=", bound)


MUTANTS = (
    _mutant(
        "without-constant",
        "sum_n alpha_n |x_n.w - s - log(eta/alpha_n)| <= F - F_min",
        _without_constant,
        "small deviations z add z^2/2 to F",
        single(1, 1),
    ),
    _mutant(
        "half-constant",
        "the bound with |w_hat|^2/2 in place of |w_hat|^2",
        _half,
        "|z| - (e^{-z} - 1 + z) tends to 1 for large z",
        single(1, 4),
    ),
    _mutant(
        "uniform-multipliers",
        "F >= sum_n alpha (1 + log(eta/alpha)) with equal multipliers alpha = 1/(k gamma^2)",
        lambda view: [Check(least_potential(view, _uniform), "<=", view["potential"])],
        "the multipliers are those of the dual: equal ones make the bound too large",
        state(UNEVEN, (1, fmpq(-1, 4))),
    ),
    _mutant(
        "reciprocal-multipliers",
        "F >= sum_n (1 + log(eta alpha_n))/alpha_n",
        lambda view: [Check(least_potential(view, _reciprocal), "<=", view["potential"])],
        "the multipliers, not their reciprocals",
        state([[2]], [fmpq(1, 2)], 4),
    ),
    _mutant(
        "step-size-dropped",
        "F >= sum_n alpha_n (1 - log alpha_n), whatever the step size",
        lambda view: [Check(_without_eta(view), "<=", view["potential"])],
        "a small step size leaves the loss where it is",
        state([[1]], [0], fmpq(1, 4)),
    ),
    _mutant(
        "every-support-vector",
        "every support vector has x_n.w within a constant of s, whether its multiplier is positive or not",
        _every_support_vector,
        "with multiplier 0 it grows like s + log s: (1, 0), (1, 1)",
        state(DEGENERATE, (0, 50)),
    ),
    _mutant(
        "unit-direction",
        "eta t L(w) + u.w - s never rises, u = w_hat/|w_hat|",
        _unit_falls,
        "w_hat has the length 1/gamma",
        state([[fmpq(1, 2)]], [0], 3),
    ),
    _mutant(
        "without-logarithm",
        "eta t L(w) + w_hat.w never rises",
        _untimed_falls,
        "w grows like w_hat log t",
        state([[1]], [0]),
    ),
    _mutant(
        "support-vectors-alone",
        "dF/ds = -|d rho/ds|^2 whatever other data there are",
        _without_excess,
        "data that are no support vectors lower F as well",
        state([[1], [2]], [0]),
    ),
    _mutant(
        "average-margin",
        "w_hat.w >= |w_hat|^2 times the average of x_n.w",
        _average_margin,
        "the least margin, or the average weighted with the multipliers",
        state(UNEVEN, (1, -1)),
    ),
    _mutant(
        "unit-margin",
        "w_hat.w >= |w_hat| min_n x_n.w",
        _unit_margin,
        "the square of |w_hat|: short for long data",
        state([[2]], [1]),
    ),
)
