"""False variants of the bounds by log N."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.margin_table import MARGIN_TABLE
from refutable.theorems.instances import Instance
from refutable.theorems.papers.nacson_2019_margins.assumptions import (
    LEAST_LOGISTIC_LOSS,
    LEAST_LOSS,
    NEARLY_LEAST_LOSS,
)
from refutable.theorems.papers.nacson_2019_margins.formulas import log_count, logistic_bound, logistic_room, scaled_gap
from refutable.theorems.papers.nacson_2019_margins.tables import FAR, table, traded, traded_logistic
from refutable.theorems.records import Mutant
from refutable.theorems.views import View

Formula = Callable[[View], Any]
NEAR = fmpq(1, 100)


def false(
    id: str, statement: str, why: str, killer: Instance, right: Formula, left: Formula = scaled_gap,
    assumes: tuple[Assumption, ...] = (LEAST_LOSS,),
) -> Mutant:  # fmt: skip
    """The mutant left <= right."""

    def concludes(view: View) -> Iterable[Check]:
        yield Check(left(view), "<=", right(view))

    return Mutant(id, Claim(id, MARGIN_TABLE, statement, assumes, concludes), why, killer)


def _mean_gap(view: View) -> Any:
    """The largest mean margin of a row, less row 0's least margin."""
    return (view.ops.max(view.ops.mean(view["margins"])) - view["least"][..., 0]) * view["scale"]


def _shrunk_logistic(view: View) -> Any:
    return logistic_bound(view) * view.ops.ratio(999, 1000)


def _one_datum_fewer(view: View) -> Any:
    n = view["margins"].shape[-1]
    return logistic_room(view.ops, view["largest_margin"] * view["scale"], max(1, n - 1))


MUTANTS = (
    false(
        "log-of-one-fewer",
        "the least margin stays below gamma* by at most log(N - 1) / rho^a",
        "three equal margins 1 lose to one that is lower by nearly log 3 and two far away",
        traded(3, NEAR),
        lambda view: log_count(view, 1) if view["margins"].shape[-1] > 1 else view.ops.ratio(0),
    ),
    false(
        "half-the-logarithm",
        "the least margin stays below gamma* by at most log(N) / (2 rho^a)",
        "two equal margins 1 lose to one that is lower by nearly log 2, 0.69, not 0.35",
        traded(2, fmpq(1, 1000)),
        lambda view: log_count(view) * view.ops.ratio(1, 2),
    ),
    false(
        "largest-margin-itself",
        "where the loss is least the least margin is the largest possible",
        "a lower margin pays where the others gain",
        traded(2, NEAR),
        lambda view: 0 * view["scale"],
    ),
    false(
        "degree-one-more",
        "the least margin stays below gamma* by at most log(N) / rho^(a+1)",
        "at norm 2 a linear model gains by a margin lower by nearly log(2)/2",
        traded(2, NEAR, norm=2),
        lambda view: log_count(view) / view["norm"],
    ),
    false(
        "mean-margin",
        "the least margin stays below the mean margin of any other row by at most log(N) / rho^a",
        "the least margin of a row decides, not the mean",
        table((fmpq(1, 100), 5), (0, FAR)),
        log_count,
        _mean_gap,
    ),
    false(
        "slack-for-free",
        "a loss within a factor 1 + epsilon of the least still keeps the least margin within log(N) of gamma*",
        "with a factor 2 to spare a margin may fall by nearly log 4",
        table((fmpq(-3, 8), FAR), (1, 1), slack=1),
        log_count,
        assumes=(NEARLY_LEAST_LOSS,),
    ),
    false(
        "logistic-with-log-count",
        "where the logistic loss is least the least margin stays below gamma* by at most log(N) / rho^a",
        "against margins (0, 0) one may fall to -log 3 = -1.0986, beyond log 2 = 0.693",
        traded_logistic(2, 0, fmpq(1, 1000)),
        log_count,
        assumes=(LEAST_LOGISTIC_LOSS,),
    ),
    false(
        "logistic-1e-3",
        "the logistic bound, smaller by a thousandth",
        "it is nearly attained by one margin that pays for all others",
        traded_logistic(2, 0, fmpq(1, 5000)),
        _shrunk_logistic,
        assumes=(LEAST_LOGISTIC_LOSS,),
    ),
    false(
        "logistic-one-datum-fewer",
        "the logistic bound with N - 1 in place of N",
        "three margins 0 pay for one that falls to -log 7",
        traded_logistic(3, 0, NEAR),
        _one_datum_fewer,
        assumes=(LEAST_LOGISTIC_LOSS,),
    ),
)
