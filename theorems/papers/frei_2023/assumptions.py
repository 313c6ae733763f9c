"""A point of the max-margin problem with its multipliers, and how far from orthogonal the data may be."""

from __future__ import annotations

from collections.abc import Iterable

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption
from refutable.theorems.views import View


def slopes_up_to_one(view: View) -> Iterable[Check]:
    """g h = phi(h), so g is the slope except at 0; g <= 1."""
    slopes = view["slopes"]
    yield Check(slopes * view["heights"], "==", view["activations"])
    yield Check(slopes, "<=", 1)


def _subgradient(view: View) -> Iterable[Check]:
    yield from slopes_up_to_one(view)
    yield Check(view["slope"], "<=", view["slopes"])


SUBGRADIENT = Assumption(
    "subgradient",
    "g_ji is a slope of phi at w_j.x_i: 1 above 0, gamma below, between the two at 0",
    _subgradient,
)

STATIONARY = Assumption(
    "stationary",
    "w_j = a_j sum_i lambda_i y_i g_ji x_i",
    lambda view: [Check(view["combined"], "==", view["w"])],
)

FEASIBLE = Assumption(
    "feasible", "every margin y_i f(x_i) is at least 1", lambda view: [Check(1, "<=", view["margins"])]
)


def _complementary(view: View) -> Iterable[Check]:
    yield Check(0, "<=", view["multipliers"])
    yield Check(view["multipliers"] * (view["margins"] - 1), "==", 0)


COMPLEMENTARY = Assumption("complementary", "lambda_i >= 0, and lambda_i = 0 where the margin is not 1", _complementary)


def orthogonality(view: View, constant: int = 3, power: int = 3) -> Check:
    """R_min^2 >= constant gamma^-power (R_max^2/R_min^2) n max |x_i.x_k|, cleared of denominators."""
    n = len(view["y"])
    left = view["largest_square"] * view["largest_correlation"] * (constant * n)
    return Check(left, "<=", view["smallest_square"] ** 2 * view["slope"] ** power)


NEARLY_ORTHOGONAL = Assumption(
    "nearly-orthogonal",
    "R_min^2 >= 3 gamma^-3 (R_max^2/R_min^2) n max |x_i.x_k|, and no input is 0",
    lambda view: [Check(0, "<", view["smallest_square"]), orthogonality(view)],
)


def _weakly(view: View) -> Iterable[Check]:
    yield Check(0, "<", view["smallest_square"])
    gamma, small = view["slope"], view["smallest_square"]
    correlation = view["largest_correlation"] * (len(view["y"]) - 1)
    yield Check(correlation * (view["largest_square"] + (gamma + gamma**2) * small), "<", gamma**3 * small**2)


WEAKLY_CORRELATED = Assumption(
    "weakly-correlated",
    "(n - 1) max |x_i.x_k| (R_max^2 + (gamma + gamma^2) R_min^2) < gamma^3 R_min^4, and no input is 0",
    _weakly,
)

POINT = (SUBGRADIENT, STATIONARY, FEASIBLE, COMPLEMENTARY)
"""A Karush-Kuhn-Tucker point of the max-margin problem."""
