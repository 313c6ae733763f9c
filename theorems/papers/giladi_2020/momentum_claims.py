"""What is claimed of the heavy ball and of shifted momentum alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.delayed_momentum import DELAYED_MOMENTUM
from refutable.theorems.instances import Instance
from refutable.theorems.papers.giladi_2020.momentum_assumptions import (
    LARGER,
    METHODS,
    POSITIVE_CURVATURE,
    below,
    below_threshold,
    in_disc,
    stable,
    unstable,
)
from refutable.theorems.records import Family, Mutant, Range
from refutable.theorems.views import View

Formula = Callable[[View], Any]


def claim(id: str, statement: str, assumes: tuple[Assumption, ...], *checks: Formula, latex: str = "") -> Claim:
    """A claim about delayed iterations with momentum; each formula yields one check."""

    def concludes(view: View) -> Iterable[Check]:
        return [check(view) for check in checks]

    return Claim(id, DELAYED_MOMENTUM, statement, assumes, concludes, latex)


def necessary(method: str, latex: str) -> Claim:
    """Stability needs a gain below the threshold."""
    return claim(
        "necessary",
        f"if {METHODS[method]} is stable in the mean, 0 < curvature * step size < its threshold",
        (stable(method),),
        lambda view: Check(view["gain"], "<", view[f"{method}_threshold"]),
        lambda view: Check(0, "<", view["gain"], "positive"),
        latex=latex,
    )


def sufficient(method: str, latex: str) -> Claim:
    """A positive gain below the threshold makes it stable."""
    return Claim(
        "sufficient",
        DELAYED_MOMENTUM,
        f"0 < curvature * step size < the threshold of {METHODS[method]} makes every root have modulus < 1",
        (POSITIVE_CURVATURE, below(method)),
        in_disc(method),
        latex,
    )


def raw(view: View, method: str) -> tuple[Any, Any]:
    """Thresholds at the momentum and at the other one."""
    return view[f"{method}_threshold"], view[f"other_{method}_threshold"]


def effective(view: View, method: str) -> tuple[Any, Any]:
    """Thresholds over 1 - m, both times (1 - m)(1 - m'): at the momentum and at the other one."""
    first, second = raw(view, method)
    return first * (1 - view["other_momentum"]), second * (1 - view["momentum"])


def comparison(
    id: str,
    statement: str,
    method: str,
    sizes: Callable[[View, str], tuple[Any, Any]],
    falls: bool,
    *more: Assumption,
    latex: str = "",
) -> Claim:
    """A larger momentum makes a threshold strictly smaller (``falls``) or larger."""

    def check(view: View) -> Check:
        first, second = sizes(view, method)
        return Check(second, "<", first) if falls else Check(first, "<", second)

    return claim(id, statement, (LARGER, *more), check, latex=latex)


def too_large(
    id: str, method: str, formula: str, threshold: Formula, why: str, killer: Instance, *more: Assumption
) -> Mutant:
    """0 < a < formula would make it stable (said as its contrapositive); refuted by an unstable gain below."""
    wrong = claim(
        f"sufficient-{id}",
        f"0 < a < {formula} makes {METHODS[method]} stable in the mean (contrapositive)",
        (POSITIVE_CURVATURE, unstable(method), *more),
        lambda view: Check(threshold(view), "<=", view["gain"]),
    )
    return Mutant(id, wrong, why, killer)


def too_small(
    id: str, method: str, formula: str, threshold: Formula, why: str, killer: Instance, *more: Assumption
) -> Mutant:
    """Stability would need a < formula; refuted by a stable gain at or above it."""
    wrong = claim(
        f"necessary-{id}",
        f"if {METHODS[method]} is stable in the mean, a < {formula}",
        (stable(method), *more),
        lambda view: Check(view["gain"], "<", threshold(view)),
    )
    return Mutant(id, wrong, why, killer)


def closed(id: str, method: str, killer: Instance) -> Mutant:
    """The threshold itself would be stable; refuted where it is rational."""
    wrong = claim(
        f"sufficient-{id}",
        f"0 < a <= the threshold makes {METHODS[method]} stable in the mean (contrapositive)",
        (POSITIVE_CURVATURE, unstable(method)),
        lambda view: Check(view[f"{method}_threshold"], "<", view["gain"]),
    )
    return Mutant(id, wrong, "at the threshold a root lies on the unit circle", killer)


def rounded_down(method: str) -> Family:
    """Gains just below the threshold."""
    return Family(
        id="threshold-rounded-down",
        parameters={
            "delay": Range(choices=(1, 0, 2, 3, 5, 8, 13)),
            "momentum": Range(choices=(fmpq(1, 2), fmpq(0), fmpq(9, 10), fmpq(1, 3), fmpq(99, 100))),
            "bits": Range(choices=(12, 20, 32, 50)),
        },
        build=below_threshold(method),
        attains="limit",
        reaches=fmpq(10**9 - 1, 10**9),
        meaning="the gain is the threshold rounded down to a multiple of 2^-bits: stable, and nearly at the edge",
    )


EVIDENCE_REASON = "it is about a curvature, a step size, a delay and a momentum; no network is trained"
