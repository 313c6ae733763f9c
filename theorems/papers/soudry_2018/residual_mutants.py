"""False variants of the residual's limit."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.separable import SEPARABLE
from refutable.theorems.domains.separable.dual import along, separated
from refutable.theorems.domains.separable.limit import limit_of
from refutable.theorems.exact import as_real
from refutable.theorems.instances import Instance
from refutable.theorems.papers.soudry_2018.assumptions import COMPLEMENTARY, SEPARABLE_DATA
from refutable.theorems.papers.soudry_2018.data import UNEVEN, single, state
from refutable.theorems.papers.soudry_2018.formulas import deviations, weighted_sizes
from refutable.theorems.papers.soudry_2018.residual_formulas import (
    approach,
    distances_to_time,
    field_at,
    limit,
    losses_at,
    pull_back,
    pushed_by_others,
    total,
)
from refutable.theorems.records import Mutant
from refutable.theorems.views import View

Conclusion = Callable[[View], Iterable[Check]]
Ratios = Callable[[View], list[fmpq]]


def without_step_size(view: View) -> list[fmpq]:
    """exp(-x_n.w_tilde) = alpha_n."""
    margin = separated(view)
    return [1 / margin.multipliers[n] for n in margin.support]


def uniform(view: View) -> list[fmpq]:
    """eta exp(-x_n.w_tilde) = 1/(k gamma^2)."""
    margin = separated(view)
    count = len(margin.support)
    return [fmpq(count) * _step_size(view) / margin.squared_norm] * count


def reciprocal(view: View) -> list[fmpq]:
    """eta exp(-x_n.w_tilde) = 1/alpha_n."""
    margin = separated(view)
    return [_step_size(view) * margin.multipliers[n] for n in margin.support]


def _step_size(view: View) -> fmpq:
    """The step size as a rational, in any arithmetic."""
    eta = view["step_size"]
    return eta if isinstance(eta, fmpq) else fmpq(*float(eta).as_integer_ratio())


def _field_with(ratios: Ratios) -> Conclusion:
    def concludes(view: View) -> Iterable[Check]:
        form = limit_of(view, ratios(view))
        losses = losses_at(form, view["step_size"])
        yield Check(total(losses), "==", view["direction_square"], "eta t L")
        yield Check(np.array(field_at(form, losses), dtype=object), "==", view["direction"])

    return concludes


def _field_is_unit(view: View) -> Iterable[Check]:
    form = limit(view)
    field = field_at(form, losses_at(form, view["step_size"]))
    yield Check(total([entry * entry for entry in field]), "==", fmpq(1), "its squared length")


def _along_direction(view: View) -> Iterable[Check]:
    w_tilde, ops = view["residual_limit"], view.ops
    across = as_real(ops.sum(w_tilde * w_tilde)) * view["direction_square"]
    parallel = as_real(along(view, w_tilde))
    yield Check(across, "<=", parallel * parallel)


def _full_rate(view: View) -> Iterable[Check]:
    squares = total([as_real(z) * z * (2 * alpha) for alpha, z in deviations(view)])
    yield Check(squares, "<=", as_real(approach(view)) + pushed_by_others(view))


def _first_power(view: View) -> Iterable[Check]:
    sizes = as_real(weighted_sizes(deviations(view))) * 2
    yield Check(sizes, "<=", as_real(approach(view)) + pushed_by_others(view))


def _alone(view: View) -> Iterable[Check]:
    yield Check(pull_back(view), "<=", approach(view))


def _mutant(id: str, statement: str, concludes: Conclusion, why: str, killer: Instance) -> Mutant:
    claim = Claim(f"separable-residual-{id}", SEPARABLE, statement, (SEPARABLE_DATA, COMPLEMENTARY), concludes)
    return Mutant(id, claim, why, killer)


LEANING = state(((1, 1), (1, -10)), (4, fmpq(-9, 10)))
"""Multipliers 10/11 and 1/11: the second support vector is far ahead of log t, the first about where it belongs."""
LONGER = state(((2, 1), (2, -3)), (1, 0), fmpq(1, 2))

MUTANTS = (
    _mutant(
        "step-size-dropped",
        "the field vanishes where exp(-x_n.w_tilde) = alpha_n",
        _field_with(without_step_size),
        "eta exp(-x_n.w_tilde) = alpha_n: w_tilde depends on the step size",
        LONGER,
    ),
    _mutant(
        "uniform-multipliers",
        "the field vanishes where eta exp(-x_n.w_tilde) = 1/(k gamma^2) for each of k support vectors",
        _field_with(uniform),
        "the sum is right, its terms are not: support vectors have different multipliers",
        LONGER,
    ),
    _mutant(
        "reciprocal-multipliers",
        "the field vanishes where eta exp(-x_n.w_tilde) = 1/alpha_n",
        _field_with(reciprocal),
        "the multipliers, not their reciprocals",
        LONGER,
    ),
    _mutant(
        "unit-direction",
        "at w_tilde the weights move at unit speed in log time",
        _field_is_unit,
        "w_hat has length 1/gamma",
        LONGER,
    ),
    _mutant(
        "residual-along-direction",
        "w_tilde is a multiple of w_hat",
        _along_direction,
        "support vectors with different multipliers keep a residual across",
        state(UNEVEN, (1, 0)),
    ),
    _mutant(
        "full-rate",
        "|rho - w_tilde|^2 falls at least at the rate 2 sum_n alpha_n z_n^2",
        _full_rate,
        "far ahead of its limit a margin stands still while log t catches up: at a rate of z, not z^2",
        single(1, 3),
    ),
    _mutant(
        "first-power",
        "|rho - w_tilde|^2 falls at least at the rate 2 sum_n alpha_n |z_n|",
        _first_power,
        "near the limit the rate is quadratic",
        single(1, 1),
    ),
    _mutant(
        "nine-tenths",
        "|rho - w_tilde|^2 falls at least at the rate 2 sum_n alpha_n z_n^2/(1 + 9 |z_n|/10)",
        lambda view: [Check(pull_back(view, fmpq(9, 10)), "<=", as_real(approach(view)) + pushed_by_others(view))],
        "far ahead of the limit the rate is 2 alpha z and no more",
        single(1, 20),
    ),
    _mutant(
        "twice-the-denominator",
        "every support vector has |x_n.w - s| at most (|w_hat|^2 + F - F_min)/(2 min alpha) + sum |log(eta/alpha)|",
        lambda view: distances_to_time(view, 2),
        "a single datum far ahead has F - F_min + |w_hat|^2 = e^{-z} + z",
        single(1, 4),
    ),
    _mutant(
        "without-logarithms",
        "every support vector has |x_n.w - s| at most (|w_hat|^2 + F - F_min)/min alpha",
        lambda view: distances_to_time(view, 1, False),
        "its margin tends to s + log(eta/alpha)",
        state([[1]], [10], 20000, 0),
    ),
    _mutant(
        "largest-multiplier",
        "every support vector has |x_n.w - s| at most (|w_hat|^2 + F - F_min)/max alpha + sum |log(eta/alpha)|",
        lambda view: distances_to_time(view, 1, True, max),
        "the one with the least multiplier is held least",
        LEANING,
    ),
    _mutant(
        "other-data-do-not-matter",
        "|rho - w_tilde|^2 falls at that rate whatever data there are that are no support vectors",
        _alone,
        "they push the weights on: here the datum 2 beside the datum 1",
        state([[1], [2]], [1]),
    ),
)
