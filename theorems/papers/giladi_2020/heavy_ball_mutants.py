"""False thresholds and false comparisons for the delayed heavy ball."""

from __future__ import annotations

from typing import Any

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.domains.delayed_momentum.thresholds import heavy_ball_angle
from refutable.theorems.exact import sin, sin_pi
from refutable.theorems.papers.giladi_2020.momentum_assumptions import (
    LARGER,
    compared,
    delay_at_least,
    stable,
    with_momentum,
)
from refutable.theorems.papers.giladi_2020.momentum_claims import (
    claim,
    closed,
    comparison,
    effective,
    raw,
    too_large,
    too_small,
)
from refutable.theorems.records import Mutant
from refutable.theorems.views import View

HB = "heavy_ball"
HALF, MOST = fmpq(1, 2), fmpq(9, 10)


def _stretched(view: View) -> Any:
    """The threshold without momentum of the delay tau / (1 - m)."""
    return 2 * sin_pi(1 / (4 * fmpq(view["delay"]) / (1 - view["momentum"]) + 2))


def _sign_slip(view: View) -> Any:
    x = heavy_ball_angle(view["delay"], view["momentum"])
    odd = 2 * view["delay"]
    return 2 * sin(x) * (sin((odd + 1) * x) + view["momentum"] * sin((odd - 1) * x))


def _other_method(id: str, method: str, gain: fmpq, why: str) -> Mutant:
    wrong = claim(
        f"necessary-{id}",
        f"stability of {why} would need a below the threshold of the heavy ball",
        (stable(method),),
        lambda view: Check(view["gain"], "<", view["heavy_ball_threshold"]),
    )
    killer = with_momentum(gain, 1, MOST)
    return Mutant(id, wrong, f"the threshold of {why} is larger: the heavy ball has 1/10 at tau = 1, m = 9/10", killer)


MUTANTS = (
    too_large(
        "no-delay-form",
        HB,
        "2 (1 + m)",
        lambda view: 2 * (1 + view["momentum"]),
        "that is the threshold without delay; with delay 1 it is 1 - m",
        with_momentum(fmpq(1, 10), 1, MOST),
    ),
    too_large(
        "delay-stretched",
        HB,
        "2 sin(pi / (4 tau / (1 - m) + 2))",
        _stretched,
        "momentum does more harm than to stretch the delay by 1 / (1 - m)",
        with_momentum(fmpq(1, 8), 1, MOST),
    ),
    too_large(
        "momentum-ignored",
        HB,
        "2 sin(pi / (4 tau + 2))",
        lambda view: view["plain_threshold"],
        "momentum lowers the threshold",
        with_momentum(HALF, 1, MOST),
        delay_at_least(1),
    ),
    too_large(
        "effective-as-without-momentum",
        HB,
        "(1 - m) 2 sin(pi / (4 tau + 2))",
        lambda view: view["plain_threshold"] * (1 - view["momentum"]),
        "for delay >= 2 the effective threshold is lower than without momentum",
        with_momentum(fmpq(3, 50), 2, MOST),
        delay_at_least(1),
    ),
    too_small(
        "limit-form",
        HB,
        "(1 - m) / tau",
        lambda view: (1 - view["momentum"]) / view["delay"],
        "for delay >= 2 that is the limit m -> 1 only",
        with_momentum(fmpq(3, 5), 2, 0),
        delay_at_least(1),
    ),
    too_large(
        "sign-slip",
        HB,
        "2 sin(x) [sin((2 tau+1) x) + m sin((2 tau-1) x)]",
        _sign_slip,
        "the second sine is subtracted",
        with_momentum(fmpq(5, 8), 1, HALF),
        delay_at_least(1),
    ),
    closed("closed-at-delay-one", HB, with_momentum(HALF, 1, HALF)),
    closed("closed-at-delay-two", HB, with_momentum(fmpq(1, 3), 2, fmpq(5, 12))),
    _other_method("nesterov-alike", "nesterov", fmpq(1, 4), "Nesterov's form"),
    _other_method("shifted-alike", "shifted", fmpq(3, 20), "shifted momentum"),
    Mutant(
        "effective-step-grows",
        comparison(
            "effective-step-grows",
            "for delay >= 2 a larger momentum makes the threshold of the effective step larger",
            HB,
            effective,
            False,
            delay_at_least(2),
        ),
        "it falls; shifted momentum makes it grow",
        compared(2, 0, HALF),
    ),
    Mutant(
        "falls-at-delay-one",
        comparison(
            "falls-at-delay-one",
            "for delay >= 1 a larger momentum makes the threshold of the effective step strictly smaller",
            HB,
            effective,
            True,
            delay_at_least(1),
        ),
        "at delay 1 it is 1 for every momentum",
        compared(1, 0, HALF),
    ),
    Mutant(
        "falls-without-delay",
        comparison(
            "falls-without-delay",
            "a larger momentum makes the threshold of the effective step no larger",
            HB,
            effective,
            True,
        ),
        "without delay it is 2 (1 + m) / (1 - m)",
        compared(0, 0, HALF),
    ),
    Mutant(
        "raw-step-grows",
        comparison("raw-step-grows", "a larger momentum makes the threshold larger", HB, raw, False),
        "only without delay",
        compared(1, 0, HALF),
    ),
    Mutant(
        "constant-at-every-delay",
        claim(
            "constant-at-every-delay",
            "for delay >= 1 the threshold of the effective step does not depend on the momentum",
            (LARGER, delay_at_least(1)),
            lambda view: Check(effective(view, HB)[1], "==", effective(view, HB)[0]),
        ),
        "only at delay 1",
        compared(2, 0, HALF),
    ),
)
