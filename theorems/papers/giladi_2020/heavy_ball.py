"""Heavy-ball momentum with delay: the stability threshold, and the effective step falls with momentum."""

from __future__ import annotations

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.exact import text
from refutable.theorems.papers.giladi_2020 import heavy_ball_mutants, momentum_forms
from refutable.theorems.papers.giladi_2020.momentum_assumptions import (
    compared,
    delay_at_least,
    delay_exactly,
    with_momentum,
)
from refutable.theorems.papers.giladi_2020.momentum_claims import (
    EVIDENCE_REASON,
    claim,
    comparison,
    effective,
    necessary,
    raw,
    rounded_down,
    sufficient,
)
from refutable.theorems.papers.giladi_2020.source import MOMENTUM_SOURCE
from refutable.theorems.records import Necessity, Theorem
from refutable.theorems.views import View

NECESSARY = necessary(
    "heavy_ball",
    r"\left((z-1)(z-m)z^{\tau-1} + a = 0 \Rightarrow |z|<1\right) \Rightarrow "
    r"0 < a < 2\sin x\,[\sin((2\tau+1)x) - m\sin((2\tau-1)x)], "
    r"\quad x = \min\{x>0: \cos((2\tau+1)x) = m\cos((2\tau-1)x)\}",
)
SUFFICIENT = sufficient("heavy_ball", r"0 < a < a^*_{\mathrm{HB}}(\tau, m) \Rightarrow |z| < 1")
EFFECTIVE_FALLS = comparison(
    "effective-step-falls",
    "for delay >= 2 a larger momentum makes the threshold of the effective step a / (1 - m) strictly smaller",
    "heavy_ball",
    effective,
    True,
    delay_at_least(2),
    latex=r"\tau \ge 2,\; m < m' \Rightarrow "
    r"\frac{a^*_{\mathrm{HB}}(\tau, m')}{1-m'} < \frac{a^*_{\mathrm{HB}}(\tau, m)}{1-m}",
)


def _stable_exactly_below(view: View, edge: fmpq) -> Check:
    """By the roots alone: the threshold's own formula has these edges built in."""
    stable = view["heavy_ball_roots_in_disc"]
    reason = f"it is {'' if stable else 'not '}stable, with gain {text(view['gain'])} and edge {text(edge)}"
    return Check(stable == (0 < view["gain"] < edge), "true", label="stable exactly there", reason=reason)


EFFECTIVE_CONSTANT = claim(
    "effective-step-constant",
    "for delay 1 every root has modulus < 1 exactly where the effective step a / (1 - m) is between 0 and 1",
    (delay_exactly(1),),
    lambda view: _stable_exactly_below(view, 1 - view["momentum"]),
    latex=r"\tau = 1: \quad |z| < 1 \iff 0 < \frac{a}{1-m} < 1",
)
RAW_FALLS = comparison(
    "raw-step-falls",
    "for delay >= 1 a larger momentum makes the threshold strictly smaller",
    "heavy_ball",
    raw,
    True,
    delay_at_least(1),
    latex=r"\tau \ge 1,\; m < m' \Rightarrow a^*_{\mathrm{HB}}(\tau, m') < a^*_{\mathrm{HB}}(\tau, m)",
)
WITHOUT_DELAY = claim(
    "without-delay",
    "without delay every root has modulus < 1 exactly where 0 < a < 2 (1 + m)",
    (delay_exactly(0),),
    lambda view: _stable_exactly_below(view, 2 * (1 + view["momentum"])),
    latex=r"\tau = 0: \quad |z| < 1 \iff 0 < a < 2(1+m)",
)
LINKS = (
    claim(
        "above-limit",
        "the threshold is at least (1 - m) / tau, its form for m -> 1; equality at tau = 1",
        (delay_at_least(1),),
        lambda view: Check((1 - view["momentum"]) / view["delay"], "<=", view["heavy_ball_threshold"]),
        latex=r"\frac{1-m}{\tau} \le a^*_{\mathrm{HB}}",
    ),
    claim(
        "below-no-momentum",
        "for delay >= 1 the effective threshold is at most the one without momentum, 2 sin(pi / (4 tau + 2))",
        (delay_at_least(1),),
        lambda view: Check(view["heavy_ball_threshold"], "<=", view["plain_threshold"] * (1 - view["momentum"])),
        latex=r"\frac{a^*_{\mathrm{HB}}}{1-m} \le 2\sin\frac{\pi}{4\tau+2}",
    ),
)
NECESSITY = (
    Necessity("heavy-ball-stable", with_momentum(3, 0, 0), "x_{t+1} = -2 x_t: above the threshold and unstable"),
    Necessity(
        "positive-curvature",
        with_momentum(-1, 0, 0, curvature=-1),
        "a negative curvature is below the threshold, and x_{t+1} = 2 x_t",
        "sufficient",
    ),
    Necessity("below-heavy-ball-threshold", with_momentum(3, 0, 0), "x_{t+1} = -2 x_t", "sufficient"),
    Necessity("larger-momentum", compared(2, fmpq(1, 2), 0), "a smaller momentum", "effective-step-falls"),
    Necessity("delay-at-least-2", compared(1, 0, fmpq(1, 2)), "constant at delay 1", "effective-step-falls"),
    Necessity("delay-at-least-1", compared(0, 0, fmpq(1, 2)), "without delay it grows: 2, then 3", "raw-step-falls"),
    Necessity(
        "delay-exactly-1",
        with_momentum(fmpq(7, 10), 2, 0),
        "at delay 2 the edge is (sqrt 5 - 1)/2",
        "effective-step-constant",
    ),
    Necessity("delay-exactly-0", with_momentum(fmpq(3, 2), 1, 0), "at delay 1 the edge is 1", "without-delay"),
)

DELAYED_HEAVY_BALL = Theorem(
    id="delayed-heavy-ball",
    title="Momentum shrinks the effective stable step size under delay",
    source=MOMENTUM_SOURCE,
    status="recalled",
    claims=(NECESSARY, SUFFICIENT, EFFECTIVE_FALLS, EFFECTIVE_CONSTANT, RAW_FALLS, WITHOUT_DELAY),
    links=LINKS,
    right_side="its threshold",
    equality=(rounded_down("heavy_ball"),),
    mutants=heavy_ball_mutants.MUTANTS,
    necessity=NECESSITY,
    closed_forms=momentum_forms.HEAVY_BALL,
    evidence={
        "trained-relabelled": EVIDENCE_REASON,
        "trained-converged": EVIDENCE_REASON,
        "swept": "where the roots lie is a discrete fact, decided exactly one instance at a time",
    },
    notes=(
        "v' = m v - eta gradient(w_{t-tau}), w' = w + v'; stability in the mean, one eigenvalue of the Hessian, "
        "0 <= m < 1. With x the first positive root of cos((2 tau+1) x) = m cos((2 tau-1) x) the threshold is "
        "2 sin(x) [sin((2 tau+1) x) - m sin((2 tau-1) x)] = (1 - m) sin(2x) / sin(2 tau x). It is the only one: roots "
        "on the circle move outwards as the gain grows, since the real part of z P'/P is at least "
        "tau - 1/2 + 1/(1+m) > 0. x is enclosed by a change of sign between 0 and pi/(4 tau+2), where the difference "
        "of the two sides is strictly decreasing. In x the effective threshold sin(2x)/sin(2 tau x) increases and m "
        "decreases; hence the statement on the effective step, and its limit 1/tau for m -> 1. At delay 2 the "
        "threshold solves a^2 + (1+m) a = 1 - m, 1/3 at m = 5/12. Strict comparisons at two momenta stand for "
        "'strictly decreasing'. In the damped form v' = m v + (1-m) gradient the step size is the effective one. "
        "This is the momentum that the training engine has, and with it delay."
    ),
)
