"""Laws of the delay, and hypotheses about them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption
from refutable.theorems.domains.random_delay import RANDOM_DELAY
from refutable.theorems.instances import Instance
from refutable.theorems.papers.giladi_2020.assumptions import roots_in_disc
from refutable.theorems.records import Family, Range
from refutable.theorems.views import View


def delays(parts: Sequence[int], gain: fmpq | int = 1, curvature: int = 1) -> Instance:
    """Delays 0, 1, 2, ... with probabilities in proportion to the parts; the gain has the sign of the curvature."""
    law = [fmpq(part, sum(parts)) for part in parts]
    return RANDOM_DELAY.instance(probabilities=law, curvature=curvature, step_size=fmpq(gain) / curvature)


def constant(delay: int, gain: fmpq) -> Instance:
    """One delay alone."""
    return delays([*[0] * delay, 1], gain)


def _unstable(view: View) -> Iterable[Check]:
    yield Check(not view["roots_in_disc"], "true", reason="every root has modulus < 1" if view["roots_in_disc"] else "")


def _several(view: View) -> Iterable[Check]:
    possible = sum(1 for p in view["probabilities"] if p != 0)
    yield Check(possible > 1, "true", reason="only one delay is possible")


STABLE = Assumption("mean-stable", "every root of the polynomial of the mean has modulus < 1", roots_in_disc)
UNSTABLE = Assumption("mean-unstable", "some root of the polynomial of the mean has modulus >= 1", _unstable)
RANDOM = Assumption("random", "at least two delays are possible", _several)
BELOW = Assumption(
    "below-first-crossing",
    "curvature * step size is below the first crossing",
    lambda view: [Check(view["gain"], "<", view["threshold"])],
)
AT = Assumption(
    "at-first-crossing",
    "curvature * step size is the first crossing",
    lambda view: [Check(view["gain"], "==", view["threshold"])],
)

CONSTANT = Family(
    id="constant-delay",
    parameters={
        "delay": Range(choices=(1, 0, 2, 3, 5, 8, 13)),
        "gain": Range(choices=(fmpq(1, 2), fmpq(1), fmpq(1, 16), fmpq(3))),
    },
    build=constant,
    attains="equality",
    meaning="one delay alone",
)
