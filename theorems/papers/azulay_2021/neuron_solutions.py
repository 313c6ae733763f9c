"""What is seen of one hidden unit, or several, with an ODE solver: identities at a time, and where the flow ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.hidden_linear import HIDDEN_LINEAR
from refutable.theorems.papers.azulay_2021.neuron_mutants import (
    gradient_coefficient,
    gradient_imbalance_ignored,
    gradient_start_ignored,
)
from refutable.theorems.records import Integration
from refutable.theorems.views import View

Assumes = tuple[Assumption, ...]
Vector = Callable[[View], Any]


def _in_rows(id: str, statement: str, assumes: Assumes, vector: Vector) -> Claim:
    """A vector at theta(t) is (3/2) X^T mu(t)."""
    return Claim(
        id,
        HIDDEN_LINEAR,
        statement,
        assumes,
        lambda view: [Check(vector(view), "==", view["rows_moved"] * view.ops.ratio(3, 2))],
    )


def coefficient_decoys(assumes: Assumes, *values: int) -> tuple[Claim, ...]:
    """Other coefficients of the start's term."""
    return tuple(
        _in_rows(
            f"gradient-at-a-time, coefficient {value}",
            f"the same with coefficient {value} of the start's term",
            assumes,
            lambda view, value=value: gradient_coefficient(view, fmpq(value)),  # type: ignore[misc]
        )
        for value in values
    )


def gradient_at_a_time(assumes: Assumes, *more: Claim) -> Integration:
    """grad q(theta(t)) = (3/2) X^T mu(t) on solutions, with its decoys."""
    claim = _in_rows(
        "gradient-at-a-time",
        "at the time reached grad q(theta) = (3/2) X^T mu, mu from the integrated multipliers",
        assumes,
        lambda view: view["gradient"],
    )
    start_ignored = _in_rows(
        "gradient-at-a-time, no start", "the same without the start's term", assumes, gradient_start_ignored
    )
    return Integration(claim, (*coefficient_decoys(assumes, 1, 2), start_ignored, *more))


def imbalance_decoy(assumes: Assumes) -> Claim:
    """delta := 0."""
    return _in_rows("gradient-at-a-time, delta 0", "the same with delta = 0", assumes, gradient_imbalance_ignored)


def _ends_at_rival(view: View) -> list[Check]:
    return [Check(view["predictor"], "==", view["rival"])]


def seen(view: View, v: Any) -> Any:
    """The part of v [..., d] in the span of the data, which are independent: the method of Gram and Schmidt."""
    rows, part = view["inputs"], v * view.ops.ratio(0)
    axes: list[Any] = []
    for n in range(int(rows.shape[-2])):
        axis = rows[..., n, :]
        for before in axes:
            axis = axis - before * _share(view, axis, before)
        axes.append(axis)
        part = part + axis * _share(view, v, axis)
    return part


def _share(view: View, v: Any, axis: Any) -> Any:
    """<v, axis>/|axis|^2."""
    return view.ops.spread(view.ops.sum(v * axis) / view.ops.sum(axis * axis))


def _ends_at_shortest(view: View) -> list[Check]:
    """X^+ y: what the data see of any v that fits them, of the rival's."""
    return [Check(view["predictor"], "==", seen(view, view["rival"]))]


def _ends_nearest(view: View) -> list[Check]:
    """theta_0 and what the data see of the step from it to any v that fits them."""
    begin = view["start_predictor"]
    return [Check(view["predictor"], "==", begin + seen(view, view["rival"] - begin))]


def _ends_at_coefficient_one(view: View) -> list[Check]:
    """At the end, the gradient of q with the coefficient 1 has no part that no datum sees, as at its minimiser."""
    other = gradient_coefficient(view, fmpq(1))
    return [Check(other, "==", seen(view, other))]


def _ends_further(view: View) -> list[Check]:
    """The end is 1.01 times as far from theta_0 as the minimiser: smaller differences would not be noticed."""
    ops, begin = view.ops, view["start_predictor"]
    return [Check(ops.norm(view["predictor"] - begin), "==", ops.norm(view["rival"] - begin) * ops.ratio(101, 100))]


ENDS = (
    ("shortest", "it ends at X^+ y, the shortest v that fits the labels", _ends_at_shortest),
    ("nearest", "it ends at the v nearest to theta_0 that fits the labels", _ends_nearest),
    ("coefficient 1", "it ends at the minimiser of q with coefficient 1 of the start's term", _ends_at_coefficient_one),
    ("1% further", "it ends 1% further from theta_0 than the minimiser", _ends_further),
)
"""False variants of where the flow ends."""


def limit(assumes: Assumes) -> Integration:
    """Near its end the flow is at the minimiser of q, found by Newton's method apart from the flow."""
    claim = Claim(
        "ends-at-minimiser",
        HIDDEN_LINEAR,
        "the flow ends at the minimiser of q among the v that fit the labels, found without the flow",
        assumes,
        _ends_at_rival,
    )
    decoys = (
        Claim(f"ends-at-minimiser, {id}", HIDDEN_LINEAR, statement, assumes, concludes)
        for id, statement, concludes in ENDS
    )
    return Integration(claim, tuple(decoys))
