"""False statements about random delays."""

from __future__ import annotations

from typing import Any

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.random_delay import RANDOM_DELAY
from refutable.theorems.domains.random_delay.crossings import first_crossing
from refutable.theorems.exact import PI, sin_pi
from refutable.theorems.instances import Instance
from refutable.theorems.papers.giladi_2020.assumptions import POSITIVE_CURVATURE
from refutable.theorems.papers.giladi_2020.momentum_claims import Formula
from refutable.theorems.papers.giladi_2020.random_delay_instances import RANDOM, STABLE, UNSTABLE, delays
from refutable.theorems.records import Mutant
from refutable.theorems.views import View

UNIFORM, ENDS = (1, 1, 1), (1, 0, 1)


def _mutant(id: str, statement: str, check: Formula, why: str, killer: Instance, *assumes: Assumption) -> Mutant:
    claim = Claim(id, RANDOM_DELAY, statement, assumes, lambda view: [check(view)])
    return Mutant(id, claim, why, killer)


def _open(view: View) -> Any:
    return first_crossing(list(view["probabilities"]), at_pi=False)


def _shortest(view: View) -> Any:
    shortest = min(k for k, p in enumerate(view["probabilities"]) if p != 0)
    return 2 * sin_pi(fmpq(1, 4 * shortest + 2))


def _below_formula(id: str, formula: str, threshold: Formula, why: str, killer: Instance) -> Mutant:
    """Every positive gain below the formula would be stable (contrapositive)."""
    return _mutant(
        id,
        f"0 < a < {formula} makes every root have modulus < 1 (contrapositive)",
        lambda view: Check(threshold(view), "<=", view["gain"]),
        why,
        killer,
        POSITIVE_CURVATURE,
        UNSTABLE,
    )


MUTANTS = (
    _mutant(
        "mean-decides",
        "the first crossing depends on the mean of the delay only: it is 2 sin(pi / (4 mean + 2))",
        lambda view: Check(view["threshold"], "==", view["mean_threshold"]),
        "of mean 1 are the constant delay (1), the uniform one on 0, 1, 2 (3/2) and 0 or 2 (2)",
        delays(UNIFORM),
    ),
    _mutant(
        "at-most-constant",
        "the first crossing is at most 2 sin(pi / (4 mean + 2))",
        lambda view: Check(view["threshold"], "<=", view["mean_threshold"]),
        "delays 0 or 2 have mean 1 and the crossing 2",
        delays(ENDS),
    ),
    _mutant(
        "longest-decides",
        "stability in the mean needs a < 2 sin(pi / (4 tau + 2)), tau the longest delay",
        lambda view: Check(view["gain"], "<", view["longest_threshold"]),
        "that is sufficient only: for the uniform delay on 0, 1, 2 the crossing is 3/2, not 0.618...",
        delays(UNIFORM, 1),
        STABLE,
    ),
    _below_formula(
        "shortest-decides",
        "2 sin(pi / (4 tau + 2)), tau the shortest delay",
        _shortest,
        "a longer delay in some steps hurts",
        delays(UNIFORM, fmpq(7, 4)),
    ),
    _below_formula(
        "pi-left-out",
        "2 sin(theta/2) / E sin((tau + 1/2) theta) at every root theta < pi of E cos((tau + 1/2) theta)",
        _open,
        "theta = pi is a root too, here with the crossing 2",
        delays((11, 0, 9), fmpq(5, 2)),
    ),
    _mutant(
        "closed",
        "0 < a <= the first crossing makes every root have modulus < 1 (contrapositive)",
        lambda view: Check(view["threshold"], "<", view["gain"]),
        "at the first crossing a root is on the circle",
        delays((9, 1), fmpq(5, 2)),
        POSITIVE_CURVATURE,
        UNSTABLE,
    ),
    _mutant(
        "half-step-forgotten",
        "the first crossing is at least 2 sin(pi / (4 mean)) where the mean is at least 1",
        lambda view: Check(2 * sin_pi(1 / (4 * view["mean_delay"])), "<=", view["threshold"]),
        "a constant delay 1 has the crossing 1",
        delays((0, 1)),
        Assumption("mean-at-least-1", "the mean delay is at least 1", lambda v: [Check(1, "<=", v["mean_delay"])]),
    ),
    _mutant(
        "large-delay-form",
        "the first crossing is at least pi / (2 mean + 1)",
        lambda view: Check(PI / (2 * view["mean_delay"] + 1), "<=", view["threshold"]),
        "that is above 2 sin(pi / (4 mean + 2)), which constant delays attain",
        delays((0, 1)),
    ),
    _mutant(
        "strict-for-all",
        "the first crossing is above 2 sin(pi / (4 mean + 2))",
        lambda view: Check(view["mean_threshold"], "<", view["threshold"]),
        "for a constant delay the two are equal",
        delays((0, 1)),
    ),
    _mutant(
        "at-most-no-delay",
        "the first crossing is at most 2, that of gradient descent without delay",
        lambda view: Check(view["threshold"], "<=", 2),
        "delay in one step of ten damps: 5/2",
        delays((9, 1)),
    ),
    _mutant(
        "at-most-shortest",
        "if two delays are possible the first crossing is at most that of the shortest one",
        lambda view: Check(view["threshold"], "<=", _shortest(view)),
        "delay in one step of ten damps: 5/2, and 2 without delay",
        delays((9, 1)),
        RANDOM,
    ),
)
