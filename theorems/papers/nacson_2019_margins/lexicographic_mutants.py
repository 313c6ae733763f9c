"""False variants of the bound on the second margin."""

from __future__ import annotations

from typing import Any

from flint import fmpq

from refutable.theorems.papers.nacson_2019_margins.assumptions import LEAST_LOSS, TWO_DATA
from refutable.theorems.papers.nacson_2019_margins.constrained_path_mutants import false
from refutable.theorems.papers.nacson_2019_margins.formulas import log_count
from refutable.theorems.papers.nacson_2019_margins.tables import table, traded_second
from refutable.theorems.records import Mutant
from refutable.theorems.views import View

NEAR = fmpq(1, 100)
BOTH = (LEAST_LOSS, TWO_DATA)


def _second(view: View) -> Any:
    return view["second_gap"] * view["scale"]


def _third(view: View) -> Any:
    return view["third_gap"] * view["scale"]


def _any_second(view: View) -> Any:
    """The largest second margin of any row, less row 0's."""
    seconds = view["ordered"][..., 1]
    return (view.ops.max(seconds) - seconds[..., 0]) * view["scale"]


def _fewer(view: View) -> Any:
    n = view["margins"].shape[-1]
    return log_count(view, min(2, n - 1))


def _mutant(id: str, statement: str, why: str, killer: Any, right: Any, left: Any = _second) -> Mutant:
    return false(id, statement, why, killer, right, left, BOTH)


MUTANTS = (
    _mutant(
        "log-of-two-fewer",
        "the second margin stays below by at most log(N - 2) / rho^a",
        "of four data three equal second margins lose to one that is lower by nearly log 3",
        traded_second(4, NEAR),
        _fewer,
    ),
    _mutant(
        "half-the-second-logarithm",
        "the second margin stays below by at most log(N - 1) / (2 rho^a)",
        "two equal second margins 1 lose to one that is lower by nearly log 2",
        traded_second(3, NEAR),
        lambda view: log_count(view, 1) * view.ops.ratio(1, 2),
    ),
    _mutant(
        "second-margin-itself",
        "where the loss is least the second margin is the largest possible",
        "a lower second margin pays where the third gains",
        traded_second(3, NEAR),
        lambda view: 0 * view["scale"],
    ),
    _mutant(
        "first-margin-forgotten",
        "the second margin stays below that of every other parameter by at most log(N - 1) / rho^a",
        "a parameter with a small first margin may have any second one",
        table((0, 1, 1), (-5, 9, 9)),
        lambda view: log_count(view, 1),
        _any_second,
    ),
    _mutant(
        "third-margin-alike",
        "(a finite analogue of the bounds for the first two; not the recalled statement) the third margin stays below "
        "that of the lexicographic maximum by at most log(N - 2) / rho^a",
        "a lower first margin, 3/5, is paid for by a second one of 39/20: both are better spent than a third one of 2. "
        "At norm 1: this pair is not one of least loss at larger norms",
        table((fmpq(3, 5), fmpq(39, 20), fmpq(39, 20)), (1, 1, 2)),
        lambda view: log_count(view, 2) if view["margins"].shape[-1] > 2 else 0 * view["scale"],
        lambda view: _third(view) if view["margins"].shape[-1] > 2 else 0 * view["scale"],
    ),
)
