"""Hypotheses of the sufficient criterion."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import fmpq

from refutable.theorems.assumptions.regular_minimum import kept_below
from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption
from refutable.theorems.constants import ratio
from refutable.theorems.domains.regular_minimum.contraction import contraction_form, contraction_threshold
from refutable.theorems.domains.regular_minimum.operators import sample_count
from refutable.theorems.views import View

CRITERION = Assumption(
    "contraction-criterion",
    "(I - eta H)^2 + eta^2 p Sigma has no eigenvalue above 1",
    lambda view: [Check(contraction_form(view), "psd", reason="one step expands the mean square of some displacement")],
    kept_below(contraction_threshold),
    last=True,
)


def _single(view: View) -> list[Check]:
    p = int(view["hessians"].shape[-1])
    return [Check(p == 1, "true", reason=f"there are {p} parameters")]


ONE_PARAMETER = Assumption("one-parameter", "there is one parameter", _single)


def criterion_with(id: str, formula: str, share: Callable[[int, int], fmpq]) -> Assumption:
    """The criterion with another p, as a function of n and B."""

    def noise(view: View) -> Any:
        return ratio(view.ops, share(sample_count(view), view["batch_size"]))

    def checks(view: View) -> list[Check]:
        return [Check(contraction_form(view, noise(view)), "psd", reason="the criterion with this p fails")]

    statement = f"(I - eta H)^2 + eta^2 {formula} Sigma has no eigenvalue above 1"
    enforce = kept_below(lambda view: contraction_threshold(view, noise(view)))
    return Assumption(id, statement, checks, enforce, last=True)
