"""False variants of the loss bounds, and the step condition without the scale of the data."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.separable import SEPARABLE
from refutable.theorems.instances import Instance
from refutable.theorems.papers.soudry_2018.assumptions import SEPARABLE_DATA, SMALL_LOSS_STEP, step_at_most
from refutable.theorems.papers.soudry_2018.data import state
from refutable.theorems.papers.soudry_2018.formulas import in_time
from refutable.theorems.records import Mutant
from refutable.theorems.views import View

Conclusion = Callable[[View], Iterable[Check]]

FOOTNOTE_DATA = ((fmpq(1, 10), 2), (fmpq(1, 10), -2))
"""2 times {(0.05, 1), (0.05, -1)}."""
FOOTNOTE_STEP = fmpq(4949, 10000)
"""A hair below 0.99/L(w_0) at w_0 = (0, 0.01)."""
AFTER_ONE_STEP = state(FOOTNOTE_DATA, (fmpq(99, 1000), fmpq(-37, 1250)), FOOTNOTE_STEP, None)
"""Where gradient descent from (0, 0.01) is after one step, to four digits; the loss rises from here on."""
NARROW = ((fmpq(1, 100), 1), (fmpq(1, 100), -1))


def narrow(factor: fmpq) -> Instance:
    """Two nearly opposite data, step size ``factor`` times 2/(beta sigma^2) = 4, where w_2 swings."""
    return state(NARROW, (0, fmpq(3, 10)), 4 * factor, None)


BELOW_INVERSE_LOSS = step_at_most(
    "step-below-inverse-loss",
    "step size < 1/L(w)",
    lambda view: 1 / view["loss"],
    lambda view: Check(view["step_size"] * view["loss"], "<", view.ops.ratio(1)),
)
LONGER_STEP = step_at_most(
    "step-2.1",
    "step size <= 2.1/(beta sigma_max(X)^2) with beta = 1/4 for the logistic loss",
    lambda view: view.ops.ratio(42, 5) / view["top_square"],
    lambda view: Check(view["step_size"] * view["top_square"], "<=", view.ops.ratio(42, 5)),
)


def _mutant(
    id: str, statement: str, assumes: tuple[Assumption, ...], concludes: Conclusion, why: str, killer: Instance
) -> Mutant:
    return Mutant(id, Claim(f"separable-flow-bounds-{id}", SEPARABLE, statement, assumes, concludes), why, killer)


def _inequality(left: Callable[[View], Any], right: Callable[[View], Any]) -> Conclusion:
    return lambda view: [Check(left(view), "<=", right(view))]


def _squared_loss(view: View) -> Any:
    return view["loss"] * view["loss"]


def _unsquared(view: View) -> Any:
    return view.ops.sqrt(view["direction_square"]) * view["squared_gradient"]


def _least_square(view: View) -> Any:
    squares = view.ops.sum(view["x"] * view["x"])
    return -view.ops.max(-squares) * _squared_loss(view)


def _lost(view: View, step_size: Any) -> Any:
    return view["next_loss"] + view["squared_gradient"] * step_size


def _smooth_right(view: View, loss: str, gradient: str, parts: int) -> Any:
    factor = view["top_square"] * (view["step_size"] * view["step_size"] * view.ops.ratio(1, parts))
    return view[loss] + factor * view[gradient]


def _logistic_left(view: View) -> Any:
    return view["next_logistic_loss"] + view["logistic_squared_gradient"] * view["step_size"]


MUTANTS = (
    _mutant(
        "margin-not-squared",
        "gamma L(w)^2 <= |grad L|^2",
        (SEPARABLE_DATA,),
        _inequality(_squared_loss, _unsquared),
        "each gradient has length gamma at least, its square gamma^2",
        state([[fmpq(1, 2)]], [0], 1, None),
    ),
    _mutant(
        "radius-not-squared",
        "|grad L|^2 <= R L(w)^2, R = max |x_n|",
        (),
        _inequality(
            lambda view: view["squared_gradient"],
            lambda view: view.ops.sqrt(view["largest_square"]) * _squared_loss(view),
        ),
        "R^2: the datum 2",
        state([[2]], [0], 1, None),
    ),
    _mutant(
        "shortest-datum",
        "|grad L|^2 <= min |x_n|^2 L(w)^2",
        (),
        _inequality(lambda view: view["squared_gradient"], _least_square),
        "the longest datum may count most",
        state([[1], [2]], [0], 1, None),
    ),
    _mutant(
        "rate-of-the-longest",
        "along the gradient flow 1/L grows at least at the rate R^2",
        (SEPARABLE_DATA,),
        lambda view: [
            Check(view["largest_square"], "<=", in_time(view, lambda moved: 1 / moved["loss"])),
        ],
        "at most at that rate",
        state([[1], [2]], [0], 1, None),
    ),
    _mutant(
        "logistic-loss",
        "gamma L(w) <= |grad L| for the logistic loss",
        (SEPARABLE_DATA,),
        _inequality(
            lambda view: view["logistic_loss"] * view["logistic_loss"],
            lambda view: view["logistic_squared_gradient"] * view["direction_square"],
        ),
        "its slope is below its value: 1/2 against log 2 at 0",
        state([[1]], [0], 1, None),
    ),
    _mutant(
        "step-without-data-scale",
        "with a step size below 1/L(w) a step on the exponential loss of separable data does not raise it",
        (SEPARABLE_DATA, BELOW_INVERSE_LOSS),
        _inequality(lambda view: view["next_loss"], lambda view: view["loss"]),
        "the condition needs the scale of the data: step size times R^2 L(w) <= 1. From (0, 0.01) the run overflows in "
        "seven steps",
        AFTER_ONE_STEP,
    ),
    _mutant(
        "twice-as-fast",
        "1/L(w^+) >= 1/L(w) + 2 eta gamma^2 for eta R^2 L(w) <= 1",
        (SEPARABLE_DATA, SMALL_LOSS_STEP),
        _inequality(
            lambda view: 1 / view["loss"] + 2 * view["step_size"] / view["direction_square"],
            lambda view: 1 / view["next_loss"],
        ),
        "for one datum 1/L(w^+) is e^{eta} at w = 0, below 1 + 2 eta",
        state([[1]], [0], 1, None),
    ),
    _mutant(
        "whole-descent",
        "L(w^+) <= L(w) - eta |grad L|^2 for eta R^2 L(w) <= 1",
        (SMALL_LOSS_STEP,),
        _inequality(lambda view: _lost(view, view["step_size"]), lambda view: view["loss"]),
        "the loss is convex: a step lowers it by less than its slope says",
        state([[1]], [0], 1, None),
    ),
    _mutant(
        "longer-step",
        "with a step size up to 2.1/(beta sigma_max(X)^2) a step on the logistic loss of separable data does not "
        "raise it",
        (SEPARABLE_DATA, LONGER_STEP),
        _inequality(lambda view: view["next_logistic_loss"], lambda view: view["logistic_loss"]),
        "two nearly opposite data make w_2 swing ever wider while it is small",
        narrow(fmpq(105, 100)),
    ),
    _mutant(
        "smoothness-one-eighth",
        "the descent lemma of the logistic loss with beta = 1/8",
        (),
        _inequality(
            _logistic_left,
            lambda view: _smooth_right(view, "logistic_loss", "logistic_squared_gradient", 16),
        ),
        "its second derivative is 1/4 at 0",
        state([[1]], [0], 1, None),
    ),
    _mutant(
        "exponential-loss-is-smooth",
        "the descent lemma with beta = 1/4 for the exponential loss",
        (),
        _inequality(
            lambda view: _lost(view, view["step_size"]),
            lambda view: _smooth_right(view, "loss", "squared_gradient", 8),
        ),
        "its second derivative has no bound",
        state([[1]], [0], 1, None),
    ),
)
