"""False thresholds and false comparisons for delayed gradient descent with shifted momentum."""

from __future__ import annotations

from typing import Any

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.domains.delayed_momentum.thresholds import shifted_angle
from refutable.theorems.exact import PI, sin
from refutable.theorems.papers.giladi_2020.momentum_assumptions import (
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

SHIFTED = "shifted"
HALF, MOST = fmpq(1, 2), fmpq(9, 10)


def _sign_slip(view: View) -> Any:
    x = shifted_angle(view["delay"], view["momentum"])
    return 2 * sin(x) * (sin((2 * view["delay"] + 1) * x) - view["momentum"] * sin(x))


def _factor(view: View) -> Any:
    """4 / pi times the threshold without momentum, for the raw step."""
    return view["plain_threshold"] * 4 / PI * (1 - view["momentum"])


MUTANTS = (
    too_large(
        "no-delay-form",
        SHIFTED,
        "2 (1 + m)",
        lambda view: 2 * (1 + view["momentum"]),
        "that is the threshold without delay; with delay 1 it is 1 - m^2",
        with_momentum(fmpq(19, 100), 1, MOST),
    ),
    too_large(
        "momentum-ignored",
        SHIFTED,
        "2 sin(pi / (4 tau + 2))",
        lambda view: view["plain_threshold"],
        "momentum lowers the raw threshold",
        with_momentum(fmpq(4, 5), 1, HALF),
        delay_at_least(1),
    ),
    too_large(
        "limit-form",
        SHIFTED,
        "2 (1 - m) / tau",
        lambda view: 2 * (1 - view["momentum"]) / view["delay"],
        "that is the limit m -> 1 only",
        with_momentum(fmpq(4, 5), 1, HALF),
        delay_at_least(1),
    ),
    too_small(
        "effective-as-without-momentum",
        SHIFTED,
        "(1 - m) 2 sin(pi / (4 tau + 2))",
        lambda view: view["plain_threshold"] * (1 - view["momentum"]),
        "shifted momentum enlarges the effective step",
        with_momentum(fmpq(3, 5), 1, HALF),
        delay_at_least(1),
    ),
    too_small(
        "heavy-ball-form",
        SHIFTED,
        "the threshold of the heavy ball",
        lambda view: view["heavy_ball_threshold"],
        "shifted momentum allows more: 1 - m^2 in place of 1 - m at delay 1",
        with_momentum(fmpq(3, 5), 1, HALF),
    ),
    too_small(
        "sign-slip",
        SHIFTED,
        "2 sin(x) [sin((2 tau+1) x) - m sin(x)]",
        _sign_slip,
        "the second sine is added",
        with_momentum(fmpq(3, 5), 1, HALF),
        delay_at_least(1),
    ),
    closed("closed-at-delay-one", SHIFTED, with_momentum(fmpq(3, 4), 1, HALF)),
    closed("closed-at-delay-two", SHIFTED, with_momentum(fmpq(33, 64), 2, fmpq(5, 16))),
    Mutant(
        "nesterov-alike",
        claim(
            "necessary-nesterov-alike",
            "stability of Nesterov's form would need a below the threshold of shifted momentum",
            (stable("nesterov"),),
            lambda view: Check(view["gain"], "<", view["shifted_threshold"]),
        ),
        "at tau = 1, m = 9/10 Nesterov's form is stable up to 0.2531..., shifted momentum up to 0.19",
        with_momentum(fmpq(1, 4), 1, MOST),
    ),
    Mutant(
        "raw-step-grows",
        comparison("raw-step-grows", "a larger momentum makes the raw threshold larger", SHIFTED, raw, False),
        "only without delay: at delay 1 it is 1 - m^2",
        compared(1, 0, MOST),
    ),
    Mutant(
        "effective-step-falls",
        comparison(
            "effective-step-falls",
            "a larger momentum makes the threshold of the effective step smaller",
            SHIFTED,
            effective,
            True,
        ),
        "it grows; the heavy ball makes it fall",
        compared(1, 0, HALF),
    ),
    Mutant(
        "limit-half-step",
        claim(
            "below-limit-half-step",
            "for delay >= 1 the threshold of the effective step is below 2 / (tau + 1/2)",
            (delay_at_least(1),),
            lambda view: Check(view["shifted_threshold"] * (view["delay"] + HALF), "<", 2 * (1 - view["momentum"])),
        ),
        "the limit for m -> 1 is 2 / tau; 2 / (tau + 1/2) has the same ratio to it only for large tau",
        with_momentum(1, 1, MOST),
    ),
    Mutant(
        "factor-at-every-momentum",
        claim(
            "factor-at-every-momentum",
            "for delay >= 1 the threshold of the effective step is at least 4 / pi times the one without momentum",
            (delay_at_least(1),),
            lambda view: Check(_factor(view), "<=", view["shifted_threshold"]),
        ),
        "only for m -> 1; without momentum the factor is 1",
        with_momentum(1, 1, 0),
    ),
    Mutant(
        "factor-at-most",
        claim(
            "factor-at-most",
            "for delay >= 1 the threshold of the effective step is at most 4 / pi times the one without momentum",
            (delay_at_least(1),),
            lambda view: Check(view["shifted_threshold"], "<=", _factor(view)),
        ),
        "the factor is 1 + m at delay 1, 4 / pi is its limit for large delays",
        with_momentum(1, 1, HALF),
    ),
)
