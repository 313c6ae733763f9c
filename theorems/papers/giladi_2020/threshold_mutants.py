"""False thresholds for delayed gradient descent.

A threshold that is too large is stated through its contrapositive (an unstable positive gain would be at
least the threshold), which has two numbers to compare.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.delayed_iteration import DELAYED_ITERATION, delay_threshold
from refutable.theorems.exact import PI, sin_pi
from refutable.theorems.ops.exact import ExactOps
from refutable.theorems.papers.giladi_2020.assumptions import (
    MEAN_STABLE,
    MEAN_UNSTABLE,
    POSITIVE_CURVATURE,
)
from refutable.theorems.papers.giladi_2020.instances import iteration
from refutable.theorems.records import Mutant
from refutable.theorems.views import View

Threshold = Callable[[int], Any]


def _delayed(least: int) -> tuple[Assumption, ...]:
    if least == 0:
        return ()
    reason = f"the delay is below {least}"
    return (
        Assumption(
            f"delay-at-least-{least}",
            f"tau >= {least}",
            lambda view: [Check(view["delay"] >= least, "true", reason=reason)],
        ),
    )


def _too_large(id: str, formula: str, threshold: Threshold, gain: fmpq, delay: int, least: int = 0) -> Mutant:
    """0 < a < threshold would make the iteration stable; refuted by an unstable gain below it."""

    def concludes(view: View) -> list[Check]:
        return [Check(threshold(view["delay"]), "<=", view["gain"])]

    statement = f"0 < a < {formula} makes every root have modulus < 1 (contrapositive)"
    claim = Claim(
        f"sufficient-{id}",
        DELAYED_ITERATION,
        statement,
        (POSITIVE_CURVATURE, *_delayed(least), MEAN_UNSTABLE),
        concludes,
    )
    return Mutant(id, claim, f"the threshold is smaller: 2 sin(pi / (4 tau + 2)) < {formula}", iteration(gain, delay))


def _too_small(id: str, formula: str, threshold: Threshold, gain: fmpq, delay: int, least: int = 0) -> Mutant:
    """Stability would need a < threshold; refuted by a stable gain at or above it."""

    def concludes(view: View) -> list[Check]:
        return [Check(view["gain"], "<", threshold(view["delay"]))]

    statement = f"an iteration that is stable in the mean has a < {formula}"
    claim = Claim(f"necessary-{id}", DELAYED_ITERATION, statement, (*_delayed(least), MEAN_STABLE), concludes)
    return Mutant(id, claim, f"the threshold is larger: {formula} < 2 sin(pi / (4 tau + 2))", iteration(gain, delay))


def _closed(id: str, gain: int, delay: int) -> Mutant:
    """The threshold itself would be stable; refuted at its rational values."""
    claim = Claim(
        f"sufficient-{id}",
        DELAYED_ITERATION,
        "0 < a <= 2 sin(pi / (4 tau + 2)) makes every root have modulus < 1 (contrapositive)",
        (POSITIVE_CURVATURE, MEAN_UNSTABLE),
        lambda view: [Check(view["threshold"], "<", view["gain"])],
    )
    return Mutant(id, claim, "at the threshold a root lies on the unit circle", iteration(gain, delay))


MUTANTS = (
    _too_large("large-delay-form", "pi / (2 tau + 1)", lambda tau: PI / (2 * tau + 1), fmpq(5, 8), 2),
    _too_large(
        "half-step-forgotten",
        "2 sin(pi / (4 tau))",
        lambda tau: 2 * sin_pi(fmpq(1, 4 * tau)),
        fmpq(7, 10),
        2,
        least=1,
    ),
    _too_large("harmonic", "2 / (tau + 1)", lambda tau: fmpq(2, tau + 1), fmpq(13, 20), 2, least=2),
    _too_large(
        "double-angle",
        "2 sin(pi / (2 tau + 1))",
        lambda tau: 2 * sin_pi(fmpq(1, 2 * tau + 1)),
        fmpq(1),
        2,
        least=1,
    ),
    _too_large("large-delay-form-half-step", "pi / (2 tau)", lambda tau: PI / (2 * tau), fmpq(3, 4), 2, least=1),
    _too_large("delay-ignored", "2", lambda tau: fmpq(2), fmpq(3, 2), 1),
    _closed("closed-at-two", 2, 0),
    _closed("closed-at-one", 1, 1),
    _too_small("reciprocal-delay", "1 / tau", lambda tau: fmpq(1, tau), fmpq(3, 5), 2, least=2),
    _too_small("rational-rule", "2 / (2 tau + 1)", lambda tau: fmpq(2, 2 * tau + 1), fmpq(1, 2), 2, least=1),
    _too_small(
        "delay-off-by-one",
        "2 sin(pi / (4 tau + 6))",
        lambda tau: delay_threshold(ExactOps(), tau + 1),
        fmpq(3, 2),
        0,
    ),
)
